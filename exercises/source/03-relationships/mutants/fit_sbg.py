# ruff: noqa: D100, D103, F811, F821, RUF007

# %% right: with_a_recursion
def fit_sbg(survived):
    lost = [before - after for before, after in zip(survived[:-1], survived[1:], strict=True)]

    def unlikely(logs):
        a, b = np.exp(np.clip(logs, -20, 20))
        chance, left, total = a / (a + b), 1.0, 0.0
        for t, share in enumerate(lost, start=1):
            if t > 1:
                chance *= (b + t - 2) / (a + b + t - 1)
            left -= chance
            total -= share * np.log(max(chance, 1e-300))
        return total - survived[-1] * np.log(max(left, 1e-300))

    options = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 4000}
    found = optimize.minimize(unlikely, [0.1, 0.5], method="Nelder-Mead", options=options)
    a, b = np.exp(found.x)
    return {"mean_churn": a / (a + b), "b": b, "a": a}


# %% right: with_bounds
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = logs
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    limits = [(1e-3, 50)] * 2
    found = optimize.minimize(unlikely, [1, 2], bounds=limits, options={"ftol": 1e-14})
    a, b = found.x
    return {"a": a, "b": b, "mean_churn": a / (a + b)}


# %% wrong: mean_churn_as_a_over_b
# fails: fit_sbg_worked_case, fit_sbg_hidden_mean
# says: a share below 1
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": a, "b": b, "mean_churn": a / b}


# %% wrong: mean_of_those_who_stay
# fails: fit_sbg_worked_case, fit_sbg_hidden_mean
# says: The chance to leave in the first year
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": a, "b": b, "mean_churn": b / (a + b)}


# %% wrong: forgets_those_still_there
# fails: fit_sbg_worked_case, fit_sbg_hidden_high_end, fit_sbg_hidden_mean, fit_sbg_hidden_planted
# says: those who left in a year, and those still there
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve))

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": a, "b": b, "mean_churn": a / (a + b)}


# %% wrong: least_squares
# fails: fit_sbg_hidden_high_end
# says: Expected the maximum likelihood
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return ((curve - shares) ** 2).sum()

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": a, "b": b, "mean_churn": a / (a + b)}


# %% wrong: years_begin_with_one
# fails: fit_sbg_worked_case, fit_sbg_hidden_high_end, fit_sbg_hidden_mean, fit_sbg_hidden_planted
# says: Check S(t)
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(1, len(shares) + 1)

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": a, "b": b, "mean_churn": a / (a + b)}


# %% wrong: a_and_b_swapped
# fails: fit_sbg_worked_case, fit_sbg_hidden_high_end, fit_sbg_hidden_planted
# says: From the shares of the case worked by hand
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return {"a": b, "b": a, "mean_churn": a / (a + b)}


# %% wrong: returns_a_pair
# fails: fit_sbg_names, fit_sbg_worked_case, fit_sbg_hidden_high_end, fit_sbg_hidden_mean, fit_sbg_hidden_planted
# says: Expected a dictionary
def fit_sbg(survived):
    shares = np.asarray(survived, dtype=float)
    years = np.arange(len(shares))

    def unlikely(logs):
        a, b = np.exp(logs)
        curve = np.exp(special.betaln(a, b + years) - special.betaln(a, b))
        return np.diff(shares) @ np.log(-np.diff(curve)) - shares[-1] * np.log(curve[-1])

    options = {"xatol": 1e-6, "fatol": 1e-10}
    found = optimize.minimize(unlikely, [0, 1], method="Nelder-Mead", options=options)
    a, b = (float(x) for x in np.exp(found.x))
    return a, b
