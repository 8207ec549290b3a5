# ruff: noqa: D100, D103, E402, F811, F821

# %% right: with_a_series
def cagr(values, years_between=1.0):
    series = pd.Series(values, dtype=float)
    growth = series.iloc[-1] / series.iloc[0]
    return np.power(growth, 1 / (years_between * (series.size - 1))) - 1


# %% right: with_logarithms
import math


def cagr(values, years_between=1.0):
    print("figures:", len(values))
    steps = [math.log(values[i + 1] / values[i]) for i in range(len(values) - 1)]
    return np.float64(math.exp(sum(steps) / len(steps) / years_between)) - 1


# %% wrong: mean_of_yearly_rates
# fails: cagr_worked_case, cagr_half_years, cagr_hidden_long_series
# says: Expected the compound rate
def cagr(values, years_between=1.0):
    rates = [values[i + 1] / values[i] - 1 for i in range(len(values) - 1)]
    return sum(rates) / len(rates) / years_between


# %% wrong: counts_the_figures_not_the_steps
# fails: cagr_worked_case, cagr_half_years, cagr_hidden_long_series
# says: Expected the compound rate
def cagr(values, years_between=1.0):
    return (values[-1] / values[0]) ** (1 / (len(values) * years_between)) - 1


# %% wrong: half_years_as_years
# fails: cagr_half_years, cagr_hidden_long_series
# says: not per half-year
def cagr(values, years_between=1.0):
    return (values[-1] / values[0]) ** (1 / (len(values) - 1)) - 1


# %% wrong: growth_shared_out_evenly
# fails: cagr_worked_case, cagr_half_years, cagr_hidden_long_series
# says: leads from the first figure to the last
def cagr(values, years_between=1.0):
    years = (len(values) - 1) * years_between
    return (values[-1] / values[0] - 1) / years


# %% wrong: percent
# fails: cagr_one_number, cagr_worked_case, cagr_half_years, cagr_hidden_long_series
# says: expected a fraction
def cagr(values, years_between=1.0):
    years = (len(values) - 1) * years_between
    return 100 * ((values[-1] / values[0]) ** (1 / years) - 1)


# %% wrong: prints_instead_of_returning
# fails: cagr_one_number, cagr_worked_case, cagr_half_years, cagr_hidden_long_series
# says: `return`
def cagr(values, years_between=1.0):
    years = (len(values) - 1) * years_between
    print((values[-1] / values[0]) ** (1 / years) - 1)
