"""Simulate the access log of the farm's shop, and a survey of what its visitors need.

Everything here is invented. `log` takes the last three months of the visits that `farm.shop` played
and writes them as a web server would: requests in Combined Log Format, among robots, from addresses
of the ranges reserved for documentation. Each visitor has a motive. Two motives at a time share one
way of clicking, so that clicks alone cannot tell them apart; a survey of needs can.
"""

import gzip
import ipaddress
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coursekit.world import farm

PART = 2  # the generator of this part is seeded with [seed, PART]
FIRST_DAY, LAST_DAY = pd.Timestamp("2025-04-01"), pd.Timestamp("2025-06-30")
SITE = "https://shop.example"

# Which network belongs to which region; the longest network that holds an address decides.
NETWORKS = (
    ("192.0.2.0/24", "Heilongjiang"),
    ("192.0.2.128/26", "Jilin"),
    ("192.0.2.192/27", "Liaoning"),
    ("198.51.100.0/24", "Guangdong"),
    ("198.51.100.128/25", "Jiangsu"),
    ("198.51.100.160/27", "Zhejiang"),
    ("203.0.113.0/24", "Shandong"),
    ("203.0.113.0/26", "Beijing"),
    ("203.0.113.48/28", "Hebei"),
    ("203.0.113.96/27", "Henan"),
    ("203.0.113.192/26", "Shanghai"),
    *((f"2001:db8:{i:x}000::/36", name) for i, (name, _) in enumerate(farm.REGIONS)),
    ("2001:db8:1800::/40", "Sichuan"),
    ("2001:db8:6c00::/40", "Hebei"),
)

PHONES = (
    "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 Chrome/134.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; Mobile) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
)
DESKTOPS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/134.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:137.0) Gecko/20100101 Firefox/137.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.3 Safari/605",
)
FIELD_BOT = "FieldBot/2.1 (+https://search.example/bot)"
SPIDER = "TeaSpider/0.9 (compatible; +https://b2b.example/spider)"
MONITOR = "Uptime-Check/1.0"

REFERRERS = {
    "brand search": "https://search.example/",
    "generic search": "https://search.example/",
    "B2B site": "https://b2b.example/offers/milk-thistle",
    "advert": "https://ads.example/",
    "e-mail": "-",
    "direct": "-",
}
ARTICLES = ("/read/lab-report", "/read/dose", "/read/origin", "/read/brewing")

# The two ways of clicking: what is opened beside the main product, and how long it is looked at.
PATTERNS = {
    "browser": {"product": 0.72, "list": 0.18, "article": 0.10, "pace": 0.7, "phone": 0.75},
    "reader": {"product": 0.18, "list": 0.14, "article": 0.68, "pace": 1.5, "phone": 0.30},
}
# Seconds that a page is looked at, on average, before the pace of the pattern.
SECONDS = {"product": 45, "list": 20, "article": 90, "home": 15, "reviews": 60, "basket": 30}

MOTIVES = {"gift": "browser", "late": "browser", "daily": "reader", "trade": "reader"}
NEEDS = ("proof", "date", "looks", "portion", "price", "advice", "invoice", "taste")
IMPORTANCE = {
    "gift": (5.0, 8.8, 9.0, 3.0, 3.5, 4.0, 2.5, 6.0),
    "late": (5.0, 5.0, 2.5, 8.8, 5.0, 4.5, 2.0, 8.0),
    "daily": (8.8, 4.0, 2.0, 5.0, 8.0, 8.5, 2.0, 4.5),
    "trade": (8.0, 7.0, 5.0, 2.0, 8.5, 4.0, 9.0, 4.0),
}
SATISFACTION = (7.5, 7.0, 7.0, 7.0, 6.5, 7.0, 7.0, 7.0)
UNMET = (("gift", "date"), ("late", "portion"), ("daily", "advice"), ("trade", "invoice"))
NOBODY_CARES = "looks"  # badly served for those to whom it does not matter
OCCASIONS = ("for myself", "as a present", "for work")
OCCASION_SHARES = {
    "gift": (0.15, 0.80, 0.05),
    "late": (0.80, 0.10, 0.10),
    "daily": (0.85, 0.10, 0.05),
    "trade": (0.10, 0.15, 0.75),
}
AGES = ("18-29", "30-44", "45-59", "60+")
AGE_SHARES = {
    "gift": (0.25, 0.40, 0.25, 0.10),
    "late": (0.28, 0.40, 0.24, 0.08),
    "daily": (0.12, 0.28, 0.35, 0.25),
    "trade": (0.15, 0.45, 0.30, 0.10),
}
TRUST = {"gift": 3.2, "late": 3.0, "daily": 4.2, "trade": 3.5}
OBSTACLES = ("delivery day", "pack too large", "doubt about quality", "no invoice", "price")
OBSTACLE_SHARES = {
    "gift": (0.55, 0.10, 0.15, 0.03, 0.17),
    "late": (0.15, 0.50, 0.12, 0.03, 0.20),
    "daily": (0.08, 0.10, 0.47, 0.03, 0.32),
    "trade": (0.15, 0.03, 0.17, 0.45, 0.20),
}
SPEND = {"gift": 350.0, "late": 220.0, "daily": 700.0, "trade": 1800.0}


@dataclass(frozen=True)
class LogTruth:
    """What is planted in one log and one survey. Rates run from 0 to 1."""

    seed: int  # the seed that drew all the rest
    first_day: str  # first day of the log
    last_day: str  # last day of the log
    server_moved: str  # day from which the server writes UTC (+0000) instead of +0800
    visits: int  # visits of people in the log
    visitors: int  # people who made them
    pages: int  # pages that people opened, orders included
    orders: int  # orders on the site
    broken_lines: int  # lines that are no whole record of a request
    robot_lines: int  # whole records written by robots, the one in disguise included
    disguised_lines: int  # those of the robot that calls itself a browser
    disguised_address: str  # where that robot sits
    ipv4_share: float  # visitors with an address of version 4
    no_region_share: float  # visitors whose address is in no network of the table
    pause_share: float  # visits of two pages or more that pause for more than 30 minutes
    browser_late: float  # visitors of the pattern "browser" among first visits from 20 to 1 o'clock
    browser_day: float  # the same from 9 to 18 o'clock
    browser_else: float  # the same in the other hours
    browser_visitors: float  # share of the visitors with the pattern "browser", as it came out
    reviews_if_ordered: float  # visits with an order and a second page that open the reviews
    reviews_if_not: float  # the same among visits without an order
    pair: list  # two products that are looked at together
    pair_factor: float  # how much likelier the second is opened after the first, as a multiple
    popular: int  # the product that everybody opens
    popular_factor: float  # how much likelier it is opened than any other, as a multiple
    motive_shares: dict  # visitors by motive within their way of clicking
    importance: dict  # mean importance (1-10) of each need, by motive
    satisfaction: dict  # mean satisfaction (1-10) with each need, by motive
    unmet: list  # the motive and the need that is important to it and badly served
    spend_yuan: dict  # median of what people say they spend a year, by motive
    motive_of_answer: list  # motive of each answer to the survey, in order of answer_id


@dataclass(frozen=True)
class Log:
    """The log and the survey as `coursekit.data` loads them, and their planted truth as a dict."""

    lines: pd.Series
    networks: pd.DataFrame
    answers: pd.DataFrame
    needs: pd.DataFrame
    truth: dict


def log(seed=20240101):
    """Simulate three months of the shop's access log and a survey of its visitors' needs.

    Parameters
    ----------
    seed : int
        Not negative; the visits are those of `farm.shop(seed)`.

    Returns
    -------
    Log
        lines (Series of str), frames networks, answers and needs with the columns of the loaders
        in `coursekit.data`, and truth, a dict with the fields of `LogTruth`.

    Raises
    ------
    ValueError
        If the seed is not an integer of 0 or more.

    Examples
    --------
    >>> small = log(seed=7)
    >>> len(small.answers) == len(small.truth["motive_of_answer"])
    True
    """
    shop = farm.shop(seed)
    rng = np.random.default_rng([int(seed), PART])
    plan = draw_plan(rng)
    end = LAST_DAY + pd.Timedelta(days=1)
    visits = shop.visits[shop.visits["started_at"].between(FIRST_DAY, end, inclusive="left")]
    people = draw_people(rng, plan, visits, shop)
    answered = who_answers(rng, visits)
    requests = human_requests(rng, plan, visits, people, answered)
    robots = robot_requests(rng, shop.products["product_id"].tolist())
    moved = pd.Timestamp(plan["server_moved"])
    lines, at = write_lines(pd.concat([requests, robots], ignore_index=True), moved)
    broken, broken_at = broken_lines(rng, lines, at)
    order = np.argsort(np.concatenate([at, broken_at]), kind="stable")
    lines = pd.Series(np.concatenate([lines, broken])[order], dtype="str", name="line")
    motives = people["motive"].loc[visits.set_index("visit_id")["visitor_id"].loc[answered.index]]
    answers, needs = survey(rng, plan, answered, motives.to_numpy())
    extra = plan.pop("pair"), plan.pop("motive_shares")
    truth = LogTruth(
        seed=int(seed),
        first_day=f"{FIRST_DAY:%Y-%m-%d}",
        last_day=f"{LAST_DAY:%Y-%m-%d}",
        visits=len(visits),
        visitors=len(people),
        pages=int(visits["pages"].sum()),
        orders=int(visits["order_id"].notna().sum()),
        broken_lines=len(broken),
        robot_lines=len(robots),
        disguised_lines=int((robots["address"] == DISGUISED).sum()),
        disguised_address=DISGUISED,
        browser_visitors=round(float((people["pattern"] == "browser").mean()), 3),
        pair=list(extra[0]),
        motive_shares=extra[1],
        motive_of_answer=motives.tolist(),
        **plan,
    )
    networks = pd.DataFrame(NETWORKS, columns=["network", "region"], dtype="str")
    return Log(lines, networks, answers, needs, asdict(truth))


def write(folder):
    """Write the default log, its networks, the survey and their truth, the same every time.

    Parameters
    ----------
    folder : str or pathlib.Path
        An existing folder; the files of this part in it are replaced.
    """
    folder, world = Path(folder), log()
    text = "\n".join(world.lines) + "\n"
    (folder / "shop_access.log.gz").write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    for name in ("networks", "answers", "needs"):
        table = getattr(world, name)
        text = table.to_csv(index=False, date_format="%Y-%m-%d %H:%M", lineterminator="\n")
        (folder / f"shop_{name}.csv").write_bytes(text.encode("utf-8"))
    text = json.dumps(world.truth, indent=2, ensure_ascii=False) + "\n"
    (folder / "shop_log_truth.json").write_bytes(text.encode("utf-8"))


def draw_plan(rng):
    """Draw the planted parameters of one log, each within a range that keeps it plausible."""

    def between(low, high):
        return round(float(rng.uniform(low, high)), 3)

    unmet = UNMET[int(rng.integers(len(UNMET)))]
    importance, satisfaction = {}, {}
    for motive, means in IMPORTANCE.items():
        shaken = np.array(means) + rng.uniform(-0.3, 0.3, len(NEEDS))
        importance[motive] = dict(zip(NEEDS, shaken.round(2).tolist(), strict=True))
        content = dict(zip(NEEDS, SATISFACTION, strict=True))
        if motive in ("late", "daily"):
            content[NOBODY_CARES] = between(2.8, 3.4)
        if motive == unmet[0]:
            content[unmet[1]] = between(3.6, 4.2)
        satisfaction[motive] = content
    gift, daily = between(0.4, 0.6), between(0.55, 0.75)
    days = (LAST_DAY - FIRST_DAY).days
    moved = FIRST_DAY + pd.Timedelta(days=int(rng.integers(days // 3, 2 * days // 3)))
    return {
        "server_moved": f"{moved:%Y-%m-%d}",
        "ipv4_share": between(0.3, 0.45),
        "no_region_share": between(0.03, 0.06),
        "pause_share": between(0.04, 0.08),
        "browser_late": between(0.80, 0.90),
        "browser_day": between(0.15, 0.25),
        "browser_else": between(0.40, 0.50),
        "reviews_if_ordered": between(0.50, 0.65),
        "reviews_if_not": between(0.15, 0.22),
        "pair": (5, 7) if rng.random() < 0.5 else (3, 6),
        "pair_factor": between(9, 12),
        "popular": 1,
        "popular_factor": between(3.0, 4.0),
        "motive_shares": {
            "gift": gift,
            "late": round(1 - gift, 3),
            "daily": daily,
            "trade": round(1 - daily, 3),
        },
        "importance": importance,
        "satisfaction": satisfaction,
        "unmet": list(unmet),
        "spend_yuan": {name: round(m * between(0.9, 1.1)) for name, m in SPEND.items()},
    }


def draw_people(rng, plan, visits, shop):
    """Give each visitor a region, an address, a browser, a way of clicking and a motive."""
    first = visits.drop_duplicates("visitor_id").set_index("visitor_id")
    n = len(first)
    hour = first["started_at"].dt.hour
    chance = np.select(
        [(hour >= 20) | (hour < 1), hour.between(9, 17)],
        [plan["browser_late"], plan["browser_day"]],
        plan["browser_else"],
    )
    pattern = np.where(rng.random(n) < chance, "browser", "reader")
    shares = plan["motive_shares"]
    lot = rng.random(n)
    motive = np.where(
        pattern == "browser",
        np.where(lot < shares["gift"], "gift", "late"),
        np.where(lot < shares["daily"], "daily", "trade"),
    )
    phone = rng.random(n) < np.where(
        pattern == "browser", PATTERNS["browser"]["phone"], PATTERNS["reader"]["phone"]
    )
    agent = np.where(phone, rng.choice(PHONES, n), rng.choice(DESKTOPS, n))
    names = np.array([name for name, _ in farm.REGIONS])
    drawn = names[farm.draw(rng, [share for _, share in farm.REGIONS], n)]
    account = visits.dropna(subset="customer_id").drop_duplicates("visitor_id")
    home = account.set_index("visitor_id")["customer_id"].map(
        shop.customers.set_index("customer_id")["region"]
    )
    region = home.reindex(first.index).fillna(pd.Series(drawn, index=first.index)).to_numpy()
    return pd.DataFrame(
        {
            "region": region,
            "address": addresses(rng, plan, region),
            "agent": agent,
            "pattern": pattern,
            "motive": motive,
        },
        index=first.index,
    )


def addresses(rng, plan, regions):
    """Draw an address for each region, of version 4 or 6; a few lie in no network of the table."""
    old = {name: [] for name, _ in farm.REGIONS}
    networks = [(ipaddress.ip_network(text), region) for text, region in NETWORKS]
    fours = [(net, region) for net, region in networks if net.version == 4]
    for base in ("192.0.2.", "198.51.100.", "203.0.113."):
        for last in range(1, 255):
            address = ipaddress.ip_address(f"{base}{last}")
            holding = [(net.prefixlen, region) for net, region in fours if address in net]
            old[max(holding)[1]].append(str(address))
    number = {name: i for i, (name, _) in enumerate(farm.REGIONS)}
    found = []
    for region in regions:
        if rng.random() < plan["no_region_share"]:
            block = 0xD000
        elif old[region] and rng.random() < plan["ipv4_share"]:
            found.append(old[region][int(rng.integers(len(old[region])))])
            continue
        else:
            block = number[region] << 12
        # Bits 36 to 40 stay 0 to 3, outside the two networks that lie inside others.
        third, fourth, host = (int(part) for part in rng.integers((0x400, 0x10000, 0xFFFF)))
        found.append(f"2001:db8:{block + third:x}:{fourth:x}::{host + 1:x}")
    return found


def who_answers(rng, visits):
    """Pick the visits that end with the survey: one at most of a visitor, two pages or more."""
    fit = visits[visits["pages"] - 3 * visits["order_id"].notna() >= 2]
    once = fit.drop_duplicates("visitor_id")
    chosen = once[rng.random(len(once)) < 0.16]
    return pd.Series(np.arange(1, len(chosen) + 1), index=chosen["visit_id"].to_numpy())


def human_requests(rng, plan, visits, people, answered):
    """Write each visit as requests: pages, what pages load, a question, an answer to the survey."""
    rows = []
    people = people.to_dict("index")
    for visit in visits.itertuples():
        person = people[visit.visitor_id]
        rows += visit_requests(rng, plan, visit, person, answered.get(visit.visit_id))
    names = ["at", "address", "agent", "method", "path", "status", "size", "referrer"]
    return pd.DataFrame(rows, columns=names)


def visit_requests(rng, plan, visit, person, answer):
    """Return the requests of one visit."""
    paths = visit_paths(rng, plan, visit, PATTERNS[person["pattern"]])
    at = visit.started_at.timestamp() + float(rng.integers(0, 60))
    pace = PATTERNS[person["pattern"]]["pace"]
    pause = 1 + int(rng.integers(len(paths) - 1)) if len(paths) > 1 else 0
    if rng.random() >= plan["pause_share"]:
        pause = 0
    rows, last = [], REFERRERS[visit.source]
    for i, (kind, path) in enumerate(paths):
        if i and i == pause:
            at += float(rng.uniform(35, 120)) * 60
        if i == 0 and visit.source in ("advert", "e-mail"):
            path += f"?from={visit.source.replace('-', '')}"
        rows.append(request(rng, at, person, "GET", path, last))
        last = SITE + path
        if i == 0:
            rows.append(request(rng, at, person, "GET", "/static/site.css", last))
            rows.append(request(rng, at + 1, person, "GET", "/static/site.js", last))
        if kind == "product":
            picture = f"/images{path.split('?')[0]}.jpg"
            rows.append(request(rng, at + 1, person, "GET", picture, last))
        at += 2 + min(float(rng.exponential(SECONDS[kind] * pace)), 1200)
    if visit.asked:
        rows.append(request(rng, at, person, "POST", "/question", last))
    if answer is not None:
        rows.append(request(rng, at + 20, person, "POST", f"/survey?answer={answer}", last))
    return rows


def visit_paths(rng, plan, visit, pattern):
    """Return kind and path of the pages of one visit, in order."""
    ordered = not pd.isna(visit.order_id)
    n = visit.pages - 3 * ordered
    main = ("product", f"/product/{visit.product_id}")
    chance = plan["reviews_if_ordered" if ordered else "reviews_if_not"]
    reviews = n >= 2 and rng.random() < chance
    room = n - 1 - reviews
    pages = [main]
    if room and visit.source in ("brand search", "direct") and rng.random() < 0.6:
        pages.insert(0, ("home", "/"))
        room -= 1
    seen = {visit.product_id}
    for lot in rng.random(room):
        if lot < pattern["product"]:
            other = other_product(rng, plan, visit.product_id, seen)
            seen.add(other)
            pages.append(("product", f"/product/{other}"))
        elif lot < pattern["product"] + pattern["list"]:
            pages.append(("list", "/products"))
        else:
            pages.append(("article", ARTICLES[int(rng.integers(len(ARTICLES)))]))
    if reviews:
        pages.append(("reviews", f"/reviews/{visit.product_id}"))
    if ordered:
        pages.append(("basket", f"/basket?add={visit.product_id}"))
        pages.append(("basket", "/checkout"))
        pages.append(("basket", f"/thanks?order={visit.order_id}"))
    return pages


def other_product(rng, plan, main, seen):
    """Draw another product to look at; after one of the pair the other one is likelier."""
    ids = [i for i in range(1, len(farm.CATALOGUE) + 1) if i not in seen] or [main]
    weights = [plan["popular_factor"] if i == plan["popular"] else 1.0 for i in ids]
    pair = plan["pair"]
    if main in pair:
        partner = pair[1 - pair.index(main)]
        chosen = [plan["pair_factor"] if i == partner else 1.0 for i in ids]
        weights = np.multiply(weights, chosen)
    return ids[int(farm.draw(rng, weights, 1)[0])]


def request(rng, at, person, method, path, referrer):
    """Return one request as a row."""
    status = 303 if method == "POST" else 200
    size = int(rng.integers(900, 42000)) if method == "GET" else 0
    return (at, person["address"], person["agent"], method, path, status, size, referrer)


DISGUISED = "2001:db8:e000:7::77"


def robot_requests(rng, products):
    """Write what robots ask for: two that say so, a monitor, and one that calls itself a browser."""
    pages = ["/", "/products", *ARTICLES]
    pages += [f"/{kind}/{i}" for kind in ("product", "reviews") for i in products]
    robots = (
        ("2001:db8:d000:1::b07", FIELD_BOT, 1, 6.0, ["/robots.txt", *pages]),
        ("2001:db8:d000:2::5de", SPIDER, 7, 3.0, ["/robots.txt", *pages, "/product/99"]),
        (DISGUISED, DESKTOPS[0], 3, 2.0, pages * 2),
    )
    rows = []
    days = pd.date_range(FIRST_DAY, LAST_DAY, freq="D")
    for address, agent, every, gap, paths in robots:
        robot = {"address": address, "agent": agent}
        for day in days[::every]:
            at = day.timestamp() + float(rng.integers(2 * 3600, 5 * 3600))
            for path in rng.permutation(paths) if address == DISGUISED else paths:
                row = request(rng, at, robot, "GET", str(path), "-")
                rows.append((*row[:5], 404 if path == "/product/99" else 200, *row[6:]))
                at += gap
    monitor = {"address": "2001:db8:d000:3::1", "agent": MONITOR}
    for hour in range(24 * len(days)):
        at = FIRST_DAY.timestamp() + 3600 * hour + 17
        row = request(rng, at, monitor, "HEAD", "/", "-")
        rows.append((*row[:6], 0, row[7]))
    names = ["at", "address", "agent", "method", "path", "status", "size", "referrer"]
    return pd.DataFrame(rows, columns=names)


def write_lines(requests, moved):
    """Write requests in Combined Log Format; from `moved` on the server's clock shows UTC.

    Returns
    -------
    lines : numpy.ndarray of str
    at : numpy.ndarray
        Seconds of local time, for the order of the lines.
    """
    requests = requests.sort_values("at", kind="stable")
    at = np.floor(requests["at"].to_numpy()).astype("int64")
    late = at >= int(moved.timestamp())
    shown = pd.Series((at - np.where(late, 8 * 3600, 0)).astype("datetime64[s]"))
    times = shown.dt.strftime("%d/%b/%Y:%H:%M:%S") + np.where(late, " +0000", " +0800")
    columns = [requests[name].tolist() for name in requests.columns[1:]]
    lines = [
        f'{address} - - [{time}] "{method} {path} HTTP/1.1" {status} {size} "{referrer}" "{agent}"'
        for time, address, agent, method, path, status, size, referrer in zip(
            times, *columns, strict=True
        )
    ]
    return np.array(lines, dtype=object), at


def broken_lines(rng, lines, at):
    """Spoil copies of some lines: cut off, with quotation marks inside, or no HTTP at all."""
    chosen = np.sort(rng.choice(len(lines), 42, replace=False))
    spoiled = []
    for turn, i in enumerate(chosen):
        line = lines[i]
        if turn % 3 == 0:
            spoiled.append(line[: int(rng.integers(20, len(line) - 5))])
        elif turn % 3 == 1:
            spoiled.append(line[:-1] + ' \\"best\\" reader"')
        else:
            start = line[: line.index('"')]
            spoiled.append(start + '"\\x16\\x03\\x01\\x02\\x00\\x01" 400 484 "-" "-"')
    return np.array(spoiled, dtype=object), at[chosen]


def survey(rng, plan, answered, motives):
    """Let the chosen visitors say who they are, what matters to them and how well it is served."""
    n = len(motives)

    def choose(names, shares):
        return [names[farm.draw(rng, shares[motive], 1)[0]] for motive in motives]

    trust = np.array([TRUST[motive] for motive in motives]) + rng.normal(0, 0.9, n)
    median = np.array([plan["spend_yuan"][motive] for motive in motives])
    spend = median * np.exp(rng.normal(0, 0.5, n))
    answers = pd.DataFrame(
        {
            "answer_id": answered.to_numpy(),
            "age": choose(AGES, AGE_SHARES),
            "occasion": choose(OCCASIONS, OCCASION_SHARES),
            "trust": np.clip(trust.round(), 1, 5).astype("int64"),
            "obstacle": choose(OBSTACLES, OBSTACLE_SHARES),
            "spend_yuan": np.round(spend, -1),
        }
    ).astype({"age": "str", "occasion": "str", "obstacle": "str"})
    rated = {}
    for name, means, spread in (
        ("importance", plan["importance"], 1.9),
        ("satisfaction", plan["satisfaction"], 1.8),
    ):
        table = np.array([list(means[motive].values()) for motive in motives])
        rated[name] = np.clip(np.round(table + rng.normal(0, spread, table.shape)), 1, 10)
    needs = pd.DataFrame(
        {
            "answer_id": np.repeat(answered.to_numpy(), len(NEEDS)),
            "need": pd.Series(list(NEEDS) * n, dtype="str"),
            "importance": rated["importance"].astype("int64").ravel(),
            "satisfaction": rated["satisfaction"].astype("int64").ravel(),
        }
    )
    return answers, needs
