# ruff: noqa: B905, D100, D103, F811, F821

# %% right: with_a_frame
def response_quantiles(hours, answered, shares):
    table = pd.DataFrame({"t": hours, "n": 1, "d": answered}).groupby("t").sum()
    watched = table["n"][::-1].cumsum()[::-1]
    curve = (1 - table["d"] / watched).cumprod()
    times = [curve.index[curve <= 1 - share + 1e-9] for share in shares]
    return [t[0] if len(t) else np.nan for t in times]


# %% right: one_ticket_after_the_other
def response_quantiles(hours, answered, shares):
    order = sorted(zip(hours, answered), key=lambda ticket: (ticket[0], not ticket[1]))
    still, curve = 1.0, []
    for place, (t, done) in enumerate(order):
        if done:
            still *= 1 - 1 / (len(order) - place)
        curve.append((t, still))
    return [next((t for t, s in curve if s <= 1 - q + 1e-9), math.nan) for q in shares]


# %% wrong: uncensored
# fails: response_quantiles_worked_case, response_quantiles_hidden_ties, response_quantiles_hidden_desk
# says: neither left out nor answered
def response_quantiles(hours, answered, shares):
    known = np.sort(np.asarray(hours, float)[np.asarray(answered, bool)])
    return [float(known[math.ceil(round(share * len(known), 9)) - 1]) for share in shares]


# %% wrong: open_as_answered
# fails: response_quantiles_worked_case, response_quantiles_hidden_ties, response_quantiles_hidden_desk
# says: neither left out nor answered
def response_quantiles(hours, answered, shares):
    known = np.sort(np.asarray(hours, float))
    return [float(known[math.ceil(round(share * len(known), 9)) - 1]) for share in shares]


# %% wrong: open_never_answered
# fails: response_quantiles_hidden_desk
# says: Expected the Kaplan-Meier curve
def response_quantiles(hours, answered, shares):
    known = np.sort(np.where(answered, hours, np.inf))
    found = [float(known[math.ceil(round(share * len(known), 9)) - 1]) for share in shares]
    return [x if np.isfinite(x) else math.nan for x in found]


# %% wrong: between_two_times
# fails: response_quantiles_all_answered, response_quantiles_worked_case, response_quantiles_hidden_ties, response_quantiles_hidden_desk
# says: nothing between two times
def response_quantiles(hours, answered, shares):
    return np.quantile(np.asarray(hours, float)[np.asarray(answered, bool)], shares).tolist()


# %% wrong: ties_of_open_tickets_lost
# fails: response_quantiles_hidden_ties
# says: still watched just before it
def response_quantiles(hours, answered, shares):
    hours, answered = np.asarray(hours, float), np.asarray(answered, bool)
    found, still = [math.nan] * len(shares), 1.0
    for t in np.unique(hours[answered]):
        ended = (answered & (hours == t)).sum()
        still *= 1 - ended / (ended + (hours > t).sum())
        for i, share in enumerate(shares):
            if math.isnan(found[i]) and still <= 1 - share + 1e-9:
                found[i] = float(t)
    return found


# %% wrong: largest_time_where_the_curve_ends
# fails: response_quantiles_worked_case, response_quantiles_hidden_ties, response_quantiles_hidden_desk
# says: no time can be given yet
def response_quantiles(hours, answered, shares):
    curve = service.kaplan_meier(hours, answered)
    found = [service.quantile(curve, share) for share in shares]
    return [max(hours) if math.isnan(x) else x for x in found]
