# ruff: noqa: D100, D103, F811, F821, F841, RUF007

# %% right: with_a_loop
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    counts = pd.DataFrame(0.0, index=names, columns=names)
    for _, one in stages.groupby("customer_id"):
        path = one.sort_values("month")["stage"].tolist()
        for now, then in zip(path[:-1], path[1:], strict=True):
            counts.loc[now, then] += 1
    return counts.div(counts.sum(axis=1).replace(0, 1), axis=0)


# %% right: with_a_pivot
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    wide = stages.pivot(index="month", columns="customer_id", values="stage").sort_index()
    pairs = pd.DataFrame(
        {"now": wide.iloc[:-1].to_numpy().ravel(), "then": wide.iloc[1:].to_numpy().ravel()}
    ).dropna()
    counts = pairs.value_counts().unstack(fill_value=0)
    counts = counts.reindex(index=names, columns=names, fill_value=0)
    return counts.div(counts.sum(axis=1), axis=0).fillna(0)


# %% wrong: shifts_across_customers
# fails: transition_matrix_worked_case, transition_matrix_hidden_shop
# says: from one customer to the next
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following, normalize="index")
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: rows_as_they_come
# fails: transition_matrix_hidden_order, transition_matrix_hidden_shop
# says: Bring the months of each customer into order
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages
    following = table.groupby("customer_id")["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following, normalize="index")
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: shares_by_column
# fails: transition_matrix_worked_case, transition_matrix_hidden_shop
# says: shares of the moves that start there
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following, normalize="columns")
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: shares_of_the_whole
# fails: transition_matrix_hidden_order, transition_matrix_hidden_shop
# says: shares of the moves that start in this stage
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following, normalize=True)
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: counts
# fails: transition_matrix_worked_case, transition_matrix_hidden_order, transition_matrix_hidden_shop
# says: shares of the moves that start there
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following)
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: backwards
# fails: transition_matrix_worked_case, transition_matrix_hidden_shop
# says: shares of the moves that start there
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(1)
    shares = pd.crosstab(table["stage"], following, normalize="index")
    return shares.reindex(index=names, columns=names, fill_value=0)


# %% wrong: stages_that_occur_only
# fails: transition_matrix_shape, transition_matrix_worked_case, transition_matrix_hidden_order, transition_matrix_hidden_shop
# says: Stages that did not occur belong in the table
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(-1)
    shares = pd.crosstab(table["stage"], following, normalize="index")
    return shares


# %% wrong: staying_left_out
# fails: transition_matrix_worked_case, transition_matrix_hidden_order, transition_matrix_hidden_shop
# says: shares of the moves that start there
def transition_matrix(stages):
    names = ["awareness", "expansion", "commitment", "dissolution"]
    table = stages.sort_values(["customer_id", "month"])
    following = table.groupby("customer_id")["stage"].shift(-1)
    moved = table["stage"] != following
    table, following = table[moved], following[moved]
    shares = pd.crosstab(table["stage"], following, normalize="index")
    return shares.reindex(index=names, columns=names, fill_value=0)
