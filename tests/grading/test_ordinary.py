"""Which failed tests need no second opinion: those of code that does in two processes what it does in one."""

import ast
import math

import numpy as np
import pandas as pd
import pytest
import test_exercises as exercises

from coursekit.grading import ordinary, plain, schema

F = "def f(x):\n    return x + 1"
TABLE = "import pandas as pd\n\ndef f(t):\n    t = t.copy()\n    t['twice'] = 2 * t['a']\n    return t.reset_index()"
CALL = "def test_f():\n    assert f(1) == 2\n\ntest_f()"


def ordinary_is(answer, test=CALL, locked="", earlier=(), values=(), functions=("f",)):
    """Tell whether the test after this answer is ordinary."""
    cells = [(locked, True)] * bool(locked) + [(answer, False)]
    return ordinary.is_ordinary(test, cells, set(earlier), set(values), set(functions))


ORDINARY = {
    "a function": (F, CALL),
    "an untouched answer": (
        "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        CALL,
    ),
    "helpers and constants": (
        "RATE = -0.5\ndef half(x):\n    return RATE * x\ndef f(x):\n    return half(x)",
        CALL,
    ),
    "its own table changed": (
        TABLE,
        "t = pd.DataFrame({'b': [1]})\nt['a'] = 3\nassert len(f(t)) == 1",
    ),
    "a list of its own that grows": (
        "def f(x):\n    rows = []\n    for i in range(x):\n        rows.append(i)\n    return rows",
        "wrong = []\nfor n in range(3):\n    if f(n) != 1:\n        wrong.append(n)\nassert not wrong",
    ),
    "numpy and a generator of its own": (
        "import numpy as np\ndef f(x):\n    return np.sort(np.random.default_rng(x).random(3))",
        "assert len(f(1)) == 4 and type(f(1)).__name__ == 'list'",
    ),
    "an error of Python's own caught": (
        F,
        "try:\n    got = f('a')\nexcept (TypeError, ValueError) as error:\n    got = error\nassert got == 1",
    ),
    "a table for trying": (F + "\nimport numpy as np\ntable = np.arange(3)\nprint(f(table))", CALL),
}


@pytest.mark.parametrize("what", ORDINARY)
def test_ordinary_code_needs_no_second_opinion(what):
    assert ordinary_is(*ORDINARY[what])


# What is not ordinary in the answer.
ODD_ANSWERS = {
    "a global that is changed": "cart = []\ndef f(x):\n    cart.append(x)",
    "a global that is read": "rates = [1, 2]\ndef f(x):\n    return rates[x]",
    "a constant that became a list": "rates = 1\nrates = [1]\ndef f(x):\n    return rates",
    "global": "n = 0\ndef f(x):\n    global n\n    n = x",
    "a closure": "def make():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n        return n\n    return f\nf = make()",
    "an attribute of a function": "def f(x):\n    f.calls = x",
    "a default that is kept": "def f(x, seen=[]):\n    seen.append(x)\n    return seen",
    "a decorator": "import functools\n@functools.cache\ndef f(x):\n    return x",
    "a class": "class Box:\n    pass\ndef f(x):\n    return Box()",
    "a generator": "def f(x):\n    yield x",
    "a coroutine": "async def f(x):\n    return x",
    "a file": "def f(x):\n    return open('x').read()",
    "a table read": "import pandas as pd\ndef f(x):\n    return pd.read_csv(x)",
    "the system": "import os\ndef f(x):\n    return os.getcwd()",
    "one random stream": "import numpy as np\ndef f(x):\n    return np.random.rand(x)",
    "pandas' options": F + "\nimport pandas as pd\npd.set_option('display.precision', 3)",
    "numpy's options": F + "\nimport numpy as np\nnp.set_printoptions(2)",
    "a library's function replaced": F + "\nimport numpy as np\nnp.mean = f",
    "identity": "def f(x):\n    return x is f",
    "evaluated text": "def f(x):\n    return eval(x)",
    "no Python": "def f(x:\n    return",
    "the locked name taken": F + "\ntax = 3",
}


@pytest.mark.parametrize("what", ODD_ANSWERS)
def test_an_answer_that_may_keep_or_share_something_is_not_ordinary(what):
    assert ordinary_is(F, locked="tax = 1")
    assert not ordinary_is(ODD_ANSWERS[what], locked="tax = 1")


# What is not ordinary in the test.
ODD_TESTS = {
    "what it was given changed": "got = f(1)\ngot.append(3)\nassert got == [3]",
    "what came from that changed": "got = f(1)\nrows = [got]\nrows[0][0] = 3\nassert got == [3]",
    "what it handed over changed": "t = [1]\ngot = f(t)\nt.append(2)\nassert got == [1]",
    "what has no other name": "f(1).append(3)",
    "the function handed on": "assert sorted([1, 2], key=f) == [2, 1]",
    "the function looked at": "assert f.__name__ == 'g'",
    "a name of the student's set": "RATE = 3\nassert f(1) == 2",
    "something set up": "import numpy as np\nwith np.errstate(all='raise'):\n    f(0)",
    "a library's error": "import numpy as np\ntry:\n    f(1)\nexcept np.linalg.LinAlgError:\n    pass",
    "any error": "try:\n    f(1)\nexcept:\n    pass",
    "a file": "f(1)\nassert open('a.csv')",
    "a name of a file": "assert f('a.csv') == 1",
    "identity": "a = f(1)\nb = f(1)\nassert a is b",
    "pytest": "import pytest\npytest.raises(ValueError, f, 1)",
    "an earlier test's name": "assert f(1) == before",
    "a locked list that the student has used": "assert f(1) == numbers",
    "a locked helper that sets something up": "assert safely(1) == 2",
    "a name that the student has taken": "assert len(f(1)) == round(2.5)",
}
HELPER = "import numpy as np\nnumbers = [1]\ndef safely(x):\n    with np.errstate(all='raise'):\n        return f(x)"


@pytest.mark.parametrize("what", ODD_TESTS)
def test_a_test_that_may_see_what_is_shared_is_not_ordinary(what):
    answer = "RATE = 2\ndef f(x):\n    return RATE * x\nprint(numbers)\nround = 3"
    locked = HELPER if "helper" in what else "numbers = [1]"
    assert ordinary_is(answer, CALL, "numbers = [1]", {"before"})
    assert not ordinary_is(answer, ODD_TESTS[what], locked, {"before"})


def test_a_locked_helper_that_keeps_something_is_not_ordinary():
    assert not ordinary_is(
        "def f(x):\n    send(x)", CALL, "log = []\ndef send(x):\n    log.append(x)"
    )
    assert ordinary_is("def f(x):\n    return twice(x)", CALL, "def twice(x):\n    return 2 * x")


SAME = [
    None,
    True,
    2.5,
    "a",
    [1, (2, {"a": {3}})],
    math.nan,
    [np.nan],
    math.inf,
    np.arange(3),
    np.float64(2),
]
SAME += [
    pd.Series([1.0, None]),
    pd.DataFrame({"a": ["x", None]}),
    pd.Timestamp("2024-01-01"),
    pd.NaT,
    2**80,
]
OTHER = [
    float("nan"),
    [float("nan")],
    {"a": 1}.keys(),
    pd.MultiIndex.from_tuples([(1, 2)]),
    print,
    ast,
]


def test_only_what_cannot_be_told_from_its_copy_is_exact():
    def form(value):
        return plain.encode(value, lambda value: {"t": "object"})

    assert all(ordinary.is_exact(form(value)) for value in SAME)
    assert not [value for value in OTHER if ordinary.is_exact(form(value))]
    assert not [value for value in OTHER if ordinary.is_exact(form([(value,)]))]
    assert ordinary.is_exact(form([float("nan")]), given=True)
    assert not ordinary.is_exact(form([print]), given=True)


def test_a_form_that_no_honest_process_sends_is_not_exact():
    deep = []
    for _ in range(20_000):
        deep = [deep]
    for form in (deep, {"t": None}, {}, {"t": "object", "v": deep}, {"t": "list"}):
        assert not ordinary.is_exact(form)
    assert ordinary.is_exact({"t": "float"})  # `decode` refuses it


@pytest.mark.parametrize("value", [math.nan, np.nan])
def test_the_two_objects_called_nan_stay_what_they_are(value):
    back = plain.decode(plain.encode([value, 1.0]))
    assert back[0] is value and back == [value, 1.0]
    assert plain.decode(plain.encode(float("nan"))) is not value


def test_a_change_inside_a_tuple_is_not_noticed():
    assert ordinary.hides_changes(plain.encode(([],)))
    assert not any(map(ordinary.hides_changes, map(plain.encode, [(1, "a"), [[]], {"a": []}])))


@pytest.mark.parametrize("exercise", exercises.EXERCISES)
def test_nearly_all_of_our_tests_are_ordinary(exercise):
    known = schema.of_file(exercises.SOURCE / exercise / f"{exercise}.ipynb")
    cells = [
        (c["source"], True)
        for c in known["cells"]
        if c["locked"] and c["type"] == "code" and not c["grade"]
    ]
    cells += [(exercises.text(q.solutions[0]), False) for q in exercises.coded(exercise).values()]
    asked = set(exercises.coded(exercise))
    tests = [c["source"] for c in known["cells"] if schema.is_test(c)]
    found = [ordinary.is_ordinary(test, cells, set(), set(), asked) for test in tests]
    assert sum(found) > 0.9 * len(found)
