# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_sum
def clv_markov(P, R, interest):
    worth, coming = np.zeros(len(R)), np.array(R, dtype=float)
    for _ in range(20_000):
        worth = worth + coming
        coming = np.asarray(P) @ coming / (1 + interest)
    return worth


# %% right: with_the_inverse
def clv_markov(P, R, interest):
    chance = np.matrix(P) / (1 + interest)
    return np.asarray((np.eye(len(R)) - chance).I @ np.array(R)).ravel()


# %% wrong: undiscounted
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: divided by 1 + d
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return sum(np.linalg.matrix_power(P, period) @ R for period in range(200))


# %% wrong: four_periods_only
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: Expected the sum without end
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float) / (1 + interest), np.asarray(R, dtype=float)
    return sum(np.linalg.matrix_power(P, period) @ R for period in range(5))


# %% wrong: columns_as_stage_now
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: Rows of P are the stage now
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return np.linalg.solve(np.eye(len(R)) - P.T / (1 + interest), R)


# %% wrong: this_period_discounted
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: This period counts in full
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return np.linalg.solve(np.eye(len(R)) - P / (1 + interest), R) / (1 + interest)


# %% wrong: multiplied_by_one_minus_interest
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: the next one is divided by 1 + d
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return np.linalg.solve(np.eye(len(R)) - P * (1 - interest), R)


# %% wrong: this_period_left_out
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: This period counts in full
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return np.linalg.solve(np.eye(len(R)) - P / (1 + interest), R) - R


# %% wrong: one_number
# fails: clv_markov_worked_case, clv_markov_direction, clv_markov_hidden_mailing, clv_markov_hidden_shop
# says: one number for each of two stages
def clv_markov(P, R, interest):
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    return float(np.linalg.solve(np.eye(len(R)) - P / (1 + interest), R).sum())
