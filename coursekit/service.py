"""Lesson 4: queues, waiting customers, a FAQ that is searched, and what satisfaction says."""

import functools
import heapq
import re

import numpy as np
import pandas as pd
from ipywidgets import Dropdown, FloatSlider, IntSlider

from coursekit import data, figures, widgets


def plot_coverage(ax, coverage):
    """Draw the share of needs met as a table in colour.

    Parameters
    ----------
    ax : matplotlib axes
    coverage : pandas.DataFrame
        Shares (0-1); index the levels 1 to 4, one column for each means.

    Returns
    -------
    the axes
    """
    wide = len(coverage.columns)
    extent = (-0.5, wide - 0.5, 0.5, 4.5)
    figures.picture(ax, "coverage", coverage, extent, cmap="cividis", vmin=0, vmax=1)
    for level in coverage.index:
        for place, name in enumerate(coverage.columns):
            share = coverage.loc[level, name]
            colour = "white" if share < 0.55 else "black"
            words = f"{share:.0%}"
            figures.text(ax, f"{level} {name}", place, level, words, ha="center", color=colour)
    ax.set_xticks(range(wide), labels=coverage.columns)
    ax.set_yticks([1, 2, 3, 4], labels=["1 know", "2 solve", "3 person", "4 take part"])
    ax.grid(False)
    ax.set(xlabel="Means of service", ylabel="Level of need")
    ax.set_title("Share of needs met, by level of need and means of service")
    return ax


def plot_patience(ax, curve, gave_up):
    """Draw how long people stay without an answer, rightly and from those who left alone.

    Parameters
    ----------
    ax : matplotlib axes
    curve : pandas.DataFrame
        Columns time (minutes) and open (share still there), as `kaplan_meier` gives them.
    gave_up : array_like
        Minutes after which people gave up.

    Returns
    -------
    the axes
    """
    wrong = np.sort(np.asarray(gave_up, float))
    rest = 1 - np.arange(1, len(wrong) + 1) / len(wrong)
    at_ten = curve.loc[curve["time"] <= 10, "open"].iloc[-1]
    style = {"drawstyle": "steps-post"}
    label = "all chats, answered ones as censored"
    figures.line(ax, "all", [0, *curve["time"]], [1, *curve["open"]], label=label, **style)
    label = "only those who gave up"
    figures.line(ax, "left", [0, *wrong], [1, *rest], color=figures.GREY, label=label, **style)
    figures.line(
        ax, "ten", [10, 10], [0, 1], color=figures.ORANGE, linestyle=":", label="ten minutes"
    )
    ax.set(xlim=(0, 15), ylim=(0, 1))
    ax.set(xlabel="Minutes without an answer", ylabel="Share still there")
    ax.set_title(f"After ten minutes of silence {at_ten:.0%} are still there")
    ax.legend()
    return ax


def plot_poisson(ax, counts):
    """Draw the variance of counts against their mean, with the line that Poisson demands.

    Parameters
    ----------
    ax : matplotlib axes
    counts : pandas.DataFrame
        Columns mean and variance.

    Returns
    -------
    the axes
    """
    ratio = counts["variance"] / counts["mean"]
    top = 1.1 * counts["mean"].max()
    figures.points(
        ax,
        "counts",
        counts["mean"],
        counts["variance"],
        color=figures.BLUE,
        markersize=4,
        label="five minutes of the day",
    )
    figures.line(ax, "poisson", [0, top], [0, top], color=figures.ORANGE, label="Poisson: equal")
    ax.set(xlim=(0, top), ylim=(0, 1.1 * counts["variance"].max()))
    ax.set(xlabel="Mean of the calls in five minutes", ylabel="Variance over the days")
    ax.set_title(f"Variance / mean is {ratio.min():.1f} to {ratio.max():.1f}, never 1")
    ax.legend()
    return ax


def _check_queue(agents, load):
    if not isinstance(agents, int | np.integer) or isinstance(agents, bool) or agents < 1:
        raise ValueError(f"agents is {agents!r}; it must be a whole number of 1 or more.")
    if not (np.isfinite(load) and load >= 0):
        raise ValueError(f"load is {load}; it must be a number of 0 or more, in erlangs.")


def _check_above_zero(**values):
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} is {value}; it must be a number above 0.")


def erlang_c(agents, load):
    """Return the chance that a customer has to wait (爱尔朗C公式).

    Parameters
    ----------
    agents : int
        People who serve at the same time, 1 or more.
    load : float
        Arrivals per time unit times mean service time in that unit, in erlangs; 0 or more.

    Returns
    -------
    float
        From Erlang B by the stable recursion B(n) = A B(n-1) / (n + A B(n-1)), B(0) = 1, then
        C = B / (1 - (A/c) (1 - B)). It is 1 if the load is not below the number of agents.

    Raises
    ------
    ValueError
        If agents is no whole number of 1 or more, or load is negative.

    Examples
    --------
    >>> round(erlang_c(14, load=10), 5)
    0.17413
    """
    _check_queue(agents, load)
    if load >= agents:
        return 1.0
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return float(blocked / (1 - load / agents * (1 - blocked)))


def mean_wait(agents, load, talk):
    """Return the average speed of answer (ASA) of a queue: C talk / (agents - load).

    Parameters
    ----------
    agents : int
    load : float
        In erlangs.
    talk : float
        Mean service time, in the unit of the result; above 0.

    Returns
    -------
    float
        Mean wait of all customers; infinite if the load is not below the number of agents.

    Examples
    --------
    >>> round(mean_wait(14, load=10, talk=180), 3)
    7.836
    """
    _check_above_zero(talk=talk)
    waits = erlang_c(agents, load)
    return waits * talk / (agents - load) if load < agents else float("inf")


def service_level(agents, load, talk, within):
    """Return the share of customers answered within a time: 1 - C e^(-(c - A) T / talk).

    Parameters
    ----------
    agents, load, talk
        As in `mean_wait`.
    within : float
        The time promised, in the unit of `talk`; 0 or more.

    Returns
    -------
    float
        From 0 to 1; 0 if the load is not below the number of agents.

    Examples
    --------
    >>> round(service_level(14, load=10, talk=180, within=20), 5)
    0.88835
    """
    _check_above_zero(talk=talk)
    if load >= agents:
        _check_queue(agents, load)
        return 0.0
    return float(1 - erlang_c(agents, load) * np.exp(-(agents - load) * within / talk))


def agents_needed(load, talk, within, goal):
    """Return the smallest number of agents that reaches a service level.

    Parameters
    ----------
    load, talk, within
        As in `service_level`.
    goal : float
        Share to be answered within the time, above 0 and below 1.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If goal does not lie between 0 and 1.

    Examples
    --------
    >>> agents_needed(load=10, talk=180, within=20, goal=0.8)
    14
    """
    if not 0 < goal < 1:
        raise ValueError(f"goal is {goal}; it is a share above 0 and below 1, such as 0.8.")
    agents = int(load) + 1
    while service_level(agents, load, talk, within) < goal:
        agents += 1
    return agents


def simulate_waits(arrived, talk, agents):
    """Serve customers in order of arrival; return how long each waits.

    Parameters
    ----------
    arrived, talk : array_like
        Times of arrival in rising order, and service times, in the same unit.
    agents : int

    Returns
    -------
    numpy.ndarray
        float64, the waits.

    Examples
    --------
    >>> simulate_waits([0, 1, 2], [10, 10, 10], agents=2).tolist()
    [0.0, 0.0, 8.0]
    """
    _check_queue(agents, 0)
    free = [0.0] * agents  # when each of the agents is free
    waits = []
    # plain numbers are several times quicker here than numpy's
    for now, length in zip(np.asarray(arrived).tolist(), np.asarray(talk).tolist(), strict=True):
        start = max(now, free[0])
        heapq.heapreplace(free, start + length)
        waits.append(start - now)
    return np.array(waits, float)


@functools.lru_cache(maxsize=64)
def simulated_wait(agents, load, talk, customers=40_000, seed=4):
    """Return the mean wait of a simulated queue with random arrivals and service times."""
    rng = np.random.default_rng(seed)
    arrived = np.cumsum(rng.exponential(talk / load, customers))
    return float(simulate_waits(arrived, rng.exponential(talk, customers), agents).mean())


def plot_agents(ax, calls=100, talk=180, agents=11):
    """Draw the mean wait against the number of agents, and what one more would change.

    Parameters
    ----------
    ax : matplotlib axes
    calls : float
        Calls in half an hour.
    talk : float
        Mean length of a call, in seconds.
    agents : int
        Agents on duty.

    Returns
    -------
    the axes
    """
    load = calls * talk / 1800
    numbers = np.arange(1, 41)
    waits = np.array([mean_wait(int(n), load, talk) for n in numbers])
    waits = np.where(np.isfinite(waits), np.maximum(waits, 0.1), np.nan)
    figures.line(ax, "waits", numbers, waits, color=figures.BLUE, marker="o", markersize=4)
    figures.line(
        ax, "load", [load] * 2, [0.1, 2000], color=figures.GREY, linestyle=":", label="load"
    )
    here, after = (mean_wait(n, load, talk) for n in (agents, agents + 1))
    shown = np.maximum([here, after], 0.1)
    shown = np.where(np.isfinite(shown), shown, np.nan)
    figures.points(
        ax, "here", [agents, agents + 1], shown, color=figures.ORANGE, markersize=9, zorder=5
    )
    ax.set(yscale="log", xlim=(0, 41), ylim=(0.1, 2000))
    ax.set_yticks([0.1, 1, 10, 100, 1000], labels=["0.1", 1, 10, 100, "1,000"])
    ax.minorticks_off()
    ax.set(xlabel="Agents on duty", ylabel="Mean wait (seconds, log scale)")
    ax.legend(loc="upper right")
    words = [f"{wait:,.1f} s" if np.isfinite(wait) else "no end" for wait in (here, after)]
    ax.set_title(f"Load {load:.1f}: with {agents} agents {words[0]}, with one more {words[1]}")
    return ax


def explore_agents():
    """Return the widget of `plot_agents`: agents and waits are not in proportion."""
    return widgets.explore(
        plot_agents,
        alt="Mean wait on a log scale against agents: it falls steeply just above the load.",
        calls=IntSlider(100, min=20, max=200, step=5, description="Calls in half an hour"),
        talk=IntSlider(180, min=60, max=300, step=10, description="Length of a call (s)"),
        agents=IntSlider(11, min=1, max=39, description="Agents"),
    )


def plot_pooling(ax, channels=2, load=5.0, agents=7, talk=180):
    """Draw the mean wait of separate channels beside that of one pool, formula and simulation.

    Parameters
    ----------
    ax : matplotlib axes
    channels : int
        Channels, each with its own agents and load.
    load : float
        Erlangs of each channel, below `agents`.
    agents : int
        Agents of each channel.
    talk : float
        Mean length of a contact, in seconds.

    Returns
    -------
    the axes
    """
    cases = ((agents, load), (channels * agents, channels * load))
    formula = [mean_wait(c, a, talk) for c, a in cases]
    played = [simulated_wait(c, round(a, 6), talk) for c, a in cases]
    colours = [figures.SKY, figures.GREEN]
    figures.bars(ax, "formula", [0, 1], formula, width=0.5, color=colours)
    figures.points(ax, "played", [0, 1], played, color=figures.BLACK, marker="D", label="simulated")
    top = 1.15 * max(*formula, *played)
    ax.set(xlim=(-0.6, 1.6), ylim=(0, _round_up(top)))
    ax.set_xticks([0, 1], labels=[f"{channels} apart", "one pool"])
    ax.grid(axis="x", visible=False)
    ax.set_ylabel("Mean wait (seconds)")
    ax.legend(loc="upper right")
    ax.set_title(
        f"{channels} times {agents} agents: {formula[0]:.1f} s; "
        f"{channels * agents} in one pool: {formula[1]:.1f} s"
    )
    return ax


def _round_up(value):
    """Return the next round number at or above `value`, so that axes seldom change.

    Examples
    --------
    >>> _round_up(33.6)
    50.0
    """
    power = 10.0 ** np.floor(np.log10(max(value, 0.1)))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


def explore_pooling():
    """Return the widget of `plot_pooling`: separate queues waste free agents."""
    return widgets.explore(
        plot_pooling,
        alt="Two bars of the mean wait, separate channels and one pool, with simulated diamonds.",
        channels=IntSlider(2, min=2, max=6, description="Channels"),
        load=FloatSlider(5, min=1, max=6.5, step=0.25, description="Load of each (erlangs)"),
        agents=IntSlider(7, min=7, max=12, description="Agents of each"),
        talk=IntSlider(180, min=30, max=600, step=30, description="Length of a contact (s)"),
    )


def kaplan_meier(times, ended):
    """Return the share that has not ended yet at each time, with open cases counted rightly.

    Parameters
    ----------
    times : array_like
        How long each case was watched, 0 or more, in any unit.
    ended : array_like of bool
        True if the case ended then; False if it was still open (censored, 删失).

    Returns
    -------
    pandas.DataFrame
        One row per time at which a case ended: time, at_risk, ended (int), open (float, the
        product of 1 - ended/at_risk so far; Kaplan and Meier 1958).

    Raises
    ------
    ValueError
        If the two have different lengths, or nothing is given.

    Examples
    --------
    >>> kaplan_meier([1, 2, 3], [True, False, True])["open"].round(3).tolist()
    [0.667, 0.0]
    """
    times, ended = np.asarray(times, float), np.asarray(ended, bool)
    if len(times) != len(ended) or len(times) == 0:
        raise ValueError(f"times has {len(times)} values, ended {len(ended)}; give one for each.")
    table = pd.DataFrame({"time": times, "ended": ended}).groupby("time")["ended"]
    counts = table.agg(["sum", "size"])
    at_risk = counts["size"][::-1].cumsum()[::-1]
    curve = pd.DataFrame({"at_risk": at_risk, "ended": counts["sum"]}).query("ended > 0")
    curve["open"] = (1 - curve["ended"] / curve["at_risk"]).cumprod()
    return curve.reset_index()


def quantile(curve, share):
    """Return the first time by which `share` of all cases has ended, by a `kaplan_meier` curve.

    Returns
    -------
    float
        NaN if so many cases are still open that the curve never gets there.

    Raises
    ------
    ValueError
        If share is not above 0 and below 1.

    Examples
    --------
    >>> quantile(kaplan_meier([1, 2, 3, 4], [True] * 4), 0.5)
    2.0
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it lies above 0 and below 1, such as 0.9.")
    reached = curve.loc[curve["open"] <= 1 - share + 1e-12, "time"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


LAST_MINUTE = pd.Timestamp("2025-06-30 23:59")  # what came later is not in the data


def response_hours(tickets, share, until=LAST_MINUTE):
    """Return within how many hours a share of tickets gets a first response, open ones counted.

    Parameters
    ----------
    tickets : pandas.DataFrame
        With arrived_at and answered_at (datetime64, NaT while there is no response).
    share : float
        Above 0 and below 1, such as 0.9.
    until : pandas.Timestamp
        When the data end.

    Returns
    -------
    float
        Hours, by Kaplan and Meier; NaN if too many tickets are open to tell.

    Examples
    --------
    >>> times = pd.DataFrame({"arrived_at": pd.to_datetime(["2025-06-01", "2025-06-02"])})
    >>> times["answered_at"] = times["arrived_at"] + pd.to_timedelta([2, 5], unit="h")
    >>> response_hours(times, 0.9)
    5.0
    """
    answered = tickets["answered_at"].notna()
    end = tickets["answered_at"].fillna(until)
    hours = (end - tickets["arrived_at"]) / pd.Timedelta(hours=1)
    return quantile(kaplan_meier(hours, answered), share)


@functools.lru_cache
def _written():
    """Return the written tickets (e-mail and form) in the order of their arrival."""
    tickets = data.tickets()
    return tickets[tickets["channel"].isin(["e-mail", "form"])]


def waits_until(report, days, tickets=None):
    """Return what a report written at `report` knows of the written tickets of the days before.

    Parameters
    ----------
    report : pandas.Timestamp
    days : int
        Tickets that arrived so many days before the report, or fewer.
    tickets : pandas.DataFrame, optional
        With arrived_at and answered_at; by default all e-mails and forms of the shop.

    Returns
    -------
    hours : pandas.Series
        float, until the first response, or until the report for tickets still open.
    answered : pandas.Series
        bool, whether there was a response by then.

    Examples
    --------
    >>> hours, answered = waits_until(pd.Timestamp("2025-06-20"), 28)
    >>> bool((hours[~answered] <= 28 * 24).all())
    True
    """
    tickets = _written() if tickets is None else tickets
    since = report - pd.Timedelta(days=days)
    window = tickets[(tickets["arrived_at"] > since) & (tickets["arrived_at"] <= report)]
    answered = window["answered_at"] <= report
    end = window["answered_at"].where(answered, report)
    return (end - window["arrived_at"]) / pd.Timedelta(hours=1), answered


def plot_open_tickets(ax, day=10, days=14):
    """Draw how first responses look with and without the tickets that are still open.

    Parameters
    ----------
    ax : matplotlib axes
    day : int
        Day of June 2025 on which the report is written.
    days : int
        How many days back it looks.

    Returns
    -------
    the axes
    """
    report = pd.Timestamp("2025-06-01") + pd.Timedelta(days=day - 1, hours=23)
    hours, answered = waits_until(report, days)
    curve = kaplan_meier(hours, answered)
    closed = hours[answered].sort_values()
    share = np.arange(1, len(closed) + 1) / len(closed)
    figures.line(
        ax,
        "closed",
        [0.3, *closed],
        [0, *share],
        color=figures.GREY,
        drawstyle="steps-post",
        label="answered tickets only",
    )
    figures.line(
        ax,
        "all",
        [0.3, *curve["time"]],
        [0, *(1 - curve["open"])],
        color=figures.BLUE,
        drawstyle="steps-post",
        label="all tickets, open ones as censored",
    )
    mean, p90 = closed.mean(), quantile(curve, 0.9)
    figures.line(
        ax,
        "mean",
        [mean] * 2,
        [0, 1],
        color=figures.ORANGE,
        linestyle="--",
        label="mean of the answered",
    )
    figures.line(ax, "p90", [0.3, 900], [0.9] * 2, color=figures.GREEN, linestyle=":")
    ax.set(xscale="log", xlim=(0.3, 900), ylim=(0, 1))
    ax.set_xticks([1, 3, 10, 30, 100, 300], labels=[1, 3, 10, 30, 100, 300])
    ax.minorticks_off()
    ax.set(xlabel="Hours to the first response (log scale)", ylabel="Share answered by then")
    ax.legend(loc="lower right")
    words = f"90 % within {p90:.0f} h" if np.isfinite(p90) else "90 % not reached yet"
    ax.set_title(
        f"{(~answered).sum()} of {len(hours)} open; mean of the rest {mean:.0f} h; {words}"
    )
    return ax


def explore_open_tickets():
    """Return the widget of `plot_open_tickets`: the answered tickets are the quick ones."""
    return widgets.explore(
        plot_open_tickets,
        alt="Share answered against hours: the curve with open tickets lies below the other.",
        day=IntSlider(10, min=3, max=30, description="Report written on day of June"),
        days=IntSlider(14, min=7, max=60, description="Looks back (days)"),
    )


CUTS = ("between spaces", "single characters", "character pairs")


def tokens(text, cut="character pairs"):
    """Cut a text into the pieces by which it is searched.

    Parameters
    ----------
    text : str
    cut : str
        How Chinese is cut: "character pairs" (bigrams, 二元组), "single characters", or "between
        spaces", as if it were English. Latin words and numbers are cut at spaces in any case.

    Returns
    -------
    list of str
        In small letters, without punctuation.

    Examples
    --------
    >>> tokens("怎么退货？ Return, please")
    ['怎么', '么退', '退货', 'return', 'please']
    """
    if cut not in CUTS:
        raise ValueError(f"cut is {cut!r}; choose one of {', '.join(CUTS)}.")
    pieces = re.findall(r"[\u4e00-\u9fff]+|[a-z0-9]+", text.lower())
    found = []
    for piece in pieces:
        size = {"character pairs": 2, "single characters": 1}.get(cut, len(piece))
        if "\u4e00" <= piece[0] <= "\u9fff" and len(piece) > size:
            found += [piece[i : i + size] for i in range(len(piece) - size + 1)]
        else:
            found.append(piece)
    return found


def bm25(query, documents, k1=1.2, b=0.75):
    """Score documents for a query by Okapi BM25 (Robertson and Walker 1994).

    Parameters
    ----------
    query : list of str
        The tokens searched for.
    documents : list of list of str
        The tokens of each document; at least one document.
    k1 : float
        How soon a repeated word stops adding; 0 or more.
    b : float
        How much long documents are marked down, 0 to 1.

    Returns
    -------
    numpy.ndarray
        float64, a score for each document, 0 if it shares no token: the sum over the query's
        tokens of ln(1 + (N - n + 0.5)/(n + 0.5)) f (k1 + 1)/(f + k1 (1 - b + b L/mean L)).

    Raises
    ------
    ValueError
        If there is no document, k1 is negative, or b leaves 0 to 1.

    Examples
    --------
    >>> bm25(["tea"], [["tea", "cup"], ["oil", "jar"]]).round(3).tolist()
    [0.693, 0.0]
    """
    if not documents:
        raise ValueError("documents is empty; give at least one.")
    if k1 < 0 or not 0 <= b <= 1:
        raise ValueError(f"k1 is {k1} and b is {b}; k1 must be 0 or more, b from 0 to 1.")
    lengths = np.array([len(document) for document in documents])
    size = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-12))
    scores = np.zeros(len(documents))
    for token in query:
        f = np.array([document.count(token) for document in documents])
        has = f > 0
        weight = np.log1p((len(f) - has.sum() + 0.5) / (has.sum() + 0.5))
        scores[has] += weight * f[has] * (k1 + 1) / (f[has] + size[has])
    return scores


@functools.lru_cache
def _faq_tokens(language, cut):
    """Return the tokens of each entry of the FAQ, question and answer, in one language."""
    questions, answers = (data.faq()[f"{part}_{language}"] for part in ("question", "answer"))
    return [tokens(f"{q} {a}", cut) for q, a in zip(questions, answers, strict=True)]


def reciprocal_ranks(k1=1.2, b=0.75, cut="character pairs"):
    """Search the FAQ for every wording and return how high the right answer came.

    Parameters
    ----------
    k1, b : float
        As in `bm25`.
    cut : str
        As in `tokens`.

    Returns
    -------
    pandas.DataFrame
        The rows of `coursekit.data.faq_searches` with rank (float, 1 for the first place, NaN if
        the right answer shares no token or there is none), reciprocal (1/rank, 0 for NaN) and
        nothing (bool, no question of the FAQ shares a token).

    Examples
    --------
    >>> int(reciprocal_ranks(cut="between spaces")["nothing"].sum())
    61
    """
    asked = data.faq_searches()
    ranks, nothing = [], []
    for text, language, right in zip(
        asked["text"], asked["language"], asked["faq_id"].fillna(0), strict=True
    ):
        scores = bm25(tokens(text, cut), _faq_tokens(language, cut), k1, b)
        nothing.append(bool((scores == 0).all()))
        own = scores[right - 1] if right else 0
        above = (scores > own).sum() + ((scores == own).sum() + 1) / 2  # ties share their places
        ranks.append(above if own > 0 else np.nan)
    table = asked.assign(rank=ranks, nothing=nothing)
    return table.assign(reciprocal=(1 / table["rank"]).fillna(0.0))


def mrr(table):
    """Return the mean reciprocal rank (平均倒数排名) of searches that have an answer, by language.

    Examples
    --------
    >>> sorted(mrr(reciprocal_ranks()).index)
    ['en', 'zh']
    """
    return table.dropna(subset="faq_id").groupby("language")["reciprocal"].mean()


def plot_search(ax, k1=1.2, b=0.75, cut="character pairs"):
    """Draw how well the FAQ's search does for Chinese and English, seen and unseen questions.

    Parameters
    ----------
    ax : matplotlib axes
    k1, b : float
        The two dials of BM25.
    cut : str
        One of `CUTS`.

    Returns
    -------
    the axes
    """
    table = reciprocal_ranks(k1, b, cut)
    rows = [(part, language) for part in ("seen", "unseen") for language in ("zh", "en")]
    values = [mrr(table[table["part"] == part])[language] for part, language in rows]
    colours = [figures.SKY, figures.AMBER, figures.BLUE, figures.ORANGE]
    figures.bars(ax, "mrr", range(4), values, width=0.6, color=colours)
    for i, value in enumerate(values):
        figures.text(ax, f"value {i}", i, value + 0.02, f"{value:.2f}", ha="center")
    names = {"zh": "Chinese", "en": "English"}
    ax.set_xticks(range(4), labels=[f"{part}\n{names[language]}" for part, language in rows])
    ax.set(ylim=(0, 1.1), ylabel="Mean reciprocal rank")
    ax.set_xlabel(f"cut: {cut}; k1 = {k1:.1f}, b = {b:.2f}")
    ax.grid(axis="x", visible=False)
    ax.set_title(
        f"Unseen questions: {values[2]:.2f} in Chinese, {values[3]:.2f} in English; "
        f"{table['nothing'].sum()} find nothing"
    )
    return ax


def explore_search():
    """Return the widget of `plot_search`: how text is cut matters more than the dials."""
    return widgets.explore(
        plot_search,
        alt="Four bars of the mean reciprocal rank: seen and unseen, Chinese and English.",
        cut=Dropdown(options=CUTS, value="between spaces", description="Cut Chinese into"),
        k1=FloatSlider(1.2, min=0, max=3, step=0.1, description="k1, repeated words"),
        b=FloatSlider(0.75, min=0, max=1, step=0.05, description="b, long answers"),
    )


def nps(promoters, detractors, n):
    """Return the net promoter score (净推荐值) and its margin of error.

    Parameters
    ----------
    promoters, detractors : float
        Shares of all who answered: 9-10 and 0-6 on the scale of 0-10.
    n : int
        How many answered, 1 or more.

    Returns
    -------
    score, margin : float
        In points, -100 to 100; the margin is 1.96 standard errors, with the variance
        (p + d - (p - d)^2) / n of one draw in three classes.

    Raises
    ------
    ValueError
        If a share is negative, both add to more than 1, or n is below 1.

    Examples
    --------
    >>> [round(x, 2) for x in nps(0.5, 0.2, 400)]
    [30.0, 7.65]
    """
    if min(promoters, detractors) < 0 or promoters + detractors > 1 + 1e-9:
        raise ValueError(
            f"promoters is {promoters} and detractors {detractors}; they are shares from 0 to 1 "
            "that add up to 1 at most (the rest is passive)."
        )
    if n < 1:
        raise ValueError(f"n is {n}; at least one person must have answered.")
    net = promoters - detractors
    variance = max(promoters + detractors - net**2, 0)
    return float(100 * net), float(196 * np.sqrt(variance / n))


# How the answers of one class lie on the scale, for a torn and for a lukewarm crowd.
_TORN = np.array([6, 3, 2, 1, 1, 1, 1]) / 15
_MILD = np.array([0, 0, 0, 0, 1, 3, 6]) / 10


def plot_nps(axes, score=30, torn=0, mild=40, n=400):
    """Draw two crowds with one net promoter score.

    Parameters
    ----------
    axes : two matplotlib axes
    score : int
        The net promoter score of both, -50 to 50.
    torn, mild : int
        Passives (7-8) among the left and the right crowd, in percent, up to 50.
    n : int
        Answers of each.

    Returns
    -------
    the axes
    """
    scale = np.arange(11)
    colours = [figures.ORANGE] * 7 + [figures.GREY] * 2 + [figures.GREEN] * 2
    for ax, passives, low in zip(axes, (torn, mild), (_TORN, _MILD), strict=True):
        happy = (1 - passives / 100 + score / 100) / 2
        unhappy = 1 - passives / 100 - happy
        heights = np.concatenate([unhappy * low, np.full(2, passives / 200), np.full(2, happy / 2)])
        figures.bars(ax, "answers", scale, 100 * heights, color=colours)
        value, margin = nps(happy, unhappy, n)
        ax.set(ylim=(0, 60), xticks=scale, xlabel="Would recommend (0-10)")
        ax.set_ylabel("Share of answers (%)")
        ax.set_title(f"NPS {value:+.0f} ± {margin:.1f}, mean {heights @ scale:.1f}")
    return axes


def explore_nps():
    """Return the widget of `plot_nps`: one score, many crowds."""
    return widgets.explore(
        plot_nps,
        columns=2,
        size=(7.7, 3.8),
        alt="Two histograms of answers from 0 to 10 with the same net promoter score.",
        score=IntSlider(30, min=-50, max=50, description="NPS of both"),
        torn=IntSlider(0, min=0, max=50, description="Left: passives (%)"),
        mild=IntSlider(40, min=0, max=50, description="Right: passives (%)"),
        n=IntSlider(400, min=20, max=2000, step=10, description="Answers of each"),
    )


# Kano's evaluation table: row "if there" 1-5, column "if missing" 1-5.
# A attractive, O one-dimensional, M must-be, I indifferent, R reverse, Q questionable.
KANO_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")


def sla(title, level, hours, channels, coverage):
    """Write a one-page service level agreement (服务水平协议) from measured numbers.

    Parameters
    ----------
    title : str
    level : pandas.DataFrame
        One row per hour: index the hour, columns agents (int) and level (0-1 within 20 seconds).
    hours : str
        When people answer, for example "9:00-21:00".
    channels : pandas.Series
        Hours within which nine of ten get a first response, by channel.
    coverage : pandas.Series
        Share of needs met (0-1), by level of need.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ValueError
        If a channel's time is missing: nothing may be promised that was not measured.

    Examples
    --------
    >>> level = pd.DataFrame({"agents": [3], "level": [0.9]}, index=[9])
    >>> page = sla("Shop", level, "9-21", pd.Series({"form": 30.2}), pd.Series({1: 0.83}))
    >>> "form: 9 of 10 within 31 hours" in page
    True
    """
    missing = channels.index[channels.isna()].tolist()
    if missing:
        raise ValueError(
            f"channels has no time for {missing}; too many tickets are open to promise one. "
            "Answer them first, or leave the channel out."
        )
    lines = [f"### Service level agreement: {title}", "", f"People answer {hours} every day.", ""]
    lines += ["**First response, nine of ten**", ""]
    lines += [
        f"- {name}: 9 of 10 within {int(np.ceil(value))} hours" for name, value in channels.items()
    ]
    lines += [
        "",
        "**Chat, answered within 20 seconds**",
        "",
        "| from | agents | share |",
        "|---|---|---|",
    ]
    lines += [
        f"| {hour}:00 | {row.agents:.0f} | {row.level:.0%} |" for hour, row in level.iterrows()
    ]
    lines += ["", "**Needs met**", ""]
    lines += [f"- level {name}: {share:.0%}" for name, share in coverage.items()]
    lines += [
        "",
        "Measured monthly with open tickets counted. If a line is missed twice, the team "
        "meets and says in public what it changes.",
    ]
    return "\n".join(lines)
