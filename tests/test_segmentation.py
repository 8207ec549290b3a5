"""Lesson 2: published numbers, planted truth found again, properties, and the lesson's answers."""

import functools
import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, unproved_numbers
from sklearn import cluster as sk_cluster
from sklearn import metrics, mixture
from sklearn.datasets import load_iris

from coursekit import data, figures, notebooks, segmentation
from coursekit.world import log as world

LESSON = ROOT / "lessons" / "02-segmentation.ipynb"
SEEDS = [20240101, 11, 12]
FAST = 20  # markets or resamples where a test needs no more


@functools.cache
def planted(seed):
    """Return a world's log and survey, and what the lesson's own way finds in the log."""
    part = world.log(seed)
    raw = ("\n".join(part.lines) + "\n").encode()
    log, rejected = segmentation.parse(raw)
    log = segmentation.sessionise(log)
    robot = segmentation.robots(log)
    return part, log, rejected, robot, segmentation.sessions(log[~robot])


@pytest.fixture(params=SEEDS)
def seeded(request):
    return planted(request.param)


# Published numbers


@pytest.mark.parametrize(("k", "published"), [(2, 0.681), (3, 0.5528)])
def test_silhouette_of_iris_is_the_published_one(k, published):
    iris = load_iris().data
    labels, _, _ = segmentation.cluster(iris, k)
    assert segmentation.silhouette(iris, labels) == pytest.approx(published, abs=5e-4)


NINE = ["1 2 5", "2 4", "2 3", "1 2 4", "1 3", "2 3", "1 3", "1 2 3 5", "1 2 3"]


def test_nine_baskets_of_han_and_kamber():
    """At a count of 2 their nine baskets hold 13 frequent sets, six of them pairs."""
    table = pd.DataFrame(
        [(i, int(item)) for i, basket in enumerate(NINE) for item in basket.split()],
        columns=["session", "product_id"],
    )
    found = segmentation.rules(table).query("support >= 2 / 9 - 1e-9")
    pairs = {frozenset(pair) for pair in zip(found["a"], found["b"], strict=True)}
    assert pairs == {frozenset(p) for p in [(1, 2), (1, 3), (1, 5), (2, 3), (2, 4), (2, 5)]}
    singles = (table["product_id"].value_counts() >= 2).sum()
    sets = [set(basket.split()) for basket in NINE]
    triples = [t for t in ("123", "125") if sum(set(t) <= basket for basket in sets) >= 2]
    assert singles + len(pairs) + len(triples) == 13
    rule = found.set_index(["a", "b"]).loc[(5, 1)]
    assert rule["confidence"] == 1 and rule["lift"] == pytest.approx(9 / 6)


def test_noise_deceives_the_silhouette_and_not_the_gap():
    points = segmentation.noise(1000)
    best = {k: segmentation.silhouette(points, segmentation.cluster(points, k)[0]) for k in SIX}
    assert max(best, key=best.get) == 4
    assert best[4] == pytest.approx(0.413, abs=5e-4)
    assert segmentation.stability(points, 4) == pytest.approx(0.93, abs=0.04)
    assert segmentation.gap_choice(segmentation.gap(points)) == 1


SIX = range(2, 7)


def test_circular_mean_of_eleven_and_one_at_night_is_midnight():
    mean, strength = segmentation.circular_mean([23, 1])
    assert min(mean, 24 - mean) == pytest.approx(0, abs=1e-9)
    assert strength == pytest.approx(np.cos(np.pi / 12))


# Beside an independent library


@pytest.mark.parametrize("seed", range(4))
def test_our_k_means_silhouette_and_rand_index_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(120, 3)) + 4 * rng.integers(0, 3, size=(120, 1))
    labels, centres, inside = segmentation.cluster(points, 3, seed)
    theirs = sk_cluster.KMeans(3, n_init=10, random_state=seed).fit(points)
    assert inside == pytest.approx(theirs.inertia_, rel=1e-6)
    assert segmentation.agreement(labels, theirs.labels_) == pytest.approx(1)
    assert segmentation.silhouette(points, labels) == pytest.approx(
        metrics.silhouette_score(points, labels), abs=1e-9
    )
    other = rng.integers(0, 4, 120)
    assert segmentation.agreement(labels, other) == pytest.approx(
        metrics.adjusted_rand_score(labels, other)
    )
    for label in range(3):
        assert centres[label] == pytest.approx(points[labels == label].mean(axis=0))


def test_our_mixture_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 1, (150, 2)), rng.normal(5, 2, (150, 2))])
    for k in (1, 2):
        theirs = mixture.GaussianMixture(k, covariance_type="diag", random_state=0, tol=1e-8)
        _, bic = segmentation.mixture(points, k)
        assert bic == pytest.approx(theirs.fit(points).bic(points), rel=1e-3)


def test_silhouette_of_a_point_alone_is_nothing():
    points = [[0.0], [1.0], [9.0], [30.0]]
    labels = [0, 0, 1, 2]
    assert segmentation.silhouette(points, labels) == pytest.approx(
        metrics.silhouette_score(points, labels)
    )


# The log: what was planted is found again, on fresh seeds


def test_every_line_is_read_or_shown(seeded):
    part, log, rejected, _, _ = seeded
    assert len(rejected) == part.truth["broken_lines"] == 42
    assert len(log) + len(rejected) == len(part.lines)
    numbers = rejected.index - 1
    assert (part.lines.iloc[numbers].to_numpy() == rejected.to_numpy()).all()


def test_all_robots_and_only_robots_are_dropped(seeded):
    part, log, _, robot, _ = seeded
    assert robot.sum() == part.truth["robot_lines"]
    disguised = log["address"].astype(str) == part.truth["disguised_address"]
    assert disguised.sum() == part.truth["disguised_lines"] and robot[disguised].all()


def test_sessions_are_the_visits_and_the_second_halves(seeded):
    part, _, _, _, sessions = seeded
    truth = part.truth
    halves = (sessions["source"] == "inside").sum()
    assert abs(len(sessions) - halves - truth["visits"]) <= 0.003 * truth["visits"]
    assert sessions["pages"].sum() == truth["pages"]
    assert sessions["ordered"].sum() == truth["orders"]
    many = (sessions["pages"] > 1).sum() + halves
    error = np.sqrt(truth["pause_share"] / many)
    assert abs(halves / many - truth["pause_share"]) < 4 * error


def test_time_is_that_of_china_before_and_after_the_move(seeded):
    part, log, _, _, sessions = seeded
    monitor = log[log["agent"].astype(str).str.startswith("Uptime")]
    assert (monitor["time"].diff().dropna() == pd.Timedelta(hours=1)).all()
    moved = pd.Timestamp(part.truth["server_moved"])
    for side in (sessions["started_at"] < moved, sessions["started_at"] >= moved):
        hours = sessions.loc[side, "started_at"].dt.hour
        assert (hours.between(19, 22)).mean() > 2 * (hours.between(2, 5)).mean()
    assert (
        part.lines.str.contains(r" \+0800\]").any() and part.lines.str.contains(" \\+0000]").any()
    )


def test_regions_are_those_of_the_longest_network(seeded):
    part, _, _, _, sessions = seeded
    addresses = sessions.drop_duplicates(["address", "agent"])["address"]
    found = segmentation.regions(addresses, part.networks)
    share = found.isna().mean()
    truth = part.truth["no_region_share"]
    assert abs(share - truth) < 4 * np.sqrt(truth / len(addresses))
    shuffled = part.networks.sample(frac=1, random_state=1)
    assert segmentation.regions(addresses, shuffled).equals(found)


def test_reviews_are_read_as_planted(seeded):
    part, _, _, _, sessions = seeded
    two = sessions[(sessions["pages"] - 3 * sessions["ordered"] >= 2)]
    two = two[two["source"] != "inside"]
    for ordered, name in ((True, "reviews_if_ordered"), (False, "reviews_if_not")):
        read = two.loc[two["ordered"] == ordered, "reviews"]
        truth = part.truth[name]
        # A pause can cut the reviews off into a session of their own.
        assert abs(read.mean() - truth) < 4 * np.sqrt(truth * (1 - truth) / len(read)) + 0.03


def test_the_planted_pair_has_the_highest_lift(seeded):
    part, log, _, robot, _ = seeded
    table = segmentation.baskets(log[~robot])
    table = table[table.groupby("session")["product_id"].transform("size") >= 2]
    rules = segmentation.rules(table)
    assert {rules["a"][0], rules["b"][0]} == set(part.truth["pair"])
    surest = rules.loc[rules["confidence"].idxmax()]
    assert surest["b"] == part.truth["popular"] and surest["lift"] < 1.1


def test_clicks_show_the_way_of_clicking_and_not_the_motive(seeded):
    part, _, _, _, sessions = seeded
    answered = sessions.dropna(subset="answer_id").set_index("answer_id").sort_index()
    assert answered.index.tolist() == part.answers["answer_id"].tolist()
    motive = np.array(part.truth["motive_of_answer"])
    clicks = answered[list(segmentation.CLICKS)].fillna(answered["seconds"].median())
    labels, _, _ = segmentation.cluster(segmentation.standardise(np.log1p(clicks)), 2)
    pattern = [world.MOTIVES[name] for name in motive]
    assert segmentation.agreement(labels, pattern) > 0.4
    for pair in (["gift", "late"], ["daily", "trade"]):
        inside = np.isin(motive, pair)
        assert abs(segmentation.agreement(labels[inside], motive[inside])) < 0.05
        for name in segmentation.CLICKS:
            assert segmentation.explained(clicks.loc[inside, name], motive[inside]) < 0.03


def test_needs_show_the_motive_and_the_unmet_need(seeded):
    part = seeded[0]
    rated = part.needs.pivot(index="answer_id", columns="need", values="importance")
    motive = np.array(part.truth["motive_of_answer"])
    labels, _, _ = segmentation.cluster(rated, 4)
    assert segmentation.agreement(labels, motive) > 0.9
    assert segmentation.gap_choice(segmentation.gap(rated)) == 4
    mean = part.needs.groupby(
        [part.needs["answer_id"].map(dict(zip(rated.index, motive, strict=True))), "need"]
    )[["importance", "satisfaction"]].mean()
    score = segmentation.opportunity(mean["importance"], mean["satisfaction"])
    assert list(score.idxmax()) == part.truth["unmet"]
    for name in ("importance", "satisfaction"):
        for who, values in part.truth[name].items():
            for need, value in values.items():  # ratings end at 1 and 10, which pulls means inwards
                assert abs(mean.loc[(who, need), name] - value) < 0.9, (name, who, need)


# Reading a log


LINE = '192.0.2.7 - - [01/Apr/2025:16:30:00 +0000] "GET /a?b=1 HTTP/1.1" 200 9 "-" "Firefox 1"'


def one(line):
    return segmentation.parse(line.encode())


def test_a_line_is_taken_apart():
    log, rejected = one(LINE)
    row = log.iloc[0]
    assert rejected.empty
    assert row["time"] == pd.Timestamp("2025-04-02 00:30")
    assert row[["address", "method", "path", "status", "referrer", "agent"]].tolist() == [
        "192.0.2.7",
        "GET",
        "/a?b=1",
        200,
        "-",
        "Firefox 1",
    ]


@pytest.mark.parametrize(
    ("zone", "local"), [("+0800", "16:30"), ("-0330", "04:00"), ("+0530", "19:00")]
)
def test_any_zone_becomes_local_time(zone, local):
    log, _ = one(LINE.replace("+0000", zone))
    assert f"{log['time'][0]:%H:%M}" == local


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[:60],
        lambda line: line[:-1],
        lambda line: line + " extra",
        lambda line: line.replace("Firefox", 'Fire"fox'),
        lambda line: line.replace("Apr", "Avr"),
        lambda line: line.replace("01/Apr", "41/Apr"),
        lambda line: line.replace("16:30", "26:30"),
        lambda line: line.replace("16:30", "1x:30"),
        lambda line: line.replace(" 200 ", " abc "),
        lambda line: line.replace("GET /a?b=1 HTTP/1.1", "\\x16\\x03"),
        lambda line: line.replace("GET /a?b=1 HTTP/1.1", "GET /a b HTTP/1.1"),
        lambda line: line.replace("[", "("),
        lambda line: "",
        lambda line: '""""""',
        lambda line: "a" * 60 + '""""""',
        lambda line: " " * 60 + '""""""',
        lambda line: "a" * 60 + '"" ""  ""',
        lambda line: "é" * 20,
    ],
)
def test_a_line_that_is_no_request_is_shown_with_its_number(spoil):
    log, rejected = one("\n".join([LINE, spoil(LINE), LINE]))
    assert len(log) == 2
    assert rejected.to_dict() == {2: spoil(LINE)}


def test_parse_reads_what_a_plain_loop_reads():
    raw = "\n".join(planted(SEEDS[0])[0].lines[:8_000])
    pattern = re.compile(
        r'(\S+) \S+ \S+ \[([^\]]+)\] "([A-Z]+) (\S+) HTTP/\S+" (\d{3}) \S+ "([^"]*)" "([^"]*)"'
    )
    match = [pattern.fullmatch(line) for line in raw.split("\n")]
    slow = pd.DataFrame([m.groups() for m in match if m])
    log, rejected = segmentation.parse(raw.encode())
    assert len(rejected) == sum(m is None for m in match)
    columns = ["address", "method", "path", "status", "referrer", "agent"]
    for name, column in zip(columns, (0, 2, 3, 4, 5, 6), strict=True):
        assert (log[name].astype(str).to_numpy() == slow[column].to_numpy()).all(), name
    times = pd.to_datetime(slow[1], format="%d/%b/%Y:%H:%M:%S %z", utc=True)
    local = times.dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
    assert (log["time"].to_numpy() == local.to_numpy()).all()


def test_parts_of_a_long_log_are_joined_without_a_seam(monkeypatch):
    raw = ("\n".join(planted(SEEDS[0])[0].lines[:3_000]) + "\n").encode()
    whole, rejected = segmentation.parse(raw)
    monkeypatch.setattr(segmentation, "BYTES_AT_ONCE", 500)
    parts, again = segmentation.parse(raw)
    assert (whole.astype(str) == parts.astype(str)).all(axis=None)
    assert rejected.equals(again)


# Properties


def test_sessions_do_not_depend_on_the_order_of_lines():
    log = planted(SEEDS[0])[1]
    people = log.drop(columns="session").head(5000)
    count = segmentation.sessionise(people)["session"].nunique()
    shuffled = people.sample(frac=1, random_state=2)
    assert segmentation.sessionise(shuffled)["session"].nunique() == count
    assert segmentation.sessionise(people, minutes=1)["session"].nunique() > count


def test_a_pause_of_exactly_thirty_minutes_is_no_pause():
    times = pd.to_datetime(["2025-04-01 10:00:00", "2025-04-01 10:30:00", "2025-04-01 11:00:01"])
    log = pd.DataFrame({"time": times, "address": "192.0.2.7", "agent": "a"})
    assert segmentation.sessionise(log)["session"].tolist() == [0, 0, 1]


@pytest.mark.parametrize("shift", [0, 5, 17])
def test_circular_mean_turns_with_the_clock(shift):
    hours = np.array([22.0, 23.5, 0.5, 3.0])
    mean, strength = segmentation.circular_mean(hours)
    turned, same = segmentation.circular_mean((hours + shift) % 24)
    assert (turned - mean - shift) % 24 == pytest.approx(0, abs=1e-9) or (
        (turned - mean - shift) % 24 == pytest.approx(24, abs=1e-9)
    )
    assert strength == pytest.approx(same)


def test_lift_is_symmetric_and_confidence_is_not():
    rules = segmentation.rules(segmentation.shop_baskets()).set_index(["a", "b"])
    for a, b in rules.index:
        assert rules["lift"][a, b] == pytest.approx(rules["lift"][b, a])
    assert (rules["confidence"][1, 7], rules["confidence"][7, 1]) != pytest.approx((0.5, 0.5))


def test_rfm_does_not_depend_on_the_unit_or_the_order():
    purchases = data.cdnow().head(5000)
    today = segmentation.RFM_DAY
    scores = segmentation.rfm(purchases, today)[["r", "f", "m"]]
    cents = purchases.assign(dollars=purchases["dollars"] * 100).sample(frac=1, random_state=1)
    assert segmentation.rfm(cents, today)[["r", "f", "m"]].equals(scores)
    best = segmentation.rfm(purchases, today)
    assert best.groupby("r")["days"].mean().is_monotonic_decreasing
    assert best.groupby("m")["dollars"].mean().is_monotonic_increasing


def test_rfm_knows_nothing_of_the_future():
    purchases = data.cdnow().head(3000)
    today = pd.Timestamp("1997-06-30")
    known = purchases[purchases["date"] <= today]
    assert segmentation.rfm(purchases, today).equals(segmentation.rfm(known, today))


def test_cdnow_is_what_was_published():
    purchases = data.cdnow()
    assert (len(purchases), purchases["customer_id"].nunique()) == (69_659, 23_570)


@pytest.mark.parametrize("seed", range(6))
def test_groups_by_lot_explain_nothing_on_average(seed):
    rng = np.random.default_rng(seed)
    values, words = rng.normal(size=4000), rng.choice(list("abc"), 4000)
    lot = rng.integers(0, 5, 4000)
    assert abs(segmentation.explained(values, lot)) < 0.005
    assert segmentation.association(words, lot) < 0.05


def test_explained_does_not_depend_on_unit_or_names():
    survey = segmentation.surveyed()
    share = segmentation.explained(survey["spend_yuan"], survey["occasion"])
    codes = survey["occasion"].map({"for myself": 7, "as a present": 1, "for work": 0})
    assert segmentation.explained(survey["spend_yuan"] * 100 + 5, codes) == pytest.approx(share)


@pytest.mark.parametrize("seed", range(3))
def test_gap_finds_planted_groups(seed):
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.normal(c, 0.5, (60, 2)) for c in ((0, 0), (6, 0), (0, 6))])
    assert segmentation.gap_choice(segmentation.gap(points)) == 3


def test_k_means_is_the_same_for_copies_of_the_points():
    points = segmentation.noise(60)
    centres = segmentation.cluster(points, 2, starts=10)[1]
    doubled = segmentation.cluster(np.concatenate([points, points]), 2, starts=10)[1]
    assert np.sort(doubled, axis=0) == pytest.approx(np.sort(centres, axis=0), abs=1e-6)


def test_opportunity_of_a_need_that_is_met_is_its_importance():
    assert segmentation.opportunity(7.0, 9.0) == 7.0
    assert segmentation.opportunity(np.array([9.0, 2.0]), np.array([4.0, 1.0])).tolist() == [14, 3]


# Fire or aim


def regret(**settings):
    return segmentation.launch(**settings).iloc[-1]


def test_the_winner_depends_on_speed_price_and_difference():
    assert regret(speed=0.05)["aim"] < regret(speed=0.05)["fire"]
    assert regret(speed=0.10)["aim"] < regret(speed=0.10)["fire"]
    assert regret(speed=0.15)["fire"] < regret(speed=0.15)["aim"]
    assert (
        regret(speed=0.0, pilot_cost=60_000.0, study=4)["fire"]
        < (regret(speed=0.0, pilot_cost=60_000.0, study=4)["aim"])
    )
    alike = regret(speed=0.05, spread=0.1)
    assert alike["fire"] < alike["aim"]


def test_regret_never_falls_below_nothing_by_much_and_starts_small():
    for speed in (0.0, 0.3, 1.0):
        table = segmentation.launch(speed=speed, markets=100)
        assert (table.to_numpy() > -2_000).all()
    free = segmentation.launch(speed=0.0, pilot_cost=0.0, study=0, markets=100)
    assert free["aim"].iloc[-1] < free["fire"].iloc[-1]


# The scorecard and the number of segments


def test_scorecard_tells_segments_from_groups_by_lot():
    survey = segmentation.surveyed()
    labels, _, _ = segmentation.cluster(segmentation.importance(), 4)
    card = segmentation.scorecard(survey, labels, draws=FAST)
    assert card["passed"].all() and list(card.index) == list(segmentation.SCORECARD)
    assert ((card["low"] <= card["high"]) & card["value"].notna()).all()
    lot = np.random.default_rng(4).integers(0, 4, len(survey))
    card = segmentation.scorecard(survey, lot, draws=FAST)
    assert not card.loc[["behaviour", "motive", "obstacles", "profit"], "passed"].any()


def test_a_segment_of_three_people_is_not_large_enough():
    survey = segmentation.surveyed()
    labels = np.arange(len(survey)) < 3
    card = segmentation.scorecard(survey, labels, draws=FAST)
    assert not card["passed"]["size"]


def test_profit_has_a_best_number_of_segments_that_falls_with_their_cost():
    points = segmentation.importance()
    ks = list(range(1, 9))
    best = [
        segmentation.segment_profit(points, ks, cost)["profit"].idxmax()
        for cost in (500, 6_000, 30_000)
    ]
    assert best[0] >= best[1] == 4 > best[2]


# Impossible input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: segmentation.parse("text"), "raw is str; give the file's bytes"),
        (lambda: segmentation.parse(b""), "raw holds no line"),
        (lambda: segmentation.parse(b" \n\n"), "raw holds no line"),
        (lambda: segmentation.sessionise(pd.DataFrame(), minutes=0), "minutes is 0"),
        (lambda: segmentation.circular_mean([]), "hours is empty"),
        (lambda: segmentation.cluster([[1.0]], 2), "k is 2; it must lie from 1 to"),
        (lambda: segmentation.cluster([[1.0]], 0), "k is 0"),
        (lambda: segmentation.silhouette([[1.0], [2.0]], [0, 0]), "labels has 1 clusters"),
        (lambda: segmentation.rfm(data.cdnow(), pd.Timestamp("1990-01-01")), "today is 1990-01-01"),
        (lambda: segmentation.rules(pd.DataFrame()), "table is empty"),
        (lambda: segmentation.launch(speed=5), "speed is 5; a share lies from 0 to 1"),
        (lambda: segmentation.launch(study=99), "study is 99"),
        (lambda: segmentation.explained([1.0, 2.0], ["a", "a"]), "groups has 1 labels"),
        (lambda: world.log("7"), "seed is '7'"),
    ],
)
def test_impossible_input_names_argument_and_value(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# Pictures

PLOTS = {
    segmentation.plot_clock: (1, {"group": "telephones", "zone": 0}),
    segmentation.plot_clusters: (2, {"what": "needs", "k": 3, "stretch": 2.0}),
    segmentation.plot_rfm: (1, {"least_r": 5, "least_f": 3, "least_m": 2, "cost": 3.0}),
    segmentation.plot_lift: (1, {"popularity": 90, "least": 1.0}),
    segmentation.plot_launch: (1, {"speed": 20, "pilot_cost": 60, "study": 6, "spread": 0.9}),
}
EXPLORERS = [
    segmentation.explore_clock,
    segmentation.explore_clusters,
    segmentation.explore_rfm,
    segmentation.explore_lift,
    segmentation.explore_launch,
]


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
def test_plot_moves_what_is_there_and_says_so(plot):
    columns, values = PLOTS[plot]
    _, axes = figures.new(columns=columns)
    assert plot(axes) is axes
    ax = axes[0] if columns == 2 else axes
    title, count = ax.get_title("left"), len(ax.get_children())
    plot(axes, **values)
    assert ax.get_title("left") != title
    assert len(ax.get_children()) == count
    if plot is not segmentation.plot_clock:  # a clock has no axes
        assert ax.get_xlabel() and ax.get_ylabel()


@pytest.mark.parametrize("make", EXPLORERS, ids=lambda make: make.__name__)
def test_plots_survive_every_end_of_their_controls(make):
    explorer = make()
    for control in explorer.controls.values():
        ends = control.options if hasattr(control, "options") else (control.min, control.max)
        for value in ends:
            values = {
                name: value if other is control else other.value
                for name, other in explorer.controls.items()
            }
            explorer.canvas.draw(**values)


def test_the_picture_of_lift_shows_that_popularity_is_no_lift():
    _, ax = figures.new()
    segmentation.plot_lift(ax, popularity=100)
    x, y = figures.named(ax, "tea").get_data()
    assert np.asarray(x) == pytest.approx(100) and np.asarray(y) == pytest.approx(1)


# The lesson's answers and prose


def prediction(name):
    text = (ROOT / "lessons" / "02-segmentation.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["prediction"][name]


def test_answers_of_the_predictions():
    quick = regret(speed=0.20)
    assert prediction("fire-or-aim")["answer"] == f"{quick[['fire', 'aim']].idxmin()} first"
    hours = segmentation.clock_hours("three products or more", 8)
    assert len(hours) == 1119 and segmentation.spoken(hours.mean()) == "15:36"
    assert prediction("clock")["answer"] == round(segmentation.circular_mean(hours)[0], 1)
    rules = segmentation.rules(segmentation.shop_baskets())
    surest = rules.loc[rules["confidence"].idxmax()]
    assert prediction("lift")["answer"] == round(surest["lift"], 2)
    assert (surest["a"], surest["b"], round(surest["confidence"], 2)) == (7, 1, 0.66)
    table = segmentation.cdnow_scores()
    response = (table["next_dollars"] > 0).groupby(table["r"]).mean()
    assert prediction("rfm-letters")["answer"] == round(100 * response[5], 1)
    assert round(100 * response[1], 1) == 4.7
    points = segmentation.noise(1000)
    best = max(segmentation.silhouette(points, segmentation.cluster(points, k)[0]) for k in SIX)
    assert prediction("noise-silhouette")["answer"] == round(best, 3)


def letters(chosen, cost):
    table = segmentation.cdnow_scores()
    return segmentation.mailing(table, chosen(table), cost)["profit"]


def test_what_the_notes_on_letters_say():
    cut = letters(lambda t: t["r"] >= 3, 1)
    assert cut > letters(lambda t: t["r"] >= 1, 1)
    assert letters(lambda t: t["r"] >= 1, 5) < 0
    table = segmentation.cdnow_scores()
    per_cell = table.groupby(["f", "r"])["next_dollars"].mean() * 0.3 - 5
    large = table.groupby(["f", "r"]).size() >= 100
    assert set(per_cell[large & (per_cell > 0)].index) == {(4, 5), (5, 4), (5, 5)}
    size = table.groupby(["f", "r"]).size()
    assert size[5, 1] == 1 and table.query("f == 5 and r == 1")["next_dollars"].sum() == 0


def test_every_number_in_the_prose_is_printed_or_recomputed():
    table = segmentation.launch(speed=0.05).iloc[-1]
    strength = segmentation.circular_mean(segmentation.clock_hours("three products or more", 8))[1]
    fit = segmentation.segment_profit(segmentation.importance(), [1, 4], 0)["fit"]
    labels, _, _ = segmentation.cluster(segmentation.importance(), 4)
    recomputed = [
        f"{table['fire']:.0f}"[:3],
        f"{strength:.2f}",
        *(f"{100 * value:.0f}" for value in fit),
        f"{segmentation.surveyed()['spend_yuan'][labels == 1].median():.0f}",
    ]
    assumed = [
        *("30", "10", "15", "100", "0"),  # settings that the prose tells to try
        *("0.25", "0.5"),  # what books call a weak structure (Kaufman, Rousseeuw 1990)
        *("1000", "20000", "60000", "6000", "30000"),  # costs that the models suppose
        "15000",  # both shops earn about as much: the mean of the Poisson lots
        "0.1",
    ]
    assert unproved_numbers(notebooks.read(LESSON), [*recomputed, *assumed]) == {}


def test_every_point_of_the_notes_is_taught():
    cells = notebooks.read(LESSON).cells
    taught = {point for cell in cells for point in cell.metadata.get("lecture", [])}
    assert taught == {f"S{i}" for i in range(1, 11)}


def test_the_lesson_gates_five_widgets_and_says_what_to_notice():
    cells = notebooks.read(LESSON).cells
    gates = [c for c in cells if "widgets.predict" in c.source]
    notes = [c for c in cells if "What to notice" in c.source]
    assert len(gates) == len(notes) == 5
    assert all("The misconception is" in cell.source for cell in notes)


# The model answers of the exercise


def test_the_model_answers_quote_what_the_code_prints(capsys):
    import test_exercises as exercises

    name = "02-segmentation"
    (work,) = (c for c in exercises.notebook(name)["cells"] if c["id"] == "capstone_work")
    exercises.run("capstone_work", exercises.text(work), exercises.opened(name))
    statement, answer = exercises.model_answer(name, "capstone")
    printed = exercises.said(statement + capsys.readouterr().out)
    percent = [round(100 * number, 2) for number in printed]
    names = exercises.said(" ".join(data.products()["name"]))  # the oil of 250 ml
    assert set(exercises.said(answer)) <= {*printed, *percent, *names}


def test_the_model_answers_quote_the_survey():
    import test_exercises as exercises

    survey = segmentation.surveyed()
    labels, centres, _ = segmentation.cluster(segmentation.importance(), 4)
    centres = pd.DataFrame(centres, columns=segmentation.importance().columns).round(1)
    daily, gift = centres["advice"].idxmax(), centres["looks"].idxmax()
    _, answer = exercises.model_answer("02-segmentation", "two_segments")
    told = set(exercises.said(answer))
    assert {(labels == daily).sum(), (labels == gift).sum(), len(survey)} <= told
    assert {*centres.loc[daily, ["advice", "proof", "price", "looks"]]} <= told
    assert {*centres.loc[gift, ["looks", "date", "price"]]} <= told
    assert centres.loc[gift].rank()["price"] == 3
    hour = survey["started_at"].dt.hour
    owl = (hour >= 22) | (hour < 2)
    values = segmentation.scorecard_values(survey, owl)
    _, answer = exercises.model_answer("02-segmentation", "against_one")
    shares = [round(100 * values[name]) for name in ("behaviour", "motive", "profit")]
    assert {owl.sum(), *shares} <= set(exercises.said(answer))
