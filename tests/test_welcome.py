"""The welcome: what it says when something is missing, and its prediction."""

import tomllib

import pytest
from conftest import ROOT

from coursekit import data, figures, progress, welcome


def test_all_fine_is_said_in_one_line_each(capsys):
    assert welcome.check_environment()
    assert capsys.readouterr().out == "Packages: fine\nData: fine\nYour answers: fine\n"


def test_a_missing_package_is_named_with_the_next_step(monkeypatch, capsys):
    monkeypatch.setattr(welcome, "PACKAGES", ("numpy", "no_such_package"))
    assert not welcome.check_environment()
    out = capsys.readouterr().out
    assert "Packages: lack no_such_package; close JupyterLab and run `make lab`" in out
    assert "Data: fine" in out


def test_missing_data_are_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(data, "folder", lambda: tmp_path)
    assert not welcome.check_environment()
    assert "Data: datasets/" in capsys.readouterr().out


def test_answers_that_cannot_be_kept_are_told(monkeypatch, tmp_path, capsys):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setattr(progress, "folder", lambda: in_the_way / "coursekit")
    assert not welcome.check_environment()
    assert "Your answers: cannot be kept in" in capsys.readouterr().out


def test_answer_of_the_prediction():
    text = (ROOT / "lessons" / "00-welcome.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)["prediction"]["order-rate"]["answer"]
    assert said == pytest.approx(100 * data.visits()["order_id"].notna().mean(), abs=0.05)


def test_orders_that_the_prose_counts():
    ordered = data.visits()["order_id"].notna()
    assert (ordered[:50].sum(), ordered[:1000].sum()) == (0, 48)


@pytest.mark.parametrize("visits", [1, 10, 1000])
def test_every_visit_is_one_dot(visits):
    _, ax = figures.new()
    welcome.plot_visits(ax, 500)
    welcome.plot_visits(ax, visits)
    dots = [len(figures.named(ax, name).get_xdata()) for name in ("no order", "order")]
    assert sum(dots) == visits
    assert f"{dots[1]} orders" in ax.get_title("left")
