"""The farm shop: the same bytes every time, sound tables, and a truth that can be recovered.

Every recovery allows four standard errors, on the default seed and on three fresh ones.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coursekit import data, world
from coursekit.world import farm

SEEDS = [20240101, 11, 12, 13]
FRAMES = ["products", "customers", "visits", "orders", "spending"]


@pytest.fixture(scope="module", params=SEEDS)
def shop(request):
    return world.shop(request.param)


def site_orders(shop):
    """Site orders with the source of their visit, the kind and the cost of the product."""
    site = shop.orders[shop.orders["place"] == "site"]
    site = site.merge(shop.visits[["visit_id", "source"]], on="visit_id", validate="1:1")
    return site.merge(shop.products[["product_id", "kind", "cost_yuan"]], on="product_id")


def in_crisis(shop, orders):
    start = pd.Timestamp(shop.truth["crisis_day"])
    end = start + pd.Timedelta(days=shop.truth["crisis_days"])
    return orders["ordered_at"].between(start, end, inclusive="left")


def assert_near(estimate, error, truth):
    assert 0 < error < truth, "the shop is too small to tell anything"
    assert abs(estimate - truth) <= 4 * error, (estimate, error, truth)


def assert_share(part, truth):
    assert_near(part.mean(), np.sqrt(truth * (1 - truth) / len(part)), truth)


def log_link(happened, columns):
    """Fit P = exp(a sum of columns) by iterated least squares: factors and errors of their logs."""
    x = np.column_stack(list(columns.values())).astype(float)
    y = np.asarray(happened, float)
    beta = np.where(x.mean(axis=0) > 0, np.log(y.mean()), 0.0) / len(columns)
    for _ in range(50):
        mean = np.minimum(np.exp(x @ beta), 1.0)
        step = np.linalg.solve((x.T * mean) @ x, x.T @ (y - mean))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    errors = np.sqrt(np.diag(np.linalg.inv((x.T * mean) @ x)))
    return dict(zip(columns, zip(beta, errors, strict=True), strict=True))


# --- the same every time -------------------------------------------------------------------


def test_writing_gives_the_committed_bytes_twice(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        farm.write(tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert names == sorted([f"shop_{frame}.csv" for frame in FRAMES] + ["shop_truth.json"])
    for name in names:
        first = (tmp_path / "first" / name).read_bytes()
        assert first == (tmp_path / "second" / name).read_bytes(), name
        assert first == (data.folder() / name).read_bytes(), f"run `make datasets`: {name}"
        assert b"\r" not in first


def test_loaders_give_the_frames_of_the_default_shop():
    shop = world.shop()
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(data, name)(), getattr(shop, name))
    assert data.shop_truth() == shop.truth


def test_another_seed_is_another_shop_with_another_truth():
    first, again, other = world.shop(1), world.shop(1), world.shop(2)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    assert not first.orders.equals(other.orders)
    changed = {name for name in first.truth if first.truth[name] != other.truth[name]}
    assert {"order_chance", "quick_effect", "return_rate", "fee_rate", "coupon_share"} <= changed


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed is .*whole number"):
        world.shop(seed)


# --- sound tables --------------------------------------------------------------------------


def test_every_number_refers_to_a_row(shop):
    assert shop.orders["customer_id"].dropna().isin(shop.customers["customer_id"]).all()
    assert shop.visits["customer_id"].dropna().isin(shop.customers["customer_id"]).all()
    assert shop.visits["product_id"].isin(shop.products["product_id"]).all()
    assert shop.orders["product_id"].isin(shop.products["product_id"]).all()
    for frame, key in (
        ("visits", "visit_id"),
        ("orders", "order_id"),
        ("customers", "customer_id"),
    ):
        assert getattr(shop, frame)[key].tolist() == list(range(1, len(getattr(shop, frame)) + 1))


def test_visits_and_orders_point_at_each_other(shop):
    site = shop.orders[shop.orders["place"] == "site"]
    both = site.merge(shop.visits, on="visit_id", suffixes=("", "_of_visit"), validate="1:1")
    assert len(both) == len(site) == shop.visits["order_id"].notna().sum()
    for name in ("order_id", "customer_id", "product_id"):
        assert (both[name] == both[f"{name}_of_visit"]).all(), name


def test_times_are_in_order_and_within_the_18_months(shop):
    end = pd.Timestamp("2025-07-01")
    for frame, column in (
        ("visits", "started_at"),
        ("orders", "ordered_at"),
        ("customers", "registered_at"),
    ):
        times = getattr(shop, frame)[column]
        assert times.is_monotonic_increasing
        assert times.between(pd.Timestamp("2024-01-01"), end, inclusive="left").all()
    site = shop.orders[shop.orders["place"] == "site"]
    site = site.merge(shop.customers, on="customer_id").merge(shop.visits, on="visit_id")
    assert (site["shipped_at"] > site["ordered_at"]).all()
    assert (site["ordered_at"] >= site["started_at"]).all()
    assert (site["ordered_at"] >= site["registered_at"]).all()


def test_the_counter_knows_no_customer_parcel_return_or_rating(shop):
    counter = shop.orders[shop.orders["place"] == "counter"]
    site = shop.orders[shop.orders["place"] == "site"]
    assert counter[["customer_id", "visit_id", "shipped_at", "stars"]].isna().all(axis=None)
    assert not counter["returned"].any()
    assert not site["coupon"].any()


def test_revenue_is_price_times_quantity_less_the_coupon(shop):
    orders = shop.orders.merge(shop.products, on="product_id")
    price = orders["price_yuan"] * np.where(orders["coupon"], 1 - shop.truth["coupon_discount"], 1)
    assert np.allclose(orders["revenue_yuan"], price * orders["quantity"], atol=0.005)


def test_the_shop_is_a_plausible_small_speciality_shop(shop):
    site = site_orders(shop)
    assert 33_000 < len(shop.visits) < 42_000
    assert 0.03 < len(site) / len(shop.visits) < 0.05
    assert 0.03 < site["returned"].mean() < 0.12
    assert 5 <= len(shop.products) <= 8
    assert shop.customers["region"].nunique() == 12
    never = ~shop.customers["customer_id"].isin(site["customer_id"])
    assert 0.1 < never.mean() < 0.35


# --- the seven measures --------------------------------------------------------------------


def second_orders(shop):
    """Customers with a first order at least 180 days before the end; came again in 180 days?"""
    site = shop.orders[shop.orders["place"] == "site"].sort_values("ordered_at")
    turn = site.groupby("customer_id").cumcount()
    first = site[turn == 0].set_index("customer_id")["ordered_at"]
    second = site[turn == 1].set_index("customer_id")["ordered_at"]
    first = first[first <= pd.Timestamp("2025-07-01") - pd.Timedelta(days=180)]
    again = (second.reindex(first.index) - first) <= pd.Timedelta(days=180)
    mailed = shop.customers.set_index("customer_id")["mailed"].reindex(first.index)
    return pd.DataFrame({"again": again, "mailed": mailed})


def seven_measures(shop):
    visits, orders = shop.visits, shop.orders
    site, counter = (orders[orders["place"] == place] for place in ("site", "counter"))
    search = visits[visits["source"].isin(["brand search", "generic search"])]
    delay = site["shipped_at"] - site["ordered_at"]
    again = second_orders(shop)["again"]
    return {
        "quick replies": ((visits["reply_minutes"] <= 10).sum(), visits["asked"].sum()),
        "shipped in 48 h": ((delay <= pd.Timedelta(hours=48)).sum(), len(site)),
        "second order": (again.sum(), len(again)),
        "site orders": (len(site), len(visits)),
        "coupons at the counter": (counter["coupon"].sum(), len(counter)),
        "brand search": ((search["source"] == "brand search").sum(), len(search)),
        "surveys answered": (
            (visits["survey"] == "answered").sum(),
            (visits["survey"] != "none").sum(),
        ),
        "bad ratings": ((site["stars"] <= 2).sum(), site["stars"].notna().sum()),
    }


def test_the_seven_measures_have_denominators_in_the_hundreds(shop):
    for name, (part, whole) in seven_measures(shop).items():
        assert whole >= 300, name
        assert 0 < part < whole, name


# --- the planted truth comes back ----------------------------------------------------------


def test_order_chance_by_source_band_question_and_quick_reply(shop):
    visits, truth = shop.visits, shop.truth
    band = farm.BAND_OF_HOUR[visits["started_at"].dt.hour]
    columns = {source: visits["source"] == source for source in farm.SOURCES}
    columns |= {"night": band == 0, "evening": band == 2, "asked": visits["asked"]}
    columns["quick"] = visits["reply_minutes"] <= 10
    found = log_link(visits["order_id"].notna(), columns)
    planted = truth["order_chance"] | {
        "night": truth["band_effect"]["night"],
        "evening": truth["band_effect"]["evening"],
        "asked": truth["ask_effect"],
        "quick": truth["quick_effect"],
    }
    for name, (log, error) in found.items():
        assert error < 0.25, name
        assert abs(log - np.log(planted[name])) <= 4 * error, (name, np.exp(log), planted[name])
    assert found["quick"][0] > 2 * found["quick"][1], "quick replies must help visibly"


def test_quick_replies_must_be_compared_within_the_same_hours(shop):
    asked = shop.visits[shop.visits["asked"]]
    quick = asked["reply_minutes"] <= 10
    ordered = asked["order_id"].notna()
    crude = ordered[quick].mean() / ordered[~quick].mean()
    top = bottom = 0
    for hours in range(3):
        here = farm.BAND_OF_HOUR[asked["started_at"].dt.hour] == hours
        fast, slow = ordered[here & quick], ordered[here & ~quick]
        top += fast.sum() * len(slow) / here.sum()
        bottom += slow.sum() * len(fast) / here.sum()
    fair = top / bottom  # Mantel-Haenszel
    error = np.sqrt(1 / ordered[quick].sum() + 1 / ordered[~quick].sum())
    assert abs(np.log(fair / shop.truth["quick_effect"])) < 4 * error
    assert crude > 1.1 * fair, "by day replies are quick and people buy more: crude flatters"


def test_shares(shop):
    visits, orders, truth = shop.visits, shop.orders, shop.truth
    shown = visits[visits["survey"] != "none"]
    assert_share(visits["asked"], truth["ask_share"])
    assert_share(shown["survey"] == "answered", truth["survey_answered"])
    assert_share((visits["survey"] != "none")[visits["pages"] >= 3], truth["survey_share"])
    assert_share(orders.loc[orders["place"] == "counter", "coupon"], truth["coupon_share"])
    asked = visits[visits["asked"]]
    band = farm.BAND_OF_HOUR[asked["started_at"].dt.hour]
    for place, name in enumerate(farm.BANDS):
        assert_share(asked["reply_minutes"][band == place] <= 10, truth["quick_share"][name])
    late = asked[~(asked["reply_minutes"] <= 10)]
    assert_share(late["reply_minutes"].isna(), truth["never_share"])


def test_shipping_improves_in_the_planted_month(shop):
    site = shop.orders[shop.orders["place"] == "site"]
    in_time = (site["shipped_at"] - site["ordered_at"]) <= pd.Timedelta(hours=48)

    def misfit(month):
        after = site["ordered_at"] >= month
        return sum(((part - part.mean()) ** 2).sum() for part in (in_time[after], in_time[~after]))

    found = min(farm.MONTHS[1:], key=misfit)
    assert f"{found:%Y-%m-%d}" == shop.truth["shipping_month"]
    assert_share(in_time[site["ordered_at"] < found], shop.truth["shipped_48h_before"])
    assert_share(in_time[site["ordered_at"] >= found], shop.truth["shipped_48h_after"])


def test_returns_by_kind_and_from_adverts_in_quiet_times(shop):
    site = site_orders(shop)
    site = site[~(in_crisis(shop, site) & (site["kind"] == shop.truth["crisis_kind"]))]
    columns = {kind: site["kind"] == kind for kind in shop.truth["return_rate"]}
    columns["advert"] = site["source"] == "advert"
    planted = shop.truth["return_rate"] | {"advert": shop.truth["advert_return_effect"]}
    for name, (log, error) in log_link(site["returned"], columns).items():
        assert error < 0.4, name
        assert abs(log - np.log(planted[name])) <= 4 * error, name


def test_the_crisis_begins_on_its_day_and_shows_in_its_first_week(shop):
    rated = shop.orders.dropna(subset="stars")
    bad = rated["stars"] <= 2
    quiet = bad[~in_crisis(shop, rated)].mean()
    weeks = bad.groupby(rated["ordered_at"].dt.to_period("W-SUN").dt.start_time)
    surprise = weeks.sum() - quiet * weeks.count()
    found = (surprise.rolling(3).sum().shift(-2)).idxmax()
    assert f"{found:%Y-%m-%d}" == shop.truth["crisis_day"]
    expected = quiet * weeks.count()[found]
    assert weeks.sum()[found] > expected + 3 * np.sqrt(expected)


def test_ratings_and_returns_of_the_damaged_batch(shop):
    site, truth = site_orders(shop), shop.truth
    batch = in_crisis(shop, site) & (site["kind"] == truth["crisis_kind"])
    for orders, prefix in ((site[batch], "crisis_"), (site[~batch], "")):
        assert_share(orders["stars"].notna(), truth[f"{prefix}rated_share"])
        rated = orders.dropna(subset="stars")
        assert_share(rated["stars"] <= 2, truth[f"{prefix}bad_share"])
    assert_share(site.loc[batch, "returned"], truth["crisis_return_rate"])


def test_the_e_mail_brings_second_orders(shop):
    table = second_orders(shop)
    rate = table.groupby("mailed")["again"].agg(["mean", "size"])
    error = np.sqrt((rate["mean"] * (1 - rate["mean"]) / rate["size"]).sum())
    assert rate["mean"][True] - rate["mean"][False] > 2 * error


def test_the_e_mail_adds_the_planted_visits_and_goes_to_its_lot_only(shop):
    truth = shop.truth
    assert_share(shop.customers["mailed"], truth["mailed_share"])
    known = shop.visits.merge(shop.customers, on="customer_id", suffixes=("", "_first"))
    assert known.loc[known["source"] == "e-mail", "mailed"].all()
    settled = (known["started_at"] - known["registered_at"]) > pd.Timedelta(days=11)
    known = known[settled & known["mailed"]]
    share = truth["mail_visits_per_month"] / (
        truth["mail_visits_per_month"] + truth["own_visits_per_month"]
    )
    assert_share(known["source"] == "e-mail", share)


def test_brand_search_grows_in_a_straight_line(shop):
    source = shop.visits["source"]
    search = shop.visits[source.isin(["brand search", "generic search"])]
    day = (search["started_at"] - pd.Timestamp("2024-01-01")).dt.days / (farm.DAYS - 1)
    x = np.column_stack([1 - day, day])  # coefficients: first and last day
    brand = (search["source"] == "brand search").astype(float)
    found = np.linalg.lstsq(x, brand, rcond=None)[0]
    errors = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * 0.25)
    assert_near(found[0], errors[0], shop.truth["brand_share_start"])
    assert_near(found[1], errors[1], shop.truth["brand_share_end"])
    assert found[1] - found[0] > 4 * errors.sum()


def test_more_people_come_in_the_gift_weeks(shop):
    strangers = shop.visits[
        shop.visits["source"].isin(["brand search", "generic search", "advert"])
    ]
    daily = strangers["started_at"].dt.normalize().value_counts().sort_index()
    daily = daily.reindex(pd.date_range("2024-01-01", periods=farm.DAYS), fill_value=0)
    growth = np.linspace(1, shop.truth["growth"], farm.DAYS)
    plain = pd.Series(True, daily.index)
    for first, last, _ in farm.SEASONS:
        plain[first:last] = False
    level = daily[plain].sum() / growth[plain].sum()
    for name in ("lift_spring_festival", "lift_618", "lift_11_november"):
        spans = [slice(first, last) for first, last, season in farm.SEASONS if season == name]
        came = sum(daily[span].sum() for span in spans)
        usual = sum(pd.Series(growth, daily.index)[span].sum() for span in spans) * level
        assert_near(came / usual, np.sqrt(came) / usual, shop.truth[name])


def test_adverts_raise_revenue_and_lose_money(shop):
    truth, site = shop.truth, site_orders(shop)

    def contribution(orders, spent):
        kept = orders.loc[~orders["returned"], "revenue_yuan"].sum()
        goods = (orders["cost_yuan"] * orders["quantity"]).sum()
        fee = truth["fee_rate"] * orders["revenue_yuan"].sum()
        return kept - goods - fee - truth["return_cost_yuan"] * orders["returned"].sum() - spent

    spent = shop.spending.groupby("source")["spend_yuan"].sum().reindex(farm.SOURCES, fill_value=0)
    result = {
        source: SimpleNamespace(
            revenue=orders["revenue_yuan"].sum(), left=contribution(orders, spent[source])
        )
        for source, orders in site.groupby("source")
    }
    assert result["advert"].revenue > spent["advert"]
    assert result["advert"].left < -3000
    assert min(result[source].left for source in result if source != "advert") > 3000
    first_touch = site.merge(shop.customers, on="customer_id", suffixes=("", "_first"))
    won = first_touch[first_touch["source_first"] == "advert"]
    assert contribution(won, spent["advert"]) < 0, "not even with all later orders"


def test_advert_spending_is_clicks_times_price(shop):
    clicks = shop.visits.loc[shop.visits["source"] == "advert", "started_at"].dt.to_period("M")
    bills = shop.spending[shop.spending["source"] == "advert"]
    price = bills["spend_yuan"].to_numpy() / clicks.value_counts().sort_index().to_numpy()
    assert len(bills) == 18
    assert np.allclose(price, shop.truth["click_cost_yuan"], rtol=0.101)
