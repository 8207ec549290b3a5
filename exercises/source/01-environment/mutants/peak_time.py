# ruff: noqa: D100, D103, F811, F821

# %% right: with_math
import math


def peak_time(p, q):
    if q > p:
        return (math.log(q) - math.log(p)) / (p + q)
    return 0


# %% right: with_maximum
def peak_time(p, q):
    return np.maximum(0.0, np.log(np.float64(q) / p) / (p + q))


# %% wrong: negative_time
# fails: peak_time_hidden_weak_imitation, peak_time_hidden_no_imitation
# says: no peak lies before the start
def peak_time(p, q):
    return np.log(q / p) / (p + q)


# %% wrong: sign_taken_away
# fails: peak_time_hidden_weak_imitation, peak_time_hidden_no_imitation
# says: Nothing rises where q is not above p
def peak_time(p, q):
    return abs(np.log(q / p)) / (p + q)


# %% wrong: p_and_q_swapped
# fails: peak_time_worked_case, peak_time_hidden_weak_imitation
# says: the natural logarithm of q over p
def peak_time(p, q):
    return max(0.0, np.log(p / q) / (p + q)) if q > 0 else 0.0


# %% wrong: logarithm_to_base_10
# fails: peak_time_worked_case
# says: the natural logarithm
def peak_time(p, q):
    return np.log10(q / p) / (p + q) if q > p else 0.0


# %% wrong: none_without_a_peak
# fails: peak_time_hidden_weak_imitation, peak_time_hidden_no_imitation
# says: See what the text says about this case
def peak_time(p, q):
    return np.log(q / p) / (p + q) if q > p else None
