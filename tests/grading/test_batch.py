"""`coursekit autograde`: a whole class, its summary, resuming, corrected tests, kills, other gradebooks."""

import contextlib
import csv
import fcntl
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import need

from coursekit.grading import batch, jail, pool, server, work
from grading import assignments, classes
from grading.classes import ANSWERS, POINTS, RIGHT, TOTAL

CLASS = {f"{name}{i}": name for i in range(2) for name in ANSWERS}


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Make a course with its release and submissions, not graded yet."""
    classes.need_jail()
    course = classes.make(tmp_path_factory.mktemp("sums") / "course")
    for student, name in CLASS.items():
        classes.hand_in(course, student, ANSWERS[name])
    return course


@pytest.fixture
def course(ready, tmp_path):
    """Return a copy of the course."""
    return Path(shutil.copytree(ready, tmp_path / "course"))


@pytest.fixture(scope="module")
def graded(ready, tmp_path_factory):
    """Return the course after one undisturbed run, and what the run told."""
    made = Path(shutil.copytree(ready, tmp_path_factory.mktemp("graded") / "course"))
    return made, classes.told(made)


def again(graded, tmp_path):
    """Return a copy of the graded course."""
    return Path(shutil.copytree(graded[0], tmp_path / "course"))


def test_a_class_is_graded(graded):
    course, told = graded
    assert classes.totals(classes.scores(course)) == {s: POINTS[name] for s, name in CLASS.items()}
    assert (told["graded"], told["failed"], told["complete"]) == (len(CLASS), 0, True)
    assert {s: one["points"] for s, one in told["submissions"].items()} == {
        s: POINTS[name] for s, name in CLASS.items()
    }
    log = Path(told["log"]).read_text()
    assert all(f"{student}: graded" in log for student in CLASS)
    assert not list((course / "autograded").rglob("*.unfinished"))


def plain(course, *words, status=0):
    """Run one of nbgrader's own commands with the two lines; return what it says."""
    lines = "from coursekit.grading import configure\nconfigure(c)\n"
    (course / "nbgrader_config.py").write_text(classes.CONFIG + lines)
    return classes.run(course, "-c", classes.START, *words, status=status)[1]


def test_nbgrader_goes_on_with_it(graded, tmp_path):
    course = again(graded, tmp_path)
    assert "Skipping existing assignment" in plain(course, "autograde", "sums")
    plain(course, "generate_feedback", "sums", "--student", "half0")
    page = (course / "feedback" / "half0" / "sums" / "sums.html").read_text()
    assert "total_empty" in page and "of nothing" in page


def test_what_did_not_change_is_skipped(graded, tmp_path):
    course = again(graded, tmp_path)
    classes.hand_in(course, "half0", RIGHT)
    classes.hand_in(course, "late", RIGHT)
    (course / "submitted" / "broken" / "sums").mkdir(parents=True)
    (course / "submitted" / "broken" / "sums" / "sums.ipynb").write_text("no notebook")
    out, err = classes.autograde(course, "--jobs", "1")
    assert f"3 graded, {len(CLASS) - 1} unchanged, 1 repaired, 1 need review, 0 failed." in out
    assert "broken: graded, 0 points; repaired: The submitted file cannot be graded" in err
    assert err.count("\n") == 1, "one line for each submission that needs attention"
    found = classes.totals(classes.scores(course))
    assert found == {**{s: POINTS[n] for s, n in CLASS.items()}, "half0": 6, "late": 6, "broken": 0}
    shutil.rmtree(course / "autograded" / "late")
    assert classes.told(course)["graded"] == 1, "a graded notebook that is gone is made again"


@pytest.mark.parametrize(
    ("file", "student"),
    [
        ("lin_01-environment.ipynb", "lin"),
        ("li_na_01-environment.ipynb", "li_na"),
        ("lin_01-environment_final.ipynb", "lin"),
        ("li_na_answers.ipynb", "li_na"),
    ],
)
def test_a_student_s_name_may_hold_an_underscore(file, student, monkeypatch):
    from nbgrader.plugins import FileNameCollectorPlugin
    from traitlets.config.loader import PyFileConfigLoader

    monkeypatch.setattr("coursekit.grading.configure", lambda c: None)
    config = Path(__file__).parents[2] / "exercises" / "nbgrader_config.py"
    collector = FileNameCollectorPlugin(config=PyFileConfigLoader(str(config)).load_config())
    found = collector.collect(f"/some_where/extracted/{file}")
    assert found == {"student_id": student, "file_id": file.removeprefix(f"{student}_")}


def test_force_and_a_failure(graded, tmp_path):
    course = again(graded, tmp_path)
    for student in list(CLASS)[3:]:
        shutil.rmtree(course / "submitted" / student)
    place = course / "autograded" / "right0" / "sums"
    shutil.rmtree(place.parent)
    place.parent.write_text("in the way")
    told = classes.told(course, "--force", status=1)
    assert (told["graded"], told["failed"]) == (2, 1)
    assert told["submissions"]["right0"]["status"] == "failed"
    assert told["submissions"]["right0"]["error"]


def test_without_a_sandbox_it_is_recorded(graded, tmp_path):
    course = again(graded, tmp_path)
    for student in list(CLASS)[1:]:
        shutil.rmtree(course / "submitted" / student)
    assert classes.told(course, "--unsafe-no-sandbox")["graded"] == 1, "the jail counts as a change"
    book = json.loads((course / "autograded" / "right0" / "sums" / "sums.ipynb").read_text())
    assert book["metadata"]["coursekit"]["sandbox"] is False
    book = sqlite3.connect(course / "gradebook.db")
    comments = [row[0] or "" for row in book.execute("SELECT auto_comment FROM comment")]
    book.close()
    assert sum("Graded without a sandbox." in text for text in comments) == 3, "one for each answer"


def test_a_machine_without_a_jail_is_told(course, monkeypatch):
    fake = course.parent / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    _, err = classes.autograde(course, status=2)
    assert "no namespaces here" in err and "coursekit autograde NAME --unsafe-no-sandbox" in err
    assert "nbgrader autograde NAME --Autograde.unsafe_no_sandbox=True" in err
    assert classes.scores(course) == {}


def test_only_one_run_at_a_time(course):
    with open(course / "autograde-sums.log", "a") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        _, err = classes.autograde(course, status=2)
    assert "another run is grading sums" in err and classes.scores(course) == {}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_tells_the_time_left():
    out = Terminal()
    bar = batch.Bar(4, out=out)
    bar.begun -= 30.2
    bar.step()
    assert out.getvalue().endswith("1/4  1:30 left")
    bar.line("lin: failed")
    shown = out.getvalue().split(bar.CLEAR)
    assert "lin: failed\n" in shown and shown[-1].startswith("[#######...")
    quiet = Terminal()
    batch.Bar(4, quiet=True, out=quiet).line("lin: failed")
    assert quiet.getvalue() == ""


def test_who_is_asked_for_what_is_missing(course):
    out, err = classes.run(course, "-m", "coursekit", "autograde", "nothing", status=2)
    assert "nothing" in err and not out
    shutil.rmtree(course / "submitted")
    _, err = classes.autograde(course, status=2)
    assert "No submissions were matched" in err


CORRECTED = [
    (
        name,
        kind,
        source.replace("total([]) == 0", "total([]) in (0, None)")
        if "HIDDEN" in source
        else source,
        points,
    )
    for name, kind, source, points in classes.CELLS
]


def test_a_corrected_test_touches_only_itself(graded, tmp_path):
    course = again(graded, tmp_path)
    mark = "the verdict of the first run"
    path = course / "autograded" / "half0" / "sums" / "sums.ipynb"
    path.chmod(0o644)
    book = json.loads(path.read_text())
    book["metadata"]["coursekit"]["verdicts"]["mean_case"]["message"] = mark
    path.write_text(json.dumps(book))
    classes.generate(course, CORRECTED)
    classes.hand_in(course, "newcomer", RIGHT)
    told = classes.told(course, "--affected", status=1)
    gain = {s for s, name in CLASS.items() if name == "half"}
    assert {s for s, one in told["submissions"].items() if one.get("moved")} == gain
    assert told["submissions"]["half0"]["moved"] == {"total_empty": [0, 2]}
    assert (told["gain"], told["lose"]) == (2, 0)
    assert told["submissions"]["newcomer"]["status"] == "not graded yet"
    assert "half0: graded, 6 points; gains 2 at total_empty" in Path(told["log"]).read_text()
    assert classes.totals(classes.scores(course))["half0"] == 6
    kept = json.loads(path.read_text())["metadata"]["coursekit"]["verdicts"]
    assert kept["mean_case"]["message"] == mark, "a test that was not touched ran again"
    assert kept["total_empty"]["verdict"] == "PASS"
    left = classes.told(course)
    assert (left["graded"], left["unchanged"]) == (1, len(CLASS)), "only the newcomer is left"


def test_tests_that_share_names_are_touched_together():
    cells = [
        assignments.cell("first", "test", "helper = 2\nassert f(1)", 1),
        assignments.cell("second", "test", "assert f(helper)", 1),
        assignments.cell("third", "test", "def test_third():\n    assert f(3)\ntest_third()", 1),
    ]
    scheme = assignments.scheme(cells)
    assert (
        work.touched(scheme, {"first"}) == work.touched(scheme, {"second"}) == {"first", "second"}
    )
    assert work.touched(scheme, {"third"}) == {"third"}


# Ends that come too early


def test_killed_at_random_moments(course, graded):
    """Kill runs with SIGKILL whenever; the next ones go on, and the last one completes."""
    expected = classes.scores(graded[0])
    moments = random.Random(7)
    for _ in range(4):
        made = classes.start(course, "-m", "coursekit", "autograde", "sums")
        log = course / "autograde-sums.log"
        seen = log.read_text().count(": graded") if log.exists() else 0
        with_luck = moments.randint(0, 3)
        if seen + with_luck < len(CLASS):
            classes.wait_for(log, seen + with_luck)
        time.sleep(moments.random() * 0.1)
        made.kill()
        made.communicate()
        early = classes.scores(course)
        assert {key: expected[key] for key in early} == early, "a half-written grade"
    told = classes.told(course)
    assert told["graded"] + told["unchanged"] == len(CLASS)
    assert classes.scores(course) == expected
    assert not list((course / "autograded").rglob("*.unfinished"))


BETWEEN = """
import os, signal, sys
from coursekit import __main__
from coursekit.grading import graded
def put(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
graded.put = put
__main__.main(["autograde", "sums", "--jobs", "1"])
"""


def test_killed_between_the_commit_and_the_renaming(course, graded):
    made = classes.start(course, "-c", BETWEEN)
    made.communicate(timeout=60)
    assert made.returncode == -signal.SIGKILL
    early, expected = classes.scores(course), classes.scores(graded[0])
    student = next(iter(early))[0]
    assert early == {key: value for key, value in expected.items() if key[0] == student}
    assert not (course / "autograded" / student / "sums").exists()
    assert classes.told(course)["graded"] == len(CLASS)
    assert classes.scores(course) == expected
    assert not list((course / "autograded").rglob("*.unfinished"))


def test_nbgrader_grades_again_what_lost_its_notebook(graded, tmp_path):
    """As a kill within the removal of an older grade leaves it."""
    course = again(graded, tmp_path)
    place = course / "autograded" / "right0" / "sums"
    (place / "sums.ipynb").unlink()
    (place / "left.txt").write_text("of the older grade")
    said = plain(course, "autograde", "sums")
    assert said.count("Skipping existing assignment") == len(CLASS) - 1
    assert [path.name for path in place.iterdir()] == ["sums.ipynb"]
    assert classes.scores(course) == classes.scores(graded[0])
    (course / "gradebook.db").rename(course / "away.db")
    assert plain(course, "autograde", "sums").count("Skipping existing assignment") == len(CLASS)
    assert (place / "sums.ipynb").exists(), "a new gradebook costs no graded notebook"


FORCED = """
import os, signal, sys
from coursekit.grading import graded
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
graded.put = killed
"""


@pytest.mark.parametrize("words", ["", "--force", "--force --notebook=sums"])
def test_nbgrader_killed_when_it_grades_again(graded, tmp_path, words):
    """After the commit, before the renaming: an old notebook must not stand beside new grades."""
    course = again(graded, tmp_path)
    stamp = course / "submitted" / "right0" / "sums" / "timestamp.txt"
    stamp.write_text("2026-01-01 00:00:00 UTC\n")
    plain(course, "autograde", "sums", "--student", "right0", "--force")
    stamp.write_text("2026-01-02 00:00:00 UTC\n")
    classes.hand_in(course, "right0", ANSWERS["wrong"])
    command = ["autograde", "sums", "--student", "right0", *words.split()]
    made = classes.start(course, "-c", FORCED + classes.START, *command)
    made.communicate(timeout=60)
    assert made.returncode == -signal.SIGKILL
    plain(course, "autograde", "sums")
    book = json.loads((course / "autograded" / "right0" / "sums" / "sums.ipynb").read_text())
    points = sum(one["points"] for one in book["metadata"]["coursekit"]["verdicts"].values())
    assert points == classes.totals(classes.scores(course))["right0"] == POINTS["wrong"]
    assert not list((course / "autograded").rglob("*.unfinished"))


def test_a_timestamp_that_is_none_costs_no_grade(graded, tmp_path):
    course = again(graded, tmp_path)
    folder = course / "submitted" / "right0" / "sums"
    (folder / "timestamp.txt").write_text("soon")
    os.mkfifo(course / "submitted" / "half0" / "sums" / "timestamp.txt")
    plain(course, "autograde", "sums", "--force")
    plain(course, "autograde", "sums")
    assert (course / "autograded" / "right0" / "sums" / "sums.ipynb").exists()
    assert classes.scores(course) == classes.scores(graded[0])


def test_interrupted(course, graded):
    made = classes.start(course, "-m", "coursekit", "autograde", "sums", "--jobs", "1")
    classes.wait_for(course / "autograde-sums.log", 2)
    made.send_signal(signal.SIGINT)
    _, err = made.communicate(timeout=30)
    assert made.returncode == 1 and "run the command again to go on" in err, err
    assert "Traceback" not in err
    told = classes.told(course)
    assert told["unchanged"] >= 2 and told["graded"] + told["unchanged"] == len(CLASS)
    assert classes.scores(course) == classes.scores(graded[0])


def test_a_server_that_falls_disturbs_nobody():
    classes.need_jail()
    cells = [
        assignments.cell("value", "answer", "value = None"),
        assignments.cell("value_test", "test", "assert value == 1", 1),
    ]
    slow = "import time\ntime.sleep(1)\nvalue = 1"
    body = json.dumps(assignments.notebook(cells, {"value": slow})).encode()
    scheme = assignments.scheme(cells)
    with pool.Shared(jail.Limits(seconds=10)) as shared:
        shared.warm([])
        results = []
        grade = lambda: results.append(shared.score(body, {}, {}, scheme))  # noqa: E731
        threads = [threading.Thread(target=grade) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        shared.servers["server"][0].kill()
        for thread in threads:
            thread.join()
    assert [result["verdicts"]["value_test"]["verdict"] for result in results] == ["PASS", "PASS"]


def test_a_server_outlives_whom_it_was_to_tell_that_it_is_ready(capfd):
    slow = ["email.mime.image", "xmlrpc.server", "wsgiref.simple_server"]
    with pool.Shared(jail.Limits(seconds=10), walls=False) as shared:
        for path in shared._servers([]):
            gone = shared._connect(path)
            server.send_with_socket(gone, {"op": "warm", "imports": slow}, None)
            gone.close()
        shared.warm([])
        for _, path in shared.servers.values():
            with contextlib.closing(shared._connect(path)) as asked:
                server.send_with_socket(asked, {"op": "warm", "imports": []}, None)
                assert asked.receive(20) == {"ready": True}
    assert "Traceback" not in capfd.readouterr().err


def test_submissions_graded_at_once_have_cores_of_their_own():
    classes.need_jail()
    mine = sorted(os.sched_getaffinity(0))
    both_run = threading.Barrier(2)

    def grade():
        both_run.wait(10)
        return sorted(os.sched_getaffinity(0))

    with pool.Here(2, {}) as workers:
        found = [workers._executor.submit(grade) for _ in range(2)]
        shares = [future.result() for future in found]
    assert sorted(shares) == sorted(pool.shares(mine, 2))
    assert len(mine) == 1 or not set(shares[0]) & set(shares[1])
    assert sorted(os.sched_getaffinity(0)) == mine


# Many machines


def test_a_cluster_that_loses_a_worker(course, graded):
    for student, name in CLASS.items():
        slow = "import time\ntime.sleep(0.4)\n" + ANSWERS[name].get("total", TOTAL + "None")
        classes.hand_in(course, student, {**ANSWERS[name], "total": slow})
    address = course.parent / "scheduler.json"
    words = ["--scheduler-file", str(address)]
    dask = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [classes.start(course, *dask, "--no-dashboard", *words, **quiet)]
    try:
        until = time.monotonic() + 30
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.05)
        worker = ["-m", "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1"]
        worker += ["--no-dashboard", *words]
        started += [classes.start(course, *worker, **quiet) for _ in range(2)]
        to = json.loads(address.read_text())["address"]
        grading = classes.start(
            course, "-m", "coursekit", "autograde", "sums", "--scheduler", to, "--json"
        )
        classes.wait_for(course / "autograde-sums.log", 3)
        started[1].kill()
        out, err = grading.communicate(timeout=90)
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert grading.returncode == 0, out + err
    told = json.loads(out)
    assert (told["graded"], told["failed"]) == (len(CLASS), 0)
    expected = {key: points for key, points in classes.scores(graded[0]).items()}
    assert classes.scores(course) == expected


def test_nobody_at_the_address(course):
    _, err = classes.autograde(course, "--scheduler", "tcp://127.0.0.1:9", status=2)
    assert "no dask scheduler answers at 'tcp://127.0.0.1:9'" in err


# A gradebook on a server


@pytest.fixture
def postgres(monkeypatch):
    """Start a PostgreSQL server in a temporary folder, as an ordinary user; return its address."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, homes[-1:]), os.environ["PATH"]]))
    need("initdb", "postgresql")
    folder = tempfile.mkdtemp(prefix="postgres-", dir="/tmp")
    root = os.geteuid() == 0
    person = {"user": "nobody", "group": "nogroup", "extra_groups": []} if root else {}
    if root:
        shutil.chown(folder, "nobody", "nogroup")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **person}
    data = f"{folder}/data"
    words = ["--username", "teacher", "--auth", "trust", "--no-sync", "-D", data]
    subprocess.run(["initdb", *words], check=True, **quiet)
    server = subprocess.Popen(
        ["postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        **quiet,
    )
    try:
        until = time.monotonic() + 30
        while not Path(folder, ".s.PGSQL.5432").exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield f"postgresql+psycopg://teacher@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_gradebook_in_postgresql(ready, graded, postgres, tmp_path):
    import psycopg

    course = tmp_path / "course"
    shutil.copytree(ready / "submitted", course / "submitted")
    classes.make(course, classes.CONFIG + f"c.CourseDirectory.db_url = {postgres!r}\n")
    assert classes.told(course)["graded"] == len(CLASS)
    assert classes.told(course)["unchanged"] == len(CLASS)
    assert not (course / "gradebook.db").exists()
    host = postgres.partition("host=")[2]
    with psycopg.connect(f"host={host} user=teacher dbname=postgres") as book:
        rows = book.execute(
            "SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score "
            "FROM grade JOIN base_cell ON grade.cell_id = base_cell.id "
            "JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id "
            "JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id"
        ).fetchall()
    assert {row[:2]: row[2] for row in rows} == classes.scores(graded[0])


# About the class


def test_a_report_of_the_class(graded, tmp_path):
    course = again(graded, tmp_path)
    command = ["-m", "coursekit", "report", "sums"]
    out, _ = classes.run(course, *command)
    assert "wrote report-sums.html: 10 students, 6 of them wait for a grade by hand" in out
    page = (course / "report-sums.html").read_text()
    assert "total_empty" in page and not [student for student in CLASS if student in page]
    classes.run(course, *command, "--csv", "canvas", "canvas.csv")
    with open(course / "canvas.csv", newline="") as file:
        points = {row["SIS Login ID"]: row["sums"] for row in csv.DictReader(file)}
    assert points == {"": "8"} | {s: f"{POINTS[name]}" for s, name in CLASS.items()}
    _, err = classes.run(course, "-m", "coursekit", "report", "other", status=2)
    assert "no assignment 'other'" in err
