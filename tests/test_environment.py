"""Lesson 1: published numbers, recovery of planted parameters, properties, and the lesson's answers."""

import re
import tomllib

import numpy as np
import pytest
from conftest import ROOT, unproved_numbers
from scipy.optimize import curve_fit

from coursekit import data, environment, figures, notebooks

VCR = np.array([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890])
LESSON = ROOT / "lessons" / "01-environment.ipynb"


# Published numbers


def steepness(t, m, p, q):
    decay = np.exp(-(p + q) * t)
    return m * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


def test_published_video_recorders_are_a_fit_of_the_steepness():
    (m, p, q), _ = curve_fit(steepness, np.arange(1, 11), VCR, p0=(60000, 0.01, 0.4))
    assert m == pytest.approx(67981, abs=1)
    assert p == pytest.approx(0.006594, abs=1e-6)
    assert q == pytest.approx(0.63809, abs=1e-5)
    assert environment.bass_peak(p, q) == pytest.approx(7.09, abs=0.005)


def test_steepness_is_what_bass_rises_by():
    t, step = np.linspace(1, 10, 10), 1e-5
    rise = environment.bass(t + step, 68e3, 0.0066, 0.64) - environment.bass(t, 68e3, 0.0066, 0.64)
    assert rise / step == pytest.approx(steepness(t, 68e3, 0.0066, 0.64), rel=1e-4)


def test_users_grew_as_reported():
    users = environment.users()
    assert users["2007-12-31"] / users["2006-12-31"] - 1 == pytest.approx(0.533, abs=5e-4)
    assert users["2007-06-30"] / users["2006-06-30"] - 1 == pytest.approx(0.317, abs=5e-4)


def test_ceiling_of_mid_2007_and_of_2023():
    known = environment.users().loc[:"2007-06"]
    ceiling = environment.fit("Bass", environment.years_online(known.index), known)[0]
    assert ceiling == pytest.approx(190, abs=1)
    assert environment.fit_users("Bass", 2023)[0] == pytest.approx(1140, rel=0.025)


# Recovery and properties


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("curve", environment.CURVES)
def test_fit_recovers_planted_parameters(curve, seed):
    rng = np.random.default_rng(seed)
    planted = (
        rng.uniform(100, 1000),
        *(
            (rng.uniform(0.002, 0.02), rng.uniform(0.3, 0.7))
            if curve == "Bass"
            else (rng.uniform(6, 12), rng.uniform(0.25, 0.7))
        ),
    )
    t = np.arange(1, 26)
    y = environment.CURVES[curve][0](t, *planted)
    noisy = y * rng.normal(1, 0.002, len(t))
    assert environment.fit(curve, t, noisy) == pytest.approx(planted, rel=0.1)


def test_bass_is_the_limit_of_the_simulated_people():
    p, q, steps = 0.01, 0.5, 1000
    joined, path = 0.0, [0.0]
    for _ in range(20 * steps):
        joined += (1 - joined) * (p + q * joined) / steps
        path.append(joined)
    years = np.arange(21)
    assert np.array(path)[years * steps] == pytest.approx(
        environment.bass(years, 1, p, q), abs=1e-3
    )


def test_bass_scales_with_its_unit_and_rises():
    t = np.linspace(0, 30, 50)
    people = environment.bass(t, 200e6, 0.003, 0.5)
    assert people == pytest.approx(environment.bass(t, 200, 0.003, 0.5) * 1e6)
    assert (np.diff(people) > 0).all() and people[0] == 0


def test_steepest_moment_is_the_peak():
    t = np.linspace(0, 30, 30001)
    steepest = t[np.diff(environment.bass(t, 1, 0.01, 0.5)).argmax()]
    assert steepest == pytest.approx(environment.bass_peak(0.01, 0.5), abs=0.002)


def test_exponent_does_not_depend_on_units_or_order():
    table = environment.shoppers()
    b = environment.exponent(table["users"], table["shoppers"])
    shuffled = table.sample(frac=1, random_state=1)
    assert environment.exponent(shuffled["users"] * 1e6, shuffled["shoppers"] * 1e2) == (
        pytest.approx(b)
    )


@pytest.mark.parametrize("seed", range(5))
def test_interrupted_series_recovers_a_planted_step(seed):
    rng = np.random.default_rng(seed)
    t = np.arange(2000, 2010, 0.25)
    step, cut = rng.uniform(-0.3, 0.6), 2005.0
    y = np.exp(0.2 * (t - 2000)) * np.where(t >= cut, 1 + step, 1) * rng.normal(1, 0.005, len(t))
    found, _ = environment.interrupted(t, y, cut)
    assert found == pytest.approx(step, abs=0.02)


def test_error_map_is_lowest_where_the_fit_is():
    m, p, q = environment.fit_users("Bass", 2023)
    errors = environment.error_map(p, 2023, size=200)
    row, column = np.unravel_index(errors.argmin(), errors.shape)
    assert np.logspace(*np.log10(environment.RIDGE_CEILINGS), 200)[column] == (
        pytest.approx(m, rel=0.05)
    )
    assert np.linspace(*environment.RIDGE_Q, 200)[row] == pytest.approx(q, abs=0.01)


def test_money_adds_up_and_more_visits_cannot_save_a_losing_click():
    flow = environment.shop_month(1000, 0.02, 150, 0.1, 2)
    assert flow.iloc[:-1].sum() == pytest.approx(flow["left over"])
    doubled = environment.shop_month(2000, 0.02, 150, 0.1, 2)
    assert doubled["left over"] == pytest.approx(2 * flow["left over"])
    assert flow["left over"] < 0


# Impossible input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: environment.bass(1, m=0, p=0.1, q=0.1), "m is 0"),
        (lambda: environment.bass(1, m=1, p=-0.1, q=0.1), "p is -0.1"),
        (lambda: environment.bass(1, m=1, p=0.1, q=-1), "q is -1"),
        (lambda: environment.bass(1, m=float("nan"), p=0.1, q=1), "m is nan"),
        (lambda: environment.fit("Bas", [1], [1]), "choose one of Bass, logistic, Gompertz"),
        (lambda: environment.fit("Bass", [1, 2], [1, 2]), "at least 4"),
        (lambda: environment.exponent([1], [1]), "at least 2"),
        (lambda: environment.interrupted([1, 2, 3, 4], [1, 2, 3, 4], 2), "at least 3"),
        (lambda: environment.shop_month(1, 4.5, 1, 0, 0), "order_rate is 4.5; a rate lies from 0"),
        (lambda: environment.shop_month(-1, 0.4, 1, 0, 0), "visits is -1"),
    ],
)
def test_impossible_input_names_argument_and_value(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


# Pictures

PLOTS = {
    environment.plot_ridge: (2, {"m": 500, "p": 0.001, "q": 0.3, "last_year": 2003}),
    environment.plot_curves: (1, {"last_year": 2010}),
    environment.plot_network_laws: (1, {"first_year": 2009, "last_year": 2006}),
    environment.plot_policy: (1, {"cut": 2003.25, "window": 2, "planted": 50}),
    environment.plot_waterfall: (1, {"visits": 900, "order_rate": 2.0, "cost_per_visit": 5}),
}


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


def ends(slider):
    base = getattr(slider, "base", None)  # the ends of a slider for powers are exponents
    return [base**end if base else end for end in (slider.min, slider.max)]


def test_plots_survive_every_end_of_their_sliders():
    for make in (
        environment.explore_ridge,
        environment.explore_curves,
        environment.explore_network_laws,
        environment.explore_policy,
        environment.explore_waterfall,
    ):
        explorer = make()
        for slider in explorer.controls.values():
            for value in ends(slider):
                explorer.canvas.draw(
                    **{
                        name: (value if other is slider else other.value)
                        for name, other in explorer.controls.items()
                    }
                )


# The lesson's answers and prose


def prediction(name):
    text = (ROOT / "lessons" / "01-environment.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["prediction"][name]


def test_answers_of_the_predictions():
    users = environment.users()
    assert prediction("users-2007")["answer"] == users["2007-12-31"]
    t = environment.years_online(["2023-12-31"])
    highest = max(
        float(curve(t, *environment.fit_users(name, 2006))[0])
        for name, (curve, *_) in environment.CURVES.items()
    )
    assert prediction("curves-2023")["answer"] == round(highest)
    shoppers = environment.shoppers()["shoppers"]
    assert prediction("shoppers-2013")["answer"] == round(shoppers.iloc[-1] / shoppers.iloc[0], 1)
    assert prediction("placebo-2003")["answer"] == round(100 * averages(2003.25))
    assert prediction("advert-profit")["answer"] == round(advert_profit())


def averages(cut, window=3):
    t, y = environment._calendar(environment.users().index), environment.users().to_numpy()
    near = np.abs(t - cut) <= window
    return environment.before_after(t[near], y[near], cut)


def jump(cut, planted=0.0, window=3):
    t, y = environment._calendar(environment.users().index), environment.users().to_numpy()
    near = np.abs(t - cut) <= window
    y = y * np.where(t >= cut, 1 + planted, 1)
    return environment.interrupted(t[near], y[near], cut)[0]


def best_miss(ceiling):
    """Return the least miss to 2003 at the slider's p, over q, under a given ceiling."""
    known = environment.users().loc[:"2003"]
    t = environment.years_online(known.index)
    misses = [
        environment.root_mean_square(environment.bass(t, ceiling, 0.0025, q) - known)
        for q in np.arange(*environment.RIDGE_Q, 0.001)
    ]
    return min(misses)


def break_even_rate(return_rate):
    """Return the orders in 100 visits at which the adverts' clicks pay for themselves."""
    rates = np.arange(0.1, 10, 0.01)
    left = [
        environment.shop_month(510, rate / 100, 156, return_rate, 1.75)["left over"]
        for rate in rates
    ]
    return rates[np.searchsorted(left, 0)]


def later_orders():
    """Return what the orders left that customers won by an advert made at other visits."""
    visits, customers = data.visits(), data.customers()
    won = customers.loc[customers["source"] == "advert", "customer_id"]
    later = visits[(visits["source"] != "advert") & visits["customer_id"].isin(won)]
    return left_by(later["visit_id"])


def advert_profit():
    visits = data.visits()
    clicks = data.spending().query("source == 'advert'")["spend_yuan"].sum()
    return left_by(visits.loc[visits["source"] == "advert", "visit_id"]) - clicks


def left_by(visit_ids):
    """Return what the orders of these visits left after returns, goods and fee."""
    truth, orders = data.shop_truth(), data.orders()
    sold = orders[orders["visit_id"].isin(visit_ids)].merge(data.products(), on="product_id")
    kept = sold.loc[~sold["returned"], "revenue_yuan"].sum()
    costs = (
        (sold["cost_yuan"] * sold["quantity"]).sum()
        + truth["fee_rate"] * sold["revenue_yuan"].sum()
        + truth["return_cost_yuan"] * sold["returned"].sum()
    )
    return kept - costs


def test_every_number_in_the_prose_is_printed_or_recomputed():
    shoppers = environment.shoppers()
    spans = (("2005", "2006"), ("2006", "2009"), ("2009", "2013"), ("2005", "2013"))
    windows = [shoppers.loc[first:last] for first, last in spans]
    placebo = [jump(cut) for cut in np.arange(2001.25, 2009.5, 0.5) if cut != 2005.25]
    shares = [
        *(averages(cut) for cut in (2003.25, 2005.25)),
        *(jump(cut) for cut in (2003.25, 2005.25)),
        *(min(placebo), max(placebo)),
        *(jump(2005.25, planted) for planted in (0.5, 0.8)),
    ]
    proved = {
        *(f"{environment.exponent(w['users'], w['shoppers']):.2f}" for w in windows),
        *(f"{abs(share) * 100:.0f}" for share in shares),
        *(f"{best_miss(ceiling):.1f}" for ceiling in (100, 200)),
        *(f"{break_even_rate(share):.1f}" for share in (0.12, 0.24)),
        f"{later_orders():.0f}",
        *data.internet_statistics()["value"].map("{:g}".format),
        *data.farm_case()["price_yuan_per_tonne"].dropna().map("{:.0f}".format),
        # supposed by the prose, or quoted from the notes and the copied example
        *("30", "50", "80", "66.4", "8", "0.006594", "2001.75"),
    }
    assert unproved_numbers(notebooks.read(LESSON), proved) == {}


def test_every_point_of_the_notes_is_taught():
    taught = {
        point for cell in notebooks.read(LESSON).cells for point in cell.metadata.get("lecture", [])
    }
    assert taught == {"E1", "E2", "E3", "E4"}


def test_glossary_names_terms_whose_cells_exist():
    text = (ROOT / "lessons" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| \[[^\]]+\]\((\S+\.ipynb)\), `([\w-]+)` \|$",
        text,
        re.M,
    )
    assert len(rows) >= 20
    assert [row[0].lower() for row in rows] == sorted(row[0].lower() for row in rows)
    for term, chinese, sentence, name, cell_id in rows:
        cells = {c.id: c.source for c in notebooks.read(ROOT / "lessons" / name).cells}
        assert cell_id in cells, f"{term}: {name} has no cell {cell_id}"
        assert re.search(r"[一-鿿]", chinese) and sentence.endswith(".")
        assert chinese in cells[cell_id] or term.lower() in cells[cell_id].lower(), term
