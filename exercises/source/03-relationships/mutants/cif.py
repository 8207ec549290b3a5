# ruff: noqa: D100, D103, F811, F821

# %% right: with_tables
def cif(time, cause):
    table = pd.crosstab(pd.Series(time, name="t"), pd.Series(cause, dtype="object"))
    at_risk = pd.Series([(np.asarray(time) >= t).sum() for t in table.index], index=table.index)
    before = (1 - table.sum(axis=1) / at_risk).cumprod().shift(fill_value=1)
    return table.div(at_risk, axis=0).mul(before, axis=0).cumsum()


# %% right: with_recursion_of_the_rest
def cif(time, cause):
    rows = list(zip(time, cause, strict=True))
    names = sorted({c for _, c in rows if c is not None})
    times = sorted({t for t, c in rows if c is not None})
    lost, out = dict.fromkeys(names, 0.0), []
    for t in times:
        rest = 1 - sum(lost.values())
        risk = sum(when >= t for when, _ in rows)
        lost = {c: lost[c] + rest * rows.count((t, c)) / risk for c in names}
        out.append(lost)
    return pd.DataFrame(out, index=times)


# %% wrong: one_minus_km_per_cause
# fails: cif_worked_case, cif_hidden_whole, cif_hidden_shop
# says: no relation can end twice
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    times, columns = np.unique(time[cause.notna()]), {}
    for name in sorted(cause.dropna().unique()):
        share, curve = 1.0, []
        for t in times:
            share *= 1 - ((time == t) & (cause == name)).sum() / (time >= t).sum()
            curve.append(1 - share)
        columns[name] = curve
    return pd.DataFrame(columns, index=times)


# %% wrong: share_of_those_who_ended
# fails: cif_worked_case, cif_hidden_shop
# says: How many are still there just before each time
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    times = np.unique(time[cause.notna()])
    names = sorted(cause.dropna().unique())
    rows = [
        [((time <= t) & (cause == n)).sum() / cause.notna().sum() for n in names] for t in times
    ]
    return pd.DataFrame(rows, index=times, columns=names)


# %% wrong: share_of_all_who_began
# fails: cif_worked_case, cif_hidden_shop
# says: How many are still there just before each time
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    times = np.unique(time[cause.notna()])
    names = sorted(cause.dropna().unique())
    rows = [[((time <= t) & (cause == n)).sum() / len(time) for n in names] for t in times]
    return pd.DataFrame(rows, index=times, columns=names)


# %% wrong: survival_just_after
# fails: cif_worked_case, cif_hidden_whole, cif_hidden_shop
# says: take S just before each time
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    event = cause.notna().to_numpy()
    names, before, rows = sorted(cause[event].unique()), 1.0, {}
    total = dict.fromkeys(names, 0.0)
    for t in np.unique(time[event]):
        at_risk = (time >= t).sum()
        before *= 1 - (event & (time == t)).sum() / at_risk
        for name in names:
            total[name] += before * ((time == t) & (cause == name)).sum() / at_risk
        rows[t] = dict(total)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


# %% wrong: not_added_up
# fails: cif_worked_case, cif_hidden_whole, cif_hidden_shop
# says: its plain share of the 8
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    event = cause.notna().to_numpy()
    names, before, rows = sorted(cause[event].unique()), 1.0, {}
    total = dict.fromkeys(names, 0.0)
    for t in np.unique(time[event]):
        at_risk = (time >= t).sum()
        for name in names:
            total[name] = before * ((time == t) & (cause == name)).sum() / at_risk
        before *= 1 - (event & (time == t)).sum() / at_risk
        rows[t] = dict(total)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


# %% wrong: hazards_added_up
# fails: cif_worked_case, cif_hidden_whole, cif_hidden_shop
# says: no relation can end twice
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object")
    event = cause.notna().to_numpy()
    names, before, rows = sorted(cause[event].unique()), 1.0, {}
    total = dict.fromkeys(names, 0.0)
    for t in np.unique(time[event]):
        at_risk = (time >= t).sum()
        for name in names:
            total[name] += ((time == t) & (cause == name)).sum() / at_risk
        before *= 1 - (event & (time == t)).sum() / at_risk
        rows[t] = dict(total)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


# %% wrong: still_there_as_a_cause
# fails: cif_shape, cif_worked_case, cif_hidden_shop
# says: the causes in order of the alphabet
def cif(time, cause):
    time, cause = np.asarray(time), pd.Series(list(cause), dtype="object").fillna("still there")
    event = cause.notna().to_numpy()
    names, before, rows = sorted(cause[event].unique()), 1.0, {}
    total = dict.fromkeys(names, 0.0)
    for t in np.unique(time[event]):
        at_risk = (time >= t).sum()
        for name in names:
            total[name] += before * ((time == t) & (cause == name)).sum() / at_risk
        before *= 1 - (event & (time == t)).sum() / at_risk
        rows[t] = dict(total)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)
