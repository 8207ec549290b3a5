# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
def sessionize(log, minutes=30):
    rows, number, before = [], -1, None
    for visitor, time in sorted(zip(log["visitor"], log["time"], strict=True)):
        if (
            before is None
            or before[0] != visitor
            or time - before[1] > pd.Timedelta(minutes=minutes)
        ):
            number += 1
        before = (visitor, time)
        rows.append({"visitor": visitor, "time": time, "session": number})
    return pd.DataFrame(rows)


# %% right: with_groups
def sessionize(log, minutes=30):
    log = log.sort_values(["visitor", "time"])
    seconds = log.groupby("visitor")["time"].diff().dt.total_seconds()
    begins = seconds.isna() | (seconds > 60 * minutes)
    return log.assign(session=begins.cumsum() - 1)


# %% wrong: gaps_across_users
# fails: sessionize_worked_case, sessionize_two_visitors, sessionize_hidden_any_order, sessionize_hidden_numbers
# says: the gap between two visitors is no pause
def sessionize(log, minutes=30):
    ordered = log.sort_values(["visitor", "time"]).reset_index(drop=True)
    pause = ordered["time"].diff() > pd.Timedelta(minutes=minutes)
    return ordered.assign(session=pause.cumsum())


# %% wrong: ignores_the_visitor
# fails: sessionize_worked_case, sessionize_two_visitors, sessionize_hidden_any_order, sessionize_hidden_numbers
# says: Expected one session each
def sessionize(log, minutes=30):
    ordered = log.sort_values("time").reset_index(drop=True)
    pause = ordered["time"].diff() > pd.Timedelta(minutes=minutes)
    return ordered.assign(session=pause.cumsum())


# %% wrong: does_not_sort
# fails: sessionize_hidden_any_order
# says: not sorted by visitor and time
def sessionize(log, minutes=30):
    pause = log["time"].diff() > pd.Timedelta(minutes=minutes)
    begins = pause | (log["visitor"] != log["visitor"].shift())
    return log.assign(session=begins.cumsum() - 1)


# %% wrong: exactly_counts_as_more
# fails: sessionize_worked_case
# says: Look at the column `why`
def sessionize(log, minutes=30):
    ordered = log.sort_values(["visitor", "time"]).reset_index(drop=True)
    pause = ordered["time"].diff() >= pd.Timedelta(minutes=minutes)
    begins = pause | (ordered["visitor"] != ordered["visitor"].shift())
    return ordered.assign(session=begins.cumsum() - 1)


# %% wrong: each_visitor_from_zero
# fails: sessionize_worked_case, sessionize_two_visitors, sessionize_hidden_any_order, sessionize_hidden_numbers
# says: go on from one visitor to the next
def sessionize(log, minutes=30):
    ordered = log.sort_values(["visitor", "time"]).reset_index(drop=True)
    pause = ordered.groupby("visitor")["time"].diff() > pd.Timedelta(minutes=minutes)
    return ordered.assign(session=pause.groupby(ordered["visitor"]).cumsum())


# %% wrong: numbers_from_one
# fails: sessionize_worked_case, sessionize_hidden_numbers
# says: numbers that start at 0
def sessionize(log, minutes=30):
    ordered = log.sort_values(["visitor", "time"]).reset_index(drop=True)
    pause = ordered["time"].diff() > pd.Timedelta(minutes=minutes)
    begins = pause | (ordered["visitor"] != ordered["visitor"].shift())
    return ordered.assign(session=begins.cumsum())


# %% wrong: always_thirty_minutes
# fails: sessionize_hidden_any_order
# says: use `minutes`, and look
def sessionize(log, minutes=30):
    ordered = log.sort_values(["visitor", "time"]).reset_index(drop=True)
    pause = ordered["time"].diff() > pd.Timedelta(minutes=30)
    begins = pause | (ordered["visitor"] != ordered["visitor"].shift())
    return ordered.assign(session=begins.cumsum() - 1)


# %% wrong: changes_the_table_given
# fails: sessionize_hidden_any_order
# says: Work on a copy
def sessionize(log, minutes=30):
    log.sort_values(["visitor", "time"], inplace=True, ignore_index=True)
    pause = log["time"].diff() > pd.Timedelta(minutes=minutes)
    begins = pause | (log["visitor"] != log["visitor"].shift())
    log["session"] = begins.cumsum() - 1
    return log
