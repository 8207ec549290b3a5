"""Lesson 1: growth curves, network laws, a policy date, and what a visit is worth."""

import functools

import numpy as np
import pandas as pd
from ipywidgets import FloatLogSlider, FloatSlider, IntSlider

from coursekit import data, figures, widgets

FIRST_CONNECTION = pd.Timestamp("1994-04-20")  # China's first full connection to the internet
CEILINGS = (50.0, 5000.0)  # what a fitted ceiling may be, in million users


def users():
    """Return China's internet users (网民) at each date for which a source is at hand.

    Returns
    -------
    pandas.Series
        float64, million people, indexed by date (end of month), in order of time.

    Examples
    --------
    >>> float(users().loc["2007-06-30"])
    162.0
    """
    table = data.internet_statistics().query("indicator == 'netizens'")
    return table.set_index("date")["value"].sort_index()


def years_online(dates):
    """Return the years from China's first connection (20 April 1994) to each date.

    Parameters
    ----------
    dates : pandas.DatetimeIndex

    Returns
    -------
    numpy.ndarray
        float64, years of 365.25 days.

    Examples
    --------
    >>> years_online(pd.DatetimeIndex(["1995-04-20", "2007-06-30"])).round(2)
    array([ 1.  , 13.19])
    """
    return ((pd.DatetimeIndex(dates) - FIRST_CONNECTION) / pd.Timedelta(days=365.25)).to_numpy()


def _check_rate(name, value, above=0.0):
    if not np.isfinite(value) or value <= above:
        raise ValueError(f"{name} is {value}; it must be a finite number above {above:g}.")


def bass(t, m, p, q):
    """How many people have adopted by time t, in Bass's model (扩散模型).

    Parameters
    ----------
    t : array_like
        Time since the start, in years; 0 or more.
    m : float
        Ceiling: how many will adopt in the end, in the unit of the result.
    p, q : float
        Rates a year: of those who start by themselves, of those who follow others.

    Returns
    -------
    numpy.ndarray or float
        m F(t), with F(t) = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t)  (Bass 1969).

    Raises
    ------
    ValueError
        If m or p is not above 0, or q is negative.

    Examples
    --------
    >>> float(round(bass(7.09, m=67981, p=0.006594, q=0.63809)))
    33613.0
    """
    _check_rate("m", m)
    _check_rate("p", p)
    if not q >= 0:
        raise ValueError(f"q is {q}; it must be 0 or more.")
    decay = np.exp(-(p + q) * np.asarray(t, dtype=float))
    return m * (1 - decay) / (1 + q / p * decay)


def bass_peak(p, q):
    """Return the time at which most people adopt, in years: ln(q/p)/(p+q) if q > p, else 0.

    Examples
    --------
    >>> round(bass_peak(p=0.006594, q=0.63809), 2)
    7.09
    >>> bass_peak(p=0.5, q=0.1)
    0.0
    """
    _check_rate("p", p)
    return float(np.log(q / p) / (p + q)) if q > p else 0.0


def logistic(t, m, middle, rate):
    """Return m / (1 + e^-rate(t - middle)): as steep before the middle as after it.

    Examples
    --------
    >>> float(logistic(10, m=200, middle=10, rate=0.5))
    100.0
    """
    return m / (1 + np.exp(-rate * (np.asarray(t, dtype=float) - middle)))


def gompertz(t, m, middle, rate):
    """Return m e^-e^-rate(t - middle): quick at first, then a long way to the ceiling.

    Examples
    --------
    >>> round(float(gompertz(10, m=200, middle=10, rate=0.5)), 1)
    73.6
    """
    return m * np.exp(-np.exp(-rate * (np.asarray(t, dtype=float) - middle)))


# For each curve its function, where the search starts, and the limits of its last two parameters.
CURVES = {
    "Bass": (bass, (0.003, 0.4), ((1e-7, 1e-3), (0.5, 3.0))),
    "logistic": (logistic, (12.0, 0.5), ((0.0, 0.05), (60.0, 3.0))),
    "Gompertz": (gompertz, (12.0, 0.2), ((0.0, 0.01), (60.0, 3.0))),
}


def fit(curve, t, y):
    """Fit one of `CURVES` to totals by least squares.

    Parameters
    ----------
    curve : str
        "Bass", "logistic" or "Gompertz".
    t, y : array_like
        Years since the start, and the totals then (million users); at least four of each.

    Returns
    -------
    numpy.ndarray
        Shape (3,): the ceiling (within `CEILINGS`), then the two parameters of the curve.

    Raises
    ------
    ValueError
        For an unknown curve, or fewer than four points: three parameters would fit them anyhow.

    Examples
    --------
    >>> t = np.arange(1, 16)
    >>> [round(float(x), 3) for x in fit("Bass", t, bass(t, 200, 0.01, 0.4))]
    [200.0, 0.01, 0.4]
    """
    from scipy.optimize import curve_fit

    if curve not in CURVES:
        raise ValueError(f"curve is {curve!r}; choose one of {', '.join(CURVES)}.")
    if len(y) < 4:
        raise ValueError(f"y has {len(y)} values; give at least 4, or any curve fits exactly.")
    function, start, (low, high) = CURVES[curve]
    parameters, _ = curve_fit(
        function,
        t,
        y,
        p0=(np.clip(2 * np.max(y), *CEILINGS), *start),
        bounds=((CEILINGS[0], *low), (CEILINGS[1], *high)),
        max_nfev=20_000,
    )
    return parameters


def fit_with_ceiling(m, t, y):
    """Fit Bass's p and q to totals under a ceiling that is given; return the typical miss.

    Parameters
    ----------
    m : float
        The ceiling, in the unit of `y`.
    t, y : array_like
        Years since the start, and the totals then.

    Returns
    -------
    float
        Root of the mean square of the misses, in the unit of `y`.

    Examples
    --------
    >>> t = np.arange(1, 16)
    >>> round(fit_with_ceiling(200, t, bass(t, 200, 0.01, 0.4)), 3)
    0.0
    """
    from scipy.optimize import curve_fit

    _, start, bounds = CURVES["Bass"]
    (p, q), _ = curve_fit(lambda t, p, q: bass(t, m, p, q), t, y, p0=start, bounds=bounds)
    return float(root_mean_square(bass(t, m, p, q) - np.asarray(y)))


@functools.lru_cache
def fit_users(curve, last_year):
    """Fit one of `CURVES` to the users of China up to the end of `last_year`.

    Returns
    -------
    tuple of three floats
        Ceiling in million users and the curve's two other parameters.

    Examples
    --------
    >>> round(fit_users("Bass", 2006)[0])
    148
    """
    known = users().loc[: str(last_year)]
    return tuple(float(x) for x in fit(curve, years_online(known.index), known.to_numpy()))


def root_mean_square(misses):
    """Return the typical size of a miss: the root of the mean square, along the last axis."""
    return np.sqrt(np.mean(np.square(np.asarray(misses)), axis=-1))


@functools.lru_cache(maxsize=8)
def error_map(p, last_year, size=60):
    """Return how badly each pair of ceiling and q misses the users up to `last_year`.

    Returns
    -------
    numpy.ndarray
        Shape (size, size), million users; rows are q, columns ceilings (equal steps in the log).
    """
    known = users().loc[: str(last_year)]
    ceilings = np.logspace(*np.log10(RIDGE_CEILINGS), size)[None, :, None]
    q = np.linspace(*RIDGE_Q, size)[:, None, None]
    decay = np.exp(-(p + q) * years_online(known.index))
    return root_mean_square(ceilings * (1 - decay) / (1 + q / p * decay) - known.to_numpy())


RIDGE_CEILINGS, RIDGE_Q = (80, 2000), (0.15, 1.0)
_YEARS = pd.date_range("1994-12-31", "2025-12-31", freq="QE")


def _calendar(dates):
    """Return dates as years with a fraction, for an axis that reads 2000, 2005, ..."""
    dates = pd.DatetimeIndex(dates)
    return (dates.year + (dates.day_of_year - 1) / 365.25).to_numpy()


def _plot_users(ax, last_year):
    """Draw the users' figures: full points were used for the fit, hollow ones came later."""
    all_users = users()
    used = all_users.loc[: str(last_year)]
    later = all_users.loc[str(last_year + 1) :]
    figures.points(ax, "used", _calendar(used.index), used, color=figures.BLACK, markersize=4)
    figures.points(
        ax,
        "later",
        _calendar(later.index),
        later,
        color=figures.GREY,
        markersize=4,
        markerfacecolor="white",
    )
    ax.set(xlim=(1994, 2026), ylim=(0, 1450), xlabel="Year", ylabel="Internet users (million)")
    return used


def plot_ridge(axes, m=190, p=0.0025, q=0.5, last_year=2007):
    """Draw one Bass curve through the users, and the map of how well others would fit.

    Parameters
    ----------
    axes : two matplotlib axes
        The curve, and the map of errors over ceiling and q at this p.
    m, p, q : float
        Ceiling (million users) and the two rates (a year).
    last_year : int
        The last year whose figures may be used, 1999 to 2023.

    Returns
    -------
    the axes
    """
    left, right = axes
    used = _plot_users(left, last_year)
    curve = bass(years_online(_YEARS), m, p, q)
    miss = root_mean_square(bass(years_online(used.index), m, p, q) - used.to_numpy())
    errors = error_map(p, last_year)
    figures.line(left, "curve", _calendar(_YEARS), curve, color=figures.ORANGE)
    figures.line(left, "ceiling", [1994, 2026], [m, m], color=figures.ORANGE, linestyle=":")
    left.set_title(f"To {last_year}: misses by {miss:.1f} million")
    extent = (*np.log10(RIDGE_CEILINGS), *RIDGE_Q)
    figures.picture(
        right,
        "errors",
        np.clip(errors / errors.min(), 1, 4),
        extent,
        cmap="cividis",
        interpolation="bilinear",
        vmin=1,
        vmax=4,
    )
    figures.points(
        right, "here", [np.log10(m)], [q], color=figures.ORANGE, markersize=11, markeredgecolor="w"
    )
    ticks = [100, 200, 500, 1000, 2000]
    right.set_xticks(np.log10(ticks), labels=[f"{tick:,}" for tick in ticks])
    right.set(xlabel="Ceiling m (million users)", ylabel="Followers' rate q (a year)")
    right.grid(False)
    right.set_title(f"Dark: close to the best ({errors.min():.1f})")
    return axes


def explore_ridge():
    """Return the widget of `plot_ridge`: many ceilings fit the first years equally well."""
    return widgets.explore(
        plot_ridge,
        columns=2,
        size=(7.7, 4.1),
        alt="Left: users and one Bass curve. Right: a map with that curve as an orange dot; a dark "
        "valley of good fits runs from low ceilings with a high q to high ceilings with a low q.",
        m=FloatLogSlider(190, min=1.91, max=3.3, step=0.01, description="Ceiling m (million)"),
        p=FloatLogSlider(
            0.0025, min=-4, max=-1.7, step=0.02, readout_format=".4f", description="Starters p"
        ),
        q=FloatSlider(0.5, min=0.15, max=1, step=0.01, description="Followers q"),
        last_year=IntSlider(2005, min=1999, max=2023, description="Figures up to"),
    )


COLOURS = {"Bass": figures.ORANGE, "logistic": figures.BLUE, "Gompertz": figures.GREEN}


def plot_curves(ax, last_year=2006):
    """Draw three curves fitted to the users up to `last_year`, and where they lead.

    Parameters
    ----------
    ax : matplotlib axes
    last_year : int
        The last year whose figures the curves may use, 2000 to 2023.

    Returns
    -------
    the axes
    """
    used = _plot_users(ax, last_year)
    misses = []
    for name, colour in COLOURS.items():
        function = CURVES[name][0]
        parameters = fit_users(name, last_year)
        curve = function(years_online(_YEARS), *parameters)
        fitted = function(years_online(used.index), *parameters)
        misses.append(root_mean_square(fitted - used.to_numpy()))
        style = "--" if name == "logistic" else "-"
        figures.line(ax, name, _calendar(_YEARS), curve, color=colour, linestyle=style, label=name)
    ax.legend(loc="upper left")
    ax.set_title(
        f"Fitted to {last_year}: they miss the past by "
        f"{min(misses):.1f} to {max(misses):.1f} million"
    )
    return ax


def explore_curves():
    """Return the widget of `plot_curves`: a good fit is not a good forecast."""
    return widgets.explore(
        plot_curves,
        alt="Users from 1997 to 2023 and three fitted curves that part after the last year used.",
        last_year=IntSlider(2006, min=2002, max=2023, description="Figures up to"),
    )


def shoppers():
    """Return users and on-line shoppers of China at the dates that have both.

    Returns
    -------
    pandas.DataFrame
        Columns users and shoppers (float64, million people), indexed by date.

    Examples
    --------
    >>> shoppers().loc["2006-06-30"].tolist()
    [123.0, 30.0]
    """
    table = data.internet_statistics().query("indicator in ['netizens', 'online_shoppers']")
    wide = table.pivot(index="date", columns="indicator", values="value").dropna()
    return wide.set_axis(["users", "shoppers"], axis=1)


# What n users are worth by each law, up to a constant. Reed counts groups, so its unit matters.
NETWORK_LAWS = {
    "Sarnoff: n": lambda n: n,
    "Odlyzko-Tilly: n log n": lambda n: n * np.log(n),
    "Metcalfe: n²": lambda n: n**2,
    "cube: n³": lambda n: n**3,
    "Reed: 2ⁿ (n in 100 million)": lambda n: 2 ** (n / 100),
}


def exponent(n, value):
    """Return b of value = a n^b, by least squares on the logarithms; two points or more.

    Examples
    --------
    >>> round(exponent([1, 2, 4], [3, 12, 48]), 6)
    2.0
    """
    if len(n) < 2:
        raise ValueError(f"n has {len(n)} values; give at least 2, or no slope can be drawn.")
    return float(np.polyfit(np.log(n), np.log(value), 1)[0])


def plot_network_laws(ax, first_year=2005, last_year=2013):
    """Draw shoppers against users for a span of years, with the network laws through its start.

    Parameters
    ----------
    ax : matplotlib axes
    first_year, last_year : int
        The span, within 2005 to 2013.

    Returns
    -------
    the axes
    """
    table = shoppers()
    first_year, last_year = sorted((first_year, last_year))
    window = table.loc[str(first_year) : str(last_year)]
    n = np.linspace(80, 700, 100)
    styles = ["-", "--", "-", "--", ":"]
    colours = [figures.SKY, figures.BLUE, figures.ORANGE, figures.PURPLE, figures.GREEN]
    start = window.iloc[0] if len(window) else table.iloc[0]
    for (name, law), style, colour in zip(NETWORK_LAWS.items(), styles, colours, strict=True):
        value = start["shoppers"] * law(n) / law(start["users"])
        figures.line(ax, name, n, value, linestyle=style, color=colour, label=name)
    figures.points(ax, "all", table["users"], table["shoppers"], color=figures.GREY)
    figures.points(
        ax, "window", window["users"], window["shoppers"], color=figures.BLACK, markersize=8
    )
    ax.set(xscale="log", yscale="log", xlim=(95, 700), ylim=(10, 2000))
    ticks, values = [100, 200, 300, 500, 700], [10, 30, 100, 300, 1000]
    ax.set_xticks(ticks, labels=ticks, minor=False)
    ax.set_yticks(values, labels=values, minor=False)
    ax.minorticks_off()
    ax.set(xlabel="Internet users (million)", ylabel="On-line shoppers (million)")
    ax.legend(loc="upper left", fontsize=9)
    if len(window) < 2:
        ax.set_title(f"{first_year} to {last_year}: one date or none, so no exponent")
    else:
        b = exponent(window["users"], window["shoppers"])
        ax.set_title(f"{first_year} to {last_year}: shoppers grew like users to the power {b:.2f}")
    return ax


def explore_network_laws():
    """Return the widget of `plot_network_laws`: each law is right in some window."""
    return widgets.explore(
        plot_network_laws,
        alt="On-line shoppers against users at six dates, with five network laws as lines.",
        first_year=IntSlider(2005, min=2005, max=2013, description="From"),
        last_year=IntSlider(2013, min=2005, max=2013, description="To"),
    )


def before_after(t, y, cut):
    """Return how much higher y is on average from `cut` on than before it, as a share.

    Examples
    --------
    >>> before_after([1, 2, 3, 4], [1.0, 1.0, 1.5, 1.5], cut=3)
    0.5
    """
    t, y = np.asarray(t), np.asarray(y)
    return float(y[t >= cut].mean() / y[t < cut].mean() - 1)


def interrupted(t, y, cut):
    """Estimate a step in y at `cut` beside the trend that was there anyhow.

    Parameters
    ----------
    t, y : array_like
        Time (years) and positive values; at least three points on each side of `cut`.
    cut : float
        The date of the event, in the unit of `t`.

    Returns
    -------
    step : float
        The jump at `cut` as a share: 0.2 is 20 % above the old trend.
    fitted : numpy.ndarray
        The fitted values: log y = a + b t + step [t >= cut] + bend (t - cut)+
        (segmented regression of an interrupted time series).

    Raises
    ------
    ValueError
        With fewer than three points on a side.

    Examples
    --------
    >>> t = np.arange(10)
    >>> step, _ = interrupted(t, np.exp(0.1 * t) * np.where(t >= 5, 1.2, 1), cut=5)
    >>> round(step, 3)
    0.2
    """
    t, y = np.asarray(t, dtype=float), np.asarray(y, dtype=float)
    after = t >= cut
    if min(after.sum(), (~after).sum()) < 3:
        raise ValueError(
            f"cut is {cut:g} with {(~after).sum()} points before and {after.sum()} after; "
            "give at least 3 on each side, or widen the window."
        )
    since = t - cut
    columns = np.column_stack([np.ones_like(t), since, after, np.where(after, since, 0)])
    weights, *_ = np.linalg.lstsq(columns, np.log(y), rcond=None)
    return float(np.expm1(weights[2])), np.exp(columns @ weights)


def plot_policy(ax, cut=2005.25, window=3.0, planted=0):
    """Draw users around a date, with the two ways to read an effect into it.

    Parameters
    ----------
    ax : matplotlib axes
    cut : float
        The date, as a year with a fraction: 2005.25 is April 2005.
    window : float
        How many years before and after are looked at.
    planted : float
        An effect that we add from `cut` on, in percent, to see which method finds it.

    Returns
    -------
    the axes
    """
    t, y = _calendar(users().index), users().to_numpy()
    y = y * np.where(t >= cut, 1 + planted / 100, 1)
    near = np.abs(t - cut) <= window
    step, fitted = interrupted(t[near], y[near], cut)
    naive = before_after(t[near], y[near], cut)
    before = t[near] < cut
    for name, side in (("mean before", before), ("mean after", ~before)):
        level = y[near][side].mean()
        span = t[near][side][[0, -1]]
        label = "averages" if name == "mean before" else None
        figures.line(ax, name, span, [level] * 2, color=figures.BLUE, linestyle="--", label=label)
        label = "trends" if name == "mean before" else None
        trend = fitted[side]
        figures.line(ax, f"trend {name}", t[near][side], trend, color=figures.ORANGE, label=label)
    figures.points(ax, "all", t, y, color=figures.GREY, markersize=4, markerfacecolor="white")
    figures.points(ax, "near", t[near], y[near], color=figures.BLACK, markersize=5)
    figures.line(ax, "cut", [cut, cut], [1, 2000], color=figures.GREY, linestyle=":", zorder=0)
    ax.set(yscale="log", xlim=(1998, 2012), ylim=(2, 1000))
    ax.set(xlabel="Year", ylabel="Internet users (million, log scale)")
    ax.set_yticks([3, 10, 30, 100, 300, 1000], labels=[3, 10, 30, 100, 300, 1000])
    ax.minorticks_off()
    ax.legend(loc="upper left")
    ax.set_title(f"Planted {planted:+.0f} %: averages say {naive:+.0%}, trends say {step:+.0%}")
    return ax


def explore_policy():
    """Return the widget of `plot_policy`: after is not because."""
    return widgets.explore(
        plot_policy,
        alt="Users on a log scale around a date: averages before and after, and two trends.",
        cut=FloatSlider(2003.25, min=2001.25, max=2009.25, step=0.5, description="Date"),
        window=FloatSlider(3, min=2, max=4, step=0.5, description="Years each side"),
        planted=IntSlider(0, min=-50, max=100, step=10, description="Planted effect (%)"),
    )


def shop_month(
    visits,
    order_rate,
    basket,
    return_rate,
    cost_per_visit,
    goods_share=0.44,
    fee_rate=0.051,
):
    """Follow a shop's money from its visitors to what is left.

    Parameters
    ----------
    visits : float
        Visits in the month.
    order_rate, return_rate : float
        Orders per visit; share of the orders' money that comes back (0-1).
    basket : float
        Yuan per order.
    cost_per_visit : float
        Yuan paid to bring one visit (adverts).
    goods_share, fee_rate : float
        Cost of the goods as a share of what is ordered; the platform's fee on it (0-1). Both stay
        if goods come back: the platform keeps its fee, and opened tea cannot be sold again.

    Returns
    -------
    pandas.Series
        Yuan: revenue, returns, goods, fee, adverts (the last four as negative numbers), left over.

    Raises
    ------
    ValueError
        For a negative number or a rate above 1.

    Examples
    --------
    >>> float(shop_month(1000, 0.04, 150, 0.1, 2, 0.45, 0.05)["left over"])
    400.0
    """
    rates = {
        "order_rate": order_rate,
        "return_rate": return_rate,
        "goods_share": goods_share,
        "fee_rate": fee_rate,
    }
    for name, value in rates.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is {value}; a rate lies from 0 to 1 (5 % is 0.05).")
    for name, value in {
        "visits": visits,
        "basket": basket,
        "cost_per_visit": cost_per_visit,
    }.items():
        if not value >= 0:
            raise ValueError(f"{name} is {value}; it must be 0 or more.")
    revenue = visits * order_rate * basket
    flow = pd.Series(
        {
            "revenue": revenue,
            "returns": -revenue * return_rate,
            "goods": -revenue * goods_share,
            "fee": -revenue * fee_rate,
            "adverts": -visits * cost_per_visit,
        }
    )
    flow["left over"] = flow.sum()
    return flow


def _round_up(value):
    """Return the next round number at or above `value`, so that axes seldom change."""
    power = 10.0 ** np.floor(np.log10(max(value, 1)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= value))


def plot_waterfall(
    ax, visits=2000, order_rate=4.0, basket=180, return_rate=6.0, cost_per_visit=1.5
):
    """Draw a month's money as a waterfall from revenue to what is left.

    Parameters
    ----------
    ax : matplotlib axes
    visits, basket, cost_per_visit : float
        Visits a month; yuan per order; yuan per visit.
    order_rate, return_rate : float
        In percent, as the sliders give them.

    Returns
    -------
    the axes
    """
    flow = shop_month(visits, order_rate / 100, basket, return_rate / 100, cost_per_visit)
    top = _round_up(flow["revenue"] * 1.15)
    ends = flow.cumsum()
    feet = np.array([0.0, *ends.iloc[:4], 0.0])
    left = flow["left over"]
    colours = [figures.BLUE, *[figures.AMBER] * 4, figures.GREEN if left >= 0 else figures.ORANGE]
    figures.bars(ax, "flow", range(6), flow, bottom=feet, color=colours)
    for i, (name, value) in enumerate(flow.items()):
        end = max(feet[i], feet[i] + value)
        words = f"¥{value:,.0f}".replace("¥-", "-¥")
        figures.text(ax, name, i, end + top * 0.012, words, ha="center")
    figures.line(ax, "zero", [-0.6, 5.6], [0, 0], color=figures.BLACK, linewidth=1)
    ax.set_xticks(range(6), labels=[name.capitalize() for name in flow.index])
    ax.set(xlim=(-0.6, 5.6), ylim=(-0.5 * top, top), ylabel="Yuan a month")
    ax.grid(axis="x", visible=False)
    words = "is left" if left >= 0 else "is lost"
    ax.set_title(f"{visits:,.0f} visits: ¥{abs(left):,.0f} {words}")
    return ax


def explore_waterfall():
    """Return the widget of `plot_waterfall`: traffic is not profit."""
    return widgets.explore(
        plot_waterfall,
        alt="Waterfall from a month's revenue over returns, goods, fee and adverts to what is left.",
        visits=IntSlider(510, min=100, max=5000, step=10, description="Visits a month"),
        order_rate=FloatSlider(1.3, min=0.5, max=10, step=0.1, description="Orders per 100 visits"),
        basket=IntSlider(156, min=50, max=400, description="Basket (yuan)"),
        return_rate=FloatSlider(12, min=0, max=50, step=0.5, description="Returned (%)"),
        cost_per_visit=FloatSlider(1.75, min=0, max=10, step=0.05, description="Yuan per visit"),
    )
