"""The locked opening runs once for all; what must not be shared is drawn, opened and kept by each submission."""

import contextlib
import json
import time

import pytest

from coursekit.grading import opening, server, wire
from grading import assignments

CHECK = assignments.cell("check", "test", "assert shown == 1", 1)


def assignment(code):
    """Return the cells and the schema of an assignment with a locked first cell."""
    cells = [
        assignments.cell("set_up", "locked", code),
        assignments.cell("answer", "answer", "# YOUR CODE HERE"),
        CHECK,
    ]
    return cells, assignments.scheme(cells)


def printed(graders, code, answer="pass", files=None, masters=None, first=None):
    """Return what a student's cell prints, and how many servers have run the opening already."""
    cells, scheme = assignment(code)
    book = assignments.notebook(cells, {"answer": answer})
    if first:
        book["cells"].insert(0, assignments.cell("first", "extra", first))
    masters = masters or {}
    body = json.dumps(book).encode()
    result = graders.score(body, {**masters, **(files or {})}, masters, scheme)
    place = list(graders.assignments.values())[-1]
    cell = next(c for c in result["notebook"]["cells"] if c["source"] == answer)
    texts = [o.get("text") or f"{o['ename']}: {o['evalue']}" for o in cell["outputs"]]
    return "".join(texts).strip(), place["begun"] is not None


def test_the_opening_is_what_stands_before_the_students_first_cell():
    cells = [
        assignments.cell("a", "locked", "x = 1"),
        assignments.cell("b", "locked", "  \n"),
        assignments.cell("c", "locked", "y = 2"),
        assignments.cell("d", "answer", ""),
        assignments.cell("e", "locked", "z = 3"),
    ]
    found = opening.cells(assignments.scheme(cells))
    assert [cell["grade_id"] for cell in found] == ["a", "c"]


def test_data_is_read_once_and_belongs_to_each(graders):
    code = "import os\ntable = [1, 2]\npid = os.getppid()\nprint('ready')"
    grown = "table.append(3)\nprint(table)"
    assert printed(graders, code, grown) == ("[1, 2, 3]", True)
    assert printed(graders, code, grown) == ("[1, 2, 3]", True)
    assert printed(graders, code, "print(os.getppid() == pid)") == ("False", True)


def test_the_openings_outputs_are_in_every_notebook(graders):
    cells, scheme = assignment("print('ready')\n[1]")
    for _ in range(2):
        done = graders.score(assignments.body(cells), {}, {}, scheme)
        shown = done["notebook"]["cells"][0]["outputs"]
        assert [o["output_type"] for o in shown] == ["stream", "execute_result"]
        assert shown[0]["text"] == "ready\n"


DRAW = "import random\nimport numpy as np\n"
NUMBERS = "print(random.random(), np.random.random())"


def test_a_seed_in_the_opening_holds_for_every_submission(graders):
    import random

    import numpy as np

    random.seed(5)
    np.random.seed(5)
    expected = f"{random.random()} {np.random.random()}"
    seeds = DRAW + "random.seed(5)\nnp.random.seed(5)"
    assert printed(graders, seeds, NUMBERS) == (expected, True)
    assert printed(graders, seeds, NUMBERS) == (expected, True)


def test_a_seed_in_the_opening_holds_for_the_tests(graders):
    cells, _ = assignment(DRAW + "random.seed(5)\nnp.random.seed(5)")
    cells[-1] = assignments.cell("check", "test", "random.random() + np.random.random()", 9)
    scheme, found = assignments.scheme(cells), []
    for _ in range(2):
        done = graders.score(assignments.body(cells), {}, {}, scheme)
        found.append(done["verdicts"]["check"]["points"])
    assert found[0] == found[1] > 0


def test_without_a_seed_every_submission_draws_its_own(graders):
    one, two = printed(graders, DRAW, NUMBERS), printed(graders, DRAW, NUMBERS)
    assert one[1] and two[1] and one[0] != two[0]
    half = DRAW + "np.random.seed(5)"
    (one, _), (two, _) = printed(graders, half, NUMBERS), printed(graders, half, NUMBERS)
    assert one.split()[0] != two.split()[0] and one.split()[1] == two.split()[1]


def test_numbers_drawn_in_the_opening_are_drawn_by_each(graders):
    code = DRAW + "x = random.random()"
    one, two = printed(graders, code, "print(x)"), printed(graders, code, "print(x)")
    assert not one[1] and not two[1] and one[0] != two[0]


UNSHARED = {
    "an open file": ("log = open('notes.txt', 'a+')\nlog.write('begun')", "print(log.name)"),
    "a written file": ("open('notes.txt', 'w').write('begun')", "print(open('notes.txt').name)"),
    "a thread": (
        "import threading, time\nt = threading.Thread(target=time.sleep, args=(9,), daemon=True)\nt.start()\nname = 'notes.txt'",
        "print(name if t.is_alive() else 'ended')",
    ),
    "a child": (
        "import subprocess\nchild = subprocess.Popen(['sleep', '9'])\nname = 'notes.txt'",
        "print(name if child.poll() is None else 'ended')",
    ),
    "a figure": (
        "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfigure = plt.figure()\nname = 'notes.txt'",
        "print(name if plt.get_fignums() == [1] else 'closed')",
    ),
    "another folder": (
        "import os\nos.makedirs('deep')\nos.chdir('deep')\nname = 'notes.txt'",
        "print(name if os.getcwd().endswith('deep') else os.getcwd())",
    ),
    "an error": ("name = 'notes.txt'\n1 / 0", "print(name)"),
}


@pytest.mark.parametrize("what", UNSHARED)
def test_what_cannot_be_shared_is_made_by_each(graders, what):
    code, answer = UNSHARED[what]
    assert printed(graders, code, answer) == ("notes.txt", False)
    assert printed(graders, code, answer) == ("notes.txt", False)


def test_an_instructors_file_is_there_and_a_students_own_is_read(graders):
    code = "text = open('given.txt').read()\nimport os\nown = os.path.exists('own.txt')"
    answer = "print(text, own, os.path.exists('given.txt'))"
    given = {"given.txt": b"given"}
    assert printed(graders, code, answer, masters=given) == ("given False True", True)
    own = printed(graders, code, answer, files={"own.txt": b""}, masters=given)
    assert own == ("given True True", True)


def test_an_assignments_files_are_no_others(graders):
    code = "import os\nnames = sorted(os.listdir('.'))"
    for name in ("one.txt", "two.txt"):
        found = printed(graders, code, "print(names, os.listdir('.'))", masters={name: b""})
        assert found == (f"['{name}'] ['{name}']", True)


def test_code_before_the_opening_runs_before_it(graders):
    code = "import math\nx = math.floor(1.5)"
    changed = "import math\nmath.floor = lambda value: 'changed'"
    assert printed(graders, code, "print(x)", first=changed) == ("changed", True)
    assert printed(graders, code, "print(x)") == ("1", True)


def test_the_opening_stays_after_a_crash(graders):
    cells, scheme = assignment("table = [1]")
    cells.insert(2, assignments.cell("more", "extra", "import os\nos._exit(1)"))
    body = assignments.body(cells, {"answer": "shown = len(table)"})
    assert graders.score(body, {}, {}, scheme)["verdicts"]["check"]["verdict"] == "PASS"


def test_a_server_of_an_assignment_that_ended_is_made_again(graders):
    cells, scheme = assignment("table = [7]")
    body = assignments.body(cells, {"answer": "shown = len(table)"})
    for name in ("examiner", "students", "begun"):
        assert graders.score(body, {}, {}, scheme)["verdicts"]["check"]["verdict"] == "PASS"
        place = list(graders.assignments.values())[-1]
        path = place["begun"]["path"] if name == "begun" else place[name]
        with contextlib.suppress(OSError):
            while True:  # until nobody listens any more
                channel = graders._connect(path)
                with contextlib.suppress(wire.Closed):
                    server.send_with_socket(channel, {"op": "end"}, None)
                channel.close()
                time.sleep(0.05)
    assert graders.score(body, {}, {}, scheme)["verdicts"]["check"]["verdict"] == "PASS"


def test_few_assignments_are_held_at_a_time(graders):
    for i in range(6):
        assert printed(graders, f"number = {i}", "print(number)") == (str(i), True)
    assert len(graders.assignments) <= 4
