# ruff: noqa: D100, D103, F811, F821

# %% right: with_columns
def backtest(values, first):
    known = np.arange(first, len(values))
    table = pd.DataFrame({"known": known})
    table["growth"] = [fit_growth(values[:n]) for n in known]
    table["forecast"] = [values[n - 1] for n in known] * (1 + table["growth"])
    table["actual"] = values[first:]
    table["error"] = (table["forecast"] - table["actual"]) / table["actual"]
    return table


# %% right: with_own_growth
def backtest(values, first):
    rows = []
    for actual_at in range(first, len(values)):
        last, start = values[actual_at - 1], values[0]
        growth = np.exp(np.log(last / start) / (actual_at - 1))
        row = {"known": actual_at, "forecast": last * growth, "actual": values[actual_at]}
        rows.append(row | {"error": last * growth / values[actual_at] - 1})
    return pd.DataFrame(rows)


# %% wrong: refits_on_all_data
# fails: backtest_worked_case, backtest_hidden_unknown_future, backtest_hidden_internet_users
# says: from the figures known by then only
def backtest(values, first):
    rows = []
    growth = fit_growth(values)
    for known in range(first, len(values)):
        forecast = values[known - 1] * (1 + growth)
        rows.append([known, forecast, values[known], forecast / values[known] - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])


# %% wrong: knows_the_figure_it_forecasts
# fails: backtest_worked_case, backtest_hidden_internet_users
# says: from the figures known by then only
def backtest(values, first):
    rows = []
    for known in range(first, len(values)):
        forecast = values[known - 1] * (1 + fit_growth(values[: known + 1]))
        rows.append([known, forecast, values[known], forecast / values[known] - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])


# %% wrong: fitted_once_at_the_start
# fails: backtest_hidden_internet_users
# says: a growth fitted anew each time
def backtest(values, first):
    rows = []
    growth = fit_growth(values[:first])
    for known in range(first, len(values)):
        forecast = values[known - 1] * (1 + growth)
        rows.append([known, forecast, values[known], forecast / values[known] - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])


# %% wrong: origin_stands_still
# fails: backtest_worked_case, backtest_hidden_internet_users
# says: from the figures known by then only
def backtest(values, first):
    rows = []
    growth = fit_growth(values[:first])
    for known in range(first, len(values)):
        forecast = values[first - 1] * (1 + growth)
        rows.append([known, forecast, values[known], forecast / values[known] - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])


# %% wrong: error_over_forecast
# fails: backtest_worked_case, backtest_hidden_internet_users
# says: Expected forecast / actual - 1
def backtest(values, first):
    rows = []
    for known in range(first, len(values)):
        forecast = values[known - 1] * (1 + fit_growth(values[:known]))
        rows.append([known, forecast, values[known], values[known] / forecast - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])


# %% wrong: last_forecast_missing
# fails: backtest_rows, backtest_worked_case, backtest_hidden_internet_users
# says: up to all but the last
def backtest(values, first):
    rows = []
    for known in range(first, len(values) - 1):
        forecast = values[known - 1] * (1 + fit_growth(values[:known]))
        rows.append([known, forecast, values[known], forecast / values[known] - 1])
    return pd.DataFrame(rows, columns=["known", "forecast", "actual", "error"])
