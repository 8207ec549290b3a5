"""The page about a class, and its grades as CSV."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from coursekit import figures
from coursekit.grading import grades, report

TESTS = {"sum": 1, "mean": 2, "odd": 1}


def row(student, points, review=(), repairs=(), seconds=1.0):
    verdicts = {
        test: {
            "verdict": "PASS" if got == most else "FAIL",
            "points": float(got),
            "most": float(most),
            "message": "" if got == most else f"AssertionError: {test} is <b>off</b>",
            "review": test in review,
        }
        for (test, most), got in zip(TESTS.items(), points, strict=True)
    }
    return {
        "student": student,
        "first": "",
        "last": "",
        "email": f"{student}@example.org",
        "score": float(sum(points)),
        "waiting": False,
        "verdicts": verdicts,
        "repairs": list(repairs),
        "seconds": seconds,
    }


CLASS = [
    row("lin.mei", (1, 2, 0)),
    row("wu.an", (1, 2, 0), repairs=["The cell 'sum' was deleted; it was put back."]),
    row("chen.yu", (0, 2, 0), review=["odd"]),
    row("zhao.li", (0, 0, 1), seconds=5.0),
]


def test_difficulty_and_discrimination():
    found = {one["test"]: one for one in report.items(CLASS)}
    assert found["sum"]["solved"] == 0.5 and found["mean"]["solved"] == 0.75
    expected = np.corrcoef([1, 1, 0, 0], [2, 2, 2, 1])[0, 1]
    assert found["sum"]["separates"] == pytest.approx(expected)
    assert found["odd"]["separates"] < 0, "solved by who fails elsewhere"
    same = report.items([row("a", (1, 2, 1)), row("b", (1, 0, 0))])
    assert same[0]["separates"] is None, "everybody solved it"


def test_the_most_common_message_comes_first():
    found = report.messages(CLASS)
    assert found[0] == ("odd", "FAIL", "AssertionError: odd is <b>off</b>", 3)
    assert [count for *_, count in found] == [3, 2, 1]


def test_the_page_stands_alone_and_names_nobody():
    page = report.page("sums", 4, CLASS)
    assert not re.search(r"(?:src|href)=\"(?!data:)|<script|@import|url\(", page)
    assert page.count("<img ") == page.count('alt="') == 4
    assert all(student not in page for student in ("lin.mei", "wu.an", "chen.yu", "zhao.li"))
    assert "is &lt;b&gt;off&lt;/b&gt;" in page and "<b>off" not in page
    assert "1 notebooks were repaired" in page and "1 have tests" in page
    assert "Median 2.5 of 4 points, from 1 to 3." in page
    assert "Median 1.0 s for a submission, 5.0 s at most" in page
    named = report.page("sums", 4, CLASS, names=True)
    assert "<td>chen.yu</td><td" in named and "look at odd" in named


def test_a_page_of_one_student_who_failed_nothing():
    page = report.page("sums", 4, [row("lin.mei", (1, 2, 1))])
    assert "No test failed." in page and "the same for all" in page


def test_pictures_say_what_they_show():
    _, ax = figures.new()
    report.plot_scores(ax, [one["score"] for one in CLASS], 4)
    bars = [patch for patch in ax.patches if patch.get_gid() == "students"]
    assert sum(bar.get_height() for bar in bars) == len(CLASS)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title(loc="left")) == (
        "points of 4",
        "students",
        "Scores",
    )
    _, ax = figures.new()
    report.plot_items(ax, report.items(CLASS))
    assert [bar.get_width() for bar in ax.patches] == [50, 75, 25]
    assert "% of" in ax.get_xlabel()


def test_canvas_and_moodle(tmp_path):
    found = [
        {"student": "lin", "first": "Mei", "last": "Lin, Dr", "email": "l@e.org", "score": 2.5},
        {"student": "wu", "first": "", "last": "", "email": "", "score": 0.0},
    ]
    for kind in ("canvas", "moodle"):
        grades.write(kind, tmp_path / kind, found, "sums", 8)
    with open(tmp_path / "canvas", newline="") as file:
        header, possible, *rows = csv.reader(file)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "sums"]
    assert possible == ["Points Possible", "", "", "", "", "8"]
    assert rows[0] == ["Lin, Dr, Mei", "", "lin", "lin", "", "2.5"]
    assert rows[1] == ["wu", "", "wu", "wu", "", "0"]
    with open(tmp_path / "moodle", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["Username"] == rows[0]["ID number"] == "lin"
    assert rows[0]["Email address"] == "l@e.org" and rows[0]["sums (of 8)"] == "2.5"
    with pytest.raises(ValueError, match="canvas or moodle"):
        grades.write("blackboard", Path(tmp_path / "x"), found, "sums", 8)
