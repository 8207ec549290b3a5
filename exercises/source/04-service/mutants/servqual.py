# ruff: noqa: B905, D100, D103, F811, F821

# %% right: drop_then_group
def servqual(survey):
    whole = survey.dropna(subset=["expected", "perceived"])
    means = whole.groupby("dimension", as_index=False)[["expected", "perceived"]].mean()
    means["gap"] = means["perceived"] - means["expected"]
    return means.sort_values("gap")[["dimension", "gap"]]


# %% right: with_a_loop
def servqual(survey):
    rows = []
    for name in survey["dimension"].unique():
        part = survey[survey["dimension"] == name]
        gaps = [p - e for p, e in zip(part["perceived"], part["expected"]) if p == p and e == e]
        rows.append((sum(gaps) / len(gaps), name))
    return pd.DataFrame([(name, gap) for gap, name in sorted(rows)], columns=["dimension", "gap"])


# %% wrong: expected_less_perceived
# fails: servqual_worked_case, servqual_hidden_missing, servqual_hidden_other_shop
# says: perceived less expected
def servqual(survey):
    gap = (survey["expected"] - survey["perceived"]).groupby(survey["dimension"]).mean()
    return gap.sort_values().rename("gap").reset_index()


# %% wrong: means_of_different_people
# fails: servqual_worked_case, servqual_hidden_missing
# says: both answers are there
def servqual(survey):
    means = survey.groupby("dimension")[["expected", "perceived"]].mean()
    gap = means["perceived"] - means["expected"]
    return gap.sort_values().rename("gap").reset_index()


# %% wrong: missing_as_nought
# fails: servqual_worked_case, servqual_hidden_missing
# says: both answers are there
def servqual(survey):
    whole = survey.fillna({"expected": 0, "perceived": 0})
    gap = (whole["perceived"] - whole["expected"]).groupby(whole["dimension"]).mean()
    return gap.sort_values().rename("gap").reset_index()


# %% wrong: best_first
# fails: servqual_worked_case, servqual_hidden_other_shop
# says: the worst first
def servqual(survey):
    gap = (survey["perceived"] - survey["expected"]).groupby(survey["dimension"]).mean()
    return gap.sort_values(ascending=False).rename("gap").reset_index()


# %% wrong: size_without_sign
# fails: servqual_worked_case, servqual_hidden_missing, servqual_hidden_other_shop
# says: perceived less expected
def servqual(survey):
    gap = (survey["perceived"] - survey["expected"]).abs().groupby(survey["dimension"]).mean()
    return gap.sort_values(ascending=False).rename("gap").reset_index()


# %% wrong: a_series
# fails: servqual_columns, servqual_worked_case, servqual_hidden_missing, servqual_hidden_other_shop
# says: should return a DataFrame
def servqual(survey):
    gap = (survey["perceived"] - survey["expected"]).groupby(survey["dimension"]).mean()
    return gap.sort_values()
