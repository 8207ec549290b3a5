"""Lesson 2: from a log to sessions, segments and needs; and what a segment is worth."""

import functools
import ipaddress
import re

import numpy as np
import pandas as pd
from ipywidgets import Dropdown, FloatSlider, IntSlider

from coursekit import data, figures, widgets

BYTES_AT_ONCE = 2**20
MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
ROBOT_WORDS = "bot|spider|crawl|check"
MOST_PAGES_WITHOUT_STYLE = 20


# The log


def parse(raw):
    r"""Read an access log in Combined Log Format, all lines at once.

    Parameters
    ----------
    raw : bytes
        The file: `address - - [time zone] "method path protocol" status size "referrer" "agent"`.

    Returns
    -------
    log : pandas.DataFrame
        One row per line that is whole: time (datetime64[s], Asia/Shanghai, whatever zone the server
        wrote), status (int), and as categories address, method, path, referrer, agent.
    rejected : pandas.Series
        The other lines (str), indexed by their number in the file, from 1.

    Raises
    ------
    ValueError
        If `raw` is not bytes, or holds no line.

    Notes
    -----
    Works on the bytes as one array: where the quotation marks are, where a line ends. A text that
    occurs a thousand times is decoded once; texts are told apart by a 64-bit polynomial hash.

    Examples
    --------
    >>> line = b'192.0.2.7 - - [01/Apr/2025:16:30:00 +0000] "GET / HTTP/1.1" 200 9 "-" "Firefox"'
    >>> log, rejected = parse(line + b"\nhello\n")
    >>> str(log["time"][0]), rejected.to_dict()
    ('2025-04-02 00:30:00', {2: 'hello'})
    """
    if not isinstance(raw, bytes):
        raise ValueError(f"raw is {type(raw).__name__}; give the file's bytes: data.access_log().")
    if not raw or raw.isspace():
        raise ValueError("raw holds no line; give the whole file: data.access_log().")
    raw = raw if raw.endswith(b"\n") else raw + b"\n"
    parts, begin, lines = [], 0, 0
    while begin < len(raw):  # a piece at a time stays in the processor's cache
        stop = raw.find(b"\n", begin + BYTES_AT_ONCE) + 1 or len(raw)
        part = _parse_part(np.frombuffer(raw, np.uint8, stop - begin, begin))
        part["line"] += lines
        part["ends"] += begin
        part["slices"] = {name: (a + begin, n, h) for name, (a, n, h) in part["slices"].items()}
        parts.append(part)
        begin, lines = stop, lines + len(part["ends"])
    return _as_frame(parts, raw)


def _parse_part(text):
    """Read the whole lines of a piece; texts stay slices: start, length and hash."""
    ends = np.flatnonzero(text == ord("\n"))
    starts = np.concatenate([[0], ends[:-1] + 1])
    quotes = np.flatnonzero(text == ord('"'))
    first = np.searchsorted(quotes, starts)
    line = np.flatnonzero(np.searchsorted(quotes, ends) - first == 6)
    quote = quotes[first[line][:, None] + np.arange(6)]
    shaped = (quote[:, 5] == ends[line] - 1) & (quote[:, 0] - starts[line] > 30)
    line, quote = line[shaped], quote[shaped]
    spaces = np.append(np.flatnonzero(text == ord(" ")), len(text))
    space = np.minimum(spaces[np.searchsorted(spaces, starts[line])], quote[:, 0])
    time, dated = _times(text, quote[:, 0])
    status, numbered = _digits(text, quote[:, 1] + 2, 3)
    hashed = _hashed(text)
    slices = {
        "address": (starts[line], space),
        "request": (quote[:, 0] + 1, quote[:, 1]),
        "referrer": (quote[:, 2] + 1, quote[:, 3]),
        "agent": (quote[:, 4] + 1, quote[:, 5]),
    }
    slices = {name: (a, (b - a).astype("int32"), hashed(a, b)) for name, (a, b) in slices.items()}
    fit = dated & numbered
    return {
        "ends": ends,
        "line": line,
        "time": time,
        "status": status,
        "fit": fit,
        "slices": slices,
    }


@functools.lru_cache(maxsize=2)
def _powers(size):
    """Return the powers of an odd number and of its inverse modulo 2**64."""
    prime = 0x9E3779B97F4A7C15
    both = np.full((2, size), prime, np.uint64)
    both[1] = pow(prime, -1, 2**64)
    both[:, 0] = 1
    return np.cumprod(both, axis=1, out=both)


def _hashed(text):
    """Return a function of starts and ends that hashes each slice of `text` to 64 bits."""
    powers, back = _powers(2 ** len(text).bit_length())
    total = np.zeros(len(text) + 1, np.uint64)
    np.multiply(text, powers[: len(text)], out=total[1:])
    np.cumsum(total, out=total)
    return lambda starts, ends: (total[ends] - total[starts]) * back[starts]


def _digits(text, start, places):
    """Read the number of so many digits that begins at `start`; say for each whether it is one."""
    number, fit = np.zeros(len(start), "int64"), np.ones(len(start), bool)
    for i in range(places):
        digit = text[start + i].astype("int64") - ord("0")
        number, fit = 10 * number + digit, fit & (digit >= 0) & (digit <= 9)
    return number, fit


# Where each number of "01/Apr/2025:16:30:00 +0000" begins, its digits, its least and most value.
CLOCK = {
    "day": (0, 2, 1, 31),
    "year": (7, 4, 1970, 2200),
    "hour": (12, 2, 0, 23),
    "minute": (15, 2, 0, 59),
    "second": (18, 2, 0, 60),
    "zone_hours": (22, 2, 0, 14),
    "zone_minutes": (24, 2, 0, 59),
}


def _times(text, quote):
    """Read the times before the first quotation marks as seconds of local time."""
    start = quote - 28
    fit = (text[start - 1] == ord("[")) & (text[quote - 2] == ord("]"))
    value = {}
    for name, (offset, places, least, most) in CLOCK.items():
        value[name], is_number = _digits(text, start + offset, places)
        fit &= is_number & (value[name] >= least) & (value[name] <= most)
    letters = [text[start + 3 + i].astype("int64") for i in range(3)]
    code = letters[0] << 16 | letters[1] << 8 | letters[2]
    month = np.zeros(len(start), "int64")
    for name, number in MONTHS.items():
        month[code == int.from_bytes(name.encode(), "big")] = number
    fit &= month > 0
    months = ((value["year"] - 1970) * 12 + np.maximum(month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype("int64") + value["day"] - 1
    sign = np.where(text[start + 21] == ord("-"), -1, 1)
    zone = sign * (value["zone_hours"] * 60 + value["zone_minutes"])
    clock = value["hour"] * 3600 + value["minute"] * 60 + value["second"]
    return days * 86400 + clock + (8 * 60 - zone) * 60, fit


def _decoded(parts, name, raw):
    """Return the texts of one column as codes and the list of different texts."""
    start, length, hashes = (
        np.concatenate(each) for each in zip(*(p["slices"][name] for p in parts), strict=True)
    )
    codes, different = pd.factorize(hashes)
    where = np.zeros(len(different), "int64")
    where[codes[::-1]] = np.arange(len(codes))[::-1]  # the first line of each
    found = zip(start[where].tolist(), length[where].tolist(), strict=True)
    return codes, [raw[a : a + n].decode("utf-8", "replace") for a, n in found]


def _as_frame(parts, raw):
    """Join the parts to one table and set the lines aside that are no request."""
    names = ("ends", "line", "time", "status", "fit")
    ends, line, time, status, fit = (
        np.concatenate([part[name] for part in parts]) for name in names
    )
    columns = {n: _decoded(parts, n, raw) for n in ("address", "request", "referrer", "agent")}
    codes, requests = columns.pop("request")
    split = [re.fullmatch(r"([A-Z]+) (\S+) HTTP/\S+", request) for request in requests]
    fit = fit & np.array([bool(match) for match in split], bool)[codes]
    for i, name in enumerate(("method", "path"), 1):
        number, words = pd.factorize(np.array([m[i] if m else "" for m in split], object))
        columns[name] = number[codes], list(words)
    log = {"time": time[fit].astype("datetime64[s]"), "status": status[fit]}
    for name in ("address", "method", "path", "referrer", "agent"):
        codes, words = columns[name]
        log[name] = pd.Categorical.from_codes(codes[fit], pd.Index(words, dtype="str"))
    bad = np.ones(len(ends), bool)
    bad[line[fit]] = False
    numbers = np.flatnonzero(bad)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lines = [raw[starts[i] : ends[i]].decode("utf-8", "replace") for i in numbers]
    rejected = pd.Series(lines, index=numbers + 1, dtype="str", name="line")
    return pd.DataFrame(log), rejected


def sessionise(log, minutes=30):
    """Number the sessions (会话): what one address and browser asks for without a long pause.

    Parameters
    ----------
    log : pandas.DataFrame
        Columns time (datetime64), address and agent, as `parse` returns them.
    minutes : float
        A pause longer than this starts another session; above 0.

    Returns
    -------
    pandas.DataFrame
        The rows in order of visitor and time, with the column session (int, from 0).

    Raises
    ------
    ValueError
        If `minutes` is not above 0.

    Examples
    --------
    >>> log = pd.DataFrame({"time": pd.to_datetime(["2025-04-01 10:00", "2025-04-01 11:00"])})
    >>> sessionise(log.assign(address="192.0.2.7", agent="Firefox"))["session"].tolist()
    [0, 1]
    """
    if not minutes > 0:
        raise ValueError(f"minutes is {minutes}; it must be above 0, usually 30.")
    address, agent = (pd.factorize(log[name])[0] for name in ("address", "agent"))
    visitor = address * (agent.max(initial=0) + 1) + agent
    seconds = log["time"].to_numpy("datetime64[s]").astype("int64")
    order = np.lexsort((seconds, visitor))
    visitor, seconds = visitor[order], seconds[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (visitor[1:] != visitor[:-1]) | (np.diff(seconds) > 60 * minutes)
    ordered = log.iloc[order].reset_index(drop=True)
    return ordered.assign(session=np.cumsum(begins) - 1)


def robots(log):
    """Tell which requests come from programs that gather pages (机器人).

    A visitor counts as a robot if its browser's name says so, if it asked for `/robots.txt`, or if
    one of its sessions opens 20 pages or more and never the style sheet that every browser loads.

    Parameters
    ----------
    log : pandas.DataFrame
        Columns address, agent, path and session, as `sessionise` returns them.

    Returns
    -------
    pandas.Series
        bool, one for each request.

    Examples
    --------
    >>> log = pd.DataFrame({"address": "192.0.2.7", "agent": ["A-bot/1"], "path": "/", "session": 0})
    >>> robots(log).tolist()
    [True]
    """
    path = _texts(log["path"])
    says_so = each_once(log["agent"], lambda agent: agent.str.contains(ROBOT_WORDS, case=False))
    session = log["session"].to_numpy()
    size = session.max(initial=-1) + 1
    pages = np.bincount(session, each_once(path, is_page), size)
    styles = np.bincount(session, each_once(path, lambda p: p.str.startswith("/static")), size)
    greedy = ((pages >= MOST_PAGES_WITHOUT_STYLE) & (styles == 0))[session]
    asks = each_once(path, lambda p: p == "/robots.txt")
    suspect = pd.Series(says_so | asks | greedy, index=log.index)
    visitor = [pd.factorize(log[name])[0] for name in ("address", "agent")]
    return suspect.groupby(visitor).transform("any")


def _texts(column):
    return column.astype("category")


def each_once(column, function):
    """Apply `function` to each different text of a column once, and spread the result.

    A log of a million lines holds only some thousand different texts.

    Examples
    --------
    >>> each_once(pd.Series(["a", "b", "a"]), lambda text: text.str.upper()).tolist()
    ['A', 'B', 'A']
    """
    codes, texts = pd.factorize(column)
    return np.asarray(function(pd.Series(np.asarray(texts, object), dtype="str")))[codes]


def is_page(path):
    """Tell which paths are pages, and not what pages load or send."""
    return ~path.str.match(r"/(static|images|question|survey|robots)")


# What a referrer or a landing page says of where a visit comes from.
ORIGINS = {
    "https://search.example/": "search",
    "https://b2b.example/offers/milk-thistle": "B2B site",
    "https://ads.example/": "advert",
}


def sessions(log):
    """Sum a log of people up to one row per session.

    Parameters
    ----------
    log : pandas.DataFrame
        Columns time, address, agent, path, referrer and session, without robots.

    Returns
    -------
    pandas.DataFrame
        Indexed by session: address, agent (str), started_at (datetime64), source (str: search,
        B2B site, advert, e-mail, direct or, after a pause, inside), pages (int), articles (share
        of the pages, 0-1), products (int, different ones), reviews, asked, ordered (bool), seconds
        (float, mean time from page to page, NaN with one page), answer_id (Int64).

    Examples
    --------
    >>> log = pd.DataFrame({"time": pd.to_datetime(["2025-04-01"]), "path": "/product/2"})
    >>> log = log.assign(address="192.0.2.7", agent="Firefox", referrer="-", session=0)
    >>> sessions(log)[["source", "pages", "products"]].to_dict("records")
    [{'source': 'direct', 'pages': 1, 'products': 1}]
    """
    path = _texts(log["path"])
    page = each_once(path, is_page)
    seen = log[page]
    path = path[page]

    def begins(start):
        flag = each_once(path, lambda p: p.str.startswith(start))
        return pd.Series(flag, index=seen.index).groupby(seen["session"])

    by = seen.groupby("session")
    first = by.first()
    came = each_once(first["referrer"], lambda r: r.map(ORIGINS).fillna("direct"))
    came = np.where(first["referrer"].astype(str).str.startswith("https://shop."), "inside", came)
    came = np.where(first["path"].astype(str).str.endswith("?from=email"), "e-mail", came)
    pages = by.size()
    product = pd.Series(each_once(path, lambda p: p.str.extract(r"^/product/(\d+)")[0]), seen.index)
    length = (by["time"].max() - by["time"].min()).dt.total_seconds()
    sent = log["path"].astype("str").str.extract(r"^/(question$|survey\?answer=)(\d*)")
    asked = sent[0].eq("question").groupby(log["session"]).any()
    answer = pd.to_numeric(sent[1]).groupby(log["session"]).max()
    return pd.DataFrame(
        {
            "address": first["address"].astype("str"),
            "agent": first["agent"].astype("str"),
            "started_at": by["time"].min(),
            "source": pd.Series(came, index=first.index, dtype="str"),
            "pages": pages,
            "articles": begins("/read/").sum() / pages,
            "products": product.groupby(seen["session"]).nunique(),
            "reviews": begins("/reviews/").any(),
            "asked": asked.reindex(pages.index),
            "ordered": begins("/thanks").any(),
            "seconds": length / (pages - 1).where(pages > 1),
            "answer_id": answer.reindex(pages.index).astype("Int64"),
        }
    )


def regions(addresses, networks):
    """Return the region of each address: that of the longest network that holds it.

    Parameters
    ----------
    addresses : pandas.Series of str
        Addresses of version 4 or 6.
    networks : pandas.DataFrame
        Columns network (str, such as 192.0.2.0/24) and region (str).

    Returns
    -------
    pandas.Series
        str, missing where no network holds the address.

    Examples
    --------
    >>> table = pd.DataFrame({"network": ["192.0.2.0/24"], "region": ["Heilongjiang"]})
    >>> regions(pd.Series(["192.0.2.200", "192.0.3.1"]), table).tolist()
    ['Heilongjiang', nan]
    """
    known = [(ipaddress.ip_network(n), r) for n, r in networks[["network", "region"]].to_numpy()]
    known.sort(key=lambda row: -row[0].prefixlen)

    def find(text):
        address = ipaddress.ip_address(text)
        return next((region for network, region in known if address in network), None)

    found = each_once(addresses, lambda texts: texts.map(find))
    return pd.Series(found, index=addresses.index, dtype="str")


@functools.lru_cache(maxsize=1)
def shop_sessions():
    """Return the sessions of people in the shop's own log, with their region; do not change it.

    Examples
    --------
    >>> bool(shop_sessions()["pages"].max() < 20)
    True
    """
    log, _ = parse(data.access_log())
    log = sessionise(log)
    table = sessions(log[~robots(log).to_numpy()])
    return table.assign(region=regions(table["address"], data.networks()))


# Hours on a clock


def circular_mean(hours):
    """Return the mean of hours on a clock (圆形均值), and how closely they lie together.

    Parameters
    ----------
    hours : array_like
        Hours of the day, 0 to 24; at least one.

    Returns
    -------
    mean : float
        Hour from 0 to 24, the direction of the sum of all hands of the clock.
    strength : float
        Length of the mean hand: 1 if all hours are equal, near 0 if they lie all around.

    Raises
    ------
    ValueError
        If there is no hour.

    Examples
    --------
    >>> mean, strength = circular_mean([23, 1])
    >>> round(mean, 3) % 24, round(strength, 3)
    (0.0, 0.966)
    """
    if len(hours) == 0:
        raise ValueError("hours is empty; give at least one hour of the day, such as [23, 1].")
    hand = np.exp(2j * np.pi * np.asarray(hours, dtype=float) / 24).mean()
    return float(np.angle(hand) * 24 / (2 * np.pi) % 24), float(abs(hand))


GROUPS = {
    "everybody": lambda s: s["pages"] > 0,
    "three products or more": lambda s: s["products"] >= 3,
    "readers of articles": lambda s: s["articles"] >= 0.4,
    "telephones": lambda s: s["agent"].str.contains("Mobile"),
}


def clock_hours(group, zone):
    """Return the hours (0-24) at which the sessions of a group begin, in a zone of UTC + `zone`."""
    table = shop_sessions()
    begins = table.loc[GROUPS[group](table), "started_at"]
    return ((begins.dt.hour + begins.dt.minute / 60 - 8 + zone) % 24).to_numpy()


def plot_clock(ax, group="three products or more", zone=8):
    """Draw the hours of a group on a clock, with their mean on the clock and their plain mean.

    Parameters
    ----------
    ax : matplotlib axes
    group : str
        One of `GROUPS`.
    zone : int
        Hours that the clock is ahead of UTC, -12 to 14; Shanghai is 8.

    Returns
    -------
    the axes
    """
    hours = clock_hours(group, zone)
    share = np.bincount(hours.astype(int), minlength=24) / len(hours)
    mean, strength = circular_mean(hours)

    def hand(hour, length):
        angle = np.pi / 2 - 2 * np.pi * np.asarray(hour) / 24
        return np.cos(angle) * length, np.sin(angle) * length

    around = hand(np.linspace(0, 24, 97), 1)
    figures.line(ax, "clock", *around, color=figures.GREY, linewidth=1)
    length = 1 + 6 * np.repeat(share, 3)
    x, y = hand(np.repeat(np.arange(24) + 0.5, 3), length)
    foot = hand(np.arange(24) + 0.5, 1)
    x[0::3], y[0::3], x[2::3], y[2::3] = *foot, np.nan, np.nan
    figures.line(ax, "hours", x, y, color=figures.SKY, linewidth=9, solid_capstyle="butt")
    tip = hand(mean, strength)
    figures.line(ax, "mean", [0, tip[0]], [0, tip[1]], color=figures.ORANGE, linewidth=4)
    plain = hand(hours.mean(), 0.9)
    figures.points(ax, "plain", [plain[0]], [plain[1]], color=figures.BLACK, markersize=9)
    for hour in range(0, 24, 3):
        x, y = hand(hour, 0.82)
        figures.text(ax, f"hour {hour}", x, y, f"{hour}", ha="center", va="center", fontsize=9)
    words = (
        "orange: mean on the clock, as long as the hours agree\nblack: plain mean of the numbers"
    )
    figures.text(ax, "key", 2.0, 1.45, words, fontsize=9, va="top")
    ax.set(xlim=(-2.0, 4.3), ylim=(-1.75, 1.75), aspect="equal", xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(
        f"{len(hours):,} sessions: plain mean {spoken(hours.mean())}, clock mean {spoken(mean)}, "
        f"strength {strength:.2f}",
        fontsize=11,
    )
    return ax


def spoken(hour):
    """Return an hour with a fraction as hours and minutes.

    Examples
    --------
    >>> spoken(20.5)
    '20:30'
    """
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def explore_clock():
    """Return the widget of `plot_clock`: hours go round, so their plain mean misleads."""
    return widgets.explore(
        plot_clock,
        alt="A clock of 24 hours; rays show how many sessions begin in each hour, an orange hand "
        "the mean on the clock, a black dot the plain mean.",
        zone=IntSlider(8, min=-12, max=14, description="Hours ahead of UTC"),
        group=Dropdown(options=list(GROUPS), value="three products or more", description="Who"),
    )


# Clusters and noise


def standardise(table):
    """Return columns with mean 0 and standard deviation 1; a constant column becomes 0.

    Examples
    --------
    >>> standardise([[1.0, 5.0], [3.0, 5.0]]).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    values = np.asarray(table, dtype=float)
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)


def cluster(points, k, seed=0, starts=4):
    """Put each point into one of k clusters (k 均值聚类), so that they lie close to their centres.

    Parameters
    ----------
    points : array_like
        Shape (n, columns); scale the columns first if their units differ.
    k : int
        Clusters, 1 to n.
    seed, starts : int
        Seed of the lots, and how often to start anew; the best of the starts counts.

    Returns
    -------
    labels : numpy.ndarray
        int, shape (n,): the cluster of each point, 0 to k - 1.
    centres : numpy.ndarray
        Shape (k, columns).
    inside : float
        Sum of the squared distances to the own centre, which the steps of Lloyd (1957) make small.

    Raises
    ------
    ValueError
        If k is below 1 or above the number of points.

    Examples
    --------
    >>> labels, centres, inside = cluster([[0.0], [1.0], [9.0]], k=2)
    >>> bool(labels[0] == labels[1] != labels[2]), inside
    (True, 0.5)
    """
    points = np.asarray(points, dtype=float)
    if not 1 <= k <= len(points):
        raise ValueError(f"k is {k}; it must lie from 1 to the number of points, {len(points)}.")
    rng = np.random.default_rng(seed)
    tries = [_lloyd(points, _spread_out(points, k, rng)) for _ in range(starts)]
    return min(tries, key=lambda found: found[2])


def _away(points, centres):
    """Return the squared distances of all points (rows) to all centres (columns)."""
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.maximum(squares - 2 * points @ centres.T, 0)


def _spread_out(points, k, rng):
    """Choose k points to start from, far ones likelier (k-means++, Arthur, Vassilvitskii 2007)."""
    chosen = points[[rng.integers(len(points))]]
    nearest = _away(points, chosen)[:, 0]
    while len(chosen) < k:
        total = nearest.sum()
        weights = nearest / total if total > 0 else None
        chosen = np.vstack([chosen, points[rng.choice(len(points), p=weights)]])
        nearest = np.minimum(nearest, _away(points, chosen[-1:])[:, 0])
    return chosen


def _lloyd(points, centres):
    """Move each centre to the mean of its points until nothing changes."""
    for _ in range(100):
        labels = _away(points, centres).argmin(axis=1)
        count = np.bincount(labels, minlength=len(centres))
        sums = [np.bincount(labels, column, len(centres)) for column in points.T]
        moved = np.column_stack(sums) / np.maximum(count, 1)[:, None]
        moved = np.where(count[:, None] > 0, moved, centres)  # an empty cluster stays where it is
        if np.array_equal(moved, centres):
            break
        centres = moved
    return labels, centres, float(((points - centres[labels]) ** 2).sum())


def silhouette(points, labels):
    """Return the mean silhouette (轮廓系数): how much nearer the own cluster is than the next.

    Parameters
    ----------
    points : array_like
        Shape (n, columns).
    labels : array_like
        The cluster of each point; two clusters or more.

    Returns
    -------
    float
        Mean of (b - a) / max(a, b), -1 to 1, with a the mean distance to the other points of the
        own cluster and b the least mean distance to another one; 0 for a point alone in its
        cluster (Rousseeuw 1987).

    Raises
    ------
    ValueError
        If there is only one cluster, or each point is its own.

    Examples
    --------
    >>> round(silhouette([[0.0], [1.0], [9.0]], [0, 0, 1]), 3)
    0.588
    """
    points, labels = np.asarray(points, dtype=float), pd.factorize(np.asarray(labels))[0]
    k, n = labels.max(initial=-1) + 1, len(points)
    if not 2 <= k < n:
        raise ValueError(f"labels has {k} clusters for {n} points; give 2 or more, fewer than {n}.")
    member = np.eye(k)[labels]
    total = np.sqrt(_away(points, points)) @ member
    count = member.sum(axis=0)
    own = np.arange(n), labels
    a = total[own] / np.maximum(count[labels] - 1, 1)
    mean = total / count
    mean[own] = np.inf
    b = mean.min(axis=1)
    widths = (b - a) / np.maximum(np.maximum(a, b), np.finfo(float).tiny)
    return float(np.where(count[labels] > 1, widths, 0).mean())


def agreement(first, second):
    """Return the adjusted Rand index (调整兰德指数) of two sets of labels (Hubert, Arabie 1985).

    Returns
    -------
    float
        1 if they make the same groups, whatever the names; about 0 if they agree by chance.

    Examples
    --------
    >>> agreement([0, 0, 1, 1], ["b", "b", "a", "a"])
    1.0
    """
    table = _counts(first, second)
    pairs = (table * (table - 1) / 2).sum()
    rows, columns = (table.sum(axis=axis) for axis in (1, 0))
    one, other = ((sums * (sums - 1) / 2).sum() for sums in (rows, columns))
    n = table.sum()
    chance = one * other / (n * (n - 1) / 2)
    most = (one + other) / 2
    return float((pairs - chance) / (most - chance)) if most > chance else 1.0


def mixture(points, k, seed=0):
    """Fit a mixture of k round-ish clouds (高斯混合模型) and return its labels and its BIC.

    Parameters
    ----------
    points : array_like
        Shape (n, columns).
    k : int
        Clouds; each has its own share, centre and spread along each axis.
    seed : int
        Seed of the k-means that it starts from.

    Returns
    -------
    labels : numpy.ndarray
        The likeliest cloud of each point.
    bic : float
        (parameters) log n - 2 log likelihood; lower is better (Schwarz 1978). Steps of expectation
        and maximisation after Dempster, Laird, Rubin (1977).

    Examples
    --------
    >>> two = np.concatenate([noise(50), noise(50) + 3])
    >>> bool(mixture(two, 2)[1] < mixture(two, 1)[1])
    True
    """
    points = np.asarray(points, dtype=float)
    n, columns = points.shape
    belongs = np.eye(k)[cluster(points, k, seed)[0]]
    floor = 1e-3 * points.var(axis=0) + 1e-12  # a cloud cannot shrink to one point
    before = -np.inf
    for _ in range(200):
        weight = belongs.sum(axis=0) + 1e-9
        centre = belongs.T @ points / weight[:, None]
        spread = belongs.T @ points**2 / weight[:, None] - centre**2 + floor
        away = (points[:, None] - centre) ** 2 / spread + np.log(2 * np.pi * spread)
        logs = np.log(weight / n) - away.sum(axis=2) / 2
        top = logs.max(axis=1, keepdims=True)
        each = top + np.log(np.exp(logs - top).sum(axis=1, keepdims=True))
        belongs = np.exp(logs - each)
        if each.sum() - before < 1e-6 * n:
            break
        before = each.sum()
    return belongs.argmax(axis=1), float((2 * k * columns + k - 1) * np.log(n) - 2 * each.sum())


def noise(n=1000, columns=2, seed=0):
    """Return points drawn evenly from a square: no segment is in them."""
    return np.random.default_rng(seed).random((n, columns))


def gap(points, most=6, draws=10, seed=0):
    """Compare clusters in the data with clusters found in noise of the same extent.

    Parameters
    ----------
    points : array_like
        Shape (n, columns).
    most : int
        The largest k.
    draws : int
        How many sets of noise.

    Returns
    -------
    pandas.DataFrame
        Indexed by k from 1: gap = mean over the noise of log W - log W of the data, with W the sum
        of squares within clusters; error, the standard error of that mean for one more set
        (Tibshirani, Walther, Hastie 2001).

    Examples
    --------
    >>> two = np.concatenate([noise(40), noise(40) + 9])
    >>> gap_choice(gap(two, most=3))
    2
    """
    points = np.asarray(points, dtype=float)
    low, high = points.min(axis=0), points.max(axis=0)
    rng = np.random.default_rng(seed)
    sets = [rng.uniform(low, high, points.shape) for _ in range(draws)]
    rows = {}
    for k in range(1, most + 1):
        own = np.log(cluster(points, k)[2])
        null = np.log([cluster(drawn, k, starts=2)[2] for drawn in sets])
        rows[k] = {"gap": null.mean() - own, "error": null.std() * np.sqrt(1 + 1 / draws)}
    return pd.DataFrame(rows).T.rename_axis("k")


def gap_choice(table):
    """Return the smallest k whose gap is at least the next one less its error, or the last k."""
    for k in table.index[:-1]:
        if table["gap"][k] >= table["gap"][k + 1] - table["error"][k + 1]:
            return int(k)
    return int(table.index[-1])


def stability(points, k, draws=10, seed=0):
    """Return how alike clusterings of resampled points are, by the adjusted Rand index.

    Each of two resamples (自助法) is clustered; both sets of centres then sort all points.

    Returns
    -------
    float
        Mean adjusted Rand index (Hubert, Arabie 1985): 1 for the same groups, about 0 by chance.
    """
    rng = np.random.default_rng(seed)
    points = np.asarray(points, dtype=float)

    def sort_by_resample():
        centres = cluster(points[rng.integers(len(points), size=len(points))], k)[1]
        return _away(points, centres).argmin(axis=1)

    pairs = [(sort_by_resample(), sort_by_resample()) for _ in range(draws)]
    return float(np.mean([agreement(a, b) for a, b in pairs]))


def click_features(table):
    """Return what sessions of two pages or more do: articles, products and seconds a page.

    Parameters
    ----------
    table : pandas.DataFrame
        As `sessions` returns it.

    Returns
    -------
    pandas.DataFrame
        Columns articles (0-1), products (int) and seconds (float, logarithm), indexed by session.
    """
    features = table.loc[table["pages"] >= 2, ["articles", "products", "seconds"]]
    return features.assign(seconds=np.log(features["seconds"].clip(lower=1)))


def importance():
    """Return how important each need is to each person who answered.

    Returns
    -------
    pandas.DataFrame
        int, 1 to 10; one row per answer_id, one column per need.
    """
    return data.needs().pivot(index="answer_id", columns="need", values="importance")


SHOWN = 300


@functools.lru_cache(maxsize=32)
def _cloud(what, stretch):
    """Return the points of the cluster widget: clicks, needs or noise, one axis stretched."""
    if what == "noise":
        points = standardise(noise(SHOWN))
    elif what == "clicks":
        table = click_features(shop_sessions())
        points = standardise(table[["products", "seconds"]].sample(SHOWN, random_state=1))
    else:
        table = standardise(importance())
        axes = np.linalg.svd(table, full_matrices=False)[2][:2]
        points = standardise((table @ axes.T)[:SHOWN])
    return points * [1, stretch]


@functools.lru_cache(maxsize=64)
def _cluster_facts(what, stretch):
    """Return the silhouettes of data and noise for k of 2 to 7, and the table of gaps."""
    points = _cloud(what, stretch)
    ks = range(2, 8)
    own = [silhouette(points, cluster(points, k)[0]) for k in ks]
    rng = np.random.default_rng(5)
    null = []
    for _ in range(5):
        drawn = rng.uniform(points.min(axis=0), points.max(axis=0), points.shape)
        null.append([silhouette(drawn, cluster(drawn, k, starts=1)[0]) for k in ks])
    return own, np.min(null, axis=0), np.max(null, axis=0), gap(points, most=7, draws=5)


CLUSTER_COLOURS = (
    figures.BLUE,
    figures.ORANGE,
    figures.GREEN,
    figures.PURPLE,
    figures.SKY,
    figures.AMBER,
    figures.BLACK,
)


def plot_clusters(axes, what="noise", k=4, stretch=1.0):
    """Draw clusters in points, and their silhouette beside that of noise.

    Parameters
    ----------
    axes : two matplotlib axes
    what : str
        noise, clicks or needs.
    k : int
        Clusters, 2 to 7.
    stretch : float
        Multiple of the second axis, as if its unit were changed.

    Returns
    -------
    the axes
    """
    left, right = axes
    points = _cloud(what, stretch)
    labels = cluster(points, k)[0]
    own, low, high, gaps = _cluster_facts(what, stretch)
    for i, colour in enumerate(CLUSTER_COLOURS):
        mine = points[labels == i]
        figures.points(left, f"cluster {i}", *mine.T, color=colour, markersize=4)
    left.set(xlabel="First axis", ylabel="Second axis (stretched)")
    left.set(xlim=(-3.5, 3.5), ylim=(-5, 5))
    ks = np.arange(2, 8)
    figures.band(right, "noise", ks, low, high, color=figures.GREY, label="pure noise")
    figures.line(right, "own", ks, own, color=figures.BLUE, marker="o", label="these points")
    figures.points(right, "here", [k], [own[k - 2]], color=figures.ORANGE, markersize=11)
    right.set(xlabel="Number of clusters k", ylabel="Mean silhouette", ylim=(0, 0.85))
    right.set_xticks(ks)
    right.legend(loc="upper right")
    left.set_title(f"k = {k}: silhouette {own[k - 2]:.2f}", fontsize=11)
    steady = stability(points, k, draws=3)
    right.set_title(f"stability (ARI) {steady:.2f}, gap {gaps['gap'][k]:+.2f}", fontsize=11)
    return axes


def explore_clusters():
    """Return the widget of `plot_clusters`: k-means finds clusters in anything."""
    return widgets.explore(
        plot_clusters,
        columns=2,
        size=(7.7, 4.0),
        alt="Left: points coloured by cluster. Right: their silhouette for 2 to 7 clusters as a "
        "line, and the silhouettes of pure noise as a band.",
        k=IntSlider(4, min=2, max=7, description="Clusters k"),
        stretch=FloatSlider(1, min=0.25, max=2.5, step=0.25, description="Stretch of one axis"),
        what=Dropdown(options=["noise", "clicks", "needs"], value="noise", description="Points"),
    )


# Recency, frequency, money


RFM_DAY = pd.Timestamp("1997-12-31")


def rfm(purchases, today):
    """Score customers by recency, frequency and money (RFM 模型), 1 to 5.

    Parameters
    ----------
    purchases : pandas.DataFrame
        One row per purchase: customer_id, date (datetime64), dollars (float).
    today : pandas.Timestamp
        Purchases after this day are not looked at.

    Returns
    -------
    pandas.DataFrame
        Indexed by customer_id: days (int, since the last purchase), purchases (int, days with
        one), dollars (float), and the scores r, f, m (int): fifths by rank, 5 is best. Customers
        with the same value share a rank (the lowest), so a fifth may hold more than 20 %.

    Raises
    ------
    ValueError
        If nobody bought until `today`.
    """
    known = purchases[purchases["date"] <= today]
    if known.empty:
        raise ValueError(f"today is {today:%Y-%m-%d}; no purchase is that old, choose a later day.")
    table = known.groupby("customer_id").agg(
        last=("date", "max"), purchases=("date", "nunique"), dollars=("dollars", "sum")
    )
    table["days"] = (today - table.pop("last")).dt.days
    for name, value in (("r", -table["days"]), ("f", table["purchases"]), ("m", table["dollars"])):
        table[name] = np.ceil(value.rank(method="min", pct=True) * 5).astype(int)
    return table[["days", "purchases", "dollars", "r", "f", "m"]]


@functools.lru_cache(maxsize=1)
def cdnow_scores():
    """Return RFM scores of CDNOW's customers at the end of 1997, and what they did next.

    Returns
    -------
    pandas.DataFrame
        As `rfm`, with next_dollars (float): what each spent in the following 90 days.
    """
    purchases = data.cdnow()
    table = rfm(purchases, RFM_DAY)
    later = purchases["date"].between(RFM_DAY, RFM_DAY + pd.Timedelta(days=90), inclusive="right")
    spent = purchases[later].groupby("customer_id")["dollars"].sum()
    return table.assign(next_dollars=spent.reindex(table.index).fillna(0.0))


def mailing(table, chosen, cost, margin=0.3):
    """Return what a mailing to the chosen customers would have earned at most.

    Parameters
    ----------
    table : pandas.DataFrame
        Column next_dollars: what each customer spent afterwards.
    chosen : array_like of bool
        Who gets the letter.
    cost : float
        Dollars per letter.
    margin : float
        Share of what is spent that is left after the goods (0-1).

    Returns
    -------
    pandas.Series
        letters, response (0-1, NaN without letters), profit (dollars).
    """
    spent = table.loc[np.asarray(chosen), "next_dollars"]
    response = (spent > 0).mean() if len(spent) else np.nan
    profit = margin * spent.sum() - cost * len(spent)
    return pd.Series({"letters": len(spent), "response": response, "profit": profit})


def plot_rfm(ax, least_r=3, least_f=1, least_m=1, cost=1.0):
    """Draw the response by recency and frequency, and what a cut by R, F and M earns.

    Parameters
    ----------
    ax : matplotlib axes
    least_r, least_f, least_m : int
        Only customers with these scores or more get a letter, 1 to 5.
    cost : float
        Dollars per letter.

    Returns
    -------
    the axes
    """
    table = cdnow_scores()
    bought = (table["next_dollars"] > 0).groupby([table["f"], table["r"]]).agg(["mean", "size"])
    grid = bought["mean"].unstack().reindex(index=range(1, 6), columns=range(1, 6))
    size = bought["size"].unstack().reindex(index=range(1, 6), columns=range(1, 6))
    extent = (0.5, 5.5, 0.5, 5.5)
    style = {"cmap": "cividis", "vmin": 0, "vmax": 0.8, "interpolation": "nearest"}
    figures.picture(ax, "response", grid.to_numpy(), extent, **style)
    outside = np.ones((5, 5))
    outside[least_f - 1 :, least_r - 1 :] = np.nan
    figures.picture(ax, "outside", outside, extent, cmap="Greys", vmin=0, vmax=2, alpha=0.75)
    for f in range(1, 6):
        for r in range(1, 6):
            words = f"{grid[r][f]:.0%}\n{size[r][f]:,.0f}" if size[r][f] > 0 else ""
            inside = f >= least_f and r >= least_r
            colour = "white" if inside and not grid[r][f] > 0.45 else figures.BLACK
            style = {"ha": "center", "va": "center", "fontsize": 9, "color": colour}
            figures.text(ax, f"cell {r} {f}", r, f, words, **style)
    chosen = (table["r"] >= least_r) & (table["f"] >= least_f) & (table["m"] >= least_m)
    result, everybody = mailing(table, chosen, cost), mailing(table, table["r"] > 0, cost)
    ax.set(xlabel="Recency score r (5: bought lately)", ylabel="Frequency score f (5: often)")
    ax.grid(False)
    ax.set_title(
        f"{result['letters']:,.0f} letters earn {result['profit']:,.0f} dollars; "
        f"to all {everybody['letters']:,.0f}: {everybody['profit']:,.0f}",
        fontsize=11,
    )
    return ax


def explore_rfm():
    """Return the widget of `plot_rfm`: the best customers are not all who pay for a letter."""
    score = {"min": 1, "max": 5}
    return widgets.explore(
        plot_rfm,
        alt="A grid of recency and frequency scores; each cell shows the share of its customers who "
        "bought in the next 90 days and how many they are. Cells that get no letter are grey.",
        least_r=IntSlider(3, **score, description="Recency score at least"),
        least_f=IntSlider(1, **score, description="Frequency score at least"),
        least_m=IntSlider(1, **score, description="Money score at least"),
        cost=FloatSlider(1, min=0.2, max=6, step=0.2, description="Dollars a letter"),
    )


# Products that are looked at together


def baskets(log):
    """Return which products each session looked at: one row per session and product.

    Parameters
    ----------
    log : pandas.DataFrame
        Columns session and path, without robots.

    Returns
    -------
    pandas.DataFrame
        Columns session and product_id (int), without repetition.
    """
    product = each_once(log["path"], lambda p: p.str.extract(r"^/product/(\d+)")[0])
    table = pd.DataFrame({"session": log["session"].to_numpy(), "product_id": product})
    return table.dropna().astype("int64").drop_duplicates(ignore_index=True)


def rules(table):
    """Return for each ordered pair of products how they go together.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns session and product_id, one row each; at least one row.

    Returns
    -------
    pandas.DataFrame
        One row per pair that occurs: a, b (int), support (share of all sessions with both),
        confidence (share of those with a that have b), lift (confidence over the share of all
        sessions with b), highest lift first.

    Raises
    ------
    ValueError
        If the table is empty.

    Examples
    --------
    >>> table = pd.DataFrame({"session": [1, 1, 2, 3], "product_id": [5, 7, 5, 9]})
    >>> rules(table).query("a == 7")[["b", "confidence", "lift"]].iloc[0].tolist()
    [5.0, 1.0, 1.5]
    """
    if len(table) == 0:
        raise ValueError("table is empty; give at least one session with a product.")
    has = pd.crosstab(table["session"], table["product_id"]).clip(upper=1)
    share = has.mean()
    together = has.T @ has / len(has)
    together.index.name, together.columns.name = "a", "b"
    pairs = together.stack().rename("support").reset_index()
    pairs = pairs[(pairs["a"] != pairs["b"]) & (pairs["support"] > 0)]
    confidence = pairs["support"] / pairs["a"].map(share)
    pairs = pairs.assign(confidence=confidence, lift=confidence / pairs["b"].map(share))
    return pairs.sort_values("lift", ascending=False, ignore_index=True)


@functools.lru_cache(maxsize=1)
def shop_baskets():
    """Return the products looked at in sessions with two different ones or more."""
    log, _ = parse(data.access_log())
    log = sessionise(log)
    table = baskets(log[~robots(log).to_numpy()])
    several = table.groupby("session")["product_id"].transform("size") >= 2
    return table[several].reset_index(drop=True)


@functools.lru_cache(maxsize=128)
def _popular_rules(popularity):
    """Return the rules if more sessions, chosen by lot, also open product 1."""
    table = shop_baskets()
    lot = np.random.default_rng(3)
    ids = table["session"].unique()
    without = np.setdiff1d(ids, table.loc[table["product_id"] == 1, "session"])
    now = 1 - len(without) / len(ids)
    extra = lot.permutation(without)[: max(0, round((popularity - now) * len(ids)))]
    more = pd.DataFrame({"session": extra, "product_id": 1})
    return rules(pd.concat([table, more], ignore_index=True))


def plot_lift(ax, popularity=65, least=5.0):
    """Draw confidence and lift of all pairs of products, if tea in bags were more popular.

    Parameters
    ----------
    ax : matplotlib axes
    popularity : float
        Percent of the sessions that open the tea of 20 bags, at least what it is.
    least : float
        Percent of the sessions in which a pair must occur.

    Returns
    -------
    the axes
    """
    table = _popular_rules(popularity / 100)
    table = table[table["support"] >= least / 100]
    tea = table["b"] == 1
    style = {"markersize": 7}
    for name, part, colour in (("other", ~tea, figures.BLUE), ("tea", tea, figures.ORANGE)):
        label = "to the tea of 20 bags" if name == "tea" else "to another product"
        xy = table.loc[part, "confidence"] * 100, table.loc[part, "lift"]
        figures.points(ax, name, *xy, color=colour, label=label, **style)
    figures.line(ax, "one", [0, 100], [1, 1], color=figures.GREY, linewidth=1)
    ax.set(xlim=(0, 100), ylim=(0, 2.2), ylabel="Lift")
    ax.set_xlabel("Confidence (% of the sessions with a that also open b)")
    ax.legend(loc="upper right")
    if table.empty:
        ax.set_title("No pair occurs that often")
        return ax
    sure, lifted = table.loc[table["confidence"].idxmax()], table.loc[table["lift"].idxmax()]
    ax.set_title(
        f"Surest rule {sure['a']:.0f} to {sure['b']:.0f}: lift {sure['lift']:.2f}; "
        f"best lift {lifted['a']:.0f} to {lifted['b']:.0f}: {lifted['lift']:.2f}"
    )
    return ax


def explore_lift():
    """Return the widget of `plot_lift`: confidence rewards what everybody opens anyhow."""
    return widgets.explore(
        plot_lift,
        alt="Each pair of products as a point, by confidence and lift; rules that lead to the most "
        "popular tea lie far to the right and near or below a lift of 1.",
        popularity=IntSlider(65, min=65, max=100, description="Open the tea of 20 bags (%)"),
        least=FloatSlider(5, min=0, max=20, step=0.5, description="Pair occurs at least (%)"),
    )


# Fire or aim

PEOPLE, LOOK, WORTH = (
    10_000,
    0.2,
    300.0,
)  # customers, share that looks each month, yuan per customer
OFFERS, QUARTER, CHANGE_COST, READY_COST, TESTED = 4, 3, 5_000.0, 1_000.0, 200
LAUNCHES = ("fire", "aim", "bandit")


@functools.lru_cache(maxsize=128)
def launch(speed=0.05, pilot_cost=20_000.0, study=2, spread=0.5, months=24, markets=300, seed=0):
    """Play three ways to enter many markets, each with four possible offers.

    Parameters
    ----------
    speed : float
        Share of the free customers that rivals lock in every month (0-1).
    pilot_cost : float
        Yuan that the study of `aim` costs.
    study : int
        Months that the study of `aim` takes; nothing is sold meanwhile.
    spread : float
        How far the offers differ: standard deviation of the log of their rates.
    months, markets, seed : int
        Months played, markets played, seed of the lots.

    Returns
    -------
    pandas.DataFrame
        Indexed by month from 0; columns fire, aim, bandit: regret (遗憾值) so far, in yuan, mean
        over the markets. That is how much more somebody has earned who knew the best offer.

    Raises
    ------
    ValueError
        If a share is outside 0-1, or the study is longer than the game.

    Notes
    -----
    10,000 customers; a fifth of those still free look each month; a customer won is worth 300 yuan.
    Fire sells one offer at once and another each quarter; when all four were tried, it keeps the
    best (5,000 yuan a change). Aim tries each offer on 200 people, then sells the best. Bandit
    shares the month's visitors out by Thompson sampling (1933): each gets the offer that looks
    best in a draw from what is known so far; to keep an offer ready costs it 1,000 yuan a month.

    Examples
    --------
    >>> slow = launch(speed=0.0, study=2, markets=50).iloc[-1]
    >>> bool(slow["aim"] < slow["fire"])
    True
    """
    if not 0 <= speed <= 1:
        raise ValueError(f"speed is {speed}; a share lies from 0 to 1 (5 % a month is 0.05).")
    if not 0 <= study <= months:
        raise ValueError(f"study is {study}; it must lie from 0 to the {months} months played.")
    rng = np.random.default_rng(seed)
    rates = np.clip(0.05 * np.exp(rng.normal(0, spread, (markets, OFFERS))), 0, 0.5)
    tested = rng.binomial(TESTED, rates).argmax(axis=1)

    def fire(month, shown, won, rng):
        turn = month // QUARTER
        offer = turn if turn < OFFERS else (won / np.maximum(shown, 1)).argmax(axis=1)
        changes = month % QUARTER == 0 and 1 <= turn <= OFFERS
        return _all_to(offer, markets), CHANGE_COST * changes

    def aim(month, shown, won, rng):
        return _all_to(tested, markets) * (month >= study), pilot_cost * (month == 0)

    def bandit(month, shown, won, rng):
        draws = rng.beta(1 + won[:, None], 1 + (shown - won)[:, None], (markets, 20, OFFERS))
        return _all_to(draws.argmax(axis=2), markets), OFFERS * READY_COST

    def knows(month, shown, won, rng):
        return _all_to(rates.argmax(axis=1), markets), 0.0

    ways = zip(LAUNCHES, (fire, aim, bandit), strict=True)
    earned = {name: _play(way, rates, speed, months, seed) for name, way in ways}
    most = _play(knows, rates, speed, months, seed)
    regret = {name: most - path for name, path in earned.items()}
    return pd.DataFrame(regret).rename_axis("month")


def _all_to(offer, markets):
    """Return the share of each offer (markets x offers); several offers get equal parts."""
    offer = np.asarray(offer)
    offer = offer if offer.ndim == 2 else np.broadcast_to(offer, markets)[:, None]
    return (offer[..., None] == np.arange(OFFERS)).mean(axis=1)


def _play(way, rates, speed, months, seed):
    """Play one way in all markets; return the mean profit so far after each month, in yuan."""
    rng = np.random.default_rng([seed, 1])
    free = np.full(len(rates), float(PEOPLE))
    shown, won = np.zeros_like(rates), np.zeros_like(rates)
    profit, path = np.zeros(len(rates)), []
    for month in range(months):
        parts, cost = way(month, shown, won, rng)
        looked = np.round(free[:, None] * LOOK * parts)
        bought = rng.binomial(looked.astype("int64"), rates)
        shown, won = shown + looked, won + bought
        free = (free - bought.sum(axis=1)) * (1 - speed)
        profit = profit + WORTH * bought.sum(axis=1) - cost
        path.append(profit.mean())
    return np.array(path)


def plot_launch(ax, speed=5, pilot_cost=20, study=2, spread=0.5):
    """Draw the regret of fire, aim and bandit over two years.

    Parameters
    ----------
    ax : matplotlib axes
    speed : float
        Percent of the free customers that rivals lock in every month.
    pilot_cost : float
        Thousands of yuan that the study costs.
    study : int
        Months that the study takes.
    spread : float
        How far the offers differ.

    Returns
    -------
    the axes
    """
    table = launch(speed / 100, pilot_cost * 1000.0, study, spread) / 1000
    looks = {
        "fire": (figures.ORANGE, "-"),
        "aim": (figures.BLUE, "--"),
        "bandit": (figures.GREEN, "-."),
    }
    for name, (colour, style) in looks.items():
        label = {"fire": "fire first", "aim": "aim first", "bandit": "learn while selling"}[name]
        figures.line(
            ax, name, table.index + 1, table[name], color=colour, linestyle=style, label=label
        )
    ax.set(xlabel="Month", ylabel="Regret so far (thousand yuan)", xlim=(1, 24), ylim=(0, 300))
    ax.set_xticks([1, 6, 12, 18, 24])
    ax.legend(loc="upper left")
    end = table.iloc[-1]
    two = end[["fire", "aim"]]
    ax.set_title(
        f"Regret after two years: fire {end['fire']:.0f}, aim {end['aim']:.0f}: {two.idxmin()} wins"
    )
    return ax


def explore_launch():
    """Return the widget of `plot_launch`: neither school is right in every market."""
    return widgets.explore(
        plot_launch,
        alt="Three lines over 24 months: how much less than the best possible each way has earned.",
        speed=FloatSlider(5, min=0, max=30, step=1, description="Rivals take a month (%)"),
        pilot_cost=IntSlider(20, min=0, max=200, step=10, description="Study costs (¥1,000)"),
        study=IntSlider(2, min=0, max=12, description="Study takes (months)"),
        spread=FloatSlider(0.5, min=0.1, max=1, step=0.1, description="Offers differ by"),
    )


# Needs, and what a segment is worth


def opportunity(importance, satisfaction):
    """Return the opportunity score of needs (机会得分): importance + what is missing to it.

    Parameters
    ----------
    importance, satisfaction : number or array_like
        Means, on the same scale of 1 to 10.

    Returns
    -------
    number or array
        importance + max(importance - satisfaction, 0)  (Ulwick 2002, with means for his shares).

    Examples
    --------
    >>> opportunity(np.array([9, 4]), np.array([4, 9])).tolist()
    [14, 4]
    """
    return importance + np.maximum(importance - satisfaction, 0)


def explained(values, groups):
    """Return the share of a number's variance that groups explain, corrected for chance.

    Parameters
    ----------
    values : array_like of numbers
    groups : array_like
        One label for each value; two groups or more, fewer groups than values.

    Returns
    -------
    float
        (between - (k - 1) within) / total, with within the mean square inside the groups
        (epsilon squared, Kelley 1935): 1 if groups fix the value, about 0 for groups by lot.

    Raises
    ------
    ValueError
        If there are fewer than two groups, or as many groups as values.

    Examples
    --------
    >>> explained([1, 1, 5, 5], ["a", "a", "b", "b"])
    1.0
    """
    values = np.asarray(values, dtype=float)
    labels = pd.factorize(np.asarray(groups))[0]
    k, n = labels.max(initial=-1) + 1, len(values)
    if not 2 <= k < n:
        raise ValueError(
            f"groups has {k} labels for {n} values; give 2 or more, fewer than values."
        )
    mean = np.bincount(labels, values) / np.bincount(labels)
    inside, total = ((values - mean[labels]) ** 2).sum(), ((values - values.mean()) ** 2).sum()
    return float(1 - (inside / (n - k)) / (total / (n - 1))) if total > 0 else 0.0


def _counts(rows, columns):
    """Return how often each pair of labels occurs, as a table of floats."""
    row, rows = pd.factorize(np.asarray(rows))
    column, columns = pd.factorize(np.asarray(columns))
    shape = len(rows), len(columns)
    return np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1]).reshape(shape) * 1.0


def association(values, groups):
    """Return Cramér's V of two labels, corrected for chance (Bergsma 2013): 0 to 1.

    Examples
    --------
    >>> round(association(list("aabb") * 50, list("xxyy") * 50), 2)
    1.0
    """
    table = _counts(values, groups)
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = ((table - expected) ** 2 / expected).sum() / n
    rows, columns = table.shape
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    side = min(rows, columns) - 1
    return float(np.sqrt(phi / side)) if side > 0 else 0.0


SCORECARD = ("behaviour", "motive", "obstacles", "lasting", "profit", "size")


YEAR_CONTRIBUTION = 0.3  # share of the money people say they spend that would be left
SEGMENT_COST = 6_000.0  # yuan a year to serve one more segment in its own way
MARKET = 5_600  # people whom the answers stand for


def scorecard_values(people, labels):
    """Return the six measures of a segmentation, one for each test of point S5.

    Parameters
    ----------
    people : pandas.DataFrame
        As `surveyed` returns it.
    labels : array_like
        The segment of each person.

    Returns
    -------
    pandas.Series
        behaviour, motive and profit: share of variance explained (0-1); obstacles: Cramér's V
        (0-1); lasting: share of people whose segment's share did not move between the first and
        the second half of the answers (0-1); size: what the smallest segment leaves in a year,
        over the cost of serving it.
    """
    labels, names = pd.factorize(np.asarray(labels))
    scale = YEAR_CONTRIBUTION * MARKET / SEGMENT_COST
    return _measures(people, labels, len(names), scale)


def _measures(people, labels, k, scale):
    """Return the six measures of k segments; one that a sample missed has the size 0."""
    half = np.arange(len(people)) < len(people) // 2
    first, second = (np.bincount(labels[part], minlength=k) for part in (half, ~half))
    moved = np.abs(first / first.sum() - second / second.sum()).sum() / 2
    worth = np.bincount(labels, people["spend_yuan"], k)
    several = len(np.unique(labels)) > 1

    def share(values):
        return explained(values, labels) if several else 0.0

    return pd.Series(
        {
            "behaviour": np.mean([share(people[name]) for name in CLICKS]),
            "motive": np.mean([share(people[name]) for name in NEEDS]),
            "obstacles": association(people["obstacle"], labels),
            "lasting": 1 - moved,
            "profit": share(np.log(people["spend_yuan"] + 1)),
            "size": worth.min() / len(people) * scale,
        }
    )


CLICKS = ("articles", "products", "seconds")
NEEDS = ("proof", "date", "looks", "portion", "price", "advice", "invoice", "taste")
# What each measure must surely pass: a twentieth of the variance is the least worth acting on.
LEAST = {
    "behaviour": 0.05,
    "motive": 0.05,
    "obstacles": 0.2,
    "lasting": 0.85,
    "profit": 0.05,
    "size": 1.0,
}


def scorecard(people, labels, draws=200, seed=0):
    """Measure the six tests of a good segmentation (S5), each with an interval.

    Parameters
    ----------
    people : pandas.DataFrame
        As `surveyed` returns it.
    labels : array_like
        The segment of each person.
    draws, seed : int
        Half samples of the people and their seed. A half drawn without repetition scatters about
        the whole as the whole does about the truth.

    Returns
    -------
    pandas.DataFrame
        Indexed by test: value, low and high (the middle 90 % of the half samples), least (what must
        be passed), passed (bool: low is above least).
    """
    value = scorecard_values(people, labels)
    labels, names = pd.factorize(np.asarray(labels))
    scale = YEAR_CONTRIBUTION * MARKET / SEGMENT_COST
    rng = np.random.default_rng(seed)
    again = []
    for _ in range(draws):
        chosen = np.sort(rng.permutation(len(people))[: len(people) // 2])
        again.append(_measures(people.iloc[chosen], labels[chosen], len(names), scale))
    again = pd.DataFrame(again)
    table = pd.DataFrame(
        {"value": value, "low": again.quantile(0.05), "high": again.quantile(0.95), "least": LEAST}
    ).loc[list(SCORECARD)]
    return table.assign(passed=table["low"] > table["least"])


@functools.lru_cache(maxsize=1)
def surveyed():
    """Return the people who answered the survey with what they clicked; do not change it.

    Returns
    -------
    pandas.DataFrame
        Indexed by answer_id: the columns of `data.answers`, the importance of each need, and
        articles, products, seconds, source and region from the session of the answer.
    """
    clicks = shop_sessions().dropna(subset="answer_id").set_index("answer_id")
    clicks = clicks[[*CLICKS, "pages", "source", "region", "started_at", "agent"]]
    table = data.answers().set_index("answer_id").join(importance()).join(clicks)
    return table.assign(seconds=table["seconds"].fillna(table["seconds"].median()).clip(lower=1))


def fit_of_segments(points, k, width=2.0, seed=0):
    """Return how well k offers suit people who were not used to design them, from 0 to 1.

    Parameters
    ----------
    points : pandas.DataFrame
        Importance of each need, one row per person.
    k : int
        Offers; each is the centre of a cluster of one half of the people.
    width : float
        Distance (root mean square, in points of the scale) at which an offer suits exp(-1/2).

    Returns
    -------
    float
        Mean over the other half of exp(-distance² / (2 width²)) to the offer nearest to them.
    """
    values = np.asarray(points, dtype=float)
    order = np.random.default_rng(seed).permutation(len(values))
    half = len(values) // 2
    centres = cluster(values[order[:half]], k)[1]
    away = ((values[order[half:], None] - centres) ** 2).mean(axis=2).min(axis=1)
    return float(np.exp(-away / (2 * width**2)).mean())


def segment_profit(points, ks, cost, market=MARKET, worth=40.0):
    """Return a year's profit of serving people by k offers (S6): more suit better and cost more.

    Parameters
    ----------
    points : pandas.DataFrame
        Importance of each need, one row per person.
    ks : list of int
        Numbers of segments.
    cost : float
        Yuan a year for each offer.
    market : int
        People in the market.
    worth : float
        Yuan a year that a person leaves whom an offer suits fully.

    Returns
    -------
    pandas.DataFrame
        Indexed by k: fit (0-1) and profit (yuan).
    """
    fit = [np.mean([fit_of_segments(points, k, seed=seed) for seed in range(5)]) for k in ks]
    profit = [market * worth * value - cost * k for k, value in zip(ks, fit, strict=True)]
    return pd.DataFrame({"fit": fit, "profit": profit}, index=pd.Index(ks, name="k"))
