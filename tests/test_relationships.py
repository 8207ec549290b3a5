"""Lesson 3: published numbers, an independent library, planted truth, and the lesson's own words."""

import contextlib
import io
import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, unproved_numbers
from scipy.special import hyp2f1
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from coursekit import data, figures, notebooks, relationships
from coursekit.world import relations as trade

LESSON = ROOT / "lessons" / "03-relationships.ipynb"
HIGH_END = [1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
PATIENTS = [
    "6",
    "6",
    "6",
    "6+",
    "7",
    "9+",
    "10",
    "10+",
    "11+",
    "13",
    "16",
    "17+",
    "19+",
    "20+",
    "22",
    "23",
    "25+",
    "32+",
    "32+",
    "34+",
    "35+",
]
WEEKS = np.array([int(word.rstrip("+")) for word in PATIENTS])
RELAPSED = np.array([not word.endswith("+") for word in PATIENTS])


@pytest.fixture(scope="module")
def lesson():
    """Run the lesson's code, without its pictures and widgets; return the names it leaves."""
    names = {}
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(figures, "show", lambda *_, **__: None)
        for cell in notebooks.read(LESSON).cells:
            if cell.cell_type == "code" and "widgets." not in cell.source:
                exec(compile(cell.source, cell.id, "exec"), names)
    return names


# Published numbers


def test_km_of_the_21_patients_is_the_published_one(lesson):
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    for estimate in (relationships.kaplan_meier, lesson["kaplan_meier"]):
        survived = estimate(WEEKS, RELAPSED)
        assert survived.index.tolist() == [6, 7, 10, 13, 16, 22, 23]
        assert survived.tolist() == pytest.approx(published, abs=5e-4)


def test_the_two_wrong_answers_at_week_ten_are_what_the_lesson_says():
    dropped = relationships.kaplan_meier(WEEKS[RELAPSED], RELAPSED[RELAPSED])
    never = 1 - (WEEKS[RELAPSED] <= 10).sum() / len(WEEKS)
    assert dropped[10] == pytest.approx(0.444, abs=5e-4)
    assert never == pytest.approx(0.762, abs=5e-4)


def test_sbg_of_the_subscribers_is_the_published_one():
    table = data.subscription_retention().query("segment == 'high end'")["survived"].tolist()
    assert table[:8] == HIGH_END
    a, b = relationships.fit_sbg(HIGH_END)
    assert (a, b) == (pytest.approx(0.668, abs=5e-4), pytest.approx(3.806, abs=2e-3))
    forecast = relationships.sbg_survival(np.arange(8, 13), a, b)
    assert forecast == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)


def test_derl_is_the_published_one_and_the_closed_form(lesson):
    assert lesson["derl"](7) == pytest.approx(7.530, abs=5e-4)
    assert lesson["derl"](6) == pytest.approx(7.345, abs=5e-4)
    a, b = 0.668, 3.806
    for renewals in (0, 3, 7):
        closed = (b + renewals) / (a + b + renewals)
        closed *= hyp2f1(1, b + renewals + 1, a + b + renewals + 1, 1 / 1.1)
        assert lesson["derl"](renewals) == pytest.approx(closed, rel=1e-9)


def test_markov_value_of_pfeifer_and_carraway(lesson):
    chance = np.array([0.3, 0.2, 0.15, 0.05])
    P = np.zeros((5, 5))
    P[range(4), 0], P[range(4), range(1, 5)], P[4, 4] = chance, 1 - chance, 1
    R = np.array([36, -4, -4, -4, 0])
    finite = sum(np.linalg.matrix_power(P / 1.2, year) @ R for year in range(5))
    assert finite == pytest.approx([50.115, 4.220, 0.592, -1.980, 0], abs=5e-4)
    endless = sum(np.linalg.matrix_power(P / 1.2, year) @ R for year in range(300))
    assert lesson["value"](P, R, 0.2) == pytest.approx(endless)


def test_margin_multiples():
    found = relationships.clv_multiple(np.array([0.6, 0.7, 0.8, 0.9]), 0.1)
    assert found == pytest.approx([1.20, 1.75, 2.67, 4.50], abs=5e-3)


# An independent library: statsmodels


def samples():
    for seed in range(4):
        rng = np.random.default_rng(seed)
        time = rng.integers(1, 20, 300)  # many ties
        cause = rng.choice(["price", "neglect", "failure", ""], 300, p=[0.3, 0.3, 0.1, 0.3])
        yield time, pd.Series(cause).where(lambda words: words != "")
    lasting = relationships.durations(data.relations())
    yield lasting["months"].to_numpy(), lasting["cause"].reset_index(drop=True)


def test_km_agrees_with_statsmodels(lesson):
    for time, cause in samples():
        event = cause.notna().to_numpy()
        other = SurvfuncRight(time, event.astype(int))
        for estimate in (relationships.kaplan_meier, lesson["kaplan_meier"]):
            survived = estimate(time, event)
            assert survived.index.tolist() == other.surv_times.tolist()
            assert survived.to_numpy() == pytest.approx(other.surv_prob)


def test_cumulative_incidence_agrees_with_statsmodels(lesson):
    for time, cause in samples():
        names = sorted(cause.dropna().unique())
        code = cause.map({name: i + 1 for i, name in enumerate(names)}).fillna(0).astype(int)
        other = CumIncidenceRight(time, code.to_numpy())
        for estimate in (relationships.cumulative_incidence, lesson["cumulative_incidence"]):
            table = estimate(pd.Series(time), cause)
            assert table.columns.tolist() == names
            times = pd.Index(other.times)
            for name, curve in zip(names, other.cinc, strict=True):
                known = pd.Series(curve, index=times).loc[table.index]
                assert table[name].to_numpy() == pytest.approx(known.to_numpy())


# Recovery and properties


@pytest.mark.parametrize("seed", range(4))
def test_sbg_fit_recovers_planted_parameters(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0.6, 2), rng.uniform(1, 5)
    years = rng.geometric(rng.beta(a, b, 200_000))
    shares = [(years > t).mean() for t in range(11)]
    assert relationships.fit_sbg(shares) == pytest.approx((a, b), rel=0.06)


@pytest.mark.parametrize("seed", range(3))
def test_km_recovers_a_planted_chance_despite_censoring(seed):
    rng = np.random.default_rng(seed)
    life, watched = rng.geometric(0.1, 20_000), rng.integers(1, 30, 20_000)
    survived = relationships.kaplan_meier(np.minimum(life, watched), life <= watched)
    t = survived.index.to_numpy()[:20]
    assert survived.to_numpy()[:20] == pytest.approx(0.9**t, abs=0.015)


def test_causes_and_survivors_make_up_the_whole():
    lasting = relationships.durations(data.relations())
    table = relationships.cumulative_incidence(lasting["months"], lasting["cause"])
    survived = relationships.kaplan_meier(lasting["months"], lasting["left"])
    assert table.sum(axis=1).to_numpy() + survived.to_numpy() == pytest.approx(1)
    wrong = relationships.one_minus_kaplan_meier(lasting["months"], lasting["cause"], 30)
    assert (wrong > table.loc[30]).all()


def test_order_of_rows_and_unit_of_time_do_not_matter():
    time, cause = next(samples())
    turn = np.random.default_rng(9).permutation(len(time))
    survived = relationships.kaplan_meier(time, cause.notna())
    again = relationships.kaplan_meier(30 * time[turn], cause.notna()[turn])
    assert again.to_numpy() == pytest.approx(survived.to_numpy())
    doubled = relationships.kaplan_meier(np.tile(time, 2), np.tile(cause.notna(), 2))
    assert doubled.to_numpy() == pytest.approx(survived.to_numpy())


def test_durations_never_look_beyond_the_cut():
    customers = data.relations()
    for cut in (6, 12, 30):
        end = trade.MONTHS[cut] if cut < 36 else pd.Timestamp("2025-07-01")
        later = customers["ended_on"] >= end
        hidden = customers.assign(
            ended_on=customers["ended_on"].mask(later),
            ended_by=customers["ended_by"].mask(later),
            cause=customers["cause"].mask(later),
        )
        hidden = hidden[hidden["joined_on"] < end]
        pd.testing.assert_frame_equal(
            relationships.durations(customers, cut), relationships.durations(hidden, cut)
        )


def test_second_purchases_never_look_beyond_the_end():
    purchases = data.cdnow()
    early = purchases[purchases["date"] <= "1997-06-30"]
    for one, other in zip(
        relationships.second_purchase(purchases, "1997-06-30"),
        relationships.second_purchase(early.sample(frac=1, random_state=1), "1997-06-30"),
        strict=True,
    ):
        pd.testing.assert_series_equal(one, other)


def test_the_rule_never_looks_into_the_future(lesson):
    contacts, found = lesson["contacts"], lesson["found"]
    for cut in ("2023-03", "2024-10", "2025-03"):
        past = lesson["find_stages"](contacts[contacts["month"] < cut])
        until = pd.Period(cut, "M") - 1
        assert (past.loc[:until] == found.loc[:until]).all(axis=None)


def test_the_migration_matrix_follows_one_customer_at_a_time(lesson):
    names = lesson["names"]
    paths = pd.DataFrame({n: [name, names[(n + 1) % 4]] for n, name in enumerate(names)})
    ring = pd.DataFrame(np.roll(np.eye(4), 1, axis=1), index=names, columns=names)
    assert (lesson["migration"](paths) == ring).all(axis=None)
    unknown = pd.DataFrame({9: ["", "awareness"], 10: ["awareness", "expansion"]})
    assert (lesson["migration"](paths.join(unknown)) == ring).all(axis=None)


def test_lessons_value_solves_the_planted_chain(lesson):
    truth = trade.draw_truth(20240101)
    P = pd.DataFrame(truth.migration).T
    R = pd.Series(trade.stage_profit(truth))
    value = pd.Series(lesson["value"](P, R, 0.01), index=P.index)
    assert value.to_numpy() == pytest.approx((R + P @ value / 1.01).to_numpy())


# Impossible input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: relationships.durations(data.relations(), cut=0), "cut is 0"),
        (lambda: relationships.durations(data.relations(), cut=37), "from 1 to 36"),
        (lambda: relationships.kaplan_meier([], []), "time has 0 values"),
        (lambda: relationships.kaplan_meier([1, 2], [True]), "event 1"),
        (lambda: relationships.kaplan_meier([0, 2], [True, True]), "above 0"),
        (lambda: relationships.cumulative_incidence([1], ["a", "b"]), "one event for each"),
        (lambda: relationships.sbg_survival(1, a=0, b=1), "a is 0"),
        (lambda: relationships.sbg_survival(1, a=1, b=-1), "b is -1"),
        (lambda: relationships.fit_sbg([0.9, 0.8, 0.7]), "begin with 1"),
        (lambda: relationships.fit_sbg([1, 0.8]), "at least 3"),
        (lambda: relationships.fit_sbg([1, 0.8, 0.9]), "survived rises"),
        (lambda: relationships.clv_multiple(80, 0.1), "80 % is 0.8"),
        (lambda: relationships.clv_multiple(0.8, 0), "interest is 0"),
        (lambda: relationships.plot_whale(figures.new()[1], pd.Series([1, -2])), "adds up to -1"),
    ],
)
def test_impossible_input_names_argument_and_value(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# Pictures

PLOTS = {
    relationships.plot_mix: (2, {"fickle": 30, "fickle_stays": 20, "loyal_stays": 99}),
    relationships.plot_flow: (2, {"awareness": 500, "trust": 2000, "care": 1000}),
    relationships.plot_censoring: (1, {"cut": 30}),
    relationships.plot_who_left: (1, {"at": 6, "customers": "demanding"}),
    relationships.plot_clv: (2, {"retention": 85, "interest": 20.0, "more": 9}),
}


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
def test_plot_moves_what_is_there_and_says_so(plot):
    columns, values = PLOTS[plot]
    _, axes = figures.new(columns=columns)
    assert plot(axes) is axes
    parts = list(axes) if columns == 2 else [axes]
    titles = [ax.get_title("left") for ax in parts]
    counts = [len(ax.get_children()) for ax in parts]
    plot(axes, **values)
    assert [ax.get_title("left") for ax in parts] != titles
    assert [len(ax.get_children()) for ax in parts] == counts
    assert all(ax.get_ylabel() for ax in parts)


EXPLORERS = (
    relationships.explore_mix,
    relationships.explore_flow,
    relationships.explore_censoring,
    relationships.explore_who_left,
    relationships.explore_clv,
)


@pytest.mark.parametrize("make", EXPLORERS, ids=lambda make: make.__name__)
def test_pictures_survive_every_end_of_their_controls(make):
    explorer = make()
    chosen = {name: control.value for name, control in explorer.controls.items()}
    for name, control in explorer.controls.items():
        for value in getattr(control, "options", None) or (control.min, control.max):
            explorer.canvas.draw(**chosen | {name: value})
    for end in ("min", "max"):
        limits = {name: getattr(c, end, chosen[name]) for name, c in explorer.controls.items()}
        explorer.canvas.draw(**limits)


def test_the_whale_ends_at_the_whole():
    ax = relationships.plot_whale(figures.new()[1], pd.Series([5.0, -1, 4, -6]))
    x, y = figures.named(ax, "whale").get_data()
    assert y.tolist() == pytest.approx([0, 250, 450, 400, 100]) and x[-1] == 100


# The model answers of the exercise


def exercise_cells():
    name = "03-relationships"
    path = ROOT / "exercises" / "source" / name / f"{name}.ipynb"
    return {cell.id: cell.source for cell in notebooks.read(path).cells}


def model_answer(source):
    """Split a task into its statement and its model answer, without the rubric."""
    statement, rest = source.split("**Model answer.**")
    return statement, rest.split("| points |")[0]


def said(words):
    return {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", words)}


def test_the_model_brief_quotes_what_its_code_prints(monkeypatch, capsys):
    cells = exercise_cells()
    monkeypatch.setattr(figures, "show", lambda *_, **__: None)
    names = {}
    for name in ("set_up", "capstone_work"):
        code = cells[name].replace('warnings.simplefilter("ignore")', "")
        exec(compile(code, name, "exec"), names)
    printed = capsys.readouterr().out
    statement, answer = model_answer(cells["capstone"])
    assert said(answer) <= said(statement + printed)
    verdict = names["verdict"]
    assert (verdict["newcomers only"] < 0).all() and verdict["ours"].min() >= 92.5
    assert len(answer.split()) <= 400


def test_the_other_model_answers_quote_the_data_and_keep_their_length(lesson):
    cells = exercise_cells()
    strategy, letter = (
        model_answer(cells[name])[1] for name in ("stage_strategy", "farewell_letter")
    )
    channel = lesson["customers"].groupby("channel")
    buyer = channel["acquisition_yuan"].sum() / channel["days_to_order"].count()
    for name in ("trade fair", "search"):
        assert f"¥{buyer[name]:.0f}" in strategy
    assert len(strategy.split()) <= 200
    assert len(letter.split("Before sending")[0].split()) <= 150


def test_exercise_has_forty_points_by_tests_and_thirty_by_hand():
    name = "03-relationships"
    path = ROOT / "exercises" / "source" / name / f"{name}.ipynb"
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebooks.read(path).cells]
    assert sum(mark["points"] for mark in marks if mark.get("grade")) == 40
    assert sum(mark["points"] for mark in marks if mark.get("task")) == 30


# The lesson's answers and prose


def prediction(name):
    text = (ROOT / "lessons" / "03-relationships.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["prediction"][name]


def test_answers_of_the_predictions():
    customers = data.relations()
    lasting = relationships.durations(customers)
    survived = relationships.kaplan_meier(lasting["months"], lasting["left"])
    assert prediction("still-there")["answer"] == round(100 * survived[12])
    early = relationships.durations(customers, 12)
    assert (
        f"{early.loc[early['left'], 'months'].mean():.1f} months"
        in (prediction("still-there")["question"])
    )
    wrong = relationships.one_minus_kaplan_meier(lasting["months"], lasting["cause"], 30)
    assert prediction("sum-of-causes")["answer"] == round(100 * wrong.sum())
    assert f"{1 - survived[30]:.0%}".replace("%", " %") in prediction("sum-of-causes")["question"]

    regular = data.subscription_retention().query("segment == 'regular'")["survived"].to_numpy()
    assert prediction("stay-twelve")["answer"] == round(100 * regular[12])
    assert f"{regular[1] ** 12:.1%}" == "0.4%" and "0.4 %" in prediction("stay-twelve")["because"]

    value = relationships.clv_multiple
    rises = [100 * (value(r + 0.05, 0.1) / value(r, 0.1) - 1) for r in (0.6, 0.9)]
    assert [round(rise) for rise in rises] == [prediction("five-points")["answer"], 41]
    assert f"{value(0.65, 0.1):.2f}" in prediction("five-points")["because"]


def gain(budget):
    truth = trade.draw_truth(20240101)
    return sum(trade.plan(truth, b)["profit_yuan"].sum() * s for b, s in ((budget, 1), ({}, -1)))


def test_answer_of_the_lever_and_what_the_notes_to_it_claim():
    gains = {lever: gain({lever: 1500}) for lever in trade.LEVERS}
    asked = prediction("one-lever")
    assert asked["answer"] == max(gains, key=gains.get) and asked["choices"] == list(trade.LEVERS)
    for yuan in gains.values():
        assert f"¥{abs(yuan):,.0f}" in asked["because"]
    assert gains["awareness"] < 0
    assert gain({"trust": 1500, "care": 1500}) > gains["trust"] + gains["care"]
    assert gain({"trust": 3000}) < gains["trust"]


def test_answers_of_the_quiz():
    text = (ROOT / "lessons" / "03-relationships.toml").read_text(encoding="utf-8")
    asked = tomllib.loads(text)["question"]
    assert len(asked) == 4
    assert all(sum(choice["right"] for choice in one["choice"]) == 1 for one in asked)
    cause = ["neglect"] * 30 + ["choice"] * 20 + [None] * 50
    table = relationships.cumulative_incidence([24] * 100, cause)
    assert table.loc[24, "neglect"] == pytest.approx(0.30)


def test_every_number_in_the_prose_is_printed_or_recomputed(lesson):
    estimate, known = lesson["estimate"], lesson["known"]
    customers = lesson["customers"]
    length = customers.groupby(lesson["length"], observed=True)["profit"].mean()
    values = dict(
        zip(lesson["names"], lesson["value"](estimate, lesson["profit"], 0.01), strict=True)
    )
    regular = data.subscription_retention().query("segment == 'regular'")["survived"].to_numpy()
    survived = lesson["survived"]
    actual, forecast, once = lesson["actual"], lesson["forecast"], lesson["once"]
    retention = np.arange(0.4, 0.95, 0.001)
    rise = relationships.clv_multiple(retention + 0.05, 0.1)
    rise = rise / relationships.clv_multiple(retention, 0.1) - 1
    whale = customers["profit"].sort_values(ascending=False).cumsum() / customers["profit"].sum()
    assert round(100 * (1 + whale.argmax()) / len(whale)) == 21
    proved = [
        f"{-length.iloc[0]:.0f}",
        f"{length.iloc[-1]:.0f}",
        f"{lesson['by_year'].loc[1, 'commitment']:.0f}",
        f"{lesson['by_year']['commitment'].min():.0f}",
        f"{100 * lesson['share'].div(lesson['share'].sum()).loc['commitment', 'profit']:.0f}",
        f"{100 * estimate.loc['commitment', 'expansion']:.1f}",
        f"{100 * estimate.loc['commitment', 'dissolution']:.1f}",
        f"{100 * known.loc['commitment', 'dissolution']:.1f}",
        f"{100 * known.loc['commitment', 'expansion']:.0f}",
        *(f"{yuan:.0f}" for yuan in values.values()),
        f"{100 * survived.loc[30]:.1f}",
        f"{100 * regular[7] / regular[6]:.0f}",
        f"{100 * (actual[16] - forecast[16]):.0f}",
        f"{100 * (actual[16] - once**16):.0f}",
        f"{100 * retention[np.argmax(rise >= 0.25)]:.0f}",
        f"{100 * (7.530 / 7.345 - 1):.1f}",
        f"{100 * whale.max():.0f}",
        *(f"{relationships.clv_multiple(r, 0.1):.2f}" for r in (0.6, 0.7, 0.8, 0.9)),
        "1.6",  # 0.394 - 0.378, both printed
        "0.762",  # recomputed above, as 7.530
        "7.530",
        *("25", "95", "100", "0", "10", "50", "200", "1500", "3000", "2"),  # supposed or quoted
    ]
    assert unproved_numbers(notebooks.read(LESSON), proved) == {}


def test_what_the_prose_says_in_words(lesson):
    by_year = lesson["by_year"]["all"]
    assert 5.5 < by_year.loc[3] / by_year.loc[1] < 6
    share = lesson["truth"].groupby("stage")["profit"].agg(["sum", "size"])
    share = share / share.sum()
    assert share.loc["commitment"].round(2).tolist() == [1.03, 0.23]
    channel = lesson["customers"].groupby("channel")
    bought = channel["days_to_order"].count() / channel.size()
    assert bought.between(0.3, 0.4).all()
    assert channel["days_to_order"].median().agg(["min", "max"]).tolist() == [119, 142.5]
    missed = (lesson["actual"] - lesson["forecast"][1:]).loc[3:]
    assert missed.between(0.005, 0.02).all()
    effect, error = lesson["effect"], lesson["error"]
    planted = data.relations_truth()["failure_effect"]
    assert abs(effect - planted) < 1.96 * error
    shares = pd.DataFrame(lesson["rows"])
    assert shares["ours"].min() > 0.9 and (shares["newcomers only"] < 0).all()
    assert (shares["equal parts"] > shares["ours"]).sum() == 1


def test_what_the_notes_to_the_widgets_say_in_words():
    customers = data.relations()
    everything = relationships.durations(customers)
    survived = relationships.kaplan_meier(everything["months"], everything["left"])
    for cut in (6, 12, 24, 30):
        known = relationships.durations(customers, cut)
        early = relationships.kaplan_meier(known["months"], known["left"])
        assert (early - survived.reindex(early.index)).abs().max() < 0.07
        gone = known[known["left"]]
        dropped = relationships.kaplan_meier(gone["months"], gone["left"])
        assert (dropped.iloc[:-1] < early.reindex(dropped.index).iloc[:-1]).all()
    excess = {}
    for at in (3, 30):
        right = relationships.cumulative_incidence(everything["months"], everything["cause"])
        wrong = relationships.one_minus_kaplan_meier(everything["months"], everything["cause"], at)
        excess[at] = wrong.sum() - right.loc[at].sum()
    assert 0 < excess[3] < 0.05 < 0.5 < excess[30]
    demanding = everything[everything["demanding"] & everything["left"]]
    assert (demanding["ended_by"] == "firm").mean() > 0.5


def test_letters_are_unfair_first_and_fair_then(lesson):
    active = lesson["active"]
    worthy = active[~active["demanding"]]
    first = lesson["loses"]("2024-10", "2024-12", lesson["contacts"]).reindex(worthy.index)
    by_route = first.groupby(worthy["route"]).mean()
    assert by_route["south"] > 0.25 and by_route[["north", "middle"]].eq(0).all()
    by_channel = first.groupby(worthy["channel"]).mean().round(2)
    assert (by_channel.min(), by_channel.max()) == (0.04, 0.17)
    for group in ("route", "region", "channel"):
        assert worthy.groupby(group)["letter"].mean().eq(0).all()
    assert active.loc[active["demanding"], "letter"].sum() == 8


def test_every_point_of_the_notes_is_taught():
    cells = notebooks.read(LESSON).cells
    taught = {point for cell in cells for point in cell.metadata.get("lecture", [])}
    assert taught == {f"R{n}" for n in range(1, 8)}
