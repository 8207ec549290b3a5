"""A small course with a class of submissions, for the tests of batch grading."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coursekit.grading import jail
from grading import assignments

CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'sums'\nc.Execute.timeout = 10\n"
CELLS = [
    ("opening", "locked", "numbers = [1, 2, 3]", None),
    (
        "total",
        "answer",
        "def total(values):\n    ### BEGIN SOLUTION\n    return sum(values)\n    ### END SOLUTION",
        None,
    ),
    ("total_case", "test", "assert total(numbers) == 6, f'gave {total(numbers)}'", 1),
    (
        "total_empty",
        "test",
        "### BEGIN HIDDEN TESTS\nassert total([]) == 0, 'of nothing'\n### END HIDDEN TESTS",
        2,
    ),
    ("mean", "answer", "### BEGIN SOLUTION\nmean = 2\n### END SOLUTION", None),
    ("mean_case", "test", "assert mean == 2", 3),
    ("why", "written", "Why?", 2),
]
TOTAL = "def total(values):\n    return "
RIGHT = {"total": TOTAL + "sum(values)", "mean": "mean = sum(numbers) / 3", "why": "Because."}
ANSWERS = {
    "right": RIGHT,
    "half": {**RIGHT, "total": TOTAL + "sum(values) if values else None"},
    "wrong": {"total": TOTAL + "len(values)", "mean": "mean = 3"},
    "raising": {**RIGHT, "total": TOTAL + "values[0] + values[1] + values[2]"},
    "untouched": {},
}
POINTS = {"right": 6, "half": 4, "wrong": 2, "raising": 4, "untouched": 0}
# nbgrader's own entry; a parser of addresses that costs seconds of start is left out.
START = "import sys; sys.modules['rfc3987_syntax'] = None; from nbgrader.apps.nbgraderapp import main; main()"


def need_jail():
    """Skip a test where no jail can be had, by name; on CI that is a failure."""
    why = jail.problems()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)


def start(course, *command, **more):
    """Start Python with some words in a course, with nobody's own settings."""
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = {name: str(course.parent / name.lower()) for name in own}
    settings["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
    return subprocess.Popen(
        [sys.executable, *command], cwd=course, env=inherited | settings, **pipes
    )


def run(course, *command, status=0):
    """Run it to its end; return what it printed on either channel."""
    process = start(course, *command)
    out, err = process.communicate(timeout=120)
    assert process.returncode == status, f"{command} ended with {process.returncode}\n{out}{err}"
    return out, err


def autograde(course, *words, status=0):
    """Run `coursekit autograde sums`; return its two outputs."""
    return run(course, "-m", "coursekit", "autograde", "sums", *words, status=status)


def told(course, *words, status=0):
    """Run `coursekit autograde sums --json`; return what it tells."""
    return json.loads(autograde(course, "--json", *words, status=status)[0])


def make(course, config=CONFIG, cells=CELLS):
    """Make the course with its release."""
    (course / "source" / "sums").mkdir(parents=True, exist_ok=True)
    (course / "nbgrader_config.py").write_text(config)
    generate(course, cells)
    return course


def generate(course, cells=CELLS):
    """Write the source and generate the release, as an instructor does."""
    book = assignments.notebook([assignments.cell(*row) for row in cells])
    for cell, row in zip(book["cells"], cells, strict=True):
        cell["source"] = row[2]
    (course / "source" / "sums" / "sums.ipynb").write_text(json.dumps(book))
    run(course, "-c", START, "generate_assignment", "sums", "--force")


def hand_in(course, student, answers):
    """Write a submission."""
    made = json.loads((course / "release" / "sums" / "sums.ipynb").read_text())
    for cell in made["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    folder = course / "submitted" / student / "sums"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sums.ipynb").write_text(json.dumps(made))


def scores(course):
    """Return points by student and cell; no grade may be there twice."""
    book = sqlite3.connect(course / "gradebook.db")
    rows = book.execute(
        """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score
        FROM grade JOIN base_cell ON grade.cell_id = base_cell.id
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        """
    ).fetchall()
    book.close()
    assert len({row[:2] for row in rows}) == len(rows), "a grade is there twice"
    return {row[:2]: row[2] for row in rows}


def totals(found):
    """Return points by student."""
    sums = {}
    for (student, _), points in found.items():
        sums[student] = sums.get(student, 0) + (points or 0)
    return sums


def wait_for(path, count, seconds=60):
    """Wait until a log has so many lines of graded submissions."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if path.exists() and path.read_text().count(": graded") >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never had {count} graded submissions")
