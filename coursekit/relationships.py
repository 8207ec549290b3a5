"""Lesson 3: how long relations last, who ends them, what they are worth, and what moves them."""

import functools

import numpy as np
import pandas as pd
from ipywidgets import Dropdown, FloatSlider, IntSlider

from coursekit import data, figures, widgets
from coursekit.world import relations as trade

COLOURS = {
    "awareness": figures.SKY,
    "expansion": figures.AMBER,
    "commitment": figures.GREEN,
    "dissolution": figures.ORANGE,
}


def month_number(dates):
    """Return the month of each date, counted from 0 for July 2022.

    Parameters
    ----------
    dates : pandas.Series
        datetime64; NaT becomes NaN.

    Returns
    -------
    pandas.Series
        float64, whole months.

    Examples
    --------
    >>> month_number(pd.Series(pd.to_datetime(["2022-07-31", "2023-08-01"]))).tolist()
    [0.0, 13.0]
    """
    first = trade.FIRST_MONTH
    return (dates.dt.year - first.year) * 12.0 + dates.dt.month - first.month


def durations(customers, cut=36):
    """Return how long each relation has lasted when the data end after `cut` months.

    Parameters
    ----------
    customers : pandas.DataFrame
        As `data.relations()`: joined_on, ended_on, ended_by, cause, demanding.
    cut : int
        Months from July 2022 on that are known, 1 to 36; what comes later is not looked at.

    Returns
    -------
    pandas.DataFrame
        One row per customer who joined by then, with the index of `customers`: months (int, 1 or
        more; the month of the first contact counts), left (bool; False: still there at the cut),
        ended_by, cause (str, missing while it lasts) and demanding (bool).

    Raises
    ------
    ValueError
        If `cut` is not from 1 to 36.

    Examples
    --------
    >>> early = durations(data.relations(), cut=6)
    >>> int(early["months"].max())
    6
    """
    if not 1 <= cut <= len(trade.MONTHS):
        raise ValueError(f"cut is {cut}; it must be from 1 to {len(trade.MONTHS)} months.")
    start, end = month_number(customers["joined_on"]), month_number(customers["ended_on"])
    left = end < cut
    last = end.where(left, cut - 1)
    table = pd.DataFrame(
        {
            "months": last - start + 1,
            "left": left,
            "ended_by": customers["ended_by"].where(left),
            "cause": customers["cause"].where(left),
            "demanding": customers["demanding"],
        }
    )
    return table[start < cut].astype({"months": int})


def _check_times(time, event):
    time, event = np.asarray(time), np.asarray(event, dtype=bool)
    if len(time) == 0 or len(time) != len(event):
        raise ValueError(
            f"time has {len(time)} values and event {len(event)}; give one event for each time."
        )
    if not (time > 0).all():
        raise ValueError(f"time holds {time.min()}; every time must be above 0.")
    return time, event


def kaplan_meier(time, event):
    """Estimate the share still there after each time, with some still there when the data end.

    Parameters
    ----------
    time : array_like
        How long each was followed, above 0.
    event : array_like of bool
        True: it ended then; False: it was still there (censored, 删失).

    Returns
    -------
    pandas.Series
        float64, share surviving past each time at which one ended (Kaplan and Meier 1958); those
        censored at a time still count as at risk then.

    Raises
    ------
    ValueError
        If the lengths differ, there is nothing, or a time is not above 0.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True]).round(3).tolist()
    [0.75, 0.5, 0.0]
    """
    time, event = _check_times(time, event)
    times, ended = np.unique(time[event], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times)
    return pd.Series(np.cumprod(1 - ended / at_risk), index=pd.Index(times, name="time"))


def cumulative_incidence(time, cause):
    """Estimate, for each cause, the share that has ended by it, beside the other causes.

    Parameters
    ----------
    time : array_like
        How long each was followed, above 0.
    cause : array_like
        Why it ended; missing if it was still there.

    Returns
    -------
    pandas.DataFrame
        float64 shares; a row for each time at which one ended, a column for each cause in order of
        the alphabet (Aalen-Johansen estimator of competing risks, 竞争风险).

    Raises
    ------
    ValueError
        As `kaplan_meier`.

    Examples
    --------
    >>> table = cumulative_incidence([1, 2, 2, 3], ["price", "price", None, "neglect"])
    >>> table.loc[3].round(3).to_dict()
    {'neglect': 0.5, 'price': 0.5}
    """
    cause = pd.Series(cause, dtype="object").reset_index(drop=True)
    time, event = _check_times(time, cause.notna())
    survived = kaplan_meier(time, event)
    before = survived.shift(fill_value=1.0)
    times = survived.index.to_numpy()
    at_risk = len(time) - np.searchsorted(np.sort(time), times)
    columns = {}
    for name in sorted(cause[event].unique()):
        own = time[(cause == name).to_numpy()]
        ended = pd.Series(own).value_counts().reindex(times, fill_value=0).to_numpy()
        columns[name] = (before * ended / at_risk).cumsum()
    return pd.DataFrame(columns)


def one_minus_kaplan_meier(time, cause, at):
    """Return the wrong answer for each cause: 1 - Kaplan-Meier with the other causes as censored.

    Returns
    -------
    pandas.Series
        float64, one value for each cause; together they can pass 1.

    Examples
    --------
    >>> one_minus_kaplan_meier([1, 2, 3], ["a", "b", "a"], at=3).round(2).to_dict()
    {'a': 1.0, 'b': 0.5}
    """
    cause = pd.Series(cause, dtype="object").reset_index(drop=True)
    found = {}
    for name in sorted(cause.dropna().unique()):
        survived = kaplan_meier(time, cause == name).loc[:at]
        found[name] = 1 - survived.iloc[-1] if len(survived) else 0.0
    return pd.Series(found)


def second_purchase(purchases, end, days=28):
    """Return when buyers came back for the first time, in periods, as known at the end of a day.

    Parameters
    ----------
    purchases : pandas.DataFrame
        As `data.cdnow()`: customer_id, date. Purchases of one day count as one.
    end : str or pandas.Timestamp
        The last day that is known; later purchases are not looked at.
    days : int
        Length of a period.

    Returns
    -------
    time : pandas.Series
        int, by customer_id: the period (1, 2, ...) in which the second purchase came, or the last
        full period known without it. Who is not known for a full period and not back is left out.
    event : pandas.Series
        bool: whether the second purchase came.

    Examples
    --------
    >>> time, event = second_purchase(data.cdnow(), "1997-06-30")
    >>> round(float(event.mean()), 3)
    0.34
    """
    end = pd.Timestamp(end)
    known = purchases.loc[purchases["date"] <= end, ["customer_id", "date"]].drop_duplicates()
    known = known.sort_values(["customer_id", "date"])
    turn = known.groupby("customer_id").cumcount()
    first = known[turn == 0].set_index("customer_id")["date"]
    second = known[turn == 1].set_index("customer_id")["date"].reindex(first.index)
    event = second.notna()
    time = (second.fillna(end) - first).dt.days // days + event
    return time[time > 0], event[time > 0]


def sbg_survival(t, a, b):
    """Return the share left after t periods if churn differs by customer as a beta(a, b).

    Parameters
    ----------
    t : array_like
        Whole periods, 0 or more.
    a, b : float
        Shape of the churn rates, above 0; their mean is a / (a + b).

    Returns
    -------
    numpy.ndarray or float
        S(t) = B(a, b + t) / B(a, b), the shifted beta-geometric (Fader and Hardie 2007).

    Raises
    ------
    ValueError
        If a or b is not above 0.

    Examples
    --------
    >>> float(sbg_survival(8, 0.668, 3.806).round(3))
    0.46
    """
    from scipy.special import betaln

    for name, value in {"a": a, "b": b}.items():
        if not value > 0:
            raise ValueError(f"{name} is {value}; it must be above 0.")
    return np.exp(betaln(a, b + np.asarray(t, dtype=float)) - betaln(a, b))


def fit_sbg(survived):
    """Fit the shifted beta-geometric to the shares left after 0, 1, 2, ... periods.

    Parameters
    ----------
    survived : array_like
        Begins with 1 and never rises; at least three values.

    Returns
    -------
    tuple of two floats
        a and b of `sbg_survival`, by maximum likelihood: those lost in each period, and those left.

    Raises
    ------
    ValueError
        If the shares do not begin with 1, rise, or are fewer than three.

    Examples
    --------
    >>> a, b = fit_sbg([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])
    >>> round(a, 3), round(b, 3)
    (0.668, 3.806)
    """
    from scipy.optimize import minimize

    shares = np.asarray(survived, dtype=float)
    if len(shares) < 3 or shares[0] != 1:
        raise ValueError(f"survived is {shares.tolist()}; begin with 1 and give at least 3 values.")
    if (np.diff(shares) > 0).any():
        raise ValueError("survived rises; give the shares left, which can only fall.")
    periods = np.arange(len(shares))

    def unlikely(logs):
        curve = sbg_survival(periods, *np.exp(logs))
        return -(-np.diff(shares) @ np.log(-np.diff(curve)) + shares[-1] * np.log(curve[-1]))

    found = minimize(
        unlikely, [0, 1], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12}
    )
    a, b = np.exp(found.x)
    return float(a), float(b)


def clv_multiple(retention, interest):
    """Return how many yearly margins a customer is worth: r / (1 + i - r).

    Parameters
    ----------
    retention, interest : float or array_like
        Rates a year from 0 to 1; the first margin comes after a year and only if the customer stays.

    Returns
    -------
    float or numpy.ndarray
        The margin multiple (Gupta and Lehmann 2003).

    Raises
    ------
    ValueError
        If a retention is not from 0 to 1, or an interest not above 0.

    Examples
    --------
    >>> [round(clv_multiple(r, 0.1), 2) for r in (0.6, 0.7, 0.8, 0.9)]
    [1.2, 1.75, 2.67, 4.5]
    """
    if np.min(retention) < 0 or np.max(retention) > 1:
        raise ValueError(f"retention is {retention}; it must be from 0 to 1 (80 % is 0.8).")
    if not np.min(interest) > 0:
        raise ValueError(f"interest is {interest}; it must be above 0 (10 % is 0.1).")
    return retention / (1 + interest - retention)


def plot_whale(ax, profit):
    """Draw the whale curve: the profit of the best customers so far, as a share of the whole.

    Parameters
    ----------
    ax : matplotlib axes
    profit : pandas.Series
        Yuan for each customer; the sum must be above 0.

    Returns
    -------
    the axes

    Raises
    ------
    ValueError
        If the profits do not add up to more than 0: shares of a loss would mislead.
    """
    total = float(np.sum(profit))
    if not total > 0:
        raise ValueError(f"profit adds up to {total:,.0f}; shares need a total above 0.")
    curve = np.concatenate([[0], np.sort(profit)[::-1].cumsum() / total * 100])
    share = np.linspace(0, 100, len(curve))
    best = int(curve.argmax())
    figures.line(ax, "whale", share, curve, color=figures.BLUE)
    figures.line(ax, "total", [0, 100], [100, 100], color=figures.GREY, linestyle="--")
    figures.points(ax, "best", [share[best]], [curve[best]], color=figures.ORANGE, markersize=9)
    figures.text(ax, "words", 30, 104, "what is left in the end", color=figures.GREY)
    top = 50 * np.ceil(curve[best] / 50 + 0.2)
    ax.set(xlabel="Customers, best first (%)", ylabel="Profit so far (% of the total)")
    ax.set(xlim=(0, 100), ylim=(0, top))
    ax.set_title(
        f"The best {share[best]:.0f} % of customers earn {curve[best]:.0f} % of the profit"
    )
    return ax


def plot_mix(axes, fickle=60, fickle_stays=43, loyal_stays=93):
    """Draw two kinds of customers who never change, and the retention that seems to rise.

    Parameters
    ----------
    axes : two matplotlib axes
        Who is left, and the retention of each year.
    fickle : float
        Share of the fickle among those who begin, in percent.
    fickle_stays, loyal_stays : float
        Of each kind, who stay another year, in percent.

    Returns
    -------
    the axes
    """
    left, right = axes
    years = np.arange(13)
    share = fickle / 100
    loyal = (1 - share) * (loyal_stays / 100) ** years
    both = loyal + share * (fickle_stays / 100) ** years
    constant = both[1] ** years
    table = data.subscription_retention().query("segment == 'regular'")
    figures.band(left, "loyal", years, 0, 100 * loyal, color=figures.GREEN, label="loyal")
    figures.band(
        left, "fickle", years, 100 * loyal, 100 * both, color=figures.AMBER, label="fickle"
    )
    figures.line(left, "both", years, 100 * both, color=figures.BLACK)
    style = {"color": figures.ORANGE, "linestyle": "--"}
    figures.line(left, "constant", years, 100 * constant, label="one rate for all", **style)
    style = {"color": figures.BLUE, "markersize": 5}
    figures.points(
        left, "real", table["year"], 100 * table["survived"], label="real subscribers", **style
    )
    left.set(xlabel="Years", ylabel="Still there (%)", xlim=(0, 12), ylim=(0, 102))
    left.legend(fontsize=9)
    left.set_title(f"After 12 years: {100 * both[-1]:.0f} %")
    retention = 100 * both[1:] / both[:-1]
    figures.line(right, "mix", years[1:], retention, color=figures.BLACK, marker="o", markersize=4)
    for name, level in (("fickle", fickle_stays), ("loyal", loyal_stays)):
        colour = figures.AMBER if name == "fickle" else figures.GREEN
        figures.line(right, name, [1, 12], [level] * 2, color=colour, label=f"each {name} one")
    right.set(
        xlabel="Year", ylabel="Stay this year (% of those there)", xlim=(0.5, 12), ylim=(0, 102)
    )
    right.legend(fontsize=9, loc="lower right")
    right.set_title(f"Retention: {retention[0]:.0f} %, then {retention[-1]:.0f} %")
    return axes


def explore_mix():
    """Return the widget of `plot_mix`: customers need not grow loyal for retention to rise."""
    return widgets.explore(
        plot_mix,
        columns=2,
        size=(7.7, 4.1),
        alt="Left: who is left over 12 years, loyal and fickle, with real subscribers as points and "
        "a dashed curve for one rate. Right: the retention of the mix rises between two level lines.",
        fickle=IntSlider(60, min=0, max=100, step=5, description="Fickle at the start (%)"),
        fickle_stays=IntSlider(43, min=5, max=95, description="Fickle: stay a year (%)"),
        loyal_stays=IntSlider(93, min=50, max=100, description="Loyal: stay a year (%)"),
    )


@functools.lru_cache(maxsize=64)
def _plan(*spending):
    """Return the plan of the default shop for spending in the order of the levers."""
    truth = trade.draw_truth(20240101)
    return trade.plan(truth, dict(zip(trade.LEVERS, spending, strict=True)))


def plot_flow(axes, awareness=0, speed=0, trust=0, care=0, larger=0):
    """Draw customers by stage and the profit over 36 months, with and without a budget.

    Parameters
    ----------
    axes : two matplotlib axes
        Expected customers in each stage; profit so far.
    awareness, speed, trust, care, larger : float
        Yuan a month on each lever of `coursekit.world.relations.LEVERS`.

    Returns
    -------
    the axes
    """
    left, right = axes
    budget = (awareness, speed, trust, care, larger)
    chosen, nothing = _plan(*budget), _plan(0, 0, 0, 0, 0)
    months = np.arange(1, len(chosen) + 1)
    for stage in trade.LIVING:
        style = {"color": COLOURS[stage]}
        figures.line(left, stage, months, chosen[stage], label=stage, **style)
        figures.line(left, f"{stage} before", months, nothing[stage], linestyle=":", **style)
    left.set(xlabel="Month", ylabel="Customers (expected)", xlim=(0, 37), ylim=(0, 550))
    left.legend(fontsize=9, loc="upper left")
    left.set_title(f"{chosen['commitment'].iloc[-1]:.0f} committed at the end")
    sums = [plan["profit_yuan"].cumsum() / 1000 for plan in (chosen, nothing)]
    figures.line(right, "profit", months, sums[0], color=figures.BLUE, label="with this budget")
    style = {"color": figures.GREY, "linestyle": ":"}
    figures.line(right, "before", months, sums[1], label="without", **style)
    figures.line(right, "zero", [0, 37], [0, 0], color=figures.BLACK, linewidth=0.8)
    right.set(xlabel="Month", ylabel="Profit so far (thousand yuan)", xlim=(0, 37))
    right.set_ylim(-300, 700)
    right.legend(fontsize=9, loc="upper left")
    gain = 1000 * (sums[0].iloc[-1] - sums[1].iloc[-1])
    right.set_title(f"¥{sum(budget):,.0f} a month: {'+' if gain >= 0 else '-'}¥{abs(gain):,.0f}")
    return axes


def explore_flow():
    """Return the widget of `plot_flow`: more newcomers is the dearest way to more profit."""
    return widgets.explore(
        plot_flow,
        columns=2,
        size=(7.7, 4.1),
        alt="Left: customers in awareness, expansion and commitment over 36 months, solid with the "
        "budget, dotted without. Right: profit so far, with the budget and without.",
        **{
            name: IntSlider(spend, min=0, max=3000, step=250, description=f"{words} (¥ a month)")
            for name, words, spend in (
                ("awareness", "Awareness", 1500),
                ("speed", "Speed", 0),
                ("trust", "Trust", 0),
                ("care", "Care", 0),
                ("larger", "Larger orders", 0),
            )
        },
    )


@functools.lru_cache(maxsize=40)
def _known(cut):
    """Return the durations of the default shop's customers, known after `cut` months."""
    return durations(data.relations(), cut)


def _steps(survived, last):
    """Return the corners of a survival curve drawn as steps, from 0 to `last`."""
    times = np.concatenate([[0], survived.index.to_numpy(), [last]])
    shares = np.concatenate([[1.0], survived.to_numpy(), survived.to_numpy()[-1:]])
    return np.repeat(times, 2)[1:], np.repeat(shares, 2)[:-1] * 100


def plot_censoring(ax, cut=12):
    """Draw how long relations last, from data that end after `cut` months, in three ways.

    Parameters
    ----------
    ax : matplotlib axes
    cut : int
        Months from July 2022 on that are known, 3 to 36.

    Returns
    -------
    the axes
    """
    known = _known(cut)
    gone = known[known["left"]]
    everything = _known(36)
    curves = {
        "all 36 months": (everything["months"], everything["left"], figures.GREY, "-"),
        "who is still there dropped": (gone["months"], gone["left"], figures.ORANGE, "--"),
        "who is still there as gone": (known["months"], known["months"] > 0, figures.AMBER, "-."),
        "Kaplan-Meier": (known["months"], known["left"], figures.BLUE, "-"),
    }
    for name, (months, left, colour, dashes) in curves.items():
        x, y = _steps(kaplan_meier(months, left), 36 if name == "all 36 months" else cut)
        width = 5 if name == "all 36 months" else 2
        style = {"color": colour, "linestyle": dashes, "linewidth": width}
        figures.line(ax, name, x, y, label=name, alpha=0.5 if width == 5 else 1, **style)
    figures.line(ax, "cut", [cut, cut], [0, 100], color=figures.BLACK, linestyle=":", linewidth=1)
    ax.set(xlabel="Months since the first contact", ylabel="Still there (%)")
    ax.set(xlim=(0, 37), ylim=(0, 102))
    ax.legend(fontsize=9, loc="upper right")
    survived = kaplan_meier(known["months"], known["left"])
    half = survived.index[survived <= 0.5]
    said = f"half are gone in {half[0]}" if len(half) else "more than half are still there"
    ax.set_title(f"{cut} months known: leavers stayed {gone['months'].mean():.1f}, {said}")
    return ax


def explore_censoring():
    """Return the widget of `plot_censoring`: those still there must be neither dropped nor lost."""
    return widgets.explore(
        plot_censoring,
        alt="Survival curves in steps: all data in grey, Kaplan-Meier on it in blue, and two wrong "
        "curves far below it when the data are cut early.",
        cut=IntSlider(12, min=3, max=36, description="Months known"),
    )


GROUPS = ("all", "plain", "demanding")


def _group(name):
    known = _known(36)
    return known if name == "all" else known[known["demanding"] == (name == "demanding")]


def plot_who_left(ax, at=30, customers="all"):
    """Draw, cause by cause, the share that has left by a month, rightly and by 1 - KM.

    Parameters
    ----------
    ax : matplotlib axes
    at : int
        Months since the first contact, 3 to 34.
    customers : str
        "all", "plain" or "demanding".

    Returns
    -------
    the axes
    """
    known = _group(customers)
    right = cumulative_incidence(known["months"], known["cause"]).loc[:at].iloc[-1]
    wrong = one_minus_kaplan_meier(known["months"], known["cause"], at)
    names = list(trade.CAUSES)
    heights = [100 * part.reindex(names, fill_value=0).to_numpy() for part in (right, wrong)]
    x = np.arange(len(names))
    colours = [figures.BLUE] * 4 + [figures.ORANGE] * 4
    figures.bars(ax, "wrong", x + 0.2, heights[1], width=0.38, color=figures.GREY)
    figures.bars(ax, "right", x - 0.2, heights[0], width=0.38, color=colours)
    ax.set_xticks(x, labels=[name.replace(" ", "\n", 1) for name in names], fontsize=9)
    top = float(np.ceil(max(heights[1].max(), 20) / 20) * 20)
    ax.set(ylabel=f"Left by month {at} (%)", ylim=(0, top), xlim=(-0.6, 7.6))
    ax.grid(axis="x", visible=False)
    for name, colour, place, words in (
        ("buyer", figures.BLUE, 0.56, "the buyer ended it"),
        ("firm", figures.ORANGE, 0.56, "the firm ended it"),
        ("naive", figures.GREY, 0.56, "1 - Kaplan-Meier"),
    ):
        height = {"buyer": 0.94, "firm": 0.87, "naive": 0.80}[name]
        style = {"transform": ax.transAxes, "color": colour, "weight": "bold", "fontsize": 10}
        figures.text(ax, name, place, height, words, **style)
    ax.set_title(
        f"Rightly {heights[0].sum():.0f} % have left; 1 - KM adds up to {heights[1].sum():.0f} %"
    )
    return ax


def explore_who_left():
    """Return the widget of `plot_who_left`: causes compete, so 1 - KM per cause says too much."""
    return widgets.explore(
        plot_who_left,
        alt="For eight causes a coloured bar, the share that left by it, beside a taller grey bar, "
        "1 - Kaplan-Meier; four causes are the buyer's and four the firm's.",
        at=IntSlider(30, min=3, max=34, description="Months"),
        customers=Dropdown(options=GROUPS, value="all", description="Customers"),
    )


CLAIMED = (25, 95)  # percent, the gain that is often quoted for five points of retention


def plot_clv(axes, retention=60, interest=10.0, more=5):
    """Draw the margin multiple over retention and interest, and what some points more add.

    Parameters
    ----------
    axes : two matplotlib axes
        The map of multiples; the gain in percent by retention.
    retention, interest : float
        In percent a year.
    more : float
        Points of retention that are added.

    Returns
    -------
    the axes
    """
    left, right = axes
    rates = np.linspace(0.4, 0.98, 80)
    interests = np.linspace(0.02, 0.3, 60)[:, None]
    r, i = retention / 100, interest / 100
    surface = clv_multiple(rates, interests)
    extent = (40, 98, 2, 30)
    style = {"cmap": "cividis", "interpolation": "bilinear", "vmin": 0, "vmax": 3}
    figures.picture(left, "surface", np.log(surface), extent, **style)
    after = r + more / 100
    style = {"color": figures.ORANGE, "markersize": 10, "markeredgecolor": "white"}
    figures.points(left, "here", [retention, 100 * after], [interest] * 2, **style)
    left.set(
        xlabel="Retention (% a year)", ylabel="Interest (% a year)", xlim=(40, 98), ylim=(2, 30)
    )
    left.grid(False)
    worth = clv_multiple(r, i), clv_multiple(after, i)
    left.set_title(f"Worth {worth[0]:.2f}, then {worth[1]:.2f} margins")
    before = np.linspace(0.4, 0.99 - more / 100, 80)
    gain = 100 * (clv_multiple(before + more / 100, i) / clv_multiple(before, i) - 1)
    figures.band(right, "claim", [40, 98], [CLAIMED[0]] * 2, [CLAIMED[1]] * 2, color=figures.AMBER)
    figures.line(right, "gain", 100 * before, gain, color=figures.BLUE)
    here = 100 * (worth[1] / worth[0] - 1)
    figures.points(right, "here", [retention], [here], **style)
    figures.text(right, "words", 41, CLAIMED[1] - 8, "often quoted", color="#8a6000", fontsize=9)
    right.set(
        xlabel="Retention before (%)", ylabel="Gain in value (%)", xlim=(40, 98), ylim=(0, 150)
    )
    right.set_title(f"{more:+g} points: {here:+.0f} % value")
    return axes


def explore_clv():
    """Return the widget of `plot_clv`: five points of retention have no fixed price."""
    return widgets.explore(
        plot_clv,
        columns=2,
        size=(7.7, 4.1),
        alt="Left: a map of the margin multiple, bright at high retention and low interest, with two "
        "dots. Right: the gain rises steeply with retention; a band marks 25 to 95 %.",
        retention=IntSlider(60, min=40, max=88, description="Retention (%)"),
        interest=FloatSlider(10, min=2, max=30, step=0.5, description="Interest (%)"),
        more=IntSlider(5, min=1, max=10, description="Points more"),
    )
