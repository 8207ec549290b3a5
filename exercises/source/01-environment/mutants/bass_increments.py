# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
import math


def share_sold(t, p, q):
    decay = math.exp(-(p + q) * t)
    return (1 - decay) / (1 + q / p * decay)


def bass_increments(m, p, q, periods):
    sales = []
    for t in range(1, periods + 1):
        sales.append(m * (share_sold(t, p, q) - share_sold(t - 1, p, q)))
    return sales


# %% right: with_totals_and_a_warning
def bass_increments(m, p, q, periods):
    warnings.warn("a Bass curve has one peak", stacklevel=2)
    t = np.linspace(0, periods, periods + 1)
    growth = np.exp((p + q) * t)
    totals = m * p * (growth - 1) / (p * growth + q)
    return totals[1:] - totals[:-1]


# %% wrong: density_as_sales
# fails: bass_increments_worked_case, bass_increments_hidden_adds_up, bass_increments_hidden_weak_imitation
# says: Expected the increments of m F(t)
def bass_increments(m, p, q, periods):
    t = np.arange(1, periods + 1)
    decay = np.exp(-(p + q) * t)
    return m * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


# %% wrong: p_and_q_swapped
# fails: bass_increments_worked_case, bass_increments_hidden_weak_imitation
# says: Look whether p and q stand where the formula has them
def bass_increments(m, p, q, periods):
    t = np.arange(0, periods + 1)
    decay = np.exp(-(p + q) * t)
    share = (1 - decay) / (1 + p / q * decay)
    return m * np.diff(share)


# %% wrong: totals_for_sales
# fails: bass_increments_worked_case, bass_increments_hidden_adds_up, bass_increments_hidden_weak_imitation
# says: nobody twice
def bass_increments(m, p, q, periods):
    t = np.arange(1, periods + 1)
    decay = np.exp(-(p + q) * t)
    return m * (1 - decay) / (1 + q / p * decay)


# %% wrong: year_zero_too
# fails: bass_increments_length, bass_increments_worked_case, bass_increments_hidden_weak_imitation
# says: Year 0 has no sales of its own
def bass_increments(m, p, q, periods):
    t = np.arange(0, periods + 1)
    decay = np.exp(-(p + q) * t)
    return m * np.diff((1 - decay) / (1 + q / p * decay), prepend=0)


# %% wrong: step_by_step_without_time_between
# fails: bass_increments_worked_case, bass_increments_hidden_weak_imitation
# says: Expected the increments of m F(t)
def bass_increments(m, p, q, periods):
    sales, total = [], 0.0
    for _ in range(periods):
        sold = (p + q * total / m) * (m - total)
        sales.append(sold)
        total += sold
    return sales


# %% wrong: shares_without_m
# fails: bass_increments_worked_case, bass_increments_hidden_adds_up, bass_increments_hidden_weak_imitation
# says: Expected that in the end everybody has bought
def bass_increments(m, p, q, periods):
    t = np.arange(0, periods + 1)
    decay = np.exp(-(p + q) * t)
    return np.diff((1 - decay) / (1 + q / p * decay))
