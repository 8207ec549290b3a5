"""The shop's trade customers: the same bytes, sound tables, and a truth that can be recovered.

Every recovery allows four standard errors, on the default seed and on three fresh ones.
"""

import json

import numpy as np
import pandas as pd
import pytest

from coursekit import data, world
from coursekit.world import relations as trade

SEEDS = [20240101, 21, 22, 23]
FRAMES = ["relations", "contacts", "stages", "pilots"]


@pytest.fixture(scope="module", params=SEEDS)
def shop(request):
    return trade.relations(request.param)


def assert_near(estimate, error, truth):
    assert 0 < error < max(truth, 0.2), "too few to tell anything"
    assert abs(estimate - truth) <= 4 * error, (estimate, error, truth)


def assert_share(part, truth):
    assert_near(part.mean(), np.sqrt(truth * (1 - truth) / len(part)), truth)


# The same every time


def test_writing_gives_the_committed_bytes(tmp_path):
    trade.write(tmp_path)
    files = [f"shop_{frame}.csv" for frame in FRAMES] + ["shop_relations_truth.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)
    for name in files:
        written = (tmp_path / name).read_bytes()
        assert written == (data.folder() / name).read_bytes(), f"run `make datasets`: {name}"
        assert b"\r" not in written
    assert sum((data.folder() / name).stat().st_size for name in files) < 2e6
    assert trade in world.PARTS


def test_loaders_give_the_frames_of_the_default_shop():
    shop = trade.relations()
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(data, name)(), getattr(shop, name))
    assert data.relations_truth() == json.loads(json.dumps(shop.truth))


def test_another_seed_is_another_shop_with_another_truth():
    first, again, other = (trade.relations(seed) for seed in (1, 1, 2))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    assert not first.contacts.equals(other.contacts)
    changed = {name for name in first.truth if first.truth[name] != other.truth[name]}
    assert {"migration", "levers", "failure_effect", "goods_share"} <= changed


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed is .*whole number"):
        trade.relations(seed)


def test_prices_and_regions_are_those_of_the_farm_shop():
    shop, farm = trade.relations(5), world.shop(5)
    assert shop.truth["goods_share"] == farm.truth["cost_share"]
    assert shop.truth["fee_rate"] == farm.truth["fee_rate"]
    assert set(shop.relations["region"]) == set(farm.customers["region"])


# Sound tables


def test_causes_belong_to_who_ended_it(shop):
    ended = shop.relations.dropna(subset="ended_on")
    assert ended["cause"].notna().all()
    by = ended["cause"].isin(trade.FIRM_CAUSES).map({True: "firm", False: "buyer"})
    assert (by == ended["ended_by"]).all()
    lasting = shop.relations[shop.relations["ended_on"].isna()]
    assert lasting[["ended_by", "cause"]].isna().all(axis=None)
    assert set(ended["cause"]) == set(trade.CAUSES)


def test_contacts_lie_within_the_relation(shop):
    contacts = shop.contacts.merge(shop.relations, on="customer_id", validate="m:1")
    assert (contacts["date"] >= contacts["joined_on"]).all()
    assert not (contacts["date"] > contacts["ended_on"]).any()
    assert contacts["date"].between("2022-07-01", "2025-06-30").all()
    last = contacts[contacts["kind"].isin(["goodbye", "letter"])]
    assert (last["date"] == last["ended_on"]).all()
    assert (last.loc[last["kind"] == "letter", "ended_by"] == "firm").all()
    letters = (shop.contacts["kind"] == "letter").sum()
    assert letters == (shop.relations["ended_by"] == "firm").sum()


def test_stages_run_from_the_first_contact_to_the_end(shop):
    spans = shop.stages.groupby("customer_id")["month"].agg(["min", "max", "size"])
    customers = shop.relations.set_index("customer_id")
    joined = customers["joined_on"].dt.to_period("M").dt.start_time
    assert (spans["min"] == joined).all()
    ends = customers["ended_on"].fillna(pd.Timestamp("2025-06-30")).dt.to_period("M").dt.start_time
    assert (spans["max"] == ends).all()
    months = (spans["max"].dt.year - spans["min"].dt.year) * 12
    months += spans["max"].dt.month - spans["min"].dt.month
    assert (spans["size"] == months + 1).all()


def test_orders_and_their_money(shop):
    money = shop.contacts
    bought = money["kind"] == "order"
    assert (money.loc[bought, "revenue_yuan"] > 0).all()
    assert (money.loc[~bought, ["revenue_yuan", "margin_yuan"]] == 0).all(axis=None)
    demanding = money["customer_id"].map(shop.relations.set_index("customer_id")["demanding"])
    share = money["margin_yuan"] / money["revenue_yuan"]
    plain = 1 - shop.truth["fee_rate"] - shop.truth["goods_share"]
    assert share[bought & ~demanding].to_numpy() == pytest.approx(plain, abs=1e-3)
    assert (share[bought & demanding] < plain / 2).all()


# The planted truth


def test_migration_is_what_was_planted(shop):
    failure = pd.Timestamp(shop.truth["failure_month"])
    now = shop.stages.sort_values(["customer_id", "month"])
    following = now.groupby("customer_id")["stage"].shift(-1)
    ended = now["customer_id"].map(shop.relations.set_index("customer_id")["cause"])
    last = now["month"] == trade.MONTHS[-1]
    hit = now["month"].between(failure, failure + pd.DateOffset(months=1))
    following = following.fillna("dissolution")[~last & ~hit]
    now = now.loc[following.index]
    for stage, row in shop.truth["migration"].items():
        moves = following[now["stage"] == stage]
        for then, chance in row.items():
            if stage != "dissolution" and 0 < chance < 1:
                assert_share(moves == then, chance)
    assert ended.notna().any()


def test_causes_are_drawn_in_the_planted_parts(shop):
    customers = shop.relations
    failure = pd.Timestamp(shop.truth["failure_month"])
    hit = customers["ended_on"].between(failure, failure + pd.DateOffset(months=2))
    for demanding, weights in ((False, "cause_weights"), (True, "demanding_weights")):
        ended = customers[(customers["demanding"] == demanding) & ~hit]["cause"].dropna()
        for cause, weight in shop.truth[weights].items():
            assert_share(ended == cause, weight)


def test_newcomers_and_what_they_cost(shop):
    rate = shop.truth["newcomers_per_month"]
    assert_near(len(shop.relations) / 36, np.sqrt(rate / 36), rate)
    assert_share(shop.relations["demanding"], shop.truth["demanding_share"])
    for channel, (share, mean) in trade.CHANNELS.items():
        won = shop.relations[shop.relations["channel"] == channel]["acquisition_yuan"]
        assert_share(shop.relations["channel"] == channel, share)
        assert_near(won.mean() / mean, won.std() / mean / np.sqrt(len(won)), 1)


def test_the_broken_delivery_is_found_by_comparing_like_with_like(shop):
    month = pd.Timestamp(shop.truth["failure_month"])
    end = month + pd.DateOffset(months=1)
    orders = shop.contacts[(shop.contacts["kind"] == "order")]
    assert orders.loc[~orders["date"].between(month, end), "broken"].sum() == 0
    broken = orders[orders["date"].between(month, end)].groupby("customer_id")["broken"].max()
    customers = shop.relations.set_index("customer_id").loc[broken.index]
    route = customers["route"] == shop.truth["failure_route"]
    assert not broken[~route].any()
    assert_share(broken[route], shop.truth["broken_share"])
    left = customers["ended_on"].between(month, month + pd.DateOffset(months=2))[route]
    rates = left.groupby(broken[route]).agg(["mean", "size"])
    error = np.sqrt((rates["mean"] * (1 - rates["mean"]) / rates["size"]).sum())
    stayed = 1 - rates.loc[False, "mean"]
    effect = 1 - (1 - rates.loc[True, "mean"]) / stayed
    assert_near(effect, error / stayed, shop.truth["failure_effect"])
    refunds = shop.contacts[shop.contacts["broken"] & (shop.contacts["kind"] == "complaint")]
    assert refunds["customer_id"].nunique() == broken.sum()


def test_expected_profit_of_a_stage_is_what_is_earned(shop):
    truth = trade.Truth(**shop.truth)
    contacts = shop.contacts[~(shop.contacts["broken"] & (shop.contacts["kind"] == "complaint"))]
    month = contacts["date"].dt.to_period("M").dt.start_time.astype("datetime64[us]")
    profit = (contacts["margin_yuan"] - contacts["cost_yuan"]).groupby(
        [contacts["customer_id"], month]
    )
    earned = profit.sum().rename("profit").rename_axis(["customer_id", "month"])
    stages = shop.stages.join(earned, on=["customer_id", "month"]).fillna({"profit": 0})
    # demanding and plain customers live equally long, but few are in a stage: cluster by customer
    for stage in trade.LIVING:
        part = stages[stages["stage"] == stage].groupby("customer_id")["profit"]
        sums, sizes = part.sum(), part.size()
        mean = sums.sum() / sizes.sum()
        error = np.sqrt(((sums - mean * sizes) ** 2).sum()) / sizes.sum()
        # the first month of a relation always brings a visit
        extra = (1 - truth.contact_chance["awareness"]["visit"]) * truth.visit_yuan
        slack = extra if stage == "awareness" else 0
        assert abs(mean - trade.stage_profit(truth)[stage]) <= 4 * error + slack


def test_pilots_show_the_planted_levers(shop):
    truth = trade.Truth(**shop.truth)
    levels = trade.lever_levels(truth)
    for row in shop.pilots.itertuples():
        number = levels[row.lever] * (1 + trade.response(truth, row.lever, row.spend_yuan))
        rate = row.result / row.cases
        if row.lever == "awareness":
            error = np.sqrt(number / row.cases)
        elif row.lever == "larger orders":
            error = number / np.sqrt(6 * row.cases)
        else:
            error = np.sqrt(number * (1 - number) / row.cases)
        assert abs(rate - number) <= 4 * error, row


# Plans and their judge


def test_plan_without_levers_follows_the_planted_chain():
    truth = trade.draw_truth(3)
    plan = trade.plan(truth, {}, months=400)
    P = pd.DataFrame(truth.migration).T.loc[list(trade.LIVING), list(trade.LIVING)].to_numpy()
    steady = np.linalg.solve(np.eye(3) - P.T, [truth.newcomers_per_month, 0, 0])
    assert plan[list(trade.LIVING)].iloc[-1].to_numpy() == pytest.approx(steady)
    profit = np.array([trade.stage_profit(truth)[stage] for stage in trade.LIVING])
    cost = sum(share * mean for share, mean in trade.CHANNELS.values())
    assert plan["profit_yuan"].iloc[-1] == pytest.approx(
        steady @ profit - truth.newcomers_per_month * cost
    )


@pytest.mark.parametrize("lever", trade.LEVERS)
def test_each_lever_moves_its_own_number_and_the_right_way(lever):
    truth = trade.draw_truth(3)
    moved = trade.response(truth, lever, 1000.0)
    assert np.sign(moved) == trade.LEVERS[lever][1]
    assert abs(moved) < truth.levers[lever]["gain"]
    assert trade.response(truth, lever, 0) == 0
    one = trade.plan(truth, {lever: 1000})
    before = trade.plan(truth, {})
    people = [name for name in trade.LIVING if not np.allclose(one[name], before[name])]
    expected = {
        "awareness": ["awareness", "expansion", "commitment"],
        "speed": ["awareness", "expansion", "commitment"],
        "trust": ["awareness", "expansion", "commitment"],
        "care": ["awareness", "expansion", "commitment"],
        "larger orders": [],
    }[lever]
    assert set(people) <= set(expected)
    assert bool(people) == bool(expected)


@pytest.mark.parametrize("seed", [31, 32, 33])
def test_the_judge_knows_nothing_better_and_ranks_plans(seed):
    best = trade.best_budget(trade.draw_truth(seed))
    assert sum(best.values()) <= trade.MOST_SPENDING
    judged = trade.judge(best, seed)
    assert judged["share"] == pytest.approx(1) and judged["best"] > judged["nothing"]
    assert trade.judge({"awareness": 6000}, seed)["share"] < 0
    assert trade.judge(dict.fromkeys(trade.LEVERS, 1200), seed)["share"] < 1


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        ({"adverts": 5}, "the levers are awareness"),
        ({"care": -1}, "give 0 or more"),
        ({"care": float("nan")}, "give 0 or more"),
        ({"care": 6001}, "6,000 is the most"),
    ],
)
def test_impossible_budgets_are_refused_with_the_next_step(budget, words):
    with pytest.raises(ValueError, match=words):
        trade.judge(budget, 1)
