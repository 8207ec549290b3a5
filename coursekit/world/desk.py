"""Simulate the shop's service desk: tickets, later orders, chats, surveys, searches, pages.

The farm's shop (`farm.shop`) stays as it is. The desk draws its own planted parameters
(`DeskTruth`) and plays the same 18 months with a generator of its own: people turn to the desk
before, during and after a sale, by six means; the desk answers, closes, forgets; some customers
say how satisfied they are, and satisfied ones order again by telephone or in reply.
"""

import heapq
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coursekit.world import desk_words as words
from coursekit.world import farm

STREAM = 4  # the desk's own random stream, beside the seed
CHANNELS = ("FAQ", "community", "e-mail", "form", "service centre", "personal")
MOMENTS = ("before", "during", "after")
END = farm.LAST_MINUTE
OPENS, CLOSES = 9, 21  # the hours in which people of the desk work

# Share of each level's tickets by channel, in the order of CHANNELS.
CHANNEL_SHARES = {
    1: (0.42, 0.10, 0.14, 0.13, 0.18, 0.03),
    2: (0.16, 0.08, 0.26, 0.21, 0.24, 0.05),
    3: (0.03, 0.03, 0.25, 0.15, 0.38, 0.16),
    4: (0.02, 0.46, 0.17, 0.13, 0.06, 0.16),
}
# Chance that a closed ticket has met the need, by level and channel.
MET_SHARES = {
    1: (0.80, 0.75, 0.90, 0.85, 0.92, 0.97),
    2: (0.40, 0.50, 0.76, 0.66, 0.82, 0.95),
    3: (0.03, 0.10, 0.45, 0.20, 0.85, 0.97),
    4: (0.02, 0.70, 0.30, 0.25, 0.20, 0.80),
}
RESPONSE_HOURS = (0.0, 5.0, 6.0, 9.0, 0.08, 0.7)  # median to the first response
WORK_HOURS = {1: 0.5, 2: 16.0, 3: 8.0, 4: 60.0}  # median from the first response to closing

TICKET_COLUMNS = [
    "ticket_id",
    "customer_id",
    "moment",
    "channel",
    "content",
    "level",
    "language",
    "path",
    "text",
    "arrived_at",
    "answered_at",
    "closed_at",
    "met",
    "personalised",
    "regular",
    "satisfaction",
    "recommend",
    "told",
]
# The channels in which the desk drew by lot what was personal in the reply to a customer.
PERSONAL = ("e-mail", "form", "service centre")
# Chats by hour of the day (9 to 20 o'clock), in parts of the whole: busiest after supper.
CHAT_HOURS = np.array([5, 6, 7, 6, 5, 6, 6, 6, 7, 10, 13, 12])
CHAT_FIRST_DAY = pd.Timestamp("2025-05-19")
CHAT_DAYS = 42


@dataclass(frozen=True)
class DeskTruth:
    """What is planted at the desk. Rates run from 0 to 1, money is in yuan."""

    seed: int  # the seed that drew all the rest
    before_share: float  # visits of strangers after which they turn to the desk before buying
    customer_share: float  # the same for visits of customers with an account
    during_share: float  # site orders with a ticket while the parcel is under way
    after_share: float  # site orders with a ticket after the sale
    crisis_after_share: float  # the same for orders from the damaged batch
    english_share: float  # tickets in English
    vague_share: float  # tickets whose words do not tell the need
    path_share: float  # tickets whose last page is the one typical of the need
    met_share: dict  # closed tickets that met the need, by level (1-4) and channel
    forgotten_share: dict  # tickets that nobody ever answers, by channel
    slow_from: str  # first day of the slow weeks at the end: a colleague has left
    slow_factor: float  # time to the first response by e-mail and form then, as a multiple
    met_effect: float  # satisfaction, in stars, if the need was met
    regular_effect: float  # satisfaction, in stars, of customers who had ordered before
    personal_effect: dict  # satisfaction, in stars, by what in the reply was personal (by lot)
    answer_share: dict  # closed tickets rated: of customers with 1-2, 3 and 4-5 stars in mind
    order_chance: float  # chance of a desk order within 90 days at 3 stars, of a newcomer
    star_effect: float  # that chance for one star more, as a multiple
    regular_orders: float  # that chance for customers who had ordered before, as a multiple
    told: dict  # mean number of people told: by customers with 1-2, 3 and 4-5 stars
    chats_per_day: float  # chats that arrive on an average day, 9 to 21 o'clock
    busy_days: float  # standard deviation of a day's factor on all its arrivals
    talk_minutes: float  # mean time of a chat
    chat_agents: int  # people who chat at the same time, all day long
    patience_minutes: float  # median time after which a silent chat is given up
    patience_spread: float  # standard deviation of the logarithm of that time
    page_quality: list  # 0 poor, 1 middling, 2 good, in the order of the pages
    kano_share: float  # people who answer by the service's planted class
    kano_classes: dict  # planted class of each service: A, O, M or I
    gap: dict  # mean of perceived less expected (points of 7), by dimension
    satisfaction_of_all: float  # mean of the stars that all customers had in mind, rated or not


@dataclass(frozen=True)
class Desk:
    """The desk's tables, as `coursekit.data` loads them, and its planted truth as a dict."""

    tickets: pd.DataFrame
    desk_orders: pd.DataFrame
    chats: pd.DataFrame
    faq: pd.DataFrame
    faq_searches: pd.DataFrame
    service_pages: pd.DataFrame
    servqual: pd.DataFrame
    kano: pd.DataFrame
    truth: dict


def desk(seed=20240101):
    """Simulate the service desk of the farm's shop, 2024-01-01 to 2025-06-30.

    Parameters
    ----------
    seed : int
        Not negative; the seed of the shop whose desk this is.

    Returns
    -------
    Desk
        Frames with the columns of the loaders in `coursekit.data`, and truth, a dict with the
        fields of `DeskTruth`.

    Raises
    ------
    ValueError
        If the seed is not an integer of 0 or more.

    Examples
    --------
    >>> small = desk(seed=7)
    >>> small.tickets["ticket_id"].is_unique, small.truth["seed"]
    (True, 7)
    """
    shop = farm.shop(seed)
    rng = np.random.default_rng([int(seed), STREAM])
    planted = draw_truth(rng, int(seed))
    tickets = handle(rng, planted, describe(rng, planted, shop, arrivals(rng, planted, shop)))
    tickets = judge(rng, planted, tickets)
    truth = {**planted, "satisfaction_of_all": round(float(tickets["stars"].mean()), 3)}
    orders = order_again(rng, planted, shop, tickets)
    return Desk(
        tickets=tickets[TICKET_COLUMNS],
        desk_orders=orders,
        chats=chat(rng, planted),
        faq=faq(),
        faq_searches=searches(rng),
        service_pages=pages(rng),
        servqual=servqual(rng, planted),
        kano=kano(rng, planted),
        truth=asdict(DeskTruth(**truth)),
    )


def write(folder):
    """Write the default desk's tables and its truth, the same bytes every time.

    Parameters
    ----------
    folder : str or pathlib.Path
        An existing folder; the desk's files in it are replaced.
    """
    made = desk()
    for name in FRAMES:
        frame = getattr(made, name)
        times = {"chats": "%Y-%m-%d %H:%M:%S", "service_pages": "%Y-%m-%d"}
        text = frame.to_csv(
            index=False, date_format=times.get(name, "%Y-%m-%d %H:%M"), lineterminator="\n"
        )
        (Path(folder) / f"shop_{name}.csv").write_bytes(text.encode("utf-8"))
    text = json.dumps(made.truth, indent=2, ensure_ascii=False) + "\n"
    (Path(folder) / "shop_desk_truth.json").write_bytes(text.encode("utf-8"))


FRAMES = (
    "tickets",
    "desk_orders",
    "chats",
    "faq",
    "faq_searches",
    "service_pages",
    "servqual",
    "kano",
)


def draw_truth(rng, seed):
    """Draw the planted parameters of one desk, each within a range that keeps it plausible."""

    def between(low, high):
        return round(float(rng.uniform(low, high)), 3)

    met = {
        str(level): {
            name: round(float(np.clip(share + rng.uniform(-0.03, 0.03), 0.01, 0.99)), 3)
            for name, share in zip(CHANNELS, shares, strict=True)
        }
        for level, shares in MET_SHARES.items()
    }
    slow = pd.Timestamp("2025-05-26") + pd.Timedelta(days=int(rng.integers(0, 10)))
    return {
        "seed": seed,
        "before_share": between(0.06, 0.07),
        "customer_share": between(0.22, 0.28),
        "during_share": between(0.38, 0.46),
        "after_share": between(0.50, 0.60),
        "crisis_after_share": between(0.85, 0.95),
        "english_share": between(0.10, 0.14),
        "vague_share": between(0.15, 0.22),
        "path_share": between(0.70, 0.80),
        "met_share": met,
        "forgotten_share": {"e-mail": between(0.04, 0.07), "form": between(0.07, 0.11)},
        "slow_from": f"{slow:%Y-%m-%d}",
        "slow_factor": between(8.0, 12.0),
        "met_effect": between(1.1, 1.4),
        "regular_effect": between(0.3, 0.5),
        "personal_effect": {
            "none": 0.0,
            "time": between(0.4, 0.6),
            "manner": between(0.15, 0.3),
            "content": between(0.8, 1.0),
        },
        "answer_share": {
            "1-2": between(0.24, 0.32),
            "3": between(0.36, 0.44),
            "4-5": between(0.60, 0.70),
        },
        "order_chance": between(0.10, 0.12),
        "star_effect": between(1.35, 1.5),
        "regular_orders": between(1.5, 1.8),
        "told": {"1-2": between(3.5, 4.5), "3": between(0.7, 1.0), "4-5": between(1.3, 1.8)},
        "chats_per_day": between(175, 190),
        "busy_days": between(0.2, 0.3),
        "talk_minutes": between(7.0, 8.0),
        "chat_agents": 3,
        "patience_minutes": between(5.0, 6.5),
        "patience_spread": between(0.7, 0.9),
        "page_quality": [page[-1] for page in words.PAGES],
        "kano_share": between(0.6, 0.7),
        "kano_classes": words.KANO_SERVICES,
        "gap": {
            "reliability": between(-1.2, -0.8),
            "assurance": between(-0.5, -0.2),
            "tangibles": between(0.1, 0.4),
            "empathy": between(-0.8, -0.5),
            "responsiveness": between(-1.8, -1.4),
        },
        "satisfaction_of_all": np.nan,  # known once all tickets are judged
    }


def arrivals(rng, truth, shop):
    """Let people turn to the desk: before a sale from visits, during and after it from orders."""
    visits = shop.visits
    known = visits["customer_id"].notna().to_numpy()
    share = np.where(known, truth["customer_share"], truth["before_share"])
    before = visits[rng.random(len(visits)) < share]
    site = shop.orders[shop.orders["place"] == "site"]
    kind = farm.KINDS[site["product_id"] - 1]
    start = pd.Timestamp(shop.truth["crisis_day"])
    end = start + pd.Timedelta(days=shop.truth["crisis_days"])
    bad = site["ordered_at"].between(start, end, inclusive="left").to_numpy()
    bad = bad & (kind == shop.truth["crisis_kind"])
    asks = rng.random(len(site)) < truth["during_share"]
    after = rng.random(len(site)) < np.where(bad, truth["crisis_after_share"], truth["after_share"])
    wait = rng.exponential(4, len(site)) + 3
    during, later = site[asks], site[after]
    parts = (
        (before, "started_at", "before", np.zeros(len(before)), False),
        (during, "ordered_at", "during", rng.uniform(0.1, 3, len(during)), False),
        (later, "ordered_at", "after", wait[after], bad[after]),
    )
    frames = [
        pd.DataFrame(
            {
                "arrived_at": rows[start] + minutes(days * 1440),
                "customer_id": rows["customer_id"],
                "product_id": rows["product_id"],
                "moment": moment,
                "damaged": damaged,
            }
        )
        for rows, start, moment, days, damaged in parts
    ]
    tickets = pd.concat(frames, ignore_index=True)
    tickets = tickets[tickets["arrived_at"] <= END]
    return tickets.sort_values("arrived_at", kind="stable").reset_index(drop=True)


def describe(rng, truth, shop, tickets):
    """Give each ticket a need, a content, a channel, words, and the pages seen before."""
    n = len(tickets)
    keys = list(words.TICKETS)
    shares = np.array([words.TICKETS[key][0] for key in keys]).T
    moment = pd.Index(MOMENTS).get_indexer(tickets["moment"])
    key = np.select([moment == i for i in range(3)], [farm.draw(rng, row, n) for row in shares])
    key = np.where(tickets["damaged"], keys.index((2, "complaints")), key)
    level = np.array([k[0] for k in keys])[key]
    channel = np.select(
        [level == i for i in CHANNEL_SHARES],
        [farm.draw(rng, row, n) for row in CHANNEL_SHARES.values()],
    )
    english = rng.random(n) < truth["english_share"]
    texts = write_texts(rng, truth, shop.products, tickets["product_id"], key, english)
    typical = rng.random(n) < truth["path_share"]
    shown = np.where(typical, level, rng.integers(1, 5, n))
    last = np.array(list(words.LAST_PAGES.values()))[shown - 1]
    first = np.array(list(words.FIRST_PAGES.values()))[moment]
    past = shop.orders.dropna(subset="customer_id").sort_values("ordered_at")
    seconds = past[past.groupby("customer_id").cumcount() == 1].set_index("customer_id")
    second_at = tickets["customer_id"].map(seconds["ordered_at"])
    return tickets.assign(
        ticket_id=np.arange(1, n + 1),
        customer_id=tickets["customer_id"].astype("Int64"),
        level=level,
        content=np.array([k[1] for k in keys])[key],
        channel=np.array(CHANNELS)[channel],
        language=np.where(english, "en", "zh"),
        text=texts,
        path=[f"{a} > {b}" for a, b in zip(first, last, strict=True)],
        regular=(second_at < tickets["arrived_at"]).to_numpy(),
    )


def write_texts(rng, truth, products, product_id, key, english):
    """Fill a template of each ticket's need and content, or a vague one, in its language."""
    vague = rng.random(len(key)) < truth["vague_share"]
    pick = rng.random(len(key))
    templates = [texts for _, texts in words.TICKETS.values()]
    names = (
        products["name_zh"].str.split().str[0].tolist(),
        products["name"].str.split(",").str[0].str.lower().tolist(),
    )
    texts = []
    for i, tongue in enumerate(english.astype(int)):
        choice = words.VAGUE if vague[i] else templates[key[i]]
        text = choice[int(pick[i] * len(choice))][tongue]
        texts.append(text.format(p=names[tongue][product_id.iloc[i] - 1]))
    return texts


def handle(rng, truth, tickets):
    """Answer and close the tickets; what happens after the last day is not seen."""
    n = len(tickets)
    channel = pd.Index(CHANNELS).get_indexer(tickets["channel"])
    slow = (tickets["arrived_at"] >= pd.Timestamp(truth["slow_from"])).to_numpy()
    slow = slow & tickets["channel"].isin(list(truth["forgotten_share"])).to_numpy()
    hours = np.array(RESPONSE_HOURS)[channel] * rng.lognormal(0, 0.9, n)
    hours = hours * np.where(slow, truth["slow_factor"], 1)
    by_people = np.isin(channel, [2, 3, 4, 5])
    answered = with_hours(tickets["arrived_at"], hours, by_people)
    forgotten = tickets["channel"].map(truth["forgotten_share"]).fillna(0).to_numpy()
    answered = answered.where(rng.random(n) >= forgotten)
    work = tickets["level"].map(WORK_HOURS).to_numpy() * rng.lognormal(0, 0.8, n)
    work = np.where(tickets["channel"] == "FAQ", 0.05, work)
    closed = answered + minutes(work * 60)
    chance = [
        truth["met_share"][str(level)][name]
        for level, name in zip(tickets["level"], tickets["channel"], strict=True)
    ]
    closed = closed.where(closed <= END)
    met = (rng.random(n) < np.array(chance)) & closed.notna().to_numpy()
    lot = np.array(list(truth["personal_effect"]))[rng.integers(0, 4, n)]
    replied = tickets["channel"].isin(PERSONAL) & tickets["customer_id"].notna()
    return tickets.assign(
        answered_at=answered.where(answered <= END),
        closed_at=closed,
        met=met,
        personalised=np.where(replied, lot, "none"),
    )


def with_hours(arrived, hours, by_people):
    """Add hours to the arrival; people begin only when the desk is staffed."""
    hour = arrived.dt.hour
    opening = arrived.dt.normalize() + pd.Timedelta(hours=OPENS)
    start = arrived.where((hour >= OPENS) | ~by_people, opening)
    start = start.where((hour < CLOSES) | ~by_people, opening + pd.Timedelta(days=1))
    return start + minutes(hours * 60)


def minutes(values):
    """Return whole minutes as a time span."""
    return pd.to_timedelta(np.round(values), unit="min")


def judge(rng, truth, tickets):
    """Let each customer have stars in mind; some of those whose ticket is closed say them."""
    n = len(tickets)
    wait = (tickets["answered_at"] - tickets["arrived_at"]) / pd.Timedelta(hours=1)
    late = np.log2(1 + wait.fillna(72).to_numpy() / 8)
    mood = (
        2.6
        + truth["met_effect"] * tickets["met"]
        + truth["regular_effect"] * tickets["regular"]
        + tickets["personalised"].map(truth["personal_effect"])
        - 0.25 * late
        + rng.normal(0.15, 0.9, n)
    )
    stars = np.clip(np.round(mood), 1, 5).astype(int)
    third = np.digitize(stars, [3, 4])
    says = rng.random(n) < farm.by_name(truth["answer_share"], truth["answer_share"])[third]
    says = says & tickets["closed_at"].notna() & tickets["customer_id"].notna()
    recommend = np.clip(np.round(2 * stars - 0.6 + rng.normal(0.4, 1.3, n)), 0, 10)
    told = rng.poisson(farm.by_name(truth["told"], truth["told"])[third])
    said = {"satisfaction": stars, "recommend": recommend, "told": told}
    return tickets.assign(
        stars=stars,
        **{name: pd.Series(values).where(says).astype("Int64") for name, values in said.items()},
    )


def order_again(rng, truth, shop, tickets):
    """Let customers order at the desk within 90 days of the closing, the satisfied more often."""
    known = tickets[tickets["customer_id"].notna() & tickets["closed_at"].notna()]
    chance = truth["order_chance"] * truth["star_effect"] ** (known["stars"] - 3)
    chance = chance * np.where(known["regular"], truth["regular_orders"], 1)
    happens = rng.random(len(known)) < chance
    orders = known[happens]
    n = len(orders)
    product = orders["product_id"].to_numpy()
    when = orders["closed_at"] + minutes(rng.uniform(60, 90 * 1440, n))
    orders = pd.DataFrame(
        {
            "ticket_id": orders["ticket_id"].to_numpy(),
            "customer_id": orders["customer_id"].to_numpy(),
            "ordered_at": when.to_numpy(),
            "product_id": product,
            "revenue_yuan": farm.PRICES[product - 1] * (1 + rng.poisson(0.4, n)),
        }
    )
    orders = orders[orders["ordered_at"] <= END].sort_values("ordered_at", kind="stable")
    orders.insert(0, "desk_order_id", np.arange(1, len(orders) + 1))
    return orders.reset_index(drop=True)


def chat(rng, truth):
    """Play six weeks of live chat: one queue, a fixed number of people, customers who give up."""
    rows = []
    shares = CHAT_HOURS / CHAT_HOURS.sum()
    shape = 1 / truth["busy_days"] ** 2
    for day in range(CHAT_DAYS):
        expected = truth["chats_per_day"] * rng.gamma(shape, 1 / shape) * shares
        counts = rng.poisson(expected)
        start = np.repeat((OPENS + np.arange(len(shares))) * 3600.0, counts)
        arrived = np.floor(np.sort(start + 3600 * rng.random(len(start))))
        talk = np.ceil(rng.exponential(60 * truth["talk_minutes"], len(arrived)))
        patience = truth["patience_minutes"] * rng.lognormal(0, truth["patience_spread"], len(talk))
        rows.append(one_queue(arrived, talk, np.ceil(60 * patience), truth["chat_agents"]))
        rows[-1]["arrived_at"] = CHAT_FIRST_DAY + pd.to_timedelta(day * 86400 + arrived, unit="s")
    chats = pd.concat(rows, ignore_index=True)
    chats.insert(0, "chat_id", np.arange(1, len(chats) + 1))
    columns = ["chat_id", "arrived_at", "wait_seconds", "gave_up", "talk_seconds"]
    chats["arrived_at"] = chats["arrived_at"].astype("datetime64[us]")
    return chats[columns]


def one_queue(arrived, talk, patience, agents):
    """Serve in order of arrival; whoever waits longer than his patience leaves unserved."""
    free = [0.0] * agents
    wait = np.empty(len(arrived))
    for i, now in enumerate(arrived):
        wait[i] = max(0.0, free[0] - now)
        if wait[i] < patience[i]:
            heapq.heapreplace(free, now + wait[i] + talk[i])
    gave_up = wait >= patience
    return pd.DataFrame(
        {
            "wait_seconds": np.minimum(wait, patience).astype(int),
            "gave_up": gave_up,
            "talk_seconds": pd.array(np.where(gave_up, 0, talk), dtype="Int64"),
        }
    ).assign(talk_seconds=lambda t: t["talk_seconds"].mask(t["gave_up"]))


def faq():
    """Return the FAQ, numbered."""
    columns = ["content", "question_zh", "answer_zh", "question_en", "answer_en"]
    table = pd.DataFrame(words.FAQ, columns=columns)
    table.insert(0, "faq_id", np.arange(1, len(table) + 1))
    return table


def searches(rng):
    """Return what people typed, how often, and how many asked the desk afterwards all the same."""
    table = pd.DataFrame(words.SEARCHES, columns=["language", "text", "faq_id", "part"])
    answered = (table["faq_id"] > 0).to_numpy()
    counts = 5 + rng.geometric(0.03, len(table))
    asks = rng.binomial(counts, np.where(answered, rng.uniform(0.2, 0.45, len(table)), 0.85))
    table["faq_id"] = table["faq_id"].where(answered).astype("Int64")
    table.insert(0, "search_id", np.arange(1, len(table) + 1))
    return table.assign(searches=counts, asked_after=asks)


def pages(rng):
    """Return the shop's service pages with their readers and those who asked the desk afterwards."""
    columns = ["content", "kind", "title", "title_zh", "text", "updated", "person_link", "quality"]
    table = pd.DataFrame(words.PAGES, columns=columns)
    views = np.round(rng.uniform(300, 2500, len(table))).astype(int)
    share = np.array([0.14, 0.08, 0.03])[table["quality"]] * rng.uniform(0.75, 1.25, len(table))
    table["views"], table["asked_after"] = views, rng.binomial(views, share)
    table["updated"] = pd.to_datetime(table["updated"]).astype("datetime64[us]")
    table.insert(0, "page_id", np.arange(1, len(table) + 1))
    return table.drop(columns="quality")


def servqual(rng, truth, people=120):
    """Ask customers what they expect and what they perceive, from 1 to 7, on five dimensions."""
    rows = []
    for name, gap in truth["gap"].items():
        expected = rng.normal(5.2, 0.8, people)
        perceived = expected + gap + rng.normal(0, 0.9, people)
        whole = [np.clip(np.round(x), 1, 7).astype(int) for x in (expected, perceived)]
        rows.append(
            pd.DataFrame(
                {
                    "person": np.arange(1, people + 1),
                    "dimension": name,
                    "expected": whole[0],
                    "perceived": whole[1],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


# How a person of each class answers "if it is there" and "if it is missing":
# 1 like it, 2 expect it, 3 neutral, 4 can live with it, 5 dislike it.
KANO_ANSWERS = {"A": (1, 3), "O": (1, 5), "M": (2, 5), "I": (3, 3), "R": (5, 1), "Q": (1, 1)}


def kano(rng, truth, people=120):
    """Ask customers how they feel if a service is there, and if it is missing."""
    rows = []
    for service, main in truth["kano_classes"].items():
        others = [c for c in KANO_ANSWERS if c != main]
        rest = np.array([1.0 if c in "AOMI" else 0.4 for c in others])
        drawn = np.array(others)[farm.draw(rng, rest, people)]
        chosen = np.where(rng.random(people) < truth["kano_share"], main, drawn)
        answers = np.array([KANO_ANSWERS[c] for c in chosen])
        rows.append(
            pd.DataFrame(
                {
                    "person": np.arange(1, people + 1),
                    "service": service,
                    "if_there": answers[:, 0],
                    "if_missing": answers[:, 1],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
