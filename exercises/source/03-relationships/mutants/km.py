# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
def km(time, event):
    pairs = list(zip(time, event, strict=True))
    share, curve = 1.0, {}
    for t in sorted({when for when, over in pairs if over}):
        at_risk = len([1 for when, _ in pairs if when >= t])
        share *= (at_risk - pairs.count((t, True))) / at_risk
        curve[t] = share
    return pd.Series(curve)


# %% right: with_a_table
def km(time, event):
    table = (
        pd.DataFrame({"time": time, "event": event}).groupby("time")["event"].agg(["sum", "size"])
    )
    at_risk = table["size"][::-1].cumsum()[::-1]
    return (1 - table["sum"] / at_risk).cumprod()[table["sum"] > 0]


# %% wrong: drops_the_censored
# fails: km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: neither dropped nor counted
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    time, event = time[event], event[event]
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: censored_last_for_ever
# fails: km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: nor counted as lasting for ever
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = len(time) - np.concatenate(
        [[0], np.cumsum([(event & (time == t)).sum() for t in times])[:-1]]
    )
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: censored_leave_before_a_tie
# fails: km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: still count as at risk then
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = np.array([((time > t) | (event & (time == t))).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: censored_as_ended
# fails: km_times, km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: and no others
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    event = time > 0
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: one_of_each_tie
# fails: km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: several may end at one time
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.ones(len(times))
    return pd.Series(np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: share_that_ended
# fails: km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: Who is at risk at each time
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(1 - np.cumprod(1 - ended / at_risk), index=times)


# %% wrong: numbers_the_steps
# fails: km_times, km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: Expected each time at which something ended
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(np.cumprod(1 - ended / at_risk))


# %% wrong: hazard_only
# fails: km_worked_case, km_hidden_ties, km_hidden_patients, km_hidden_shop
# says: Who is at risk at each time
def km(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    times = np.unique(time[event])
    at_risk = np.array([(time >= t).sum() for t in times])
    ended = np.array([(event & (time == t)).sum() for t in times])
    return pd.Series(1 - ended / at_risk, index=times)
