# ruff: noqa: D100, D103, F811, F821

# %% right: with_counting
def rfm_scores(purchases, today):
    known = purchases[~(purchases["date"] > today)]
    rows = []
    for customer, mine in known.groupby("customer_id"):
        rows.append((customer, mine["date"].max(), len(set(mine["date"])), mine["amount"].sum()))
    table = pd.DataFrame(rows, columns=["customer_id", "r", "f", "m"])
    n = len(table)
    for name in "rfm":
        order = np.sort(table[name].to_numpy())
        table[name] = -(-5 * (np.searchsorted(order, table[name].to_numpy()) + 1) // n)
    return table


# %% right: with_rank_of_days
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {
            "r": (today - groups["date"].max()).dt.days * -1.0,
            "f": groups["date"].nunique(),
            "m": groups["amount"].sum(),
        }
    )
    scores = np.ceil((values.rank(method="min") * 5 / len(values)).round(9))
    return scores.reset_index()


# %% wrong: recency_not_reversed
# fails: rfm_scores_recency, rfm_scores_hidden_real_customers
# says: Who bought lately is best
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {
            "r": (today - groups["date"].max()).dt.days,
            "f": groups["date"].nunique(),
            "m": groups["amount"].sum(),
        }
    )
    return np.ceil(5 * values.rank(method="min") / len(values)).astype(int).reset_index()


# %% wrong: counts_rows_not_days
# fails: rfm_scores_frequency, rfm_scores_hidden_real_customers
# says: Expected days to be counted
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {"r": groups["date"].max(), "f": groups.size(), "m": groups["amount"].sum()}
    )
    return np.ceil(5 * values.rank(method="min") / len(values)).astype(int).reset_index()


# %% wrong: mean_amount
# fails: rfm_scores_money, rfm_scores_hidden_real_customers
# says: Expected the sum of a customer's amounts
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {"r": groups["date"].max(), "f": groups["date"].nunique(), "m": groups["amount"].mean()}
    )
    return np.ceil(5 * values.rank(method="min") / len(values)).astype(int).reset_index()


# %% wrong: uses_the_future
# fails: rfm_scores_hidden_no_future
# says: On that day nobody knew them
def rfm_scores(purchases, today):
    groups = purchases.groupby("customer_id")
    values = pd.DataFrame(
        {"r": groups["date"].max(), "f": groups["date"].nunique(), "m": groups["amount"].sum()}
    )
    return np.ceil(5 * values.rank(method="min") / len(values)).astype(int).reset_index()


# %% wrong: equal_values_share_the_highest
# fails: rfm_scores_recency, rfm_scores_hidden_real_customers
# says: equal days share the lowest score
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {"r": groups["date"].max(), "f": groups["date"].nunique(), "m": groups["amount"].sum()}
    )
    return np.ceil(5 * values.rank(method="max") / len(values)).astype(int).reset_index()


# %% wrong: equal_values_by_row
# fails: rfm_scores_recency, rfm_scores_hidden_real_customers
# says: Look at customers with equal values
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {"r": groups["date"].max(), "f": groups["date"].nunique(), "m": groups["amount"].sum()}
    )
    return np.ceil(5 * values.rank(method="first") / len(values)).astype(int).reset_index()


# %% wrong: fifths_of_the_range
# fails: rfm_scores_recency, rfm_scores_frequency, rfm_scores_money, rfm_scores_hidden_real_customers
# says: as the text defines it
def rfm_scores(purchases, today):
    groups = purchases[purchases["date"] <= today].groupby("customer_id")
    values = pd.DataFrame(
        {
            "r": -(today - groups["date"].max()).dt.days,
            "f": groups["date"].nunique(),
            "m": groups["amount"].sum(),
        }
    )
    width = (values.max() - values.min()).replace(0, 1)
    return (1 + ((values.max() - values) / width * 4).round()).astype(int).reset_index()
