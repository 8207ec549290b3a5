# ruff: noqa: B905, D100, D103, F811, F821

# %% right: with_a_loop
def kano(answers):
    rows = []
    for name in sorted(answers["service"].unique()):
        part = answers[answers["service"] == name]
        found = [
            service.KANO_TABLE[a - 1][b - 1] for a, b in zip(part["if_there"], part["if_missing"])
        ]
        a, o, m, i = (found.count(letter) for letter in "AOMI")
        rows.append((name, (a + o) / (a + o + m + i), -(o + m) / (a + o + m + i)))
    return pd.DataFrame(rows, columns=["service", "better", "worse"])


# %% right: means_of_the_four
def kano(answers):
    pairs = zip(answers["if_there"], answers["if_missing"])
    letter = pd.Series([service.KANO_TABLE[a - 1][b - 1] for a, b in pairs], index=answers.index)
    four = letter.isin(list("AOMI"))
    names = answers.loc[four, "service"]
    better = letter[four].isin(["A", "O"]).groupby(names).mean()
    worse = -letter[four].isin(["O", "M"]).groupby(names).mean().astype(float)
    return pd.DataFrame({"better": better, "worse": worse}).reset_index(names="service")


# %% wrong: reverse_and_questionable_below
# fails: kano_worked_case, kano_hidden_classes, kano_hidden_other_shop
# says: only A, O, M and I below the line
def kano(answers):
    classes = [
        service.KANO_TABLE[t - 1][m - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    all_six = n.sum(axis=1)
    better, worse = (n["A"] + n["O"]) / all_six, -(n["O"] + n["M"]) / all_six
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()


# %% wrong: sign_of_worse_lost
# fails: kano_worked_case, kano_hidden_classes, kano_hidden_other_shop
# says: and its sign
def kano(answers):
    classes = [
        service.KANO_TABLE[t - 1][m - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    four = n[list("AOMI")].sum(axis=1)
    better, worse = (n["A"] + n["O"]) / four, (n["O"] + n["M"]) / four
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()


# %% wrong: questions_exchanged
# fails: kano_worked_case, kano_hidden_classes, kano_hidden_other_shop
# says: Mind which of the two questions
def kano(answers):
    classes = [
        service.KANO_TABLE[m - 1][t - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    four = n[list("AOMI")].sum(axis=1).replace(0, np.nan)
    better, worse = (n["A"] + n["O"]) / four, -(n["O"] + n["M"]) / four
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()


# %% wrong: must_be_delights
# fails: kano_worked_case, kano_hidden_classes, kano_hidden_other_shop
# says: A and O above it in better
def kano(answers):
    classes = [
        service.KANO_TABLE[t - 1][m - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    four = n[list("AOMI")].sum(axis=1)
    better, worse = (n["A"] + n["O"] + n["M"]) / four, -(n["O"] + n["M"]) / four
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()


# %% wrong: attractive_hurts
# fails: kano_worked_case, kano_hidden_classes, kano_hidden_other_shop
# says: Expected O and M above the line in worse
def kano(answers):
    classes = [
        service.KANO_TABLE[t - 1][m - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    four = n[list("AOMI")].sum(axis=1)
    better, worse = (n["A"] + n["O"]) / four, -(n["A"] + n["M"]) / four
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()


# %% wrong: only_questionable_left_out
# fails: kano_hidden_classes, kano_hidden_other_shop
# says: R and Q do not count
def kano(answers):
    classes = [
        service.KANO_TABLE[t - 1][m - 1] for t, m in zip(answers["if_there"], answers["if_missing"])
    ]
    n = pd.crosstab(answers["service"].to_numpy(), np.array(classes))
    n = n.reindex(columns=list("AOMIRQ"), fill_value=0)
    five = n[list("AOMIR")].sum(axis=1)
    better, worse = (n["A"] + n["O"]) / five, -(n["O"] + n["M"]) / five
    table = pd.DataFrame({"better": better, "worse": worse})
    return table.rename_axis("service").reset_index()
