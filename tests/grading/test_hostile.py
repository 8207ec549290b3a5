"""No hostile submission gains a point, costs another one anything, or leaves something running."""

import json
import os
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT

from coursekit.grading import scorer
from grading import assignments, hostile
from grading.hostile import assignment

CASES = hostile.cases()
RIGHT = assignments.body(hostile.CELLS, assignment.RIGHT)


def grade(graders, folder, seconds=None):
    """Grade a submission folder as the converter does, with another limit a cell if one is given."""
    files, told = scorer.gather(folder)
    chosen, _ = scorer.pick(files, hostile.SCHEME)
    if chosen is None:
        return scorer.failed(hostile.SCHEME, "STRUCTURE", " ".join(told))
    others = {name: data for name, data in files.items() if not name.endswith(".ipynb")}
    patient = graders.limits
    graders.limits = patient._replace(seconds=seconds or patient.seconds)
    try:
        return graders.score(files[chosen], others, {}, hostile.SCHEME)
    finally:
        graders.limits = patient


def points(result):
    return {name: found["points"] for name, found in result["verdicts"].items()}


def running(graders):
    """Return what runs below the two servers and did not when they had just started."""
    found = {}
    for process, _ in graders.servers.values():
        for child in psutil.Process(process.pid).children(recursive=True):
            try:
                idle = child.pid in graders.idle or child.name() == "assignment"
                if child.status() != psutil.STATUS_ZOMBIE and not idle:
                    found[child.pid] = " ".join(child.cmdline())[:200]
            except psutil.NoSuchProcess:
                continue
    return found


def quiet(graders):
    """Wait until nothing of a submission runs; return what still does after twenty seconds."""
    until = time.monotonic() + 20
    while (left := running(graders)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def right(graders):
    """Grade the right submission; it must always be worth all points."""
    result = graders.score(RIGHT, {}, {}, hostile.SCHEME)
    assert points(result) == hostile.POINTS, result["verdicts"]


@pytest.fixture(scope="module", autouse=True)
def right_before(graders):
    right(graders)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['class']}-{case['name']}" for case in CASES])
def test_hostile_submission(graders, tmp_path, case):
    course = tmp_path / "course"
    (course / "source").mkdir(parents=True)
    solution, book = course / "source" / "probe.ipynb", course / "gradebook.db"
    solution.write_bytes(RIGHT)
    book.write_text("the gradebook")
    folder = course / "submitted" / "mallory" / "probe"
    real = {"SOLUTION": str(solution), "GRADEBOOK": str(book)}
    links = {name: real.get(target, target) for name, target in case.get("links", {}).items()}
    hostile.write({**case, "links": links}, folder)

    result = grade(graders, folder, case.get("seconds"))

    verdicts = {name: found["verdict"] for name, found in result["verdicts"].items()}
    assert verdicts == hostile.expected(case), result["verdicts"]
    assert sum(points(result).values()) == case["points"]
    assert json.dumps(result, ensure_ascii=False).encode(), "no file could hold the result"
    assert book.read_text() == "the gradebook" and solution.read_bytes() == RIGHT
    assert not Path("/tmp/exploded").exists()
    assert quiet(graders) == {}
    right(graders)
    if case["class"] == "structure":
        assert result["repairs"] or case["name"] == "unknown_ids", "no repair was told"


def test_there_are_enough_cases_of_every_class():
    assert len(CASES) >= 60
    classes = set(
        ["forging", "reading", "breaking", "hiding", "structure", "files", "names", "resources"]
    )
    classes |= set(["timing", "output", "bombs", "messages", "lies"])
    assert {case["class"] for case in CASES} == classes
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_the_table_of_the_exercises_shows_every_case():
    text = (ROOT / "exercises" / "README.md").read_text(encoding="utf-8")
    begin, end = (f"<!-- hostile submissions: {word} -->" for word in ("begin", "end"))
    table = text.partition(begin)[2].partition(end)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(CASES), "run benchmarks/grading_hostile.py"
    for row, case in zip(rows, CASES, strict=True):
        start = f"| {case['class']} | {case['tries']} | {case['points']} | "
        assert row.startswith(start), "run benchmarks/grading_hostile.py"
        assert row.removeprefix(start).strip(" |"), "nothing was measured"


def test_the_check_for_leftovers_sees_a_leftover(graders):
    """A process that the server is made to keep is found."""

    from coursekit.grading import server, wire

    channel = graders._connect(graders._servers([])[0])
    ours, theirs = wire.pair()
    wish = {"op": "student", "files": {"a.txt": b"x"}, "walls": True}
    wish |= {"limits": graders.limits._asdict(), "home": "/tmp/home"}
    wish["cores"] = sorted(os.sched_getaffinity(0))
    server.send_with_socket(channel, wish, theirs)
    theirs.close()
    ours.send({"op": "run", "id": 1, "code": "import os\nprint(os.listdir('.'))"})
    assert "a.txt" in str(ours.receive(20))
    assert running(graders)
    ours.close()
    channel.close()
    assert quiet(graders) == {}
