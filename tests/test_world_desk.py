"""The service desk: the same bytes every time, sound tables, and a truth that can be recovered.

Every recovery allows four standard errors, on the default seed and on three fresh ones.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from coursekit import data, service, tabulate, world
from coursekit.world import desk, desk_words

SEEDS = [20240101, 21, 22, 23]


@pytest.fixture(scope="module", params=SEEDS)
def made(request):
    return desk.desk(request.param)


def assert_share(part, truth):
    error = np.sqrt(truth * (1 - truth) / len(part))
    assert abs(np.mean(part) - truth) <= 4 * error, (np.mean(part), error, truth)


# --- the same every time -------------------------------------------------------------------


def test_writing_gives_the_committed_bytes(tmp_path):
    desk.write(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([f"shop_{name}.csv" for name in desk.FRAMES] + ["shop_desk_truth.json"])
    for name in names:
        written = (tmp_path / name).read_bytes()
        assert written == (data.folder() / name).read_bytes(), f"run `make datasets`: {name}"
        assert b"\r" not in written


def test_loaders_give_the_frames_of_the_default_desk():
    made = desk.desk()
    for name in desk.FRAMES:
        pd.testing.assert_frame_equal(getattr(data, name)(), getattr(made, name))
    assert data.desk_truth() == made.truth


def test_another_seed_is_another_desk_and_the_shop_stays_as_it_is():
    first, again, other = desk.desk(1), desk.desk(1), desk.desk(2)
    for name in desk.FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    assert not first.tickets.equals(other.tickets)
    changed = {name for name in first.truth if first.truth[name] != other.truth[name]}
    assert {"met_share", "star_effect", "slow_from", "patience_minutes", "gap"} <= changed
    before = world.shop(1)
    desk.desk(1)
    pd.testing.assert_frame_equal(world.shop(1).orders, before.orders)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed is .*whole number"):
        desk.desk(seed)


# --- sound tables --------------------------------------------------------------------------


def test_tickets_point_at_customers_and_times_are_in_order(made):
    tickets = made.tickets
    shop = world.shop(made.truth["seed"])
    assert tickets["ticket_id"].tolist() == list(range(1, len(tickets) + 1))
    assert tickets["customer_id"].dropna().isin(shop.customers["customer_id"]).all()
    assert tickets["arrived_at"].is_monotonic_increasing
    assert tickets["arrived_at"].between("2024-01-01", "2025-06-30 23:59").all()
    answered = tickets.dropna(subset="answered_at")
    assert (answered["answered_at"] >= answered["arrived_at"]).all()
    closed = tickets.dropna(subset="closed_at")
    assert (closed["closed_at"] >= closed["answered_at"]).all()
    assert closed["closed_at"].max() <= desk.END and tickets["answered_at"].max() <= desk.END


def test_an_open_ticket_is_neither_met_nor_rated(made):
    tickets = made.tickets
    left = tickets[tickets["closed_at"].isna()]
    assert 30 < len(left) < 0.1 * len(tickets)
    assert not left["met"].any()
    assert left[["satisfaction", "recommend", "told"]].isna().all(axis=None)
    rated = tickets["satisfaction"].notna()
    assert (rated == tickets["told"].notna()).all() and (
        rated == tickets["recommend"].notna()
    ).all()


def test_all_means_moments_levels_and_contents_occur(made):
    tickets = made.tickets
    assert set(tickets["channel"]) == set(desk.CHANNELS)
    assert set(tickets["moment"]) == set(desk.MOMENTS)
    assert set(tickets["level"]) == {1, 2, 3, 4}
    assert set(tickets["content"]) == set(desk_words.CONTENTS)
    assert set(made.service_pages["content"]) == set(desk_words.CONTENTS)
    assert set(made.service_pages["kind"]) == {"product", "service"}
    assert tickets.loc[tickets["language"] == "zh", "text"].str.contains(r"[一-鿿]").all()
    assert not tickets.loc[tickets["language"] == "en", "text"].str.contains(r"[一-鿿]").any()


def test_people_answer_only_while_the_desk_is_staffed(made):
    tickets = made.tickets
    night = tickets[~tickets["arrived_at"].dt.hour.between(desk.OPENS, desk.CLOSES - 1)]
    by_people = night[~night["channel"].isin(["FAQ", "community"])].dropna(subset="answered_at")
    opening = by_people["arrived_at"].dt.normalize() + pd.Timedelta(hours=desk.OPENS)
    late = by_people["arrived_at"].dt.hour >= desk.CLOSES
    opening = opening.where(~late, opening + pd.Timedelta(days=1))
    assert (by_people["answered_at"] >= opening).all()


def test_desk_orders_follow_closed_tickets_within_90_days(made):
    both = made.desk_orders.merge(made.tickets, on="ticket_id", suffixes=("", "_of_ticket"))
    assert len(both) == len(made.desk_orders) > 100
    assert (both["customer_id"] == both["customer_id_of_ticket"]).all()
    gap = both["ordered_at"] - both["closed_at"]
    assert gap.between(pd.Timedelta(0), pd.Timedelta(days=90, minutes=1)).all()
    assert made.desk_orders["ordered_at"].is_monotonic_increasing


def test_chats_lie_in_their_hours_and_end_in_talk_or_in_silence(made):
    chats = made.chats
    assert chats["arrived_at"].is_monotonic_increasing
    assert chats["arrived_at"].dt.hour.between(9, 20).all()
    assert (chats["gave_up"] == chats["talk_seconds"].isna()).all()
    assert (chats["wait_seconds"] >= 0).all()


def test_a_queue_by_hand():
    arrived, talk = np.array([0.0, 10, 20, 30]), np.array([100.0, 100, 100, 100])
    played = desk.one_queue(arrived, talk, np.array([5.0, 200, 50, 500]), agents=1)
    assert played["wait_seconds"].tolist() == [0, 90, 50, 170]
    assert played["gave_up"].tolist() == [False, False, True, False]


def test_the_faq_has_both_languages_and_its_searches_point_at_it(made):
    faq, searches = made.faq, made.faq_searches
    assert len(faq) == 36 and set(faq["content"]) == set(desk_words.CONTENTS)
    for kind in ("question", "answer"):
        assert faq[f"{kind}_zh"].str.contains(r"[一-鿿]").all()
        assert not faq[f"{kind}_en"].str.contains(r"[一-鿿]").any()
        assert faq[f"{kind}_zh"].is_unique and faq[f"{kind}_en"].is_unique
    assert searches["faq_id"].dropna().isin(faq["faq_id"]).all()
    assert (searches["asked_after"] <= searches["searches"]).all()
    assert searches.duplicated("text").sum() == 0
    assert not searches["text"].isin([*faq["question_zh"], *faq["question_en"]]).any()
    assert searches.groupby(["language", "part"]).size().min() >= 5


# --- the truth can be recovered ------------------------------------------------------------


def test_coverage_by_level_and_channel(made):
    closed = made.tickets.dropna(subset="closed_at")
    for (level, channel), rows in closed.groupby(["level", "channel"]):
        assert_share(rows["met"], made.truth["met_share"][str(level)][channel])


def test_languages_paths_and_forgotten_tickets(made):
    tickets, truth = made.tickets, made.truth
    assert_share(tickets["language"] == "en", truth["english_share"])
    last = tickets["path"].str.split(" > ").str[1]
    typical = last == tickets["level"].map(desk_words.LAST_PAGES)
    assert_share(typical, truth["path_share"] + (1 - truth["path_share"]) / 4)
    early = tickets[tickets["arrived_at"] < "2025-04-01"]
    for channel, share in truth["forgotten_share"].items():
        assert_share(early.loc[early["channel"] == channel, "answered_at"].isna(), share)


def test_first_responses_are_slow_from_the_planted_day(made):
    written = made.tickets[made.tickets["channel"] == "e-mail"]
    late = written["arrived_at"] >= pd.Timestamp(made.truth["slow_from"])
    before = service.response_hours(written[~late], 0.5)
    after = service.response_hours(written[late], 0.5)
    assert 3 < after / before < 1.6 * made.truth["slow_factor"]


def test_what_was_personal_was_drawn_by_lot_and_its_order_shows(made):
    tickets = made.tickets
    drawn = tickets[tickets["channel"].isin(desk.PERSONAL) & tickets["customer_id"].notna()]
    for name in made.truth["personal_effect"]:
        assert_share(drawn["personalised"] == name, 0.25)
    stars = drawn.groupby("personalised")["satisfaction"].agg(["mean", "sem"]).astype(float)
    gap = stars.loc["content", "mean"] - stars.loc["none", "mean"]
    error = np.hypot(stars.loc["content", "sem"], stars.loc["none", "sem"])
    assert 3 * error < gap < made.truth["personal_effect"]["content"] + 2 * error


def test_satisfied_customers_rate_more_often_so_the_mean_is_too_high(made):
    rated = made.tickets["satisfaction"].dropna().astype(float)
    assert rated.mean() > made.truth["satisfaction_of_all"] + 0.2


def test_dissatisfied_customers_tell_more_people(made):
    rated = made.tickets.dropna(subset="satisfaction")
    mood = pd.cut(rated["satisfaction"].astype(int), [0, 2, 3, 5], labels=["1-2", "3", "4-5"])
    for name, told in rated["told"].astype(float).groupby(mood, observed=True):
        truth = made.truth["told"][name]
        assert abs(told.mean() - truth) <= 4 * np.sqrt(truth / len(told))


def test_one_star_more_multiplies_later_orders_within_each_kind(made):
    """Fit P = chance * effect^(stars - 3) * regular by Poisson likelihood with a log link."""
    rated = made.tickets[made.tickets["closed_at"] <= "2025-04-01"].dropna(subset="satisfaction")
    y = rated["ticket_id"].isin(made.desk_orders["ticket_id"]).to_numpy(float)
    stars = rated["satisfaction"].to_numpy(float) - 3
    x = np.column_stack([np.ones(len(y)), stars, rated["regular"].to_numpy(float)])
    beta = np.array([np.log(y.mean()), 0.0, 0.0])
    for _ in range(50):
        mean = np.exp(x @ beta)
        beta = beta + np.linalg.solve((x.T * mean) @ x, x.T @ (y - mean))
    errors = np.sqrt(np.diag(np.linalg.inv((x.T * np.exp(x @ beta)) @ x)))
    planted = np.log([made.truth[k] for k in ("order_chance", "star_effect", "regular_orders")])
    assert (np.abs(beta - planted) <= 4 * errors).all(), (np.exp(beta), np.exp(planted))


def test_talk_patience_and_busy_days_of_the_chat(made):
    chats, truth = made.chats, made.truth
    talk = chats["talk_seconds"].dropna().astype(float)
    assert talk.mean() == pytest.approx(60 * truth["talk_minutes"], rel=4 / np.sqrt(len(talk)))
    curve = service.kaplan_meier(chats["wait_seconds"] / 60, chats["gave_up"])
    found = np.array([curve.loc[curve["time"] <= t, "open"].iloc[-1] for t in (3, 6, 10)])
    z = np.log(np.array([3, 6, 10]) / truth["patience_minutes"]) / truth["patience_spread"]
    assert found == pytest.approx(1 - norm.cdf(z), abs=0.09)
    wrong = chats.loc[chats["gave_up"], "wait_seconds"].median() / 60
    assert wrong < 0.85 * truth["patience_minutes"] < service.quantile(curve, 0.5) * 1.1
    daily = chats.groupby(chats["arrived_at"].dt.date).size()
    spread = np.sqrt(daily.var() - daily.mean()) / daily.mean()
    assert spread == pytest.approx(truth["busy_days"], rel=0.5)


def test_better_pages_send_fewer_people_to_the_desk(made):
    asked = made.service_pages["asked_after"] / made.service_pages["views"]
    by_quality = asked.groupby(made.truth["page_quality"]).mean()
    assert by_quality[0] > by_quality[1] > by_quality[2]


def test_servqual_gaps_and_kano_classes(made):
    gap = made.servqual["perceived"] - made.servqual["expected"]
    for name, rows in gap.groupby(made.servqual["dimension"]):
        # clipping at 1 and 7 pulls the gap a little towards 0
        assert rows.mean() == pytest.approx(made.truth["gap"][name], abs=4 * rows.sem() + 0.15)
    kano = made.kano
    found = [
        service.KANO_TABLE[there - 1][missing - 1]
        for there, missing in zip(kano["if_there"], kano["if_missing"], strict=True)
    ]
    main = pd.Series(found).groupby(kano["service"]).agg(lambda rows: rows.mode()[0])
    assert main.to_dict() == made.truth["kano_classes"]


# --- the bank ------------------------------------------------------------------------------


def test_the_bank_is_tabulated_as_published():
    bank = data.bank_calls().set_index("time")
    assert len(bank) == 169 and bank["days"].sum() == 27_716 and (bank["days"] == 164).all()
    assert bank.loc["10:00", "variance"] / bank.loc["10:00", "mean"] == pytest.approx(3.8, abs=0.05)
    assert (bank["lowest"] <= bank["mean"]).all() and (bank["mean"] <= bank["highest"]).all()
    assert bank.index[0] == "07:00" and bank.index[-1] == "21:00"


def test_tabulating_ignores_the_order_of_rows():
    rng = np.random.default_rng(3)
    slots = pd.date_range("2003-03-03 07:00", periods=40, freq="5min")
    raw = pd.concat(
        [pd.DataFrame({"DateTime": slots + pd.Timedelta(days=d)}) for d in range(5)]
    ).assign(Calls=lambda t: rng.poisson(50, len(t)))
    table = tabulate.bank_calls(raw)
    shuffled = tabulate.bank_calls(raw.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(table, shuffled)
    first = raw.loc[raw["DateTime"].dt.strftime("%H:%M") == "07:00", "Calls"]
    assert table.loc[0, "variance"] == pytest.approx(np.var(first, ddof=1), abs=0.01)
