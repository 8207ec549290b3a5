"""The rules of verdict, and right work in many styles."""

import ast
from pathlib import Path

import pytest

from coursekit.grading import examiner, repair, scorer
from coursekit.grading import schema as schemes
from coursekit.grading.verdicts import VERDICTS
from grading import assignments, hostile
from grading.hostile import assignment


def verdicts(graders, answers=None, first=None):
    """Grade the hostile course's assignment with other answers; return the verdicts."""
    made = assignments.notebook(hostile.CELLS, assignment.RIGHT | (answers or {}))
    if first:
        made["cells"].insert(1, assignments.cell("first", "extra", first))
    import json

    result = graders.score(json.dumps(made).encode(), {}, {}, hostile.SCHEME)
    return result["verdicts"]


STYLES = {
    "warnings": "import warnings\ndef total(values):\n    warnings.warn('careful')\n    return sum(values)",
    "logging": "import logging\ndef total(values):\n    logging.warning('adding %s', values)\n    logging.getLogger('x').error('loud')\n    return sum(values)",
    "prints": "def total(values):\n    for v in values:\n        print('adding', v)\n    return sum(values)",
    "standard error": "import sys\ndef total(values):\n    print('adding', file=sys.stderr)\n    return sum(values)",
    "a progress bar": "import sys\ndef total(values):\n    for i, v in enumerate(values):\n        sys.stderr.write(f'\\r{i}')\n        sys.stderr.flush()\n    return sum(values)",
    "global state": "calls = []\ndef total(values):\n    calls.append(1)\n    global last\n    last = sum(values)\n    return last",
    "numpy scalars": "def total(values):\n    return np.sum(np.array(values))",
    "a class": "class Adder:\n    def __call__(self, values):\n        return sum(values)\ntotal = Adder()",
    "a lambda": "total = lambda values: sum(values)",
    "a decorated function": "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def inner(*a):\n        return f(*a)\n    return inner\n@twice\n@functools.cache\ndef add(values):\n    return sum(values)\ntotal = lambda values: add(tuple(values))",
    "threads": "from concurrent.futures import ThreadPoolExecutor\ndef total(values):\n    with ThreadPoolExecutor(2) as pool:\n        return sum(pool.map(lambda v: v, values))",
    "seeds": "import random\nrandom.seed(3)\nnp.random.seed(3)\ndef total(values):\n    random.shuffle(values)\n    return sum(values)",
    "slow in time": "import time\ndef total(values):\n    time.sleep(0.8)\n    return sum(values)",
    "a subprocess": "import subprocess, sys\ndef total(values):\n    return float(subprocess.run([sys.executable, '-c', f'print(sum({list(values)}))'], capture_output=True, text=True).stdout)",
    "a recursion": "def total(values):\n    return values[0] + total(values[1:]) if values else 0",
    "helpers and constants": "ZERO = 0\ndef add(a, b):\n    return a + b\ndef total(values):\n    t = ZERO\n    for v in values:\n        t = add(t, v)\n    return t",
    "an exception of its own caught": "def total(values):\n    try:\n        raise KeyError\n    except KeyError:\n        return sum(values)",
    "a plot beside": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\ndef total(values):\n    plt.figure()\n    plt.plot(values)\n    return sum(values)",
    "magics": "%matplotlib inline\n%config InlineBackend.figure_format = 'png'\ndef total(values):\n    return sum(values)",
    "a file written and read": "def total(values):\n    open('notes.txt', 'w').write(repr(values))\n    return sum(eval(open('notes.txt').read()))",
}


@pytest.mark.parametrize("style", STYLES)
def test_right_work_in_any_style_scores_in_full(graders, style):
    found = verdicts(graders, {"total": STYLES[style]})
    assert {name: (f["verdict"], f["points"]) for name, f in found.items()} == {
        name: ("PASS", points) for name, points in hostile.POINTS.items()
    }


def test_extra_cells_and_errors_in_them_cost_nothing(graders):
    found = verdicts(graders, first="1 / 0\n")
    assert {f["verdict"] for f in found.values()} == {"PASS"}


# 1. Points only on positive evidence from trusted code


def test_a_result_without_a_verdict_is_worth_nothing():
    result = scorer.checked({"verdicts": {}}, hostile.SCHEME)
    assert {(f["verdict"], f["points"], f["review"]) for f in result["verdicts"].values()} == {
        ("CRASH", 0, True)
    }


def test_a_person_who_reviews_a_crash_sees_the_answers():
    body = assignments.body(hostile.CELLS, assignment.RIGHT)
    for given in (body, b"no notebook"):
        result = scorer.failed(hostile.SCHEME, "CRASH", "It ended.", given)
        assert {f["verdict"] for f in result["verdicts"].values()} == {"CRASH"}
        sources = {cell["source"] for cell in result["notebook"]["cells"]}
        assert (set(assignment.RIGHT.values()) <= sources) == (given is body)


def test_points_beyond_the_assignment_are_cut():
    given = {name: {"verdict": "PASS", "points": 99} for name in hostile.POINTS}
    result = scorer.checked({"verdicts": given}, hostile.SCHEME)
    assert {name: f["points"] for name, f in result["verdicts"].items()} == hostile.POINTS


def one(graders, answer, test, points=2, reference=()):
    cells = [assignments.cell("a", "answer", ""), assignments.cell("t", "test", test, points)]
    known = assignments.scheme(cells, reference)
    return graders.score(assignments.body(cells, {"a": answer}), {}, {}, known)["verdicts"]["t"]


def test_swallowing_a_breakdown_is_no_pass(graders):
    swallow = "try:\n    f()\nexcept BaseException:\n    pass"
    assert one(graders, "import os\ndef f():\n    os._exit(0)", swallow)["verdict"] == "CRASH"
    lie = "class L:\n    def __eq__(self, o):\n        return True\ndef f():\n    return L()"
    found = one(graders, lie, "try:\n    assert f() == 1\nexcept BaseException:\n    pass")
    assert (found["verdict"], found["review"]) == ("FAIL", True)


@pytest.mark.parametrize(
    ("shown", "verdict", "points", "review"),
    [
        ("1.5", "FAIL", 1.5, False),
        ("2", "PASS", 2, False),
        ("'text'", "PASS", 2, False),
        ("3", "ERROR", 0, True),
        ("-1", "ERROR", 0, True),
        ("float('nan')", "ERROR", 0, True),
    ],
)
def test_partial_credit(graders, shown, verdict, points, review):
    found = one(graders, "x = 1", f"assert x == 1\n{shown}")
    assert (found["verdict"], found["points"], found["review"]) == (verdict, points, review)


# 2. The trusted side never imports, unpickles or compares a student's object


def test_the_trusted_side_has_no_unpickling():
    folder = Path(examiner.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text())
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {
            a.name
            for n in ast.walk(tree)
            if isinstance(n, (ast.Import, ast.ImportFrom))
            for a in n.names
        }
        used |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not used & {
            "pickle",
            "marshal",
            "dill",
            "cloudpickle",
            "read_pickle",
            "allow_pickle",
        }, path


def test_a_students_comparison_never_runs(graders):
    spy = "asked = []\nclass Spy:\n    def __eq__(self, other):\n        asked.append(other)\n        return True\ndef f():\n    return Spy()\ndef spied():\n    return len(asked)"
    cells = [assignments.cell("a", "answer", "")]
    cells += [assignments.cell("t", "test", "assert f() == 41", 1)]
    cells += [assignments.cell("u", "test", "assert spied() == 0", 1)]
    found = graders.score(assignments.body(cells, {"a": spy}), {}, {}, assignments.scheme(cells))[
        "verdicts"
    ]
    assert (found["t"]["verdict"], found["u"]["verdict"]) == ("FAIL", "PASS")


def test_what_cannot_cross_goes_to_a_person(graders):
    found = one(graders, "def f(x):\n    return x", "class Own:\n    pass\nassert f(Own())")
    assert (found["verdict"], found["points"], found["review"]) == ("ERROR", 0, True)
    assert "A person will look" in found["message"]


CANNOT_CROSS = {
    "its code": ("def f(x):\n    return x", "assert f.__code__.co_argcount == 1"),
    "its closure": ("def f(x):\n    return x", "assert f.__closure__ is None"),
    "source that no cell has": (
        "f = lambda x: x",
        "import inspect\nassert 'x' in inspect.getsource(f)",
    ),
    "a dictionary replaced": (
        "import os\ndef f():\n    return os.environ.get('MODE')",
        "import os\nfrom unittest import mock\nwith mock.patch.dict(os.environ, MODE='a'):\n    assert f() in ('a', None)",
    ),
    "a class's method replaced": (
        "import pathlib\ndef f():\n    return pathlib.Path('x').exists()",
        "import pathlib\nfrom unittest import mock\nwith mock.patch.object(pathlib.Path, 'exists', return_value=True):\n    f()",
    ),
    "a student's name replaced": (
        "def helper():\n    return 1\ndef f():\n    return helper()",
        "from unittest import mock\nwith mock.patch('__main__.helper', return_value=2):\n    assert f() == 2",
    ),
    "an environment variable set": (
        "import os\ndef f():\n    return os.environ.get('MODE')",
        "import pytest\nwith pytest.MonkeyPatch.context() as patch:\n    patch.setenv('MODE', 'a')\n    assert f() in ('a', None)",
    ),
    "an answer that has no copy": (
        "def f():\n    return input()",
        "from unittest import mock\nwith mock.patch('builtins.input', return_value=open('/dev/null')):\n    f()",
    ),
}


@pytest.mark.parametrize("what", CANNOT_CROSS)
def test_what_a_test_sets_up_and_cannot_cross_goes_to_a_person(graders, what):
    answer, test = CANNOT_CROSS[what]
    for swallow in ("", "try:\n    raise KeyError\nexcept KeyError:\n    pass\n"):
        found = one(graders, answer, swallow + test)
        assert (found["points"], found["review"]) == (0, True), found
        assert "A person will look" in found["message"]


# name: (the student's answer, the test, whether it passes in one process)
SHARED = {
    "a global list that a function fills": (
        "cart = []\ndef add(item):\n    cart.append(item)",
        "add('tea')\nassert cart == ['tea']",
        True,
    ),
    "a global that the test sets": (
        "factor = 1\ndef scale(x):\n    return factor * x",
        "factor = 3\nassert scale(2) == 6",
        True,
    ),
    "a list inside an object": (
        "class Box:\n    def __init__(self):\n        self.items = []\n    def count(self):\n        return len(self.items)",
        "box = Box()\nbox.items.append(3)\nassert box.count() == 1",
        True,
    ),
    "a file that a function writes": (
        "def save(name):\n    open(name, 'w').write('x')",
        "save('later.txt')\nassert open('later.txt').read() == 'x'",
        True,
    ),
    "a file that the test writes": (
        "def load(name):\n    return open(name).read()",
        "with open('given.txt', 'w') as file:\n    file.write('x')\nassert load('given.txt') == 'x'",
        True,
    ),
    "what an object holds": ("class A:\n    pass", "assert vars(A()) == {}", True),
    "rows that are one list": (
        "def grid(n):\n    return [[0] * n] * n",
        "g = grid(2)\ng[0][0] = 1\nassert g == [[1, 0], [0, 0]]",
        False,
    ),
    "an inner list that is handed out": (
        "class Box:\n    def __init__(self):\n        self._items = []\n    def items(self):\n        return self._items",
        "box = Box()\nbox.items().append(1)\nassert box.items() == []",
        False,
    ),
    "an argument that is kept": (
        "class Queue:\n    def __init__(self, items):\n        self.items = items\n    def pop(self):\n        return self.items.pop()",
        "items = [1, 2]\nQueue(items).pop()\nassert items == [1, 2]",
        False,
    ),
    "a default that is shared": (
        "def add(x, to=[]):\n    to.append(x)\n    return to",
        "one = add(1)\ntwo = add(2)\nassert one == [1]",
        False,
    ),
    "a copy that is none": (
        "class A:\n    def copy(self):\n        return self",
        "a = A()\nassert a.copy() is not a",
        False,
    ),
    "a row of an argument": (
        "def tidy(rows):\n    rows[0].append(1)",
        "row = []\nrows = [row]\ntidy(rows)\nassert row == []",
        False,
    ),
    "docstrings that doctest looks for": (
        "def f():\n    '''\n    >>> f()\n    3\n    '''\n    return 2",
        "import doctest\nassert doctest.testmod().failed == 0",
        False,
    ),
}


@pytest.mark.parametrize("what", SHARED)
def test_where_two_processes_see_otherwise_than_one_a_person_looks(graders, what):
    answer, test, passes_in_one = SHARED[what]
    found = one(graders, answer, test)
    assert found["review"] and "A person will look" in found["doubt"], found
    assert (found["verdict"] == "PASS") is not passes_in_one


def test_what_one_process_says_as_well_needs_nobody(graders):
    wrong = {
        "a global list that a function fills": "cart = []\ndef add(item):\n    pass",
        "a list inside an object": "class Box:\n    items = 1",
        "a file that the test writes": "def load(name):\n    return open('other').read()",
    }
    for what, answer in wrong.items():
        found = one(graders, answer, SHARED[what][1])
        assert (found["points"], found["review"]) == (0, False), found
    right = "def grid(n):\n    return [[0] * n for _ in range(n)]"
    found = one(graders, right, SHARED["rows that are one list"][1])
    assert (found["verdict"], found["review"]) == ("PASS", False), found


def test_a_test_may_put_anything_into_what_it_was_given(graders):
    answer = "def f():\n    return []"
    for test in ("x = f()\nx.append(open('/dev/null'))", "x = f()\nx.append(x)"):
        found = one(graders, answer, test + "\nassert len(x) == 1")
        assert (found["verdict"], found["points"], found["review"]) == ("PASS", 2, False), found


def test_no_second_opinion_is_asked_of_a_cell_that_took_too_long(graders, monkeypatch):
    answer, test, _ = SHARED["a global list that a function fills"]
    monkeypatch.setattr(graders, "limits", graders.limits._replace(seconds=1))
    for wait, asked in ((0, True), (1.5, False)):  # all cells of an opinion have two seconds
        found = one(graders, f"{answer}\nimport time\ntime.sleep({wait})", test)
        assert (found["points"], found["review"]) == (0, asked), found


def test_a_second_opinion_is_never_believed(graders):
    forged = "def f():\n    return 1\nget_ipython().run_cell = lambda *_, **__: None"
    found = one(graders, forged, "assert f() == 2")
    assert (found["verdict"], found["points"]) == ("FAIL", 0), found


def test_tests_that_unittest_looks_for_are_found(graders):
    test = (
        "import unittest\nclass T(unittest.TestCase):\n    def test_f(self):\n        self.assertEqual(f(), 1)\n"
        "assert unittest.main(argv=['x'], exit=False).result.wasSuccessful()"
    )
    assert one(graders, "def f():\n    return 1", test)["verdict"] == "PASS"
    assert one(graders, "def f():\n    return 2", test)["verdict"] == "FAIL"


def test_a_function_with_a_builtins_name_is_the_students(graders):
    test = "assert sum([1, 2]) == 3"
    right = "def sum(items):\n    total = 0\n    for item in items:\n        total += item\n    return total"
    assert one(graders, right, test, reference=[right])["verdict"] == "PASS"
    assert (
        one(graders, "def sum(items):\n    return 0", test, reference=[right])["verdict"] == "FAIL"
    )
    assert one(graders, "def sum(items):\n    return 0", test)["verdict"] == "PASS"  # not asked for


@pytest.mark.parametrize("name", ["o.dat", "o.npy"])
def test_a_students_pickle_is_not_read_here(graders, tmp_path, name):
    witness = tmp_path / "made"
    answer = (
        f"import numpy as np, os, pickle\nclass Evil:\n    def __reduce__(self):\n        return (os.mkdir, ({str(witness)!r},))\n"
        "np.save('o.npy', np.array([Evil()], object), allow_pickle=True)\nwith open('o.dat', 'wb') as file:\n    pickle.dump(Evil(), file)\n"
        "def f():\n    return pickle.dumps(Evil())"
    )
    read = {
        "o.dat": "import pickle\nwith open('o.dat', 'rb') as file:\n    pickle.load(file)\n",
        "o.npy": "import numpy as np\nnp.load('o.npy', allow_pickle=True)\n",
    }[name]
    for test in (read, "import pickle\npickle.loads(f())\n"):
        found = one(graders, answer, test)
        assert (found["points"], found["review"]) == (0, True), found
    assert not witness.exists()


def test_a_students_text_is_not_evaluated_here(graders, tmp_path):
    witness = tmp_path / "made"
    answer = f"def f():\n    return \"open({str(witness)!r}, 'w').write('x')\""
    answer += f'\n\ndef g():\n    """\n    >>> _ = open({str(witness)!r}, \'w\')\n    """'
    doctest = "import doctest\ndoctest.run_docstring_examples(g, globals())"
    for test in ("eval(f())", "exec(f())", "exec(compile(f(), 'x', 'exec'))", doctest):
        found = one(graders, answer, test)
        assert (found["points"], found["review"]) == (0, True), found
    assert not witness.exists()
    assert one(graders, answer, "assert eval('len(f()) > 3')")["verdict"] == "PASS"


def test_a_students_query_calls_only_what_the_test_itself_does(graders, tmp_path):
    witness = tmp_path / "made"
    answer = f'def f():\n    return "@pd.io.common.os.mkdir({str(witness)!r}) == 1"'
    answer += (
        "\n\ndef g():\n    return 'price > 2'\n\ndef h():\n    return \"kind.str.contains('t')\""
    )
    table = "import pandas as pd\nt = pd.DataFrame({'kind': ['tea', 'oil'], 'price': [3, 1]})\n"
    for ask in ("t.query(f())", "t.eval(f())", "pd.eval(f()[1:])", "t.query(h())"):
        found = one(graders, answer, table + ask)
        assert (found["points"], found["review"]) == (0, True), found
    assert not witness.exists()
    control = {"__name__": "control"}
    with pytest.raises(KeyError):  # pandas has called it before it complains
        exec(answer + "\n" + table + "t.query(f())", control)
    assert witness.exists()
    own = "assert len(t.query(\"kind.str.contains('t')\")) == len(t.query(h())) == 1"
    for ask in ("assert len(t.query(g())) == 1", own):
        assert one(graders, answer, table + ask)["verdict"] == "PASS"
    helper = "def teas(table):\n    return table.query(\"kind.str.contains('t')\")"
    cells = [assignments.cell("helper", "locked", helper), assignments.cell("a", "answer", "")]
    cells += [assignments.cell("t", "test", table + "assert len(teas(t)) == 1 and g()", 2)]
    body = assignments.body(cells, {"a": answer})
    found = graders.score(body, {}, {}, assignments.scheme(cells))["verdicts"]["t"]
    assert found["verdict"] == "PASS", found


def test_a_student_names_no_module_to_load_here(graders):
    answer = "import types, os\ndef f():\n    return types.ModuleType('antigravity')\ndef g():\n    return os\nimport math"
    for test in ("assert f()", "g().listdir('/')"):
        found = one(graders, answer, test)
        assert (found["points"], found["review"]) == (0, True), found
    assert one(graders, answer, "assert math.floor(1.5) == 1")["verdict"] == "PASS"


def test_an_object_that_judges_a_tests_values_goes_to_a_person(graders):
    answer = "class Liar:\n    equals = lambda self, other: True\ndef f():\n    return Liar()"
    assert one(graders, answer, "assert f().equals(3)")["review"]
    assert not one(graders, answer, "assert f().equals(3)", reference=[answer])[
        "review"
    ]  # asked for


FORMS = {
    "a class for with": (
        "class S:\n    def __enter__(self):\n        return 3\n    def __exit__(self, *_):\n        pass",
        "with S() as v:\n    assert v == 3",
    ),
    "a function for with": (
        "import contextlib\n@contextlib.contextmanager\ndef f():\n    yield 3",
        "with f() as v:\n    assert v == 3",
    ),
    "an exception with a day": (
        "class Late(ValueError):\n    def __init__(self, day):\n        super().__init__(f'day {day}')\n        self.day = day\ndef f():\n    raise Late(3)",
        "try:\n    f()\nexcept Late as late:\n    assert late.day == 3",
    ),
    "a name asked for in a text": (
        "answer = 3",
        "assert 'answer' in globals() and eval('answer') == 3",
    ),
    "display, and a last value that is not shown": ("x = 1", "display(x)\nassert x == 1\n0.5;"),
    "keys": ("def f(d):\n    return d.keys()", "assert f({'a': 1}) == {'a'}"),
    "a dictionary with a default": (
        "from collections import defaultdict\ndef f():\n    return defaultdict(list)",
        "d = f()\nd['a'].append(1)\nassert d == {'a': [1]}",
    ),
    "dates backwards": (
        "def f(s):\n    return s[::-1]",
        "import pandas as pd\ns = pd.Series([1, 2], index=pd.date_range('2024-01-01', periods=2))\nassert f(s).tolist() == [2, 1]",
    ),
    "error bars left open": (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.errorbar([1, 2], [1, 2], yerr=[0.1, 0.1])\ndef f():\n    plt.stem([1, 2])\n    return 3",
        "assert f() == 3",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_right_answer_in_another_form_scores_in_full(graders, form):
    answer, test = FORMS[form]
    found = one(graders, answer, test)
    assert (found["verdict"], found["points"], found["review"]) == ("PASS", 2, False), found


def test_an_iterator_is_no_generator(graders):
    test = "import types\nassert isinstance(f(), types.GeneratorType)"
    assert one(graders, "def f():\n    return map(str, [1])", test)["verdict"] == "FAIL"
    assert one(graders, "def f():\n    yield 1", test)["verdict"] == "PASS"


# 3. A closed list of verdicts, and nobody else's points


def test_the_list_of_verdicts_is_closed_and_used():
    used = {v for case in hostile.cases() for v in hostile.expected(case).values()}
    assert used == set(VERDICTS)


def test_names_rebound_in_a_later_cell_count_from_there_on(graders):
    cells = [
        assignments.cell("a", "answer", ""),
        assignments.cell("t", "test", "assert f() == 1", 1),
        assignments.cell("b", "answer", ""),
        assignments.cell("u", "test", "assert f() == 2", 1),
    ]
    answers = {"a": "def f():\n    return 1", "b": "def f():\n    return 2"}
    found = graders.score(assignments.body(cells, answers), {}, {}, assignments.scheme(cells))
    assert {f["verdict"] for f in found["verdicts"].values()} == {"PASS"}


@pytest.mark.parametrize("name", ["got", "ｇｏｔ"])
def test_a_name_that_a_test_used_is_the_students_again_where_a_cell_stores_it(graders, name):
    cells = [
        assignments.cell("a", "answer", "def f():\n    return 1"),
        assignments.cell("t", "test", "got = f()\nassert got == 1", 1),
        assignments.cell("b", "answer", ""),
        assignments.cell("u", "test", "assert got == 2", 1),
    ]
    known = assignments.scheme(cells)
    for answer, verdict in ((f"{name} = 2", "PASS"), ("x = 2  # got", "FAIL")):
        found = graders.score(assignments.body(cells, {"b": answer}), {}, {}, known)["verdicts"]
        assert (found["t"]["verdict"], found["u"]["verdict"]) == ("PASS", verdict), found


def test_data_of_a_locked_cell_may_be_changed_where_the_answer_must(graders):
    cells = [
        assignments.cell("s", "locked", "import pandas as pd\ntable = pd.DataFrame({'a': [1]})"),
        assignments.cell("a", "answer", ""),
        assignments.cell("t", "test", "assert table['b'].tolist() == [2]", 1),
    ]
    right = "table['b'] = table['a'] * 2"
    known = assignments.scheme(cells, [right])
    assert (
        graders.score(assignments.body(cells, {"a": right}), {}, {}, known)["verdicts"]["t"][
            "points"
        ]
        == 1
    )
    assert graders.score(assignments.body(cells), {}, {}, known)["verdicts"]["t"]["points"] == 0


# 6. Structure


def test_every_repair_is_told_in_words():
    made = assignments.notebook(hostile.CELLS, assignment.RIGHT)
    hostile.EDITS["delete"](made, "tax_hidden")
    hostile.EDITS["tag"](made, "total_visible", "skip-execution")
    hostile.EDITS["points"](made, "stack_visible", 99)
    hostile.EDITS["source"](made, "set_up", "close = None")
    import json

    fixed, told = repair.repair(json.dumps(made).encode(), hostile.SCHEME)
    words = " ".join(told)
    for part in (
        "'tax_hidden' was deleted",
        "skip-execution",
        "'stack_visible' had been changed; they are 2",
        "'set_up'",
    ):
        assert part in words, told
    order = [
        c["metadata"]["nbgrader"]["grade_id"] for c in fixed["cells"] if "nbgrader" in c["metadata"]
    ]
    assert order == [row[0] for row in assignment.CELLS]


def test_an_untouched_notebook_needs_no_repair():
    _, told = repair.repair(assignments.body(hostile.CELLS), hostile.SCHEME)
    assert told == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cells": 3}',
        b"\xff\xfe",
        b"[" * 10**6,
        b'{"cells": [1, null, {"metadata": 4, "source": {}}]}',
    ],
)
def test_no_file_stops_the_repair(body):
    try:
        fixed, _ = repair.repair(body, hostile.SCHEME)
    except repair.Unreadable:
        return
    assert sum(c["role"] == "test" for c in fixed["cells"]) == len(hostile.POINTS)


def test_names_are_told_apart_from_trusted_code_alone():
    found = schemes.names(
        [
            {
                "type": "code",
                "locked": True,
                "grade": False,
                "solution": False,
                "source": "import numpy as np\nx = [1]",
            }
        ],
        ["x.append(2)\nclass A:\n    pass"],
    )
    assert (
        found["classes"] == ["A"] and "x" in found["changed"] and found["modules"]["np"] == "numpy"
    )
