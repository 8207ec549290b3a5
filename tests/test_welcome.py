"""The welcome: what it says when something is missing, and its prediction."""

import base64
import datetime
import json
import re
import tomllib

import pytest
from conftest import ROOT

from coursekit import __main__, data, figures, progress, welcome
from coursekit.study import overview


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give the learner a fresh place."""
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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


def test_the_overview_counts_what_was_done(home):
    fresh = {row["lesson"]: row for row in overview.overview()}
    assert not any(row["read"] for row in fresh.values())
    progress.store("predictions", "01-environment.users-2007", 150.0)
    progress.store("predictions", "01-environment.no-such-question", 1.0)
    progress.store("quiz", "00-welcome.1", "An error")
    for name, points, passed in (
        ("cagr", 4.0, True),
        ("fit_bass", 99.0, False),
        ("gone", 5.0, True),
    ):
        progress.checked(
            f"01-environment.{name}", points=points, most=4.0, passed=passed, answer=name
        )
    rows = {row["lesson"]: row for row in overview.overview()}
    assert rows["00-welcome"]["read"] and rows["00-welcome"]["questions"] == (1, 1)
    assert rows["00-welcome"]["solved"] == (0, 0)
    lesson = rows["01-environment"]
    assert (lesson["predictions"], lesson["read"]) == ((1, 5), False)
    assert (lesson["solved"], lesson["points"]) == ((1, 8), (4 + 6, 40))
    assert rows["02-segmentation"] == fresh["02-segmentation"]
    words = overview.summary(list(rows.values()))
    assert words.startswith(f"1 of {len(rows)} lessons read, 1 of ")
    assert words.endswith("10 of 160 points") or len(rows) != 5


def test_the_picture_fills_a_square_for_each_thing_done(home):
    rows = overview.overview()
    _, ax = figures.new()
    welcome.plot_progress(ax, rows)
    squares = sum(row[part][1] for row in rows for part in ("predictions", "questions", "solved"))
    assert len(figures.named(ax, "done").get_xdata()) == 0
    assert len(figures.named(ax, "open").get_xdata()) == squares
    progress.store("quiz", "00-welcome.1", "An error")
    progress.checked("01-environment.cagr", points=4.0, most=4.0, passed=True, answer="x")
    welcome.plot_progress(ax, overview.overview())
    assert len(figures.named(ax, "done").get_xdata()) == 2
    assert len(figures.named(ax, "open").get_xdata()) == squares - 2
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "✓ Welcome" and not labels[1].startswith("✓")
    begin, end = figures.named(ax, "points 1").get_xdata()
    assert (end - begin) / welcome.BAR_LENGTH == pytest.approx(4 / 40)


def test_the_progress_file_is_given_and_taken_back(home):
    progress.store("quiz", "00-welcome.1", "An error")
    keeper = welcome.keep_progress()
    keeper.take.click()
    (code,) = re.findall(
        r'download="progress.json" href="data:application/json;base64,([^"]+)"', keeper.words.value
    )
    raw = base64.b64decode(code)
    assert json.loads(raw) == progress.read()
    assert "1 of " in keeper.words.value
    (home / "progress.json").unlink()
    keeper.bring.value = [file(b"{")]
    assert "damaged" in keeper.words.value and "Nothing was changed." in keeper.words.value
    keeper.bring.value = [file(raw)]
    assert "1 entries came back" in keeper.words.value
    assert progress.read()["quiz"] == {"00-welcome.1": "An error"}


def file(content):
    """Return what the page sends for a chosen file."""
    return {
        "name": "progress.json",
        "type": "application/json",
        "size": len(content),
        "content": memoryview(content),
        "last_modified": datetime.datetime(2026, 1, 1),
    }


def test_the_command_shows_keeps_and_brings_back(home, tmp_path, capsys):
    progress.store("quiz", "00-welcome.1", "An error")
    kept = tmp_path / "kept.json"
    assert __main__.main(["progress", "--save", str(kept)]) == 0
    assert "Welcome: 0 of 1 predictions, 1 of 1 questions at its end." in capsys.readouterr().out
    assert __main__.main(["progress", "--save", str(kept)]) == 2
    assert "exists" in capsys.readouterr().err
    (home / "progress.json").unlink()
    assert __main__.main(["progress", "--restore", str(kept)]) == 0
    assert "1 entries came back" in capsys.readouterr().out
    assert progress.read()["quiz"] == {"00-welcome.1": "An error"}
