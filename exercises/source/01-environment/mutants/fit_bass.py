# ruff: noqa: D100, D103, F811, F821

# %% right: least_squares_in_own_units
from scipy.optimize import least_squares


def fit_bass(sales):
    sales = np.asarray(sales, dtype=float)
    scale = sales.sum()
    t = np.arange(len(sales) + 1)

    def misses(guess):
        m, p, q = guess
        decay = np.exp(-(p + q) * t)
        return m * np.diff((1 - decay) / (1 + q / p * decay)) - sales / scale

    low, high = [0, 1e-6, 0], [np.inf, 1, 2]
    found = least_squares(misses, [2, 0.01, 0.4], bounds=(low, high), xtol=1e-12, ftol=1e-12)
    m, p, q = found.x.tolist()
    return {"q": q, "p": p, "m": m * scale}


# %% right: without_bounds
def fit_bass(sales):
    def sales_of_year(t, m, p, q):
        after, before = np.exp(-(p + q) * t), np.exp(-(p + q) * (t - 1))
        return m * (1 - after) / (1 + q / p * after) - m * (1 - before) / (1 + q / p * before)

    years = range(1, len(sales) + 1)
    start = (2 * sum(sales), 0.01, 0.4)
    found, _ = curve_fit(sales_of_year, np.array(years), np.array(sales), p0=start)
    return dict(zip("mpq", found, strict=True))


# %% wrong: ols
# fails: fit_bass_video_recorders, fit_bass_hidden_planted, fit_bass_hidden_units
# says: no regression on totals (OLS)
def fit_bass(sales):
    sales = np.asarray(sales, dtype=float)
    before = np.cumsum(sales) - sales
    c, b, a = np.polyfit(before, sales, 2)
    m = (-b - np.sqrt(b**2 - 4 * a * c)) / (2 * c)
    return {"m": m, "p": a / m, "q": a / m + b}


# %% wrong: density_as_sales
# fails: fit_bass_video_recorders, fit_bass_hidden_planted, fit_bass_hidden_units
# says: no density
def fit_bass(sales):
    def density(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2

    years = np.arange(1, len(sales) + 1)
    start, bounds = [2 * sum(sales), 0.01, 0.4], ([0, 1e-6, 0], [np.inf, 1, 2])
    found, _ = curve_fit(density, years, sales, p0=start, bounds=bounds)
    return {"m": found[0], "p": found[1], "q": found[2]}


# %% wrong: fits_totals
# fails: fit_bass_video_recorders, fit_bass_hidden_units
# says: least squares of the increments
def fit_bass(sales):
    def total_sold(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (1 - decay) / (1 + q / p * decay)

    years = np.arange(1, len(sales) + 1)
    start, bounds = [2 * sum(sales), 0.01, 0.4], ([0, 1e-6, 0], [np.inf, 1, 2])
    found, _ = curve_fit(total_sold, years, np.cumsum(sales), p0=start, bounds=bounds)
    return {"m": found[0], "p": found[1], "q": found[2]}


# %% wrong: totals_fitted_to_sales
# fails: fit_bass_video_recorders, fit_bass_hidden_planted, fit_bass_hidden_units
# says: least squares of the increments
def fit_bass(sales):
    def total_sold(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (1 - decay) / (1 + q / p * decay)

    years = np.arange(1, len(sales) + 1)
    start, bounds = [2 * sum(sales), 0.01, 0.4], ([0, 1e-6, 0], [np.inf, 1, 2])
    found, _ = curve_fit(total_sold, years, sales, p0=start, bounds=bounds)
    return {"m": found[0], "p": found[1], "q": found[2]}


# %% wrong: first_year_is_zero
# fails: fit_bass_video_recorders, fit_bass_hidden_planted, fit_bass_hidden_units
# says: the first year is t = 1
def fit_bass(sales):
    def total_sold(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (1 - decay) / (1 + q / p * decay)

    def sales_of_year(t, m, p, q):
        return total_sold(t + 1, m, p, q) - total_sold(t, m, p, q)

    years = np.arange(1, len(sales) + 1)
    start, bounds = [2 * sum(sales), 0.01, 0.4], ([0, 1e-6, 0], [np.inf, 1, 2])
    found, _ = curve_fit(sales_of_year, years, sales, p0=start, bounds=bounds)
    return {"m": found[0], "p": found[1], "q": found[2]}


# %% wrong: start_made_for_the_video_recorders
# fails: fit_bass_hidden_units
# says: Make no start value depend on one market
def fit_bass(sales):
    def total_sold(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (1 - decay) / (1 + q / p * decay)

    def sales_of_year(t, m, p, q):
        return total_sold(t, m, p, q) - total_sold(t - 1, m, p, q)

    years = np.arange(1, len(sales) + 1)
    low, high = [1000, 1e-6, 0], [1e6, 1, 2]
    start = [60000, 0.01, 0.4]
    found, _ = curve_fit(sales_of_year, years, sales, p0=start, bounds=(low, high))
    return {"m": found[0], "p": found[1], "q": found[2]}


# %% wrong: a_list_for_the_dictionary
# fails: fit_bass_keys, fit_bass_video_recorders, fit_bass_hidden_planted, fit_bass_hidden_units
# says: Expected a dictionary
def fit_bass(sales):
    def total_sold(t, m, p, q):
        decay = np.exp(-(p + q) * t)
        return m * (1 - decay) / (1 + q / p * decay)

    def sales_of_year(t, m, p, q):
        return total_sold(t, m, p, q) - total_sold(t - 1, m, p, q)

    years = np.arange(1, len(sales) + 1)
    start, bounds = [2 * sum(sales), 0.01, 0.4], ([0, 1e-6, 0], [np.inf, 1, 2])
    return curve_fit(sales_of_year, years, sales, p0=start, bounds=bounds)[0].tolist()
