# ruff: noqa: B905, D100, D103, F811, F821

# %% right: with_a_frame
def littles_law(arrived, closed, end):
    table = pd.DataFrame({"arrived": arrived, "closed": closed}).fillna({"closed": end})
    days = table["closed"] - table["arrived"]
    return np.array([days.sum() / end, len(table) / end, days.mean()])


# %% right: with_a_loop
def littles_law(arrived, closed, end):
    total = 0
    for first, last in zip(arrived, closed):
        total += (end if math.isnan(last) else last) - first
    return [total / end, len(arrived) / end, total / len(arrived)]


# %% wrong: closed_tickets_only
# fails: littles_law_worked_case, littles_law_hidden_shop, littles_law_hidden_all_open
# says: the mean over all tickets
def littles_law(arrived, closed, end):
    wait = (
        float(np.nanmean(np.array(closed) - np.array(arrived))) if not np.isnan(closed).all() else 0
    )
    rate = len(arrived) / end
    return rate * wait, rate, wait


# %% wrong: open_tickets_left_out_of_both
# fails: littles_law_worked_case, littles_law_hidden_shop, littles_law_hidden_all_open
# says: all tickets that arrived
def littles_law(arrived, closed, end):
    days = (np.array(closed) - np.array(arrived))[~np.isnan(closed)]
    wait = float(days.mean()) if len(days) else 0.0
    rate = len(days) / end
    return rate * wait, rate, wait


# %% wrong: rate_upside_down
# fails: littles_law_worked_case, littles_law_hidden_shop, littles_law_hidden_all_open
# says: all tickets that arrived, over all days
def littles_law(arrived, closed, end):
    until = np.where(np.isnan(closed), end, closed)
    wait = float(np.mean(until - np.asarray(arrived)))
    rate = end / len(arrived)
    return rate * wait, rate, wait


# %% wrong: open_now_as_l
# fails: littles_law_three_numbers, littles_law_hidden_shop, littles_law_hidden_all_open
# says: product of the others
def littles_law(arrived, closed, end):
    until = np.where(np.isnan(closed), end, closed)
    wait = float(np.mean(until - np.asarray(arrived)))
    return int(np.isnan(closed).sum()), len(arrived) / end, wait


# %% wrong: days_from_the_first_arrival_to_the_last
# fails: littles_law_worked_case
# says: all tickets that arrived, over all days
def littles_law(arrived, closed, end):
    until = np.where(np.isnan(closed), end, closed)
    wait = float(np.mean(until - np.asarray(arrived)))
    rate = len(arrived) / (max(arrived) - min(arrived))
    return rate * wait, rate, wait
