"""Lesson 4: published numbers, simulations, properties, and the lesson's answers."""

import math
import re
import tomllib
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, unproved_numbers
from scipy.stats import binom

from coursekit import data, figures, notebooks, service

LESSON = ROOT / "lessons" / "04-service.ipynb"


# Queues: published numbers, an exact sum, a simulation


def test_published_call_centre():
    """100 calls in 30 minutes of 180 s: the case of many call-centre textbooks."""
    load = 100 * 180 / 1800
    assert service.erlang_c(14, load) == pytest.approx(0.17413, abs=5e-6)
    assert service.service_level(14, load, 180, 20) == pytest.approx(0.88835, abs=5e-6)
    assert service.mean_wait(14, load, 180) == pytest.approx(7.836, abs=5e-4)
    waits = [service.mean_wait(n, load, 180) for n in (11, 12, 13)]
    assert waits == pytest.approx([122.8, 40.4, 17.1], abs=0.05)
    assert service.agents_needed(load, 180, 20, 0.8) == 14
    assert math.ceil(14 / (1 - 0.3)) == 20
    assert service.mean_wait(7, 5, 180) == pytest.approx(29.2, abs=0.05)


def erlang_c_by_sums(agents, load):
    """Erlang C by its textbook sums, in exact fractions."""
    load = Fraction(load)
    last = load**agents / math.factorial(agents) * Fraction(agents) / (agents - load)
    return float(last / (sum(load**k / math.factorial(k) for k in range(agents)) + last))


@pytest.mark.parametrize(("agents", "load"), [(1, "1/2"), (3, "5/2"), (14, "10"), (60, "113/2")])
def test_erlang_c_equals_the_exact_sums(agents, load):
    exact = erlang_c_by_sums(agents, load)
    assert service.erlang_c(agents, float(Fraction(load))) == pytest.approx(exact, rel=1e-10)


def test_erlang_c_agrees_with_an_independent_package():
    queuing = pytest.importorskip("pyworkforce.queuing", exc_type=ImportError)
    erlang = queuing.ErlangC(transactions=100, asa=20 / 60, aht=3, interval=30, shrinkage=0.3)
    assert erlang.waiting_probability(positions=14) == pytest.approx(service.erlang_c(14, 10))
    level = erlang.service_level(positions=14)
    assert level == pytest.approx(service.service_level(14, 10, 180, 20))
    needed = erlang.required_positions(service_level=0.8, max_occupancy=1.0)
    assert (needed["raw_positions"], needed["positions"]) == (14, 20)


def test_large_queues_do_not_overflow():
    assert 0 < service.erlang_c(5000, 4950) < 1
    assert service.erlang_c(3, 3) == 1 and service.mean_wait(3, 4, 60) == math.inf
    assert service.service_level(3, 3, 60, 20) == 0


@pytest.mark.parametrize(("agents", "load"), [(2, 1.0), (7, 5.0), (14, 10.0)])
def test_formula_and_simulation_agree(agents, load):
    waits = [service.simulated_wait(agents, load, 180, 60_000, seed) for seed in range(5)]
    error = np.std(waits, ddof=1) / 5**0.5
    assert abs(np.mean(waits) - service.mean_wait(agents, load, 180)) < 4 * error + 0.05


def test_simulated_queue_keeps_littles_law_and_the_service_level():
    rng = np.random.default_rng(8)
    arrived = np.cumsum(rng.exponential(18, 100_000))
    waits = service.simulate_waits(arrived, rng.exponential(180, 100_000), 14)
    assert (waits <= 20).mean() == pytest.approx(0.88835, abs=0.01)
    moments = rng.uniform(0, arrived[-1], 20_000)
    waiting = np.searchsorted(arrived, moments) - np.searchsorted(np.sort(arrived + waits), moments)
    assert waiting.mean() == pytest.approx(len(arrived) / arrived[-1] * waits.mean(), rel=0.05)


def test_more_agents_more_pooling_and_shorter_talks_never_hurt():
    waits = [service.mean_wait(n, 10, 180) for n in range(11, 40)]
    assert (np.diff(waits) < 0).all()
    assert service.mean_wait(14, 10, 180) < service.mean_wait(7, 5, 180)
    assert service.mean_wait(14, 10, 60) == pytest.approx(service.mean_wait(14, 10, 180) / 3)
    for load in (0.5, 3.2, 10, 47.3):
        n = service.agents_needed(load, 180, 20, 0.8)
        assert service.service_level(n, load, 180, 20) >= 0.8
        assert n == 1 or service.service_level(n - 1, load, 180, 20) < 0.8


# Waiting and open tickets


def test_kaplan_meier_published_six_mp():
    """The remission times of the 6-MP arm (Freireich 1963), with the survival curve as printed."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    times, happened = ended + still, [True] * len(ended) + [False] * len(still)
    curve = service.kaplan_meier(times, happened)
    assert curve["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve["open"].to_numpy() == pytest.approx(printed, abs=5e-4)
    assert service.quantile(curve, 0.5) == 23
    assert math.isnan(service.quantile(curve, 0.9))


def test_kaplan_meier_without_open_cases_is_the_empirical_share_in_any_order_and_unit():
    rng = np.random.default_rng(2)
    times = rng.integers(1, 50, 200)
    curve = service.kaplan_meier(times, np.ones(200, bool))
    share = [(times > t).mean() for t in curve["time"]]
    assert curve["open"].to_numpy() == pytest.approx(share)
    ended = rng.random(200) < 0.7
    curve = service.kaplan_meier(times, ended)
    order = rng.permutation(200)
    other = service.kaplan_meier(60 * times[order], ended[order])
    assert other["open"].to_numpy() == pytest.approx(curve["open"].to_numpy())
    assert other["time"].to_numpy() == pytest.approx(60 * curve["time"].to_numpy())
    doubled = service.kaplan_meier(np.tile(times, 2), np.tile(ended, 2))
    assert doubled["open"].to_numpy() == pytest.approx(curve["open"].to_numpy())


@pytest.mark.parametrize("seed", range(5))
def test_kaplan_meier_recovers_a_planted_percentile_and_the_closed_ones_do_not(seed):
    rng = np.random.default_rng(seed)
    true, watched = rng.lognormal(2, 1, 3000), rng.uniform(0, 60, 3000)
    ended = true <= watched
    hours = np.minimum(true, watched)
    p90 = math.exp(2 + 1.2816)
    found = service.quantile(service.kaplan_meier(hours, ended), 0.9)
    assert found == pytest.approx(p90, rel=0.15)
    assert np.quantile(hours[ended], 0.9) < 0.85 * p90


def test_a_report_knows_nothing_of_the_days_after_it():
    report = pd.Timestamp("2025-06-10 23:00")
    tickets = data.tickets()
    written = tickets[tickets["channel"].isin(["e-mail", "form"])]
    hours, answered = service.waits_until(report, 14)
    cut = written[written["arrived_at"] <= report].copy()
    cut["answered_at"] = cut["answered_at"].where(cut["answered_at"] <= report)
    same, known = service.waits_until(report, 14, cut)
    pd.testing.assert_series_equal(hours, same)
    pd.testing.assert_series_equal(answered, known)


# Search


def test_published_inverse_document_frequencies():
    """N = 806,791 documents (Manning, Raghavan, Schuetze 2008), base 10."""
    n = np.array([18165, 6723, 19241, 25235])
    assert np.log10(806_791 / n).round(2).tolist() == [1.65, 2.08, 1.62, 1.50]


def test_bm25_by_hand():
    documents = [["a", "b"], ["a", "a", "c", "d"], ["e"]]
    # N 3, n 2, mean length 7/3, k1 1.2, b 0.75
    idf = math.log(1 + 1.5 / 2.5)
    first = idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / (7 / 3)))
    second = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / (7 / 3)))
    assert service.bm25(["a"], documents) == pytest.approx([first, second, 0])
    twice = service.bm25(["a", "a"], documents)
    assert twice == pytest.approx(2 * service.bm25(["a"], documents))
    assert service.bm25(["nowhere"], documents).tolist() == [0, 0, 0]
    assert service.bm25(["a"], documents, k1=0)[:2] == pytest.approx([idf, idf])


def test_bm25_does_not_depend_on_the_order_of_documents_or_tokens():
    rng = np.random.default_rng(5)
    documents = [list(rng.choice(list("abcdef"), rng.integers(2, 9))) for _ in range(12)]
    query = ["a", "c", "f"]
    scores = service.bm25(query, documents)
    order = rng.permutation(12)
    mixed = [list(rng.permutation(documents[i])) for i in order]
    assert service.bm25(query[::-1], mixed) == pytest.approx(scores[order])


def test_tokens_cut_each_language_its_own_way():
    assert service.tokens("退货？Return IT, 20 包") == ["退货", "return", "it", "20", "包"]
    assert service.tokens("怎么退货", "single characters") == list("怎么退货")
    assert service.tokens("怎么退货", "between spaces") == ["怎么退货"]
    assert service.tokens("，。!") == []


def test_chinese_needs_pairs_and_unseen_questions_are_harder():
    table = service.reciprocal_ranks()
    seen, unseen = (service.mrr(table[table["part"] == part]) for part in ("seen", "unseen"))
    assert (seen > unseen).all() and unseen["zh"] > 0.7
    spaces = service.reciprocal_ranks(cut="between spaces")
    assert service.mrr(spaces)["zh"] == 0
    assert service.mrr(spaces)["en"] == service.mrr(table)["en"]


# Satisfaction


def test_published_net_promoter_margin():
    assert service.nps(0.5, 0.2, 400) == pytest.approx((30, 7.65), abs=0.005)


def test_the_margin_covers_as_often_as_it_says():
    rng = np.random.default_rng(6)
    draws = rng.multinomial(400, [0.5, 0.2, 0.3], 4000) / 400
    inside = 0
    for p, d, _ in draws:
        score, margin = service.nps(p, d, 400)
        inside += abs(score - 30) <= margin
    assert binom.ppf(1e-4, 4000, 0.945) <= inside <= binom.ppf(1 - 1e-4, 4000, 0.955)


def test_kano_table_is_the_published_one():
    table = np.array([list(row) for row in service.KANO_TABLE])
    assert table[0, 0] == table[4, 4] == "Q"
    assert table[0].tolist() == list("QAAAO") and table[:, 4].tolist() == list("OMMMQ")
    assert (table[1:4, 1:4] == "I").all() and (table[1:, 0] == "R").all()
    assert (table[4, :4] == "R").all()


def test_a_promise_needs_a_measurement():
    level = pd.DataFrame({"agents": [3], "level": [0.9]}, index=[9])
    times = pd.Series({"form": 30.2, "e-mail": float("nan")})
    with pytest.raises(ValueError, match=r"e-mail.*too many tickets are open"):
        service.sla("Shop", level, "9-21", times, pd.Series({1: 0.8}))
    page = service.sla("Shop", level, "9-21", times.dropna(), pd.Series({1: 0.8}))
    assert "within 31 hours" in page and "| 9:00 | 3 | 90% |" in page and "level 1: 80%" in page


# Impossible input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: service.erlang_c(0, 1), "agents is 0"),
        (lambda: service.erlang_c(2.5, 1), "agents is 2.5"),
        (lambda: service.erlang_c(2, -1), "load is -1"),
        (lambda: service.erlang_c(2, float("nan")), "load is nan"),
        (lambda: service.mean_wait(2, 1, 0), "talk is 0"),
        (lambda: service.service_level(2, 1, -5, 20), "talk is -5"),
        (lambda: service.agents_needed(1, 60, 20, 1), "goal is 1"),
        (lambda: service.kaplan_meier([1, 2], [True]), "times has 2 values, ended 1"),
        (lambda: service.kaplan_meier([], []), "times has 0 values"),
        (lambda: service.quantile(None, 90), "share is 90"),
        (lambda: service.tokens("茶", "words"), "choose one of between spaces"),
        (lambda: service.bm25(["a"], []), "documents is empty"),
        (lambda: service.bm25(["a"], [["a"]], b=2), "b is 2"),
        (lambda: service.nps(0.8, 0.3, 10), "add up to 1 at most"),
        (lambda: service.nps(50, 20, 10), "shares from 0 to 1"),
        (lambda: service.nps(0.5, 0.2, 0), "n is 0"),
    ],
)
def test_impossible_input_names_argument_and_value(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# Pictures

PLOTS = {
    service.plot_agents: (1, {"calls": 60, "agents": 3}),
    service.plot_pooling: (1, {"channels": 4, "load": 6.0}),
    service.plot_open_tickets: (1, {"day": 25, "days": 40}),
    service.plot_search: (1, {"cut": "between spaces"}),
    service.plot_nps: (2, {"score": -20, "n": 100}),
}
EXPLORERS = [
    service.explore_agents,
    service.explore_pooling,
    service.explore_open_tickets,
    service.explore_search,
    service.explore_nps,
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
    assert ax.get_xlabel() or ax.get_xticklabels()[0].get_text()
    assert ax.get_ylabel()


def test_plots_of_the_prose_can_be_drawn_twice():
    curve = service.kaplan_meier([2, 5, 12, 13], [True, True, True, False])
    table = pd.DataFrame({"FAQ": [0.8, 0.4], "form": [0.9, 0.5]}, index=[1, 2])
    for plot, values in (
        (service.plot_patience, (curve, [2, 5, 12])),
        (service.plot_coverage, (table,)),
        (service.plot_poisson, (data.bank_calls(),)),
    ):
        _, ax = figures.new()
        assert plot(ax, *values) is ax
        count = len(ax.get_children())
        plot(ax, *values)
        assert len(ax.get_children()) == count
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title("left")


@pytest.mark.parametrize("make", EXPLORERS, ids=lambda make: make.__name__)
def test_plots_survive_every_end_of_their_controls(make):
    explorer = make()
    for control in explorer.controls.values():
        values = getattr(control, "options", None) or (control.min, control.max)
        for value in values:
            asked = {name: other.value for name, other in explorer.controls.items()}
            asked.update({n: value for n, other in explorer.controls.items() if other is control})
            explorer.canvas.draw(**asked)
            assert "nan" not in explorer.canvas.title()


# The lesson's answers and prose


def prediction(name):
    text = (ROOT / "lessons" / "04-service.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["prediction"][name]


def written_report(day, days=14):
    report = pd.Timestamp("2025-06-01") + pd.Timedelta(days=day - 1, hours=23)
    return service.waits_until(report, days)


def test_answers_of_the_predictions():
    assert prediction("agents-12")["answer"] == round(service.mean_wait(12, 10, 180), 1)
    assert prediction("pooling")["answer"] == round(service.mean_wait(14, 10, 180), 1)
    hours, answered = written_report(10)
    p90 = service.quantile(service.kaplan_meier(hours, answered), 0.9)
    assert prediction("open-tickets")["answer"] == round(p90)
    said = re.findall(r"\d+", prediction("open-tickets")["question"])
    facts = (len(hours), (~answered).sum(), answered.sum(), round(hours[answered].mean()))
    assert {str(number) for number in facts} <= set(said)
    spaces = service.reciprocal_ranks(cut="between spaces")
    unseen = spaces[spaces["part"] == "unseen"]
    assert prediction("chinese-words")["answer"] == round(service.mrr(unseen)["zh"], 2)
    assert prediction("nps-margin")["answer"] == round(service.nps(0.5, 0.2, 400)[1], 2)


def test_reasons_of_the_predictions_and_the_questions_quote_what_is_so():
    table = service.reciprocal_ranks()
    unseen = service.mrr(table[table["part"] == "unseen"])["zh"]
    assert f"{unseen:.2f}" in prediction("chinese-words")["because"]
    assert round(0.5 + 0.2 - 0.3**2, 2) == 0.61
    toml = (ROOT / "lessons" / "04-service.toml").read_text(encoding="utf-8")
    orders = pd.concat([data.orders(), data.desk_orders()])[["customer_id", "ordered_at"]].dropna()
    half = orders["ordered_at"] < "2025-01-01"
    start = set(orders.loc[half & (orders["ordered_at"] >= "2024-07-01"), "customer_id"])
    end = set(orders.loc[~half, "customer_id"])
    kept = len(start & end)
    assert (len(start), kept, len(end) - kept, len(end)) == (467, 99, 509, 608)
    assert all(n in toml for n in ("467", "99 of them", "509 new", "608", "21 %", "16 %", "130 %"))
    assert round(kept / len(end), 2) == 0.16 and round(kept / len(start), 2) == 0.21


def test_every_number_in_the_prose_is_printed_or_recomputed():
    notebook = notebooks.read(LESSON)
    hours = {day: written_report(day) for day in (3, 18)}
    means = [f"{hours[day][0][hours[day][1]].mean():.0f}" for day in (3, 18)]
    assert means == ["15", "78"], "the notes of the widget on open tickets quote these"
    table = service.reciprocal_ranks()
    parts = {part: service.mrr(table[table["part"] == part]) for part in ("seen", "unseen")}
    errors = [0.30 * 0.70 / 86, 0.23 * 0.77 / 248]
    assert round(100 * sum(errors) ** 0.5) == 6
    proved = [
        *(f"{share:.2f}" for part in parts.values() for share in part),
        "0.00",  # Chinese between spaces, tested above
        f"{service.mean_wait(7, 6.5, 180):.1f}",
        f"{service.mean_wait(42, 39, 180):.1f}",
        f"{service.mean_wait(12, 10, 180):.1f}",
        f"{service.mean_wait(13, 10, 180):.1f}",
        f"{service.mean_wait(14, 10, 180):.1f}",
        f"{service.mean_wait(7, 5, 180):.1f}",
        f"{100 * service.erlang_c(14, 10):.1f}",
        f"{100 * service.service_level(14, 10, 180, 20):.1f}",
        f"{data.desk_truth()['patience_minutes']:.1f}",
        *("0.7", "1.3", f"{14 * 1.3:.1f}"),  # the roster
        "30",  # shrinkage supposed; the busy days and the score of the widget are tested below
        "6.5",  # the end of a slider
        "23",  # satisfied customers kept, printed as 0.23
        "9",  # one agent more than eleven
        "97",  # level 3 in the FAQ, not met
        "63",  # the three gaps together
        "90",  # the percentile
        "65",
        "67",  # needs met during and after the sale
    ]
    rated = data.tickets().dropna(subset="satisfaction")
    rated = rated[rated["closed_at"] <= "2025-04-01"]
    stars = rated["satisfaction"].astype(float)
    groups = stars.groupby(stars >= 4).mean()
    apart = groups[True] - groups[False]
    proved += [f"{apart:.2f}", f"{data.desk_truth()['star_effect'] ** apart:.1f}"]
    proved += [f"{mean:.2f}" for mean in stars.groupby(rated["regular"]).mean()]
    pages = data.service_pages()
    second = pages["kind"] == "service"
    assert second.sum() == 6
    assert pages.loc[second, "views"].sum() / pages["views"].sum() == pytest.approx(1 / 3, abs=0.02)
    rows = data.tickets().groupby("moment")["met"].mean()
    assert (f"{rows['during']:.0%}", f"{rows['after']:.0%}") == ("65%", "67%")
    gaps = ["product information", "transactions", "security", "complaints"]
    assert f"{data.tickets()['content'].isin(gaps).mean():.0%}" == "63%"
    closed = data.tickets().dropna(subset="closed_at")
    third = closed[(closed["level"] == 3) & (closed["channel"] == "FAQ")]
    assert f"{1 - third['met'].mean():.0%}" == "97%"
    assert round(100 / 11) == 9 and round(data.desk_truth()["busy_days"], 1) == 0.3
    assert unproved_numbers(notebook, proved) == {}


def test_the_notes_of_the_audit_and_of_the_evening_are_so():
    pages = data.service_pages()
    source = next(c.source for c in notebooks.read(LESSON).cells if c.id == "audit-scores")
    score = [int(n) for n in re.search(r"\[([\d, ]+)\]", source)[1].split(",")]
    assert len(score) == len(pages)
    truth = pd.Series(data.desk_truth()["page_quality"])
    assert (pd.Series(score) == truth).mean() > 0.9, "our reading is near the planted quality"
    chats = data.chats()
    evening = chats[chats["arrived_at"].dt.hour == 19]
    load = len(evening) / 42 * chats["talk_seconds"].mean() / 3600
    assert round(float(load), 2) == 2.94
    assert f"{service.service_level(3, float(load), 431, 20):.0%}" == "4%"
    assert f"{(~evening['gave_up'] & (evening['wait_seconds'] <= 20)).mean():.0%}" == "46%"
    assert f"{evening['gave_up'].mean():.0%}" == "20%"


def test_the_nine_five_six_and_four_are_all_used():
    text = {cell.id: cell.source for cell in notebooks.read(LESSON).cells}
    for content in set(data.tickets()["content"]):
        word = content.split()[0]
        assert word in text["nothing-reading"], content
    assert len(re.findall(r"^\d\. \*\*", text["elements-reading"], re.M)) == 5
    assert len(re.findall(r'^ +"\d ', text["six-features"], re.M)) == 6
    assert len(re.findall(r"^\d\. ", text["moments-reading"], re.M)) == 4
    for name in ("time", "manner", "content"):
        assert f"({name})" in text["features-reading"] or f"**{name}**" in text["features-reading"]


def test_every_point_of_the_notes_is_taught():
    taught = {
        point for cell in notebooks.read(LESSON).cells for point in cell.metadata.get("lecture", [])
    }
    assert taught == {*(f"V{n}" for n in range(1, 13)), "Q3", "Q4", "Q5"}


# Model answers of the exercise


EXERCISE = ROOT / "exercises" / "source" / "04-service" / "04-service.ipynb"
CELLS = {cell.id: cell for cell in notebooks.read(EXERCISE).cells}


def model_answer(task):
    """Split a task into its statement and its model answer."""
    statement, rest = CELLS[task].source.split("**Model answer.**")
    return statement, rest.split("\n\n| points |")[0]


def said(words):
    """Return the numbers written in a text."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", words)
    return {float(number.replace(",", "").rstrip(".")) for number in found}


def test_the_model_plan_quotes_what_its_code_prints(capsys):
    names = {"__name__": "__main__"}
    with warnings.catch_warnings():  # the set-up cell silences them for students
        for cell in ("set_up", "capstone_work"):
            exec(compile(CELLS[cell].source, cell, "exec"), names)
    statement, answer = model_answer("capstone")
    assert said(answer) <= said(statement + capsys.readouterr().out)
    assert len(answer.split()) <= 400


def test_the_model_answer_on_cutting_quotes_the_data():
    pages = data.service_pages()
    sums = pages.groupby("content")[["views", "asked_after"]].sum()
    surveys, offers = sums.loc["surveys"], sums.loc["offers"]
    _, answer = model_answer("cut_first")
    assert f"{surveys['views']:,} views, and {surveys['asked_after']} readers" in answer
    share = surveys["asked_after"] / surveys["views"]
    assert f"{share:.0%}" == "9%" and "(9 %)" in answer
    assert f"{offers['asked_after'] / offers['views']:.0%}" == "13%" and "13 % ask" in answer
    closed = data.tickets().dropna(subset="closed_at")
    part = closed[closed["level"] == 4].groupby("channel")["met"].mean()
    assert f"{part['community']:.0%}" == "70%" and "70 %" in answer
    assert part.sort_values().index[-2:].tolist() == ["community", "personal"]
    assert pages["text"].str.contains("45 questions").any()
    rank = (sums["asked_after"] / sums["views"]).rank(ascending=False)
    assert rank["surveys"] == 4, "more than for most contents"
