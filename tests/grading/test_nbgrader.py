"""Plain nbgrader commands, in a course unrelated to this one, with and without the two lines."""

import contextlib
import html
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coursekit.grading import jail
from grading import assignments

CONFIG = """
from nbgrader.plugins import LateSubmissionPlugin


class Daily(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return 0.1 * score + seconds / 86400


c = get_config()
c.CourseDirectory.course_id = 'geometry'
c.Execute.timeout = 20
c.AssignLatePenalties.plugin_class = Daily
"""
DUE = "2026-01-02 00:00:00.000000"
HANDED_IN = {"right": "2026-01-01 23:59:00 UTC", "half": "2026-01-03 12:00:00 UTC"}
LINES = "from coursekit.grading import configure\n\nconfigure(c)\n"
CELLS = [
    ("set_up", "locked", "import math\nimport pandas as pd\nshapes = ['circle', 'square']", None),
    (
        "area",
        "answer",
        "def area(r):\n    ### BEGIN SOLUTION\n    return math.pi * r**2\n    ### END SOLUTION",
        None,
    ),
    ("area_one", "test", "assert math.isclose(area(1), math.pi), f'area(1) gave {area(1)}'", 1),
    (
        "area_hidden",
        "test",
        "# Other circles (hidden).\n### BEGIN HIDDEN TESTS\nassert math.isclose(area(2.5), 19.634954084936208), 'of a larger circle'\n### END HIDDEN TESTS",
        2,
    ),
    (
        "sides",
        "answer",
        "sides = {}\n### BEGIN SOLUTION\nsides = {'square': 4}\n### END SOLUTION",
        None,
    ),
    (
        "sides_half",
        "test",
        "points = 0\nif sides.get('square') == 4:\n    points += 1\nif len(sides) == 1:\n    points += 0.5\npoints",
        2,
    ),
    (
        "table",
        "answer",
        "### BEGIN SOLUTION\ntable = pd.DataFrame({'shape': shapes, 'n': [0, 4]})\n### END SOLUTION",
        None,
    ),
    (
        "table_test",
        "test",
        "pd.testing.assert_frame_equal(table, pd.DataFrame({'shape': ['circle', 'square'], 'n': [0, 4]}))",
        3,
    ),
    ("why", "written", "Why is pi not a fraction?", 4),
]
RIGHT = {
    "area": "def area(r):\n    return math.pi * r * r",
    "sides": "sides = dict(square=4)",
    "table": "table = pd.DataFrame({'shape': shapes, 'n': [0, 4]})",
    "why": "Lambert showed it in 1761.",
}
SUBMISSIONS = {
    "right": RIGHT,
    "half": {
        **RIGHT,
        "area": "def area(r):\n    return math.pi * r",
        "sides": "sides = {'square': 4, 'circle': 0}",
    },
    "wrong": {
        "area": "def area(r):\n    return 0",
        "sides": "sides = {'square': 3}",
        "table": "table = pd.DataFrame()",
    },
    "untouched": {},
    "prints": {
        **RIGHT,
        "area": "import sys\ndef area(r):\n    print('radius', r)\n    return math.pi * r * r\nprint('defined')",
    },
}
HOSTILE = {
    "markup": {
        **RIGHT,
        "area": "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(1)</script>'))\nseen = []\n"
        "def area(r):\n    seen.append(r)\n    raise ValueError(f'<script>alert({r})</script>')",
        "sides": "sides = {'square': 4}\nprint(seen)",
        "why": "<script>alert(2)</script> <img src=x onerror=alert(3)> [x](javascript:alert(4)) "
        "$\\href{javascript:alert(5)}{x}$",
    }
}


def start(course, *words):
    """Start Python with some words in a course, with nobody's own settings."""
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = {name: str(course.parent / name.lower()) for name in own}
    settings["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=course,
        env=inherited | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def nbgrader(course, *words, wait=True):
    """Run one nbgrader command in a course."""
    made = start(course, "-c", START, *words)
    if not wait:
        return made
    said, _ = made.communicate(timeout=200)
    assert made.returncode == 0, f"nbgrader {' '.join(words)}\n{said}"
    return said


OTHERS = ["jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim"]
SERVED = {"nbgrader.server_extensions.formgrader": True, **dict.fromkeys(OTHERS, False)}
ALONE = ["--no-browser", "--allow-root", f"--ServerApp.jpserver_extensions={SERVED}"]
# nbgrader's own entry; a parser of addresses that costs seconds of start is left out.
START = "import sys; sys.modules['rfc3987_syntax'] = None; from nbgrader.apps.nbgraderapp import main; main()"


def hand_in(course, student, answers):
    release = course / "release" / "shapes" / "shapes.ipynb"
    made = json.loads(release.read_text())
    for cell in made["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    folder = course / "submitted" / student / "shapes"
    folder.mkdir(parents=True)
    (folder / "shapes.ipynb").write_text(json.dumps(made))
    if student in HANDED_IN:
        (folder / "timestamp.txt").write_text(HANDED_IN[student])


NOTEBOOKS = "JOIN submitted_assignment AS handed ON handed.id = submitted_notebook.assignment_id"
CELLS_OF_NOTEBOOKS = f"""
    JOIN base_cell ON cell_id = base_cell.id
    JOIN submitted_notebook ON submitted_notebook.id = {{}}.notebook_id {NOTEBOOKS}
"""
RECORDED = {
    "grade": "base_cell.name, auto_score, manual_score, extra_credit, needs_manual_grade",
    "comment": "base_cell.name, auto_comment, manual_comment",
    "submitted_notebook": "timestamp, late_submission_penalty",
}


def recorded(course):
    """Return all that a gradebook holds of submissions, and the table that it exports."""
    book = sqlite3.connect(course / "gradebook.db")
    found = {"exported": sorted((course / "grades.csv").read_text().splitlines())}
    for table, columns in RECORDED.items():
        joined = NOTEBOOKS if table == "submitted_notebook" else CELLS_OF_NOTEBOOKS.format(table)
        rows = book.execute(f"SELECT student_id, {columns} FROM {table} {joined}")
        found[table] = sorted(rows.fetchall(), key=repr)
    book.close()
    return found


def scores(course):
    """Return (points, manual grading needed) by student and cell."""
    book = sqlite3.connect(course / "gradebook.db")
    rows = book.execute(
        """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.needs_manual_grade
        FROM grade JOIN base_cell ON grade.cell_id = base_cell.id
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        """
    ).fetchall()
    book.close()
    assert len({row[:2] for row in rows}) == len(rows), "a grade is there twice"
    return {row[:2]: row[2:] for row in rows}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Make a course with its release and submissions, not graded yet."""
    course = tmp_path_factory.mktemp("geometry") / "course"
    (course / "source" / "shapes").mkdir(parents=True)
    book = assignments.notebook([assignments.cell(*row) for row in CELLS])
    for cell, row in zip(book["cells"], CELLS, strict=True):
        cell["source"] = row[2]
    (course / "source" / "shapes" / "shapes.ipynb").write_text(json.dumps(book))
    (course / "nbgrader_config.py").write_text(CONFIG)
    nbgrader(course, "generate_assignment", "shapes")
    book = sqlite3.connect(course / "gradebook.db")
    book.execute("UPDATE assignment SET duedate = ?", [DUE])
    book.commit()
    book.close()
    for student, answers in SUBMISSIONS.items():
        hand_in(course, student, answers)
    return course


@pytest.fixture
def course(released, tmp_path):
    """Return a copy of the course with the two lines in its configuration."""
    why = jail.problems()
    if why:
        pytest.skip(why)
    made = Path(shutil.copytree(released, tmp_path / "course"))
    (made / "nbgrader_config.py").write_text(CONFIG + LINES)
    return made


@pytest.fixture(scope="module")
def graded_by_stock(released, tmp_path_factory):
    """Return the course as nbgrader alone grades it."""
    made = Path(shutil.copytree(released, tmp_path_factory.mktemp("stock") / "course"))
    nbgrader(made, "autograde", "shapes")
    return made


@pytest.fixture(scope="module")
def stock(graded_by_stock):
    """Return the points that nbgrader alone gives."""
    return scores(graded_by_stock)


def row(test, points, words, message):
    """Return a row of the table in a student's feedback."""
    cells = [f"<code>{test}</code>", points, words, html.escape(message)]
    return "".join(f"<td>{cell}</td>" for cell in cells)


def test_a_round_gives_what_stock_gives(course, stock, graded_by_stock):
    nbgrader(course, "autograde", "shapes")
    assert scores(course) == stock
    assert (
        sum(points or 0 for (student, _), (points, _) in stock.items() if student == "right") == 7.5
    )
    nbgrader(course, "generate_feedback", "shapes")
    for made in (course, graded_by_stock):
        nbgrader(made, "export")
    assert (course / "grades.csv").read_text().count("\n") == 1 + len(SUBMISSIONS)
    mine = recorded(course)
    assert mine == recorded(graded_by_stock)
    late = {student: penalty for student, _, penalty in mine["submitted_notebook"] if penalty}
    assert late == {"half": pytest.approx(0.1 * 5 + 1.5)}
    assert ("untouched", "why", "No response.", None) in mine["comment"]
    page = (course / "feedback" / "wrong" / "shapes" / "shapes.html").read_text()
    assert row("area_one", "0 of 1", "failed", "AssertionError: area(1) gave 0") in page
    page = (course / "feedback" / "half" / "shapes" / "shapes.html").read_text()
    assert row("area_one", "1 of 1", "passed", "") in page
    assert row("area_hidden", "0 of 2", "failed", "AssertionError: of a larger circle") in page
    assert "19.634954084936208" not in page, "the hidden test is shown"
    graded = json.loads((course / "autograded" / "half" / "shapes" / "shapes.ipynb").read_text())
    assert "19.634954084936208" in json.dumps(graded), "the instructor must see the hidden test"


def test_feedback_escapes_and_keeps_secrets(course):
    shutil.rmtree(course / "submitted")
    for student, answers in HOSTILE.items():
        hand_in(course, student, answers)
    path = course / "submitted" / "markup" / "shapes" / "shapes.ipynb"
    book = json.loads(path.read_text())
    book["cells"] = [cell for cell in book["cells"] if "table_test" not in str(cell["metadata"])]
    path.unlink()
    path.with_name("my <b>answers.ipynb").write_text(json.dumps(book))
    nbgrader(course, "autograde", "shapes")
    nbgrader(course, "generate_feedback", "shapes")
    page = (course / "feedback" / "markup" / "shapes" / "shapes.html").read_text()
    for tag in ("<script>alert", "<img src=x", "<b>answers", 'href="javascript', "\\href{"):
        assert tag not in page
    assert "The notebook was called" in page and "my &lt;b&gt;answers.ipynb" in page
    assert "The cell 'table_test' was deleted; it was put back." in html.unescape(page)
    assert "2.5" not in page.split("<body>")[1], "a later cell or a message told the hidden input"
    assert "stopped by an error" in page


def posted(port, path):
    """Return the answer of a Jupyter server, which may be starting still, to a press of a button."""
    line, until = http.client.HTTPConnection("127.0.0.1", port, timeout=60), time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.closing(line), contextlib.suppress(ConnectionRefusedError):
            line.request("POST", path, headers={"Authorization": "token word"})
            return json.loads(line.getresponse().read())
        time.sleep(0.1)
    return {"success": False, "error": "no server"}


def test_the_formgraders_button(course, stock):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [f"--port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=word"]
    with start(course, "-m", "jupyter_server", *words, *ALONE) as server:
        try:
            result = posted(port, "/formgrader/api/submission/shapes/half/autograde")
        finally:
            server.terminate()
    assert result["success"], result
    mine = {key: value for key, value in stock.items() if key[0] == "half"}
    assert scores(course) == mine
    graded = json.loads((course / "autograded" / "half" / "shapes" / "shapes.ipynb").read_text())
    assert graded["metadata"]["coursekit"]["sandbox"] is True


def test_no_sandbox_is_recorded(course, stock):
    nbgrader(
        course, "autograde", "shapes", "--student", "half", "--Autograde.unsafe_no_sandbox=True"
    )
    assert scores(course) == {key: value for key, value in stock.items() if key[0] == "half"}
    book = sqlite3.connect(course / "gradebook.db")
    comments = [row[0] for row in book.execute("SELECT auto_comment FROM comment")]
    book.close()
    assert comments and all("Graded without a sandbox." in (text or "") for text in comments)
    nbgrader(course, "generate_feedback", "shapes")
    page = (course / "feedback" / "half" / "shapes" / "shapes.html").read_text()
    assert "graded without a sandbox" in page


def test_a_machine_without_a_jail_is_told(course, tmp_path):
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    fake.chmod(0o755)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{fake.parent}:{before}"
    try:
        made = nbgrader(course, "autograde", "shapes", wait=False)
        said, _ = made.communicate(timeout=60)
    finally:
        os.environ["PATH"] = before
    assert made.returncode != 0 and "no namespaces here" in said and "unsafe_no_sandbox" in said
    assert scores(course) == {}


def test_one_bad_submission_stops_nobody(course, stock):
    folder = course / "submitted" / "half" / "shapes"
    (folder / "shapes.ipynb").write_text("not a notebook")
    right = course / "submitted" / "right" / "shapes"
    (right / "shapes.ipynb").rename(right / "my answers.ipynb")
    solution = course / "source" / "shapes" / "shapes.ipynb"
    shutil.rmtree(course / "submitted" / "wrong")
    (course / "submitted" / "wrong" / "shapes").mkdir(parents=True)
    (course / "submitted" / "wrong" / "shapes" / "shapes.ipynb").symlink_to(solution)
    said = nbgrader(course, "autograde", "shapes")
    assert "The notebook was called 'my answers.ipynb'" in said
    found = scores(course)
    for student in ("right", "untouched", "prints"):
        mine = {key: value for key, value in stock.items() if key[0] == student}
        assert {key: found[key] for key in mine} == mine, student
    for student in ("half", "wrong"):
        tests = {
            key: value for key, value in found.items() if key[0] == student and key[1] != "why"
        }
        assert set(tests.values()) == {(0.0, 1)}, "no points, and a person must look"
    book = json.loads((course / "autograded" / "right" / "shapes" / "shapes.ipynb").read_text())
    assert "my answers.ipynb" in book["metadata"]["coursekit"]["repairs"][0]


def test_a_grade_by_hand_is_kept(course, stock):
    nbgrader(course, "autograde", "shapes", "--student", "right")
    book = sqlite3.connect(course / "gradebook.db")
    book.execute(
        "UPDATE grade SET manual_score = 3.5, needs_manual_grade = 0 WHERE auto_score IS NULL"
    )
    book.commit()
    book.close()
    nbgrader(course, "autograde", "shapes", "--student", "right", "--force")
    book = sqlite3.connect(course / "gradebook.db")
    assert [
        row for row in book.execute("SELECT manual_score FROM grade WHERE manual_score NOT NULL")
    ] == [(3.5,)]
    book.close()


@pytest.mark.parametrize(("begun", "delay"), [(1, 0.0), (3, 0.05), (5, 0.15)])
def test_killed_at_any_moment(course, stock, begun, delay):
    """Kill a run when so many submissions were begun; a second run completes it."""
    made = nbgrader(course, "autograde", "shapes", wait=False)
    seen = 0
    for line in made.stdout:
        seen += "Grading shapes.ipynb" in line
        if seen == begun:
            break
    time.sleep(delay)
    made.send_signal(signal.SIGKILL)
    made.communicate()
    assert seen == begun
    early = scores(course)
    assert {key: stock[key] for key in early} == early, "a half-written grade"
    assert len({student for student, _ in early}) >= begun - 1
    nbgrader(course, "autograde", "shapes")
    assert scores(course) == stock
    assert not list((course / "autograded").rglob("*.unfinished"))
    assert len(list((course / "autograded").glob("*/shapes/shapes.ipynb"))) == len(SUBMISSIONS)
