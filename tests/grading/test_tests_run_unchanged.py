"""Ordinary test cells, as instructors write them, run unchanged on what students write."""

import pytest

from grading import assignments

SET_UP = "import numpy as np\nimport pandas as pd\n"

# name: (the student's cell, the test cell, the wrong student's cell that the test must fail)
CASES = {
    "assert with a call": (
        "def double(x):\n    return 2 * x",
        "assert double(4) == 8",
        "def double(x):\n    return x",
    ),
    "keyword arguments": (
        "def power(base, *, exponent=2):\n    return base ** exponent",
        "assert power(3, exponent=3) == 27 and power(base=4) == 16",
        "def power(base, *, exponent=2):\n    return base ** 2",
    ),
    "a list changed in place": (
        "def tidy(words):\n    words.sort()\n    words.append('end')",
        "words = ['b', 'a']\nassert tidy(words) is None\nassert words == ['a', 'b', 'end']",
        "def tidy(words):\n    words = sorted(words)",
    ),
    "a dictionary and a set changed in place": (
        "def count(text, seen, letters):\n    for c in text:\n        seen[c] = seen.get(c, 0) + 1\n        letters.add(c)",
        "seen, letters = {}, set()\ncount('aba', seen, letters)\nassert seen == {'a': 2, 'b': 1} and letters == {'a', 'b'}",
        "def count(text, seen, letters):\n    return dict()",
    ),
    "an array changed in place": (
        "def clip(a):\n    a[a < 0] = 0",
        "a = np.array([-1.0, 2.0])\nclip(a)\nnp.testing.assert_array_equal(a, [0, 2])",
        "def clip(a):\n    a = np.maximum(a, 0)",
    ),
    "a frame changed in place": (
        "def add(t):\n    t['total'] = t['a'] + t['b']\n    t.drop(columns='b', inplace=True)",
        "t = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})\nadd(t)\npd.testing.assert_frame_equal(t, pd.DataFrame({'a': [1, 2], 'total': [4, 6]}))",
        "def add(t):\n    t = t.assign(total=0)",
    ),
    "the argument itself returned": (
        "def same(x):\n    x.append(1)\n    return x",
        "x = []\nassert same(x) is x and x == [1]",
        "def same(x):\n    return x + [1]",
    ),
    "an exception expected by try": (
        "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x ** 0.5",
        "try:\n    root(-1)\nexcept ValueError as error:\n    assert 'negative' in str(error)\nelse:\n    assert False, 'expected ValueError'",
        "def root(x):\n    return 0",
    ),
    "an exception expected by pytest.raises": (
        "class TooLate(ValueError):\n    pass\ndef ship(day):\n    if day > 2:\n        raise TooLate(f'day {day}')",
        "import pytest\nwith pytest.raises(TooLate, match='day 3'):\n    ship(3)\nship(1)",
        "class TooLate(ValueError):\n    pass\ndef ship(day):\n    pass",
    ),
    "a key error": (
        "def price(name):\n    return {'tea': 3}[name]",
        "try:\n    price('oil')\n    assert False\nexcept KeyError as error:\n    assert error.args == ('oil',)",
        "def price(name):\n    return {'tea': 3}.get(name)",
    ),
    "a class with methods and attributes": (
        "class Account:\n    def __init__(self, owner, balance=0):\n        self.owner, self.balance = owner, balance\n"
        "    def deposit(self, amount):\n        self.balance += amount\n        return self\n    @property\n    def rich(self):\n        return self.balance > 100",
        "a = Account('lin', balance=50)\nassert isinstance(a, Account) and a.owner == 'lin'\n"
        "assert a.deposit(70).balance == 120 and a.rich is True\na.balance = 5\nassert not a.rich and hasattr(a, 'owner') and not hasattr(a, 'nothing')",
        "class Account:\n    def __init__(self, owner, balance=0):\n        self.owner, self.balance = owner, 0\n    def deposit(self, amount):\n        return self\n    rich = True",
    ),
    "operators of a class that the exercise asks for": (
        "class Vector:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n    def __add__(self, o):\n        return Vector(self.x + o.x, self.y + o.y)\n"
        "    def __mul__(self, k):\n        return Vector(self.x * k, self.y * k)\n    def __eq__(self, o):\n        return (self.x, self.y) == (o.x, o.y)\n"
        "    def __len__(self):\n        return 2\n    def __repr__(self):\n        return f'Vector({self.x}, {self.y})'",
        "v = (Vector(1, 2) + Vector(3, 4)) * 2\nassert (v.x, v.y) == (8, 12) and v == Vector(8, 12) and len(v) == 2 and repr(v) == 'Vector(8, 12)'",
        "class Vector:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n    def __add__(self, o):\n        return self\n    def __mul__(self, k):\n        return self\n"
        "    def __eq__(self, o):\n        return True\n    def __len__(self):\n        return 2\n    def __repr__(self):\n        return ''",
    ),
    "a container class": (
        "class Shelf:\n    def __init__(self):\n        self.items = []\n    def __getitem__(self, i):\n        return self.items[i]\n    def __setitem__(self, i, v):\n        self.items.insert(i, v)\n"
        "    def __len__(self):\n        return len(self.items)\n    def __contains__(self, x):\n        return x in self.items\n    def __iter__(self):\n        return iter(self.items)",
        "s = Shelf()\ns[0] = 'tea'\nassert s[0] == 'tea' and len(s) == 1 and 'tea' in s and list(s) == ['tea']",
        "class Shelf:\n    def __getitem__(self, i):\n        return 0\n    def __setitem__(self, i, v):\n        pass\n    def __len__(self):\n        return 0\n    def __contains__(self, x):\n        return True\n    def __iter__(self):\n        return iter([])",
    ),
    "a generator": (
        "def squares(n):\n    for i in range(n):\n        yield i * i",
        "import types\ng = squares(3)\nassert isinstance(g, types.GeneratorType) and next(g) == 0 and list(g) == [1, 4]",
        "def squares(n):\n    yield from range(n)",
    ),
    "an endless generator": (
        "def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "from itertools import islice\nassert list(islice(naturals(), 4)) == [0, 1, 2, 3]",
        "def naturals():\n    yield 0",
    ),
    "a frame by pandas.testing": (
        "def by_kind(t):\n    return t.groupby('kind', as_index=False)['n'].sum()",
        "t = pd.DataFrame({'kind': ['a', 'b', 'a'], 'n': [1, 2, 3]})\npd.testing.assert_frame_equal(by_kind(t), pd.DataFrame({'kind': ['a', 'b'], 'n': [4, 2]}))",
        "def by_kind(t):\n    return t",
    ),
    "series with dates": (
        "def monthly(s):\n    return s.resample('ME').sum()",
        "s = pd.Series(1.0, index=pd.date_range('2024-01-01', periods=40))\ngot = monthly(s)\n"
        "pd.testing.assert_series_equal(got, pd.Series([31.0, 9.0], index=pd.date_range('2024-01-31', periods=2, freq='ME')))",
        "def monthly(s):\n    return s.resample('ME').mean()",
    ),
    "dates": (
        "import datetime\ndef next_day(d):\n    return d + datetime.timedelta(days=1)",
        "import datetime\nassert next_day(datetime.date(2024, 2, 28)) == datetime.date(2024, 2, 29)\nassert next_day(pd.Timestamp('2024-01-01', tz='Asia/Shanghai')) == pd.Timestamp('2024-01-02', tz='Asia/Shanghai')",
        "def next_day(d):\n    return d",
    ),
    "arrays by numpy.testing": (
        "def scale(a):\n    return (a - a.mean(axis=0)) / a.std(axis=0)",
        "np.testing.assert_allclose(scale(np.array([[1.0, 2], [3, 6]])), [[-1, -1], [1, 1]])",
        "def scale(a):\n    return a",
    ),
    "a helper defined in the test cell": (
        "def half(x):\n    return x / 2",
        "def close(a, b):\n    return abs(a - b) < 1e-9\n\ndef check(x):\n    assert close(half(x), x / 2), x\n\nfor x in (1, 2.5):\n    check(x)",
        "def half(x):\n    return 0",
    ),
    "a function handed to the student's function": (
        "def apply(f, xs):\n    return [f(x) for x in xs]",
        "offset = 10\nassert apply(lambda x: x + offset, [1, 2]) == [11, 12] and apply(str, [3]) == ['3'] and apply(np.sqrt, [4.0]) == [2.0]",
        "def apply(f, xs):\n    return xs",
    ),
    "a student's variable": (
        "answer = {'mean': 2.5, 'n': 4}\ntable = pd.DataFrame({'a': [1]})",
        "assert answer['n'] == 4 and isinstance(table, pd.DataFrame) and table.shape == (1, 1)",
        "answer = {'mean': 2.5, 'n': 5}\ntable = 1",
    ),
    "printed text": (
        "def greet(name):\n    print('Hello', name)",
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    greet('Lin')\nassert out.getvalue() == 'Hello Lin\\n'",
        "def greet(name):\n    return 'Hello ' + name",
    ),
    "named tuples and counters": (
        "from collections import namedtuple, Counter, defaultdict\nPoint = namedtuple('Point', 'x y')\ndef parts():\n    d = defaultdict(list)\n    d['a'].append(1)\n    return Point(1, 2), Counter('aab'), d",
        "p, c, d = parts()\nassert p.x == 1 and p == (1, 2) and c['a'] == 2 and d == {'a': [1]}",
        "def parts():\n    return (1, 2), {}, {}",
    ),
    "name, docstring and signature": (
        'def area(width, height=1):\n    """Return the area."""\n    return width * height',
        "import inspect\nassert area.__name__ == 'area' and area.__doc__ and callable(area)\nassert list(inspect.signature(area).parameters) == ['width', 'height']\nassert inspect.signature(area).parameters['height'].default == 1",
        "def area(*all):\n    return 0",
    ),
    "a seed set by the test": (
        "import random\ndef throw():\n    return random.randint(1, 6), np.random.rand()",
        "import random\nrandom.seed(5)\nnp.random.seed(5)\none = throw()\nrandom.seed(5)\nnp.random.seed(5)\nassert one == throw()",
        "import itertools\ncount = itertools.count()\ndef throw():\n    return next(count), 0",
    ),
    "a file that the student writes": (
        "pd.DataFrame({'a': [1, 2]}).to_csv('out.csv', index=False)",
        "assert pd.read_csv('out.csv')['a'].sum() == 3",
        "pd.DataFrame({'a': [1]}).to_csv('out.csv', index=False)",
    ),
    "a magic": (
        "%matplotlib inline\nx = 1",
        "%matplotlib inline\nassert x == 1",
        "x = 2",
    ),
    "axes read by matplotlib's getters": (
        "import matplotlib.pyplot as plt\ndef plot(xs, ys):\n    fig, ax = plt.subplots(figsize=(5, 4))\n    ax.plot(xs, ys, 'o--', color='red', label='sales')\n    ax.bar([1, 2], [3, 4], label='bars')\n"
        "    ax.scatter([1, 2], [5, 6], label='dots')\n    ax.set(xlabel='Year', ylabel='Yuan', title='Growth', xlim=(0, 9), ylim=(-1, 7))\n    ax.axhline(2)\n    ax.text(1, 2, 'note')\n    ax.legend(title='Key')\n    return ax",
        "from matplotlib.axes import Axes\nax = plot([1, 2], [3, 4])\nassert isinstance(ax, Axes) and ax.get_xlabel() == 'Year' and ax.get_title() == 'Growth'\n"
        "assert list(ax.lines[0].get_ydata()) == [3, 4] and ax.lines[0].get_marker() == 'o' and ax.lines[0].get_linestyle() == '--'\n"
        "assert ax.get_xlim() == (0, 9) and [p.get_height() for p in ax.patches] == [3, 4]\nassert [t.get_text() for t in ax.get_legend().get_texts()] == ['sales', 'dots', 'bars']\n"
        "assert ax.get_legend().get_title().get_text() == 'Key' and len(ax.containers) == 1 and ax.texts[0].get_text() == 'note'\nassert ax.collections[0].get_offsets().tolist() == [[1, 5], [2, 6]]\n"
        "assert tuple(ax.figure.get_size_inches()) == (5, 4)\nhandles, labels = ax.get_legend_handles_labels()\nassert labels == ['sales', 'dots', 'bars']",
        "import matplotlib.pyplot as plt\ndef plot(xs, ys):\n    return plt.subplots()[1]",
    ),
    "a figure and its axes": (
        "import matplotlib.pyplot as plt\ndef panels():\n    fig, axes = plt.subplots(1, 2)\n    fig.suptitle('Both')\n    axes[1].set_title('right')\n    return fig, axes",
        "fig, axes = panels()\nassert fig.get_suptitle() == 'Both' and len(fig.axes) == 2 and axes[1] is fig.axes[1] and axes[1].get_title() == 'right'",
        "import matplotlib.pyplot as plt\ndef panels():\n    return plt.subplots(1, 2)",
    ),
    "ticks, colours and the frame of axes": (
        "import matplotlib.pyplot as plt\ndef draw(names, values):\n    fig, (left, right) = plt.subplots(1, 2)\n    left.bar(names, values)\n    left.spines['top'].set_visible(False)\n"
        "    right.plot(names, values, color='red')\n    right.set_yticks([1, 2], ['low', 'high'])\n    return left, right",
        "left, right = draw(['tea', 'oil'], [1, 2])\nsays = lambda labels: [label.get_text() for label in labels]\n"
        "assert says(left.get_xticklabels()) == says(right.get_xticklabels()) == ['tea', 'oil'] and says(right.get_yticklabels()) == ['low', 'high']\n"
        "assert right.lines[0].get_color() == 'red' and left.spines['left'].get_visible() and not left.spines['top'].get_visible()",
        "import matplotlib.pyplot as plt\ndef draw(names, values):\n    return plt.subplots(1, 2)[1]",
    ),
    "axes that the test hands over": (
        "def draw(ax):\n    ax.plot([1, 2], [2, 1])\n    ax.set_ylabel('Yuan')",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\ndraw(ax)\nassert ax.get_ylabel() == 'Yuan' and list(ax.lines[0].get_xdata()) == [1, 2]",
        "def draw(ax):\n    pass",
    ),
    "pyplot's current axes": (
        "import matplotlib.pyplot as plt\ndef draw():\n    plt.plot([1, 2], [3, 4])\n    plt.xlabel('Day')",
        "import matplotlib.pyplot as plt\nplt.close('all')\ndraw()\nassert plt.gca().get_xlabel() == 'Day' and len(plt.gcf().axes) == 1",
        "def draw():\n    pass",
    ),
    "a line that an object holds and moves": (
        "import matplotlib.pyplot as plt\nclass Plot:\n    def __init__(self):\n        self.line, = plt.plot([1, 2], [2, 1])\n    def move(self, to):\n        self.line.set_ydata(to)\n"
        "    def where(self):\n        return list(self.line.get_ydata())",
        "import matplotlib.pyplot as plt\nplot = Plot()\nplot.move([5, 6])\nassert plot.where() == [5, 6] and list(plt.gca().lines[0].get_ydata()) == [5, 6]",
        "import matplotlib.pyplot as plt\nclass Plot:\n    def __init__(self):\n        plt.plot([1, 2], [2, 1])\n    def move(self, to):\n        pass\n    def where(self):\n        return [5, 6]",
    ),
    "an open figure that the test hands on": (
        "import matplotlib.pyplot as plt\ndef draw():\n    plt.figure()\n    plt.plot([1, 2], [3, 4])\ndef name(ax, title):\n    ax.set_title(title)\ndef title():\n    return plt.gca().get_title()",
        "import matplotlib.pyplot as plt\ndraw()\nname(plt.gca(), 'one')\nname(plt.gca(), 'two')\nassert plt.gca().get_title() == title() == 'two' and len(plt.gca().lines) == 1\n"
        "draw()\nassert plt.gca().get_title() == title() == ''\nplt.figure(1)\nassert title() == 'two'",
        "import matplotlib.pyplot as plt\ndef draw():\n    plt.figure()\n    plt.plot([1, 2], [3, 4])\ndef name(ax, title):\n    pass\ndef title():\n    return 'two'",
    ),
    "a function of the test that draws": (
        "import matplotlib.pyplot as plt\ndef each(do, items):\n    plt.figure()\n    for item in items:\n        do(item)\n    plt.title('all')",
        "import matplotlib.pyplot as plt\ndef line(x):\n    plt.plot([x, x], [0, 1])\neach(line, [1, 2, 3])\nassert len(plt.gca().lines) == 3 and plt.gca().get_title() == 'all' and len(plt.get_fignums()) == 1",
        "import matplotlib.pyplot as plt\ndef each(do, items):\n    do(items[0])\n    plt.title('all')",
    ),
    "figures that the test closes": (
        "import matplotlib.pyplot as plt\ndef draw():\n    plt.plot([1, 2], [3, 4])\ndef clear():\n    plt.close('all')",
        "import matplotlib.pyplot as plt\ndraw()\nplt.close('all')\ndraw()\nassert len(plt.gca().lines) == 1\nclear()\nassert not plt.get_fignums()",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\ndef draw():\n    ax.plot([1, 2], [3, 4])\ndef clear():\n    pass",
    ),
    "dates on an axis": (
        "import matplotlib.pyplot as plt\ndef draw(t):\n    fig, ax = plt.subplots()\n    ax.plot(t['day'], t['n'])\n    return ax",
        "t = pd.DataFrame({'day': pd.date_range('2024-01-01', periods=3), 'n': [1, 2, 3]})\nline = draw(t).lines[0]\nassert list(pd.to_datetime(line.get_xdata())) == list(t['day'])",
        "import matplotlib.pyplot as plt\ndef draw(t):\n    fig, ax = plt.subplots()\n    ax.plot(t['n'], t['n'])\n    return ax",
    ),
    "a warning expected by pytest.warns": (
        "import warnings\ndef rate(x):\n    if x > 1:\n        warnings.warn(f'rate {x}', UserWarning)\n    return x",
        "import pytest\nfor x in (2, 2):\n    with pytest.warns(UserWarning, match='rate 2'):\n        assert rate(x) == 2\nassert rate(1) == 1",
        "def rate(x):\n    return x",
    ),
    "warnings recorded": (
        "import warnings\nclass Late(UserWarning):\n    pass\ndef ship(days):\n    for d in range(days):\n        warnings.warn(f'day {d}', Late)",
        "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n    ship(2)\n"
        "assert [str(w.message) for w in seen] == ['day 0', 'day 1'] and issubclass(seen[0].category, Late) and issubclass(Late, UserWarning)",
        "import warnings\nclass Late(UserWarning):\n    pass\ndef ship(days):\n    warnings.warn('once', Late)",
    ),
    "warnings made errors": (
        "import numpy as np\ndef root(x):\n    return np.sqrt(np.maximum(x, 0))",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    assert root(np.array([-1.0, 4.0])).tolist() == [0, 2]",
        "import numpy as np\ndef root(x):\n    return np.nan_to_num(np.sqrt(x))",
    ),
    "the source of a function": (
        "import functools\n\n@functools.cache\ndef total(n):\n    return n + total(n - 1) if n else 0",
        "import inspect\nassert 'for' not in inspect.getsource(total).split() and total(4) == 10\nassert inspect.getsourcelines(total)[0][1].startswith('def total')",
        "def total(n):\n    s = 0\n    for i in range(n + 1):\n        s += i\n    return s",
    ),
    "input replaced by mock": (
        "def ask():\n    return 'Hello ' + input('Name? ')",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='Lin') as asked:\n    assert ask() == 'Hello Lin'\nasked.assert_called_once_with('Name? ')",
        "def ask():\n    return 'Hello Lin'",
    ),
    "input with several answers": (
        "def add():\n    return int(input()) + int(input())",
        "from unittest import mock\nwith mock.patch('builtins.input', side_effect=['2', '3']):\n    assert add() == 5",
        "def add():\n    return 5 + int(input())",
    ),
    "print replaced by mock": (
        "def greet(name):\n    print('Hello', name, sep=', ')",
        "from unittest import mock\nwith mock.patch('builtins.print') as shown:\n    greet('Lin')\nshown.assert_called_once_with('Hello', 'Lin', sep=', ')",
        "def greet(name):\n    print('Hello, ' + name)",
    ),
    "standard output replaced by mock": (
        "def greet(name):\n    print('Hello', name)",
        "import io\nfrom unittest.mock import patch\nwith patch('sys.stdout', new_callable=io.StringIO) as out:\n    greet('Lin')\nassert out.getvalue() == 'Hello Lin\\n'",
        "def greet(name):\n    return name",
    ),
    "input replaced by pytest's monkeypatch": (
        "def ask():\n    return input().upper()",
        "import pytest\nwith pytest.MonkeyPatch.context() as patch:\n    patch.setattr('builtins.input', lambda *words: 'lin')\n    assert ask() == 'LIN'",
        "def ask():\n    return 'LI'",
    ),
    "input replaced by hand": (
        "def ask():\n    return input().upper()",
        "import builtins\nkept = builtins.input\nbuiltins.input = lambda *words: 'lin'\ntry:\n    assert ask() == 'LIN'\nfinally:\n    builtins.input = kept",
        "def ask():\n    return 'LI'",
    ),
    "a library's function replaced": (
        "import time\ndef wait():\n    time.sleep(60)\n    return time.time()",
        "from unittest import mock\nwith mock.patch('time.sleep') as slept, mock.patch('time.time', return_value=5.0):\n    assert wait() == 5.0\nslept.assert_called_once_with(60)",
        "def wait():\n    return 5.0",
    ),
    "annotations and defaults": (
        "def power(base: float, exponent: int = 2, *, sign=1) -> float:\n    return sign * base ** exponent",
        "assert power.__annotations__ == {'base': float, 'exponent': int, 'return': float}\nassert power.__defaults__ == (2,) and power.__kwdefaults__ == {'sign': 1}",
        "def power(base, exponent=2):\n    return base ** exponent",
    ),
}


def graded(graders, answer, test):
    """Return the verdict of one test on one answer."""
    cells = [
        assignments.cell("set_up", "locked", SET_UP),
        assignments.cell("answer", "answer", "# YOUR CODE HERE"),
        assignments.cell("check", "test", test, 3),
    ]
    known = assignments.scheme(cells, [CASES_BY_TEST[test]])
    return graders.score(assignments.body(cells, {"answer": answer}), {}, {}, known)["verdicts"][
        "check"
    ]


CASES_BY_TEST = {test: right for right, test, _ in CASES.values()}


@pytest.mark.parametrize("name", CASES)
def test_the_same_test_cell_passes_right_and_fails_wrong(graders, name):
    right, test, wrong = CASES[name]
    found = graded(graders, right, test)
    assert (found["verdict"], found["points"]) == ("PASS", 3), found
    found = graded(graders, wrong, test)
    assert found["verdict"] in ("FAIL", "ERROR") and found["points"] == 0, found
    assert not found["review"], found


def each_of(graders, answer, *tests):
    """Return the verdicts of several tests on one answer."""
    cells = [assignments.cell("set_up", "locked", SET_UP)]
    cells += [assignments.cell("answer", "answer", "# YOUR CODE HERE")]
    cells += [assignments.cell(f"check{i}", "test", test, 1) for i, test in enumerate(tests)]
    known = assignments.scheme(cells, [answer])
    found = graders.score(assignments.body(cells, {"answer": answer}), {}, {}, known)["verdicts"]
    return [(one["verdict"], one["review"]) for one in found.values()]


def test_every_test_begins_without_open_figures(graders):
    """As in a notebook, which shows and closes them at the end of a cell."""
    answer = "import matplotlib.pyplot as plt\ndef draw():\n    plt.plot([1, 2], [3, 4])\ndraw()"
    test = "import matplotlib.pyplot as plt\ndraw()\nassert len(plt.gca().lines) == 1"
    assert each_of(graders, answer, test, test) == [("PASS", False)] * 2
    twice = answer.replace("[3, 4])", "[3, 4])\n    plt.plot([1, 2], [3, 4])")
    assert each_of(graders, twice, test, test) == [("FAIL", False)] * 2


BESIDE = {
    "a line over categories": "plt.figure().gca().plot(['tea', 'oil'], [1, 2])",
    "more texts than have a copy": "ax = plt.figure().gca()\n    for i in range(5001):\n        ax.text(i, i, '.')",
    "more figures than have a copy": "plt.rcParams['figure.max_open_warning'] = 0\n    for _ in range(51):\n        plt.figure()",
    "axes in a circle": "plt.figure().add_subplot(projection='polar').plot([1, 2], [1, 2])",
    "axes in space": "plt.figure().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
}


@pytest.mark.parametrize("what", BESIDE)
def test_a_plot_beside_the_answer_costs_nothing(graders, what):
    answer = (
        f"import matplotlib.pyplot as plt\ndef double(x):\n    {BESIDE[what]}\n    return 2 * x"
    )
    tests = ("assert double(2) == 4", "for x in (1, 2):\n    assert double(x) == 2 * x")
    assert each_of(graders, answer, *tests) == [("PASS", False)] * 2
    wrong = answer.replace("2 * x", "3 * x")
    assert each_of(graders, wrong, *tests) == [("FAIL", False)] * 2


def test_a_figure_without_a_copy_goes_to_a_person_where_the_test_looks_at_it(graders):
    answer = (
        f"import matplotlib.pyplot as plt\ndef draw():\n    {BESIDE['more texts than have a copy']}"
    )
    test = "import matplotlib.pyplot as plt\ndraw()\nassert plt.gca().texts"
    assert each_of(graders, answer, test) == [("FAIL", True)]
