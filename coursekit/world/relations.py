"""Simulate the farm shop's trade customers over three years, with a planted relationship.

Tea houses, pharmacies and gift shops buy from the farm's trade desk to sell on. Everything here is
invented. `relations` draws the planted parameters (`Truth`) from the seed, takes over the costs,
fees and regions of the farm shop with that seed, and plays 36 months: customers come to know the
shop, ask, try, commit themselves, and leave or are let go. In one month a carrier breaks parcels.
"""

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coursekit.world import farm

OWN_STREAM = 3  # keeps this part's draws apart from those of every other part

FIRST_MONTH = pd.Timestamp("2022-07-01")
MONTHS = pd.date_range(FIRST_MONTH, periods=36, freq="MS")

STAGES = ("awareness", "expansion", "commitment", "dissolution")
LIVING = STAGES[:3]
BUYER_CAUSES = ("better choice", "neglect", "critical failure", "outgrown")
FIRM_CAUSES = ("price pressure", "broken norms", "cost of upkeep", "changed strategy")
CAUSES = BUYER_CAUSES + FIRM_CAUSES

# channel: share of the newcomers, mean cost of winning one in yuan
CHANNELS = {
    "search": (0.35, 60),
    "B2B site": (0.25, 100),
    "advert": (0.25, 190),
    "trade fair": (0.15, 280),
}
# The carrier's route to each region of the farm's customers.
ROUTES = {
    "north": ("Heilongjiang", "Jilin", "Liaoning"),
    "middle": ("Beijing", "Hebei", "Shandong", "Henan"),
    "south": ("Guangdong", "Jiangsu", "Zhejiang", "Shanghai", "Sichuan"),
}
# Which number of the chain each lever moves, and in which direction.
LEVERS = {
    "awareness": ("newcomers a month", 1),
    "speed": ("awareness to expansion, a month", 1),
    "trust": ("expansion to commitment, a month", 1),
    "care": ("commitment to dissolution, a month", -1),
    "larger orders": ("yuan an order in commitment", 1),
}
# The move from stage to stage that three of the levers change.
MOVES = {
    "speed": ("awareness", "expansion"),
    "trust": ("expansion", "commitment"),
    "care": ("commitment", "dissolution"),
}
PILOT_SPENDING = (0, 500, 1000, 2000, 4000)
PLAN_MONTHS = 36
LEAST_STEP = 250  # yuan a month; the step in which `best_budget` spends
MOST_SPENDING = 6000  # yuan a month that a plan may spend on the levers


@dataclass(frozen=True)
class Truth:
    """What is planted in one shop's trade customers. Rates run from 0 to 1, money is in yuan."""

    seed: int  # the seed that drew all the rest
    newcomers_per_month: float  # mean number of firms that come to know the shop
    migration: dict  # chance of each stage at the next month's start, by the stage now
    cause_weights: dict  # parts of the dissolutions by cause, plain customers
    demanding_weights: dict  # the same for demanding customers
    demanding_share: float  # newcomers who press prices, ask much and complain much
    demanding_discount: float  # what they press off the price
    demanding_basket: float  # their orders, as a multiple of a plain customer's
    contact_chance: dict  # chance of a visit, a question and an order in a month, by stage
    basket_yuan: dict  # mean order at list price, plain customers, by stage
    goods_share: float  # cost of the goods as a share of the list price (the farm shop's)
    fee_rate: float  # fee on what is paid (the farm shop's)
    visit_yuan: float  # cost of a visit (catalogue, samples)
    question_yuan: float  # cost of answering a question
    complaint_yuan: float  # cost of a complaint
    carriage_yuan: dict  # cost of delivering an order, by route
    demanding_questions: int  # questions that a demanding customer asks where others ask one
    demanding_complaints: float  # chance of a complaint in a demanding customer's buying month
    told_share: float  # customers who leave and say so; the others fall silent
    failure_month: str  # first day of the month in which the carrier breaks parcels
    failure_route: str  # on this route
    broken_share: float  # customers with an order in that month whose parcels break, by lot
    failure_effect: float  # chance that a broken delivery makes a customer leave within two months
    refund_yuan: float  # cost of a broken delivery beyond the refunded price
    levers: dict  # gain (most a lever can move its number, as a share) and scale (yuan a month)


@dataclass(frozen=True)
class Relations:
    """The trade customers' tables, as `coursekit.data` loads them, and the planted truth."""

    relations: pd.DataFrame
    contacts: pd.DataFrame
    stages: pd.DataFrame
    pilots: pd.DataFrame
    truth: dict


def relations(seed=20240101):
    """Simulate 36 months of the farm shop's trade customers, July 2022 to June 2025.

    Parameters
    ----------
    seed : int
        Not negative. Each seed is another shop with another planted truth.

    Returns
    -------
    Relations
        Frames relations, contacts, stages and pilots with the columns of the loaders in
        `coursekit.data`, and truth, a dict with the fields of `Truth`.

    Raises
    ------
    ValueError
        If the seed is not an integer of 0 or more.

    Examples
    --------
    >>> small = relations(seed=7)
    >>> small.relations["customer_id"].is_unique, small.truth["seed"]
    (True, 7)
    """
    truth = draw_truth(seed)
    rng = np.random.default_rng([seed, OWN_STREAM, 1])
    customers = newcomers(rng, truth)
    path, months = live(rng, truth, customers)
    contacts = pd.concat([months, farewells(rng, truth, customers)])
    contacts = contacts.sort_values(["date", "customer_id", "kind"], ignore_index=True)
    customers = customers.assign(
        joined_on=customers["customer_id"].map(contacts.groupby("customer_id")["date"].min())
    )
    columns = ["joined_on", "region", "route", "channel", "acquisition_yuan"]
    ends = ["ended_on", "ended_by", "cause", "demanding"]
    return Relations(
        relations=customers[["customer_id", *columns, *ends]],
        contacts=contacts,
        stages=path,
        pilots=pilots(rng, truth),
        truth=asdict(truth),
    )


def write(folder):
    """Write the default shop's trade customers and their truth, the same bytes every time.

    Parameters
    ----------
    folder : str or pathlib.Path
        An existing folder; shop_relations.csv, shop_contacts.csv, shop_stages.csv,
        shop_pilots.csv and shop_relations_truth.json in it are replaced.
    """
    world = relations()
    for name in ("relations", "contacts", "stages", "pilots"):
        text = getattr(world, name).to_csv(
            index=False, float_format="%.2f", date_format="%Y-%m-%d", lineterminator="\n"
        )
        (Path(folder) / f"shop_{name}.csv").write_bytes(text.encode("utf-8"))
    text = json.dumps(world.truth, indent=2, ensure_ascii=False) + "\n"
    (Path(folder) / "shop_relations_truth.json").write_bytes(text.encode("utf-8"))


def draw_truth(seed):
    """Draw the planted parameters of one shop, each within a range that keeps it plausible.

    Raises
    ------
    ValueError
        If the seed is not an integer of 0 or more.
    """
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; it must be a whole number of 0 or more, such as 7.")
    shop = farm.draw_truth(np.random.default_rng(int(seed)), int(seed))
    rng = np.random.default_rng([int(seed), OWN_STREAM, 0])

    def between(low, high):
        return round(float(rng.uniform(low, high)), 3)

    def weights(*ranges):
        drawn = np.array([rng.uniform(low, high) for low, high in ranges])
        return dict(zip(CAUSES, (drawn / drawn.sum()).round(3).tolist(), strict=True))

    a_e, a_d = between(0.14, 0.18), between(0.09, 0.13)
    e_a, e_c, e_d = between(0.02, 0.04), between(0.11, 0.15), between(0.08, 0.12)
    c_e, c_d = between(0.015, 0.03), between(0.03, 0.045)
    chances = (
        (round(1 - a_e - a_d, 3), a_e, 0.0, a_d),
        (e_a, round(1 - e_a - e_c - e_d, 3), e_c, e_d),
        (0.0, c_e, round(1 - c_e - c_d, 3), c_d),
        (0.0, 0.0, 0.0, 1.0),
    )
    gains = {
        "awareness": (between(0.12, 0.25), between(1500, 2500)),
        "speed": (between(0.15, 0.25), between(600, 1000)),
        "trust": (between(0.5, 0.8), between(1200, 2000)),
        "care": (between(0.45, 0.65), between(1200, 2000)),
        "larger orders": (between(0.08, 0.14), between(500, 900)),
    }
    return Truth(
        seed=int(seed),
        newcomers_per_month=between(66, 72),
        migration={
            stage: dict(zip(STAGES, row, strict=True))
            for stage, row in zip(STAGES, chances, strict=True)
        },
        cause_weights=weights(
            (0.28, 0.34), (0.24, 0.30), (0.04, 0.06), (0.14, 0.18), *[(0.02, 0.06)] * 4
        ),
        demanding_weights=weights(
            (0.10, 0.15),
            (0.03, 0.06),
            (0.03, 0.06),
            (0.03, 0.06),
            (0.25, 0.35),
            (0.12, 0.18),
            (0.15, 0.25),
            (0.03, 0.06),
        ),
        demanding_share=between(0.14, 0.19),
        demanding_discount=between(0.34, 0.40),
        demanding_basket=between(1.5, 1.8),
        contact_chance={
            "awareness": {"visit": 0.75, "question": 0.04, "order": 0.0},
            "expansion": {"visit": 0.80, "question": 0.60, "order": 0.25},
            "commitment": {"visit": 0.45, "question": 0.15, "order": 0.93},
        },
        basket_yuan={"expansion": between(190, 230), "commitment": between(410, 460)},
        goods_share=shop.cost_share,
        fee_rate=shop.fee_rate,
        visit_yuan=3.0,
        question_yuan=12.0,
        complaint_yuan=60.0,
        carriage_yuan={"north": 18.0, "middle": 24.0, "south": 32.0},
        demanding_questions=4,
        demanding_complaints=between(0.45, 0.6),
        told_share=between(0.35, 0.45),
        failure_month=f"{MONTHS[int(rng.integers(27, 31))]:%Y-%m-%d}",
        failure_route="south",
        broken_share=between(0.58, 0.68),
        failure_effect=between(0.4, 0.5),
        refund_yuan=120.0,
        levers={name: {"gain": gain, "scale": scale} for name, (gain, scale) in gains.items()},
    )


def newcomers(rng, truth):
    """Let firms come to know the shop, month by month."""
    start = np.repeat(np.arange(len(MONTHS)), rng.poisson(truth.newcomers_per_month, len(MONTHS)))
    n = len(start)
    region = np.array([row[0] for row in farm.REGIONS])[
        farm.draw(rng, [row[1] for row in farm.REGIONS], n)
    ]
    route = {place: name for name, places in ROUTES.items() for place in places}
    channel = farm.pick(rng, {name: share for name, (share, _) in CHANNELS.items()}, n)
    mean = np.array([CHANNELS[name][1] for name in channel])
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "start": start,
            "region": region,
            "route": [route[place] for place in region],
            "channel": channel,
            "acquisition_yuan": (mean * rng.gamma(4, 1 / 4, n)).round(2),
            "demanding": rng.random(n) < truth.demanding_share,
        }
    )


def live(rng, truth, customers):
    """Play the months; note in `customers` who ended when, by whom and why.

    Returns
    -------
    stages, contacts : pandas.DataFrame
        The planted stage of each customer at each month's start, and what happened.
    """
    n = len(customers)
    chances = np.array([[truth.migration[a][b] for b in STAGES] for a in STAGES])
    start, demanding = customers["start"].to_numpy(), customers["demanding"].to_numpy()
    failure = int(np.flatnonzero(truth.failure_month == MONTHS)[0])
    on_route = (customers["route"] == truth.failure_route).to_numpy()
    unlucky = on_route & (rng.random(n) < truth.broken_share)
    hurt = rng.random(n) < truth.failure_effect
    patience = rng.integers(0, 2, n)  # months from the broken delivery to the end
    stage, ended = np.full(n, -1), np.full(n, -1)
    breaks, cause = np.zeros(n, bool), np.full(n, "", object)
    paths, contacts = [], []
    for month, day in enumerate(MONTHS):
        stage[start == month] = 0
        alive = np.flatnonzero((stage >= 0) & (stage < 3))
        paths.append(pd.DataFrame({"customer_id": alive + 1, "month": day, "stage": stage[alive]}))
        happened = events(
            rng, truth, customers.iloc[alive], stage[alive], day, start[alive] == month
        )
        if month == failure:
            ordered = np.zeros(n, bool)
            ordered[happened.loc[happened["kind"] == "order", "customer_id"] - 1] = True
            breaks = ordered & unlucky
            happened = refund(truth, happened, breaks)
        contacts.append(happened)
        following = (rng.random(len(alive))[:, None] > chances[stage[alive]].cumsum(axis=1)).sum(
            axis=1
        )
        gone = alive[following == 3]
        plain = farm.pick(rng, truth.cause_weights, len(gone))
        pressed = farm.pick(rng, truth.demanding_weights, len(gone))
        cause[gone] = np.where(demanding[gone], pressed, plain)
        stage[alive] = following
        broken = alive[(breaks & hurt & (month == failure + patience))[alive]]
        stage[broken], cause[broken] = 3, "critical failure"
        ended[alive[stage[alive] == 3]] = month
    last_days = np.append(MONTHS[1:], MONTHS[-1] + pd.offsets.MonthBegin()) - pd.Timedelta(days=1)
    known = ended >= 0
    customers["ended_on"] = pd.Series(
        np.where(known, last_days[ended], np.datetime64("NaT")), dtype="datetime64[us]"
    )
    by = np.where(np.isin(cause, FIRM_CAUSES), "firm", "buyer")
    customers["ended_by"] = pd.Series(by, dtype="str").where(known)
    customers["cause"] = pd.Series(cause, dtype="str").where(known)
    path = pd.concat(paths, ignore_index=True)
    path["stage"] = pd.Series(np.array(STAGES)[path["stage"]], dtype="str")
    path["month"] = path["month"].astype("datetime64[us]")
    path = path.sort_values(["customer_id", "month"], ignore_index=True)
    return path, pd.concat(contacts, ignore_index=True)


def events(rng, truth, customers, stage, month, first):
    """Draw a month's visits, questions, orders and complaints, with their money."""
    n, days = len(customers), month.days_in_month
    demanding = customers["demanding"].to_numpy()
    ids, route = customers["customer_id"].to_numpy(), customers["route"].to_numpy()
    chance = {
        kind: np.array([truth.contact_chance[name][kind] for name in LIVING])[stage]
        for kind in ("visit", "question", "order")
    }
    visits = (rng.random(n) < chance["visit"]) | first
    asked = rng.random(n) < chance["question"]
    ordered = rng.random(n) < chance["order"]
    grumbled = demanding & ordered & (rng.random(n) < truth.demanding_complaints)
    questions = np.where(asked, np.where(demanding, truth.demanding_questions, 1), 0)

    mean = np.array([0, truth.basket_yuan["expansion"], truth.basket_yuan["commitment"]])[stage]
    listed = mean * np.where(demanding, truth.demanding_basket, 1) * rng.gamma(6, 1 / 6, n)
    paid = (listed * np.where(demanding, 1 - truth.demanding_discount, 1)).round(2)
    margin = (paid * (1 - truth.fee_rate) - listed * truth.goods_share).round(2)
    carriage = np.array([truth.carriage_yuan[name] for name in route])

    def rows(kind, who, cost, revenue=0.0, margin=0.0):
        day = rng.integers(0, days, len(who))
        return pd.DataFrame(
            {
                "customer_id": ids[who],
                "date": (month + pd.to_timedelta(day, unit="D")).astype("datetime64[us]"),
                "kind": pd.Series([kind] * len(who), dtype="str"),
                "revenue_yuan": revenue,
                "margin_yuan": margin,
                "cost_yuan": cost,
                "broken": False,
            }
        )

    who = np.flatnonzero(ordered)
    return pd.concat(
        [
            rows("visit", np.flatnonzero(visits), truth.visit_yuan),
            rows("question", np.repeat(np.arange(n), questions), truth.question_yuan),
            rows("order", who, carriage[who], paid[who], margin[who]),
            rows("complaint", np.flatnonzero(grumbled), truth.complaint_yuan),
        ],
        ignore_index=True,
    )


def refund(truth, happened, breaks):
    """Break the parcels of some orders; each brings a complaint that costs its price and more."""
    hit = (happened["kind"] == "order") & breaks[happened["customer_id"] - 1]
    happened["broken"] = hit
    cost = happened["revenue_yuan"] + truth.refund_yuan
    claims = happened[hit].assign(
        kind="complaint", revenue_yuan=0.0, margin_yuan=0.0, cost_yuan=cost
    )
    return pd.concat([happened, claims], ignore_index=True)


def farewells(rng, truth, customers):
    """Write the goodbyes of those who say so, and the letters in which the firm ends a relation."""
    ended = customers[customers["ended_on"].notna()]
    firm = (ended["ended_by"] == "firm").to_numpy()
    said = ended[firm | (rng.random(len(ended)) < truth.told_share)]
    return pd.DataFrame(
        {
            "customer_id": said["customer_id"],
            "date": said["ended_on"],
            "kind": np.where(said["ended_by"] == "firm", "letter", "goodbye"),
            "revenue_yuan": 0.0,
            "margin_yuan": 0.0,
            "cost_yuan": 0.0,
            "broken": False,
        }
    ).astype({"kind": "str"})


def response(truth, lever, spend):
    """Return what a lever does: gain (1 - e^-(spend/scale)), with the sign of its direction.

    Parameters
    ----------
    truth : Truth
    lever : str
        One of `LEVERS`.
    spend : float
        Yuan a month.

    Returns
    -------
    float
        The change of the lever's number, as a share of it.
    """
    planted = truth.levers[lever]
    return LEVERS[lever][1] * planted["gain"] * (1 - np.exp(-spend / planted["scale"]))


def lever_levels(truth):
    """Return the number that each lever moves, as it is without spending."""
    moves = {lever: truth.migration[stage][then] for lever, (stage, then) in MOVES.items()}
    return {
        "awareness": truth.newcomers_per_month,
        **moves,
        "larger orders": truth.basket_yuan["commitment"],
    }


def pilots(rng, truth):
    """Try each lever at a few levels of spending, as the shop did with groups drawn by lot."""
    rows = []
    for lever, level in lever_levels(truth).items():
        for spend in PILOT_SPENDING:
            number = level * (1 + response(truth, lever, spend))
            if lever == "awareness":
                cases, result = 36, rng.poisson(36 * number)
            elif lever == "larger orders":
                cases = 2000
                result = round(float((number * rng.gamma(6, 1 / 6, cases)).sum()), 2)
            else:
                cases, result = 9000, rng.binomial(9000, number)
            rows.append((lever, LEVERS[lever][0], float(spend), cases, float(result)))
    names = ["lever", "measure", "spend_yuan", "cases", "result"]
    return pd.DataFrame(rows, columns=names).astype({"lever": "str", "measure": "str"})


def stage_profit(truth, larger=0.0):
    """Return the expected profit of a customer's month by stage, before acquisition, in yuan.

    Parameters
    ----------
    truth : Truth
    larger : float
        How much larger orders in commitment are, as a share.

    Returns
    -------
    dict
        Yuan a month for awareness, expansion and commitment (margin less cost to serve), the mean
        over routes and over plain and demanding customers; 0 for dissolution.
    """
    shares = dict(farm.REGIONS)
    total = sum(shares.values())
    carriage = sum(
        truth.carriage_yuan[route] * sum(shares[place] for place in places) / total
        for route, places in ROUTES.items()
    )
    profit = {}
    for stage in LIVING:
        chance = truth.contact_chance[stage]
        listed = truth.basket_yuan.get(stage, 0) * (1 + larger * (stage == "commitment"))
        profit[stage] = 0.0
        for share, demanding in ((1 - truth.demanding_share, 0), (truth.demanding_share, 1)):
            value = listed * (truth.demanding_basket if demanding else 1)
            paid = value * (1 - truth.demanding_discount * demanding)
            order = paid * (1 - truth.fee_rate) - value * truth.goods_share - carriage
            order -= demanding * truth.demanding_complaints * truth.complaint_yuan
            questions = truth.demanding_questions if demanding else 1
            profit[stage] += share * (
                chance["order"] * order
                - chance["question"] * questions * truth.question_yuan
                - chance["visit"] * truth.visit_yuan
            )
    return {**profit, "dissolution": 0.0}


def check_budget(budget):
    """Return the spending on each lever, in their order.

    Raises
    ------
    ValueError
        For an unknown lever or a negative spending.
    """
    unknown = set(budget) - set(LEVERS)
    if unknown:
        raise ValueError(f"budget names {sorted(unknown)}; the levers are {', '.join(LEVERS)}.")
    spending = {lever: float(budget.get(lever, 0)) for lever in LEVERS}
    for lever, spend in spending.items():
        if not 0 <= spend < np.inf:
            raise ValueError(f"budget[{lever!r}] is {spend}; give 0 or more yuan a month.")
    return spending


def plan(truth, budget, months=PLAN_MONTHS):
    """Return what a monthly budget leads to, month by month, in expectation.

    Parameters
    ----------
    truth : Truth
    budget : dict
        Yuan a month by lever.
    months : int
        How long it is followed. It starts without customers: what earlier money won is not its
        merit.

    Returns
    -------
    pandas.DataFrame
        One row a month: awareness, expansion, commitment (expected customers) and profit_yuan
        (margin less cost to serve, acquisition and the budget).

    Raises
    ------
    ValueError
        For an unknown lever or a negative spending.
    """
    spending = check_budget(budget)
    moved = {lever: 1 + response(truth, lever, spend) for lever, spend in spending.items()}
    move = np.array([[truth.migration[a][b] for b in LIVING] for a in LIVING])
    level = lever_levels(truth)
    for row, lever in ((0, "speed"), (1, "trust")):
        more = level[lever] * (moved[lever] - 1)
        move[row, row + 1] += more
        move[row, row] -= more
    move[2, 2] -= level["care"] * (moved["care"] - 1)
    earned = stage_profit(truth, moved["larger orders"] - 1)
    profit = np.array([earned[stage] for stage in LIVING])
    coming = level["awareness"] * moved["awareness"]
    cost = sum(share * mean for share, mean in CHANNELS.values())
    # What is paid for newcomers beyond the usual number is the lever's own spending.
    fixed = level["awareness"] * cost + sum(spending.values())
    people, rows = np.zeros(3), []
    for _ in range(months):
        people = people @ move + np.array([coming, 0, 0])
        rows.append((*people, people @ profit - fixed))
    return pd.DataFrame(rows, columns=[*LIVING, "profit_yuan"])


def best_budget(truth):
    """Spend step by step on whichever lever adds most; return yuan a month by lever."""
    budget = dict.fromkeys(LEVERS, 0)
    now = plan(truth, budget)["profit_yuan"].sum()
    while sum(budget.values()) + LEAST_STEP <= MOST_SPENDING:
        tried = {
            lever: plan(truth, budget | {lever: budget[lever] + LEAST_STEP})["profit_yuan"].sum()
            for lever in LEVERS
        }
        lever = max(tried, key=tried.get)
        if tried[lever] <= now:
            break
        budget[lever] += LEAST_STEP
        now = tried[lever]
    return budget


def judge(budget, seed):
    """Judge a budget on the shop of a seed that it was not made for.

    Parameters
    ----------
    budget : dict
        Yuan a month by lever, such as {"speed": 1000, "care": 2000}.
    seed : int
        The hold-out world's seed.

    Returns
    -------
    dict
        Yuan over `PLAN_MONTHS` months: nothing (profit without spending), yours, best (found by
        `best_budget`, which knows that world's truth); and share, the part of the possible gain
        (best - nothing) that yours reaches; it can be negative.

    Raises
    ------
    ValueError
        For an impossible budget or seed, or more than `MOST_SPENDING` in all.

    Examples
    --------
    >>> judge({}, seed=7)["share"]
    0.0
    """
    spent = sum(check_budget(budget).values())
    if spent > MOST_SPENDING + 1e-6:
        raise ValueError(
            f"budget spends {spent:,.0f} yuan a month; {MOST_SPENDING:,} is the most. "
            "Take some from a lever that moves little."
        )
    yours = float(plan(draw_truth(seed), budget)["profit_yuan"].sum())
    nothing, best = _bounds(int(seed))
    return {
        "nothing": nothing,
        "yours": yours,
        "best": best,
        "share": (yours - nothing) / (best - nothing),
    }


@functools.lru_cache
def _bounds(seed):
    """Return the profit without spending and with the best budget, which takes hundreds of plans."""
    truth = draw_truth(seed)
    return tuple(
        float(plan(truth, chosen)["profit_yuan"].sum()) for chosen in ({}, best_budget(truth))
    )
