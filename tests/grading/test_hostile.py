"""No hostile submission gains a point, costs another one anything, or leaves something running."""

from pathlib import Path

import psutil
import pytest

from coursekit.grading import scorer
from grading import assignments, hostile
from grading.hostile import assignment

CASES = hostile.cases()
RIGHT = assignments.body(hostile.CELLS, assignment.RIGHT)


def grade(graders, folder):
    """Grade a submission folder as the converter does."""
    files, told = scorer.gather(folder)
    chosen, _ = scorer.pick(files, hostile.SCHEME)
    if chosen is None:
        return scorer.failed(hostile.SCHEME, "STRUCTURE", " ".join(told))
    others = {name: data for name, data in files.items() if not name.endswith(".ipynb")}
    return graders.score(files[chosen], others, {}, hostile.SCHEME)


def points(result):
    return {name: found["points"] for name, found in result["verdicts"].items()}


def running(graders):
    """Return what runs below the two servers and did not when they had just started."""
    found = {}
    for process, _ in graders.servers.values():
        for child in psutil.Process(process.pid).children(recursive=True):
            try:
                if child.status() != psutil.STATUS_ZOMBIE and child.pid not in graders.idle:
                    found[child.pid] = " ".join(child.cmdline())[:200]
            except psutil.NoSuchProcess:
                continue
    return found


def quiet(graders):
    """Wait until nothing of a submission runs; return what still does after five seconds."""
    import time

    until = time.monotonic() + 5
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

    result = grade(graders, folder)

    verdicts = {name: found["verdict"] for name, found in result["verdicts"].items()}
    assert verdicts == hostile.expected(case), result["verdicts"]
    assert sum(points(result).values()) == case["points"]
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
    readme = (Path(__file__).parents[2] / "exercises" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| ")]
    for case in CASES:
        start = f"| {case['class']} | {case['tries']} | {case['points']} | "
        assert any(row.startswith(start) for row in rows), start


def test_the_check_for_leftovers_sees_a_leftover(graders):
    """A process that the server is made to keep is found."""
    import base64

    from coursekit.grading import plain, server

    channel = graders._connect(graders._server("server", []))
    ours, theirs = plain.pair()
    wish = {"op": "student", "files": {"a.txt": base64.b64encode(b"x").decode()}, "walls": True}
    wish |= {"limits": graders.limits._asdict(), "home": "/tmp/home"}
    server.send_with_socket(channel, wish, theirs)
    theirs.close()
    ours.send({"op": "run", "id": 1, "code": "import os\nprint(os.listdir('.'))"})
    assert "a.txt" in str(ours.receive(20))
    assert running(graders)
    ours.close()
    channel.close()
    assert quiet(graders) == {}
