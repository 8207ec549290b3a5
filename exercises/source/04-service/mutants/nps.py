# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_series
def nps(answers):
    given = pd.Series(answers, dtype=float).dropna()
    group = pd.cut(given, [-1, 6, 8, 10], labels=[-1, 0, 1]).astype(float)
    return 100 * group.mean(), 196 * group.std(ddof=0) / len(group) ** 0.5


# %% right: with_counts
def nps(answers):
    given = [a for a in answers if a == a]
    up = sum(a in (9, 10) for a in given)
    down = sum(a < 7 for a in given)
    n = len(given)
    variance = max(0, (up + down) / n - ((up - down) / n) ** 2)
    return [100 * (up - down) / n, 1.96 * 100 * math.sqrt(variance / n)]


# %% wrong: counts_sevens_and_eights
# fails: nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: on neither side
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a)])
    p, d = np.mean(given >= 7), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt((p + d - (p - d) ** 2) / len(given))


# %% wrong: passives_out_of_the_denominator
# fails: nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: among all who answered
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a) and not 7 <= a <= 8])
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt((p + d - (p - d) ** 2) / len(given))


# %% wrong: missing_in_the_denominator
# fails: nps_hidden_missing
# says: shares of those who answered
def nps(answers):
    given = np.array(answers, float)
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt((p + d - (p - d) ** 2) / len(given))


# %% wrong: missing_as_detractors
# fails: nps_hidden_missing
# says: shares of those who answered
def nps(answers):
    given = np.nan_to_num(np.array(answers, float))
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt((p + d - (p - d) ** 2) / len(given))


# %% wrong: margin_without_the_square
# fails: nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: the square of the difference taken off
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a)])
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt((p + d) / len(given))


# %% wrong: margin_of_one_share
# fails: nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: the square of the difference taken off
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a)])
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return 100 * (p - d), 196 * math.sqrt(p * (1 - p) / len(given))


# %% wrong: six_is_passive
# fails: nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: Read the limits of the two groups
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a)])
    p, d = np.mean(given >= 9), np.mean(given <= 5)
    return 100 * (p - d), 196 * math.sqrt((p + d - (p - d) ** 2) / len(given))


# %% wrong: shares_not_points
# fails: nps_two_numbers, nps_worked_case, nps_hidden_missing, nps_hidden_agreed
# says: Expected points, not shares
def nps(answers):
    given = np.array([a for a in answers if not np.isnan(a)])
    p, d = np.mean(given >= 9), np.mean(given <= 6)
    return p - d, 1.96 * math.sqrt((p + d - (p - d) ** 2) / len(given))
