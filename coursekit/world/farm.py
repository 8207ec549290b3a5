"""Simulate the milk thistle farm's shop from a seed, with a truth that is known.

Everything here is invented. `shop` draws the planted parameters (`Truth`) from the seed and then
plays 18 months, step by step, with one random generator: strangers visit, ask, order and open
accounts; customers come back; parcels leave, are rated and returned; the counter sells; money is
spent. The same seed gives the same shop, another seed another shop with another truth.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2024-01-01")
LAST_MINUTE = pd.Timestamp("2025-06-30 23:59")
DAYS = (LAST_MINUTE - FIRST_DAY).days + 1
MONTHS = pd.date_range(FIRST_DAY, LAST_MINUTE, freq="MS")

SOURCES = ("brand search", "generic search", "B2B site", "advert", "e-mail", "direct")

# First and last day of the weeks in which more people buy, with the name of their field in Truth.
SEASONS = (
    ("2024-01-20", "2024-02-08", "lift_spring_festival"),
    ("2024-06-10", "2024-06-18", "lift_618"),
    ("2024-11-04", "2024-11-11", "lift_11_november"),
    ("2025-01-08", "2025-01-27", "lift_spring_festival"),
    ("2025-06-10", "2025-06-18", "lift_618"),
)

# Visits by hour of the day, in parts of the whole: quiet at night, busy after supper.
HOURS = np.array([4, 2, 1, 1, 1, 1, 2, 4, 6, 7, 8, 7, 6, 6, 7, 7, 6, 5, 6, 8, 10, 10, 8, 7])
# The band of each hour. Replies are quick when the shop is staffed.
BANDS = ("night", "day", "evening")
BAND_OF_HOUR = np.repeat([0, 1, 2, 0], [9, 9, 5, 1])

# kind, name, name in Chinese, price in yuan, share of the demand
CATALOGUE = (
    ("tea", "Milk thistle tea, 20 bags", "水飞蓟茶 20包", 39, 0.25),
    ("tea", "Milk thistle tea, 60 bags", "水飞蓟茶 60包", 98, 0.20),
    ("tea", "Milk thistle tea, gift box", "水飞蓟茶礼盒", 168, 0.15),
    ("capsules", "Milk thistle capsules, 60", "水飞蓟胶囊 60粒", 128, 0.16),
    ("capsules", "Milk thistle capsules, 180", "水飞蓟胶囊 180粒", 328, 0.06),
    ("oil", "Milk thistle seed oil, 250 ml", "水飞蓟籽油 250毫升", 88, 0.11),
    ("oil", "Milk thistle seed oil, 500 ml", "水飞蓟籽油 500毫升", 158, 0.07),
)
KINDS = np.array([row[0] for row in CATALOGUE])
PRICES = np.array([row[3] for row in CATALOGUE], float)
DEMAND = np.array([row[4] for row in CATALOGUE])

# province or municipality, share of the customers
REGIONS = (
    ("Heilongjiang", 0.14),
    ("Guangdong", 0.13),
    ("Jiangsu", 0.10),
    ("Shandong", 0.10),
    ("Zhejiang", 0.09),
    ("Liaoning", 0.08),
    ("Beijing", 0.08),
    ("Shanghai", 0.07),
    ("Sichuan", 0.06),
    ("Henan", 0.05),
    ("Hebei", 0.05),
    ("Jilin", 0.05),
)

VISIT_COLUMNS = [
    "visit_id",
    "visitor_id",
    "customer_id",
    "started_at",
    "source",
    "pages",
    "product_id",
    "asked",
    "reply_minutes",
    "survey",
    "order_id",
]
ORDER_COLUMNS = [
    "order_id",
    "customer_id",
    "visit_id",
    "ordered_at",
    "place",
    "coupon",
    "product_id",
    "quantity",
    "revenue_yuan",
    "shipped_at",
    "returned",
    "stars",
]


@dataclass(frozen=True)
class Truth:
    """What is planted in one shop. Rates run from 0 to 1, money is in yuan."""

    seed: int  # the seed that drew all the rest
    strangers_per_day: float  # first visits of strangers on a plain day, mean of the 18 months
    visit_shares: dict  # strangers' visits by source; the two searches share "search"
    growth: float  # strangers' visits a day at the end, as a multiple of those at the start
    brand_share_start: float  # brand searches among strangers' searches on the first day
    brand_share_end: float  # the same on the last day; it grows in a straight line
    lift_spring_festival: float  # visits in the gift weeks before the festival, as a multiple
    lift_618: float  # the same for 10-18 June
    lift_11_november: float  # the same for 4-11 November
    order_chance: dict  # chance that a visit by day without a question ends in an order, by source
    band_effect: dict  # that chance in the night, by day and in the evening, as a multiple
    ask_share: float  # visits in which a question is asked
    ask_effect: float  # chance of an order if asked, as a multiple of a visit without a question
    quick_share: dict  # questions answered within ten minutes, by band of the day
    quick_effect: float  # chance of an order after a quick reply, as a multiple of any other reply
    never_share: float  # questions not answered quickly that are never answered at all
    sign_up_share: float  # strangers' visits that open an account without an order
    come_again_share: float  # strangers' visits followed by a second one within ten days
    mailed_share: float  # customers drawn by lot to receive the monthly e-mail
    own_visits_per_month: float  # visits a customer makes unasked in 30 days, source "direct"
    mail_visits_per_month: float  # visits that the e-mail adds for a mailed customer, in 30 days
    advert_loyalty: float  # later visits of a customer won by an advert, as a multiple of others'
    lifetime_days: float  # mean time after which a customer stops coming back
    survey_share: float  # visits of three pages or more that are shown the survey
    survey_answered: float  # surveys answered among those shown
    shipping_month: str  # first day on which the better shipping process works
    shipped_48h_before: float  # site orders shipped within 48 hours before that day
    shipped_48h_after: float  # the same from that day on
    return_rate: dict  # orders sent back, by kind, for buyers who do not come from an advert
    advert_return_effect: float  # the same for buyers who come from an advert, as a multiple
    rated_share: float  # site orders that are rated
    bad_share: float  # ratings of 1 or 2 stars in quiet times
    crisis_day: str  # first day (a Monday) whose tea orders are filled from the damaged batch
    crisis_days: int  # days until the batch is withdrawn
    crisis_kind: str  # the kind of product in that batch
    crisis_rated_share: float  # orders from the damaged batch that are rated
    crisis_bad_share: float  # ratings of 1 or 2 stars among those
    crisis_return_rate: float  # orders from the damaged batch that are sent back
    counter_orders_per_day: float  # orders at the farm's counter on a plain day
    coupon_share: float  # counter orders paid with a code from the site
    coupon_discount: float  # what the code takes off the price
    cost_share: float  # cost of a product as a share of its price
    fee_rate: float  # fee of the platform on every site order, kept even if goods come back
    return_cost_yuan: float  # carriage and handling of one returned order
    click_cost_yuan: float  # price of one visit from an advert
    membership_yuan: float  # B2B site, per month
    mail_service_yuan: float  # e-mail service, per month


@dataclass(frozen=True)
class Shop:
    """The shop's tables, as `coursekit.data` loads them, and its planted truth as a dict."""

    products: pd.DataFrame
    customers: pd.DataFrame
    visits: pd.DataFrame
    orders: pd.DataFrame
    spending: pd.DataFrame
    truth: dict


def shop(seed=20240101):
    """Simulate 18 months of the farm's shop, 2024-01-01 to 2025-06-30.

    Parameters
    ----------
    seed : int
        Not negative. Each seed is another shop with another planted truth.

    Returns
    -------
    Shop
        Frames products, customers, visits, orders and spending with the columns of the loaders in
        `coursekit.data`, and truth, a dict with the fields of `Truth`.

    Raises
    ------
    ValueError
        If the seed is not an integer of 0 or more.

    Examples
    --------
    >>> small = shop(seed=7)
    >>> small.visits["visit_id"].is_unique, small.truth["seed"]
    (True, 7)
    """
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; it must be a whole number of 0 or more, such as 7.")
    rng = np.random.default_rng(int(seed))
    truth = draw_truth(rng, int(seed))
    products = price_list(rng, truth)
    strangers = decide(rng, truth, strangers_visits(rng, truth))
    customers = open_accounts(rng, truth, strangers)
    regulars = decide(rng, truth, customers_visits(rng, truth, customers))
    visits = number_visits(strangers, regulars, customers)
    visits = show_surveys(rng, truth, visits)
    orders = take_orders(rng, truth, visits)
    orders = ship(rng, truth, orders)
    orders = return_and_rate(rng, truth, orders)
    counter = counter_orders(rng, truth)
    orders, visits = number_orders(orders, counter, visits)
    return Shop(
        products=products,
        customers=customers[["customer_id", "registered_at", "region", "source", "mailed"]],
        visits=visits,
        orders=orders,
        spending=spend(rng, truth, visits),
        truth=asdict(truth),
    )


def write(folder):
    """Write the default shop's tables and its truth, the same bytes every time.

    Parameters
    ----------
    folder : str or pathlib.Path
        An existing folder; files named shop_*.csv and shop_truth.json in it are replaced.
    """
    world = shop()
    for name in ("products", "customers", "visits", "orders", "spending"):
        frame = getattr(world, name)
        times = "%Y-%m-%d" if name == "spending" else "%Y-%m-%d %H:%M"
        text = frame.to_csv(
            index=False, float_format="%.2f", date_format=times, lineterminator="\n"
        )
        (Path(folder) / f"shop_{name}.csv").write_bytes(text.encode("utf-8"))
    text = json.dumps(world.truth, indent=2, ensure_ascii=False) + "\n"
    (Path(folder) / "shop_truth.json").write_bytes(text.encode("utf-8"))


def draw_truth(rng, seed):
    """Draw the planted parameters of one shop, each within a range that keeps it plausible."""

    def between(low, high):
        return round(float(rng.uniform(low, high)), 3)

    crisis = pd.Timestamp("2024-08-05") + pd.Timedelta(weeks=int(rng.integers(0, 12)))
    shipping = MONTHS[int(rng.integers(7, 14))]
    return Truth(
        seed=seed,
        strangers_per_day=between(48, 50),
        visit_shares={"search": 0.47, "B2B site": 0.09, "advert": 0.32, "direct": 0.12},
        growth=between(1.2, 1.6),
        brand_share_start=between(0.20, 0.30),
        brand_share_end=between(0.45, 0.60),
        lift_spring_festival=between(1.5, 2.0),
        lift_618=between(1.5, 2.0),
        lift_11_november=between(1.8, 2.4),
        order_chance={
            "brand search": between(0.050, 0.065),
            "generic search": between(0.024, 0.032),
            "B2B site": between(0.028, 0.038),
            "advert": between(0.013, 0.016),
            "e-mail": between(0.065, 0.085),
            "direct": between(0.042, 0.055),
        },
        band_effect={"night": between(0.35, 0.5), "day": 1.0, "evening": between(1.05, 1.25)},
        ask_share=between(0.12, 0.16),
        ask_effect=between(0.9, 1.2),
        quick_share={
            "night": between(0.05, 0.10),
            "day": between(0.75, 0.85),
            "evening": between(0.45, 0.55),
        },
        quick_effect=between(1.6, 2.1),
        never_share=between(0.10, 0.20),
        sign_up_share=between(0.010, 0.016),
        come_again_share=between(0.08, 0.14),
        mailed_share=0.5,
        own_visits_per_month=between(0.45, 0.60),
        mail_visits_per_month=between(0.45, 0.60),
        advert_loyalty=between(0.15, 0.3),
        lifetime_days=between(300, 420),
        survey_share=between(0.15, 0.25),
        survey_answered=between(0.18, 0.30),
        shipping_month=f"{shipping:%Y-%m-%d}",
        shipped_48h_before=between(0.50, 0.65),
        shipped_48h_after=between(0.82, 0.92),
        return_rate={
            "tea": between(0.025, 0.045),
            "capsules": between(0.04, 0.06),
            "oil": between(0.08, 0.11),
        },
        advert_return_effect=between(2.2, 2.8),
        rated_share=between(0.55, 0.70),
        bad_share=between(0.03, 0.05),
        crisis_day=f"{crisis:%Y-%m-%d}",
        crisis_days=21,
        crisis_kind="tea",
        crisis_rated_share=between(0.90, 0.97),
        crisis_bad_share=between(0.80, 0.90),
        crisis_return_rate=between(0.35, 0.50),
        counter_orders_per_day=between(1.3, 1.8),
        coupon_share=between(0.22, 0.35),
        coupon_discount=0.1,
        cost_share=between(0.42, 0.48),
        fee_rate=between(0.04, 0.06),
        return_cost_yuan=between(12, 18),
        click_cost_yuan=between(1.7, 2.0),
        membership_yuan=300.0,
        mail_service_yuan=120.0,
    )


def price_list(rng, truth):
    """List the products; their costs scatter a little around the planted share of the price."""
    share = truth.cost_share * rng.uniform(0.95, 1.05, len(CATALOGUE))
    return pd.DataFrame(
        {
            "product_id": np.arange(1, len(CATALOGUE) + 1),
            "kind": KINDS,
            "name": [row[1] for row in CATALOGUE],
            "name_zh": [row[2] for row in CATALOGUE],
            "price_yuan": PRICES,
            "cost_yuan": (PRICES * share).round(2),
        }
    )


def season(truth):
    """Return the multiple of visits for each of the days."""
    lift = np.ones(DAYS)
    for first, last, name in SEASONS:
        start = (pd.Timestamp(first) - FIRST_DAY).days
        lift[start : (pd.Timestamp(last) - FIRST_DAY).days + 1] = getattr(truth, name)
    return lift


def strangers_visits(rng, truth):
    """Let strangers come: more over time, more in season, more often by their own brand search."""
    trend = np.linspace(2, 2 * truth.growth, DAYS) / (1 + truth.growth)  # mean 1
    per_day = truth.strangers_per_day * trend * season(truth)
    day = np.repeat(np.arange(DAYS), rng.poisson(per_day))
    source = pick(rng, truth.visit_shares, len(day))
    brand = truth.brand_share_start + day / (DAYS - 1) * (
        truth.brand_share_end - truth.brand_share_start
    )
    search = np.where(rng.random(len(day)) < brand, "brand search", "generic search")
    source = np.where(source == "search", search, source)
    visitor = np.arange(len(day))

    again = rng.random(len(day)) < truth.come_again_share
    later = day[again] + rng.integers(1, 11, again.sum())
    inside = later < DAYS
    return pd.DataFrame(
        {
            "visitor": np.concatenate([visitor, visitor[again][inside]]),
            "started_at": clock(rng, np.concatenate([day, later[inside]])),
            "source": np.concatenate([source, np.repeat("direct", inside.sum())]),
        }
    )


def decide(rng, truth, visits):
    """Let each visit look at a product, ask or not, be answered, and end in an order or not."""
    n = len(visits)
    band = BAND_OF_HOUR[visits["started_at"].dt.hour]
    asked = rng.random(n) < truth.ask_share
    quick = asked & (rng.random(n) < by_name(truth.quick_share, BANDS)[band])
    answered = quick | (asked & (rng.random(n) >= truth.never_share))
    slow_minutes = 11 + rng.exponential(np.array([240, 60, 90])[band])
    minutes = np.where(quick, rng.uniform(1, 10, n), slow_minutes)

    chance = by_name(truth.order_chance, SOURCES)[places(visits["source"], SOURCES)]
    chance = chance * by_name(truth.band_effect, BANDS)[band]
    chance = chance * np.where(asked, truth.ask_effect, 1) * np.where(quick, truth.quick_effect, 1)
    ordered = rng.random(n) < chance

    bounce = np.where(visits["source"] == "advert", 0.60, 0.35)
    pages = 1 + np.where(rng.random(n) < bounce, 0, 1 + rng.poisson(2, n)) + 3 * ordered
    return visits.assign(
        pages=pages,
        product_id=1 + draw(rng, DEMAND, n),
        asked=asked,
        reply_minutes=np.where(answered, minutes.round(1), np.nan),
        ordered=ordered,
    )


def open_accounts(rng, truth, visits):
    """Open an account at a visitor's first order, or earlier when somebody only signs up."""
    joins = visits["ordered"] | (rng.random(len(visits)) < truth.sign_up_share)
    timeline = visits.assign(joins=joins).sort_values("started_at", kind="stable")
    first = timeline.drop_duplicates("visitor").set_index("visitor")
    customers = timeline[timeline["joins"]].drop_duplicates("visitor")
    n = len(customers)
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "registered_at": later_by(customers["started_at"], 10).to_numpy(),
            "region": np.array([row[0] for row in REGIONS])[
                draw(rng, np.array([row[1] for row in REGIONS]), n)
            ],
            "source": first["source"].loc[customers["visitor"]].to_numpy(),
            "mailed": rng.random(n) < truth.mailed_share,
            "visitor": customers["visitor"].to_numpy(),
            "joined_at": customers["started_at"].to_numpy(),
        }
    )


def customers_visits(rng, truth, customers):
    """Let customers come back on their own, and the mailed ones also through the e-mail."""
    n = len(customers)
    joined = (customers["registered_at"] - FIRST_DAY).dt.days.to_numpy()
    days = np.minimum(DAYS - 1 - joined, np.floor(rng.exponential(truth.lifetime_days, n)))
    eager = rng.gamma(2, 1 / 2, n)  # some come often, some hardly ever; mean 1
    eager = eager * np.where(customers["source"] == "advert", truth.advert_loyalty, 1)
    own = rng.poisson(truth.own_visits_per_month * eager * days / 30)
    mail = rng.poisson(truth.mail_visits_per_month * eager * days / 30 * customers["mailed"])
    who = np.concatenate([np.repeat(np.arange(n), own), np.repeat(np.arange(n), mail)])
    day = joined[who] + 1 + np.floor(rng.random(len(who)) * days[who]).astype(int)
    return pd.DataFrame(
        {
            "visitor": customers["visitor"].to_numpy()[who],
            "started_at": clock(rng, day),
            "source": np.repeat(["direct", "e-mail"], [own.sum(), mail.sum()]),
        }
    )


def number_visits(strangers, regulars, customers):
    """Put all visits in order of time and mark those whose visitor has an account by then."""
    visits = pd.concat([strangers, regulars]).sort_values("started_at", kind="stable")
    account = customers.set_index("visitor")
    joined = visits["visitor"].map(account["joined_at"])
    known = visits["visitor"].map(account["customer_id"])
    visitor = pd.factorize(visits["visitor"])[0] + 1
    return visits.assign(
        visit_id=np.arange(1, len(visits) + 1),
        visitor_id=visitor,
        customer_id=known.where(visits["started_at"] >= joined).astype("Int64"),
    ).reset_index(drop=True)


def show_surveys(rng, truth, visits):
    """Show a short survey in some of the longer visits; some people answer."""
    n = len(visits)
    shown = (visits["pages"] >= 3) & (rng.random(n) < truth.survey_share)
    answered = rng.random(n) < truth.survey_answered
    return visits.assign(survey=np.where(shown, np.where(answered, "answered", "shown"), "none"))


def take_orders(rng, truth, visits):
    """Write down an order for each visit that ends in one; buyers from the B2B site take more."""
    bought = visits[visits["ordered"]]
    n = len(bought)
    mean = np.where(bought["source"] == "B2B site", 2.5, 0.5)
    quantity = 1 + rng.poisson(mean)
    product = bought["product_id"].to_numpy()
    return pd.DataFrame(
        {
            "customer_id": bought["customer_id"].to_numpy(),
            "visit_id": bought["visit_id"].to_numpy(),
            "ordered_at": later_by(bought["started_at"], rng.integers(12, 46, n)).to_numpy(),
            "place": "site",
            "coupon": False,
            "product_id": product,
            "quantity": quantity,
            "revenue_yuan": PRICES[product - 1] * quantity,
            "source": bought["source"].to_numpy(),
        }
    )


def ship(rng, truth, orders):
    """Send each parcel off, more of them within 48 hours once the better process works."""
    n = len(orders)
    better = (orders["ordered_at"] >= pd.Timestamp(truth.shipping_month)).to_numpy()
    in_time = rng.random(n) < np.where(better, truth.shipped_48h_after, truth.shipped_48h_before)
    hours = np.where(in_time, rng.uniform(5, 47, n), rng.uniform(49, 120, n))
    minutes = pd.to_timedelta((hours * 60).astype(int), unit="min")
    return orders.assign(shipped_at=orders["ordered_at"] + minutes)


def return_and_rate(rng, truth, orders):
    """Let buyers send goods back and rate them; the damaged batch does badly in both."""
    n = len(orders)
    kind = KINDS[orders["product_id"] - 1]
    crisis = damaged(truth, orders["ordered_at"], kind)
    from_advert = (orders["source"] == "advert").to_numpy()
    rate = by_name(truth.return_rate, np.unique(KINDS))[places(kind, np.unique(KINDS))]
    rate = rate * np.where(from_advert, truth.advert_return_effect, 1)
    returned = rng.random(n) < np.where(crisis, truth.crisis_return_rate, rate)

    rated = rng.random(n) < np.where(crisis, truth.crisis_rated_share, truth.rated_share)
    bad = rng.random(n) < np.where(crisis, truth.crisis_bad_share, truth.bad_share)
    low, high = 1 + draw(rng, [0.5, 0.5], n), 3 + draw(rng, [0.08, 0.27, 0.65], n)
    stars = pd.array(np.where(bad, low, high), dtype="Int64")
    stars[~rated] = pd.NA
    return orders.assign(returned=returned, stars=stars)


def damaged(truth, ordered_at, kind):
    """Tell which orders are filled from the damaged batch."""
    start = pd.Timestamp(truth.crisis_day)
    end = start + pd.Timedelta(days=truth.crisis_days)
    return ((ordered_at >= start) & (ordered_at < end)).to_numpy() & (kind == truth.crisis_kind)


def counter_orders(rng, truth):
    """Sell at the farm's counter from 9 to 17 o'clock; some buyers bring a code from the site."""
    day = np.repeat(np.arange(DAYS), rng.poisson(truth.counter_orders_per_day * season(truth)))
    n = len(day)
    coupon = rng.random(n) < truth.coupon_share
    product = 1 + draw(rng, DEMAND, n)
    quantity = 1 + rng.poisson(0.6, n)
    price = PRICES[product - 1] * np.where(coupon, 1 - truth.coupon_discount, 1)
    minutes = pd.to_timedelta(day * 1440 + rng.integers(9 * 60, 17 * 60, n), unit="min")
    return pd.DataFrame(
        {
            "ordered_at": FIRST_DAY + minutes,
            "place": "counter",
            "coupon": coupon,
            "product_id": product,
            "quantity": quantity,
            "revenue_yuan": (price * quantity).round(2),
            "returned": False,
        }
    )


def number_orders(site, counter, visits):
    """Put all orders in order of time, number them, and note the number in the visit."""
    orders = pd.concat([site, counter]).sort_values("ordered_at", kind="stable")
    orders = orders.assign(order_id=np.arange(1, len(orders) + 1)).reset_index(drop=True)
    for name in ("customer_id", "visit_id", "stars"):
        orders[name] = orders[name].astype("Int64")
    placed = orders.dropna(subset="visit_id").set_index("visit_id")["order_id"]
    visits = visits.assign(order_id=visits["visit_id"].map(placed).astype("Int64"))
    return orders[ORDER_COLUMNS], visits[VISIT_COLUMNS]


def spend(rng, truth, visits):
    """Add up the month's bills: adverts by the click, membership and the e-mail service."""
    clicks = visits.loc[visits["source"] == "advert", "started_at"].dt.to_period("M")
    clicks = clicks.value_counts().reindex(MONTHS.to_period("M"), fill_value=0).to_numpy()
    adverts = clicks * truth.click_cost_yuan * rng.uniform(0.9, 1.1, len(MONTHS))
    bills = {
        "advert": adverts.round(2),
        "B2B site": np.full(len(MONTHS), truth.membership_yuan),
        "e-mail": np.full(len(MONTHS), truth.mail_service_yuan),
    }
    return pd.concat(
        [
            pd.DataFrame({"month": MONTHS.astype("datetime64[us]"), "source": s, "spend_yuan": b})
            for s, b in bills.items()
        ],
        ignore_index=True,
    ).sort_values(["month", "source"], ignore_index=True)


def clock(rng, day):
    """Turn day numbers into minutes of those days, with the hours of a usual day."""
    minute = draw(rng, HOURS, len(day)) * 60 + rng.integers(0, 60, len(day))
    return FIRST_DAY + pd.to_timedelta(day * 1440 + minute, unit="min")


def later_by(times, minutes):
    """Add minutes to times, but never leave the 18 months."""
    return (times + pd.to_timedelta(minutes, unit="min")).clip(upper=LAST_MINUTE)


def pick(rng, shares, n):
    """Draw n names in the given shares."""
    return np.array(list(shares))[draw(rng, list(shares.values()), n)]


def draw(rng, weights, n):
    """Draw n positions with the given weights."""
    steps = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(steps, rng.random(n), side="right")


def by_name(values, names):
    """Line up the values of a dict with the names."""
    return np.array([values[name] for name in names])


def places(column, names):
    """Return the position of each entry among the names."""
    return pd.Index(names).get_indexer(column)
