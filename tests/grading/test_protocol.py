"""The wire under fire: whatever comes, the trusted side neither crashes, hangs, executes nor swells."""

import collections
import contextlib
import datetime as dt
import decimal
import fractions
import json
import math
import os
import pathlib
import socket
import struct
import sys
import threading
import time
import tracemalloc
import zoneinfo

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.grading import around, examiner, jail, pictures, plain, remote, stand, student, wire
from grading import assignments

KEYS = [
    "t",
    "v",
    "dtype",
    "shape",
    "index",
    "columns",
    "name",
    "unit",
    "zone",
    "codes",
    "categories",
]
KEYS += [
    "ordered",
    "names",
    "freq",
    "fields",
    "gone",
    "number",
    "kinds",
    "deeds",
    "type",
    "iterates",
]
TAGS = [
    *plain.UNPACK,
    "object",
    "class",
    "module",
    "host",
    "argument",
    "figure",
    "axes",
    "reference",
]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
leaves |= st.binary(max_size=32)
leaves |= st.sampled_from(
    ["<f8", "<i8", "|O", "<M8[ns]", "<U3", "str", "Int64", "ns", b"ABCDEFGH", "UTC"]
)
Point = collections.namedtuple("Point", "x y")
MOMENT = dt.datetime(2020, 1, 2, 3, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))
FIXED = st.timedeltas(dt.timedelta(hours=-23), dt.timedelta(hours=23))
ZONES = FIXED.map(dt.timezone) | st.builds(dt.timezone, FIXED, st.text(max_size=8))
SOUND = [2**80, math.inf, b"a", (1, 2), {3}, {"a": 1}, 1j, range(3), Point(1, 2), MOMENT]
SOUND += [MOMENT.date(), dt.time(4), dt.timedelta(5), fractions.Fraction(1, 3), pathlib.Path("a")]
SOUND += [decimal.Decimal("1.5"), np.arange(3), np.array(["a", 1], object), pd.Timestamp(MOMENT)]
SOUND += [pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.Series(pd.Categorical(["u", "v"]))]
spoiled = st.builds(
    lambda value, key, other: {**plain.encode(value), key: other},
    st.sampled_from(SOUND),
    st.sampled_from(KEYS),
    leaves,
)
nodes = st.recursive(
    leaves.map(lambda leaf: leaf) | spoiled,  # mapped, else each kind of leaf weighs as much
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
        | st.builds(
            lambda tag, rest: {**rest, "t": tag},
            st.sampled_from(TAGS),
            st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
        )
    ),
    max_leaves=25,
)
MANY = settings(max_examples=400, deadline=2000, suppress_health_check=list(HealthCheck))


# What no message may bring about, as Python's own audit calls it.
DEEDS = {"compile", "exec", "import", "open", "marshal.loads", "pickle.find_class"}
DEEDS |= {"os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen"}
DEEDS |= {"os.mkdir", "os.remove", "os.rename", "os.symlink", "ctypes.dlopen", "socket.connect"}
FREE = (*zoneinfo.TZPATH, "tzdata")  # where the zone of a name is looked up
BY_TUPLES = collections.namedtuple.__code__  # compiles a line of names that were checked before
watching = threading.local()


def watch(event, words):
    """Note a deed of the thread that is watched."""
    seen = getattr(watching, "seen", None)
    if seen is None or event not in DEEDS or sys._getframe(1).f_code is BY_TUPLES:
        return
    if not str(words[0]).startswith(FREE):
        seen.append((event, str(words)[:200]))


@pytest.fixture(scope="module")
def watched():
    """Return a context that fails if this thread, reading what a student sent, does such a deed."""
    sys.addaudithook(watch)
    with contextlib.suppress(Exception):  # what Python loads only once
        wire.zone("Nowhere")
    pictures.open_figures(DRAWN, plain.decode)
    pictures.open_figures(pictures.NONE_OPEN, plain.decode)
    for table in TABLES:
        plain.decode(plain.encode(table))

    @contextlib.contextmanager
    def context():
        watching.seen = seen = []
        try:
            yield
        finally:
            watching.seen = None
            if seen:
                raise AssertionError(seen)

    return context


def test_deeds_are_seen(watched, tmp_path):
    for name, deed in {
        "exec": lambda: eval("1"),
        "open": lambda: open(tmp_path / "made", "w").close(),
        "import": lambda: __import__("a_module_that_is_not_loaded"),
        "os.system": lambda: os.system("true"),
        "socket.connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    }.items():
        quiet = contextlib.suppress(OSError, ImportError)
        with pytest.raises(AssertionError, match=name), watched(), quiet:
            deed()


def test_sound_values_are_read_without_a_deed(watched):
    for value in SOUND:
        form = plain.encode(value)
        with watched():
            plain.decode(form)


@MANY
@given(node=nodes)
def test_decode_gives_plain_data_or_says_malformed(watched, node):
    try:
        with watched():
            value = plain.decode(node)
    except (wire.Malformed, wire.NotPlain):
        return
    assert type(value).__module__.partition(".")[0] in (
        [
            "builtins",
            "collections",
            "datetime",
            "decimal",
            "fractions",
            "pathlib",
            "numpy",
            "pandas",
        ]
    ) or hasattr(value, "_fields")


class Owner:
    """What a Remote needs of an examiner."""

    limits = jail.Limits(seconds=1)
    until = 0.0
    has_bytes = False
    sees_figures = True
    around = around.Around(wire.NotPlain)

    def late_words(self):
        return "late"

    def module(self, name):
        raise wire.NotPlain(name)


def call(line):
    return line.do(1, "__call__", [1], {"a": 2})


def answered(body, seconds=1.0, ask=call, owner=None):
    """Let a student's process answer a question with raw bytes; return the trouble or the value."""
    ours, theirs = socket.socketpair()
    control, keeper = socket.socketpair()
    owner = owner or Owner()
    owner.until = time.monotonic() + seconds
    line = owner.remote = remote.Remote(wire.Channel(control), wire.Channel(ours), owner)

    def student():
        try:
            theirs.recv(65536)
            theirs.sendall(body)
            theirs.shutdown(socket.SHUT_WR)
            while theirs.recv(65536):
                pass
        except OSError:
            return

    thread = threading.Thread(target=student)
    thread.start()
    keeper.close()
    try:
        return ask(line)
    except (remote.Trouble, Exception) as error:
        known = isinstance(error, (remote.Trouble, StopIteration))
        assert known or getattr(error, "raised_by_student", False), repr(error)
        return error
    finally:
        line.kill()
        thread.join(5)
        theirs.close()


def framed(value):
    body = wire.dumps(value)
    return struct.pack(">I", len(body)) + body


@MANY
@given(st.binary(max_size=200))
def test_any_bytes_on_the_pipe_are_a_verdict(body):
    assert isinstance(answered(body, 0.3), remote.Trouble)


@MANY
@given(
    st.lists(st.sampled_from([b"[", b"]", b",", b'{"blob":', b"3", b"-1", b"9e9", b"}", b"abc"])),
    st.integers(0, 40) | st.integers(0, 2**32 - 1),
)
def test_any_body_with_pieces_is_a_value_or_malformed(parts, size):
    body = b"\0" + struct.pack(">I", size) + b"".join(parts)
    try:
        value = wire.loads(body)
    except wire.Malformed:
        return
    assert len(wire.dumps(value)) <= 2 * len(body) + 20


def test_a_piece_of_bytes_is_used_once():
    text = b'[{"blob":3},{"blob":3}]'
    with pytest.raises(wire.Malformed, match="not there"):
        wire.loads(b"\0" + struct.pack(">I", len(text)) + text + b"abc")
    with pytest.raises(wire.Malformed, match="belong to nothing"):
        wire.loads(b"\0" + struct.pack(">I", 2) + b"[]" + b"abc")


def test_a_body_that_looks_like_pieces_stays_as_it_is():
    for value in ({"blob": 3}, {"blob": 0, "t": "x"}):
        assert wire.loads(wire.dumps(value)) == value


def drawn():
    """Return the description of an open figure with something of every kind."""
    figure = plt.figure()
    axes = figure.gca()
    axes.plot(["a", "b"], [1, 2], color="red", label="line")
    axes.bar(["a", "b"], [1, 2])
    axes.scatter([1], [2])
    axes.fill_between([0, 1], [1, 2])
    axes.text(1, 2, "note")
    axes.set_yticks([1, 2], ["low", "high"])
    axes.legend()
    found = pictures.describe_open(plain.encode)
    plt.close(figure)
    return found


DRAWN = drawn()
[[_, FIGURE, _]] = DRAWN["figures"]
[AXES] = FIGURE["axes"]
parts = st.sampled_from([(key, i) for key in AXES for i in range(2)])


def spoil(part, value):
    """Return a description of an open figure in which a part of its axes is another."""
    key, i = part
    held = AXES[key]
    if isinstance(held, list) and i < len(held):
        held = [*held]
        inner = held[i]
        held[i] = {**inner, next(iter(inner)): value} if isinstance(inner, dict) else value
    else:
        held = value
    figure = {**FIGURE, "axes": [{**AXES, key: held}]}
    return {**DRAWN, "figures": [[1, figure, 7]]}


drawings = st.just(DRAWN) | st.builds(spoil, parts, nodes)
drawings |= st.fixed_dictionaries({"same": nodes | st.lists(st.tuples(leaves, leaves), max_size=3)})
drawings |= st.fixed_dictionaries({"figures": nodes, "current": nodes, "notplain": leaves})

answers = st.fixed_dictionaries(
    {"id": st.just(1) | leaves},
    optional={
        "value": nodes,
        "changed": nodes | st.lists(st.tuples(st.integers(-1, 3), nodes), max_size=2),
        "outputs": nodes,
        "pyplot": nodes | drawings,
        "raise": nodes
        | st.fixed_dictionaries(
            {
                "kinds": nodes
                | st.lists(
                    st.tuples(
                        st.sampled_from(["ValueError", "eval", "X", "BaseException"]),
                        st.booleans(),
                        st.integers(0, 9),
                    ),
                    max_size=3,
                ),
                "text": leaves,
                "args": st.lists(nodes, max_size=2),
            }
        ),
        "warnings": nodes
        | st.lists(
            st.tuples(
                st.lists(
                    st.tuples(
                        st.sampled_from(["UserWarning", "ValueError", "X"]),
                        st.booleans(),
                        st.integers(0, 9),
                    ),
                    max_size=2,
                ),
                leaves,
            ),
            max_size=2,
        ),
        "stop": nodes,
        "callback": leaves,
        "notplain": leaves,
    },
)


VERDICTS = ["FAIL", "ERROR", "TIMEOUT", "OUTPUT_LIMIT", "CRASH", "TAMPERED"]


@MANY
@given(answer=answers)
def test_any_answer_is_a_value_an_exception_or_a_verdict(watched, answer):
    with watched():
        outcome = answered(framed(answer))
    if isinstance(outcome, remote.Trouble):
        assert outcome.verdict in VERDICTS


def grader():
    """Return an examiner that has a student's process already, and cannot start another."""
    made = examiner.Examiner(
        {
            "limits": jail.Limits(seconds=1)._asdict(),
            "schema": assignments.scheme([assignments.cell("check", "test", "assert f()", 1)]),
            "opened": {"space": {}, "own": [], "cells": []},
            "masters": {},
        },
        None,
    )
    made.starts = examiner.MOST_STARTS
    return made


def use(line):
    """Do with an answer what tests do with a student's object."""
    value = line.do(1, "__call__")
    return [str(value), repr(value)] if isinstance(value, stand.Stand) else value


def host(line):
    """Call the student's function with one that it may call."""
    line.hosts.append(lambda *args, **kwargs: args)
    return line.do(1, "__call__", 1)


def output(kind, node):
    return {"output_type": kind, "name": "stdout", "text": node, "data": {"text/plain": node}}


def thing(node):
    about = {"type": "A", "kinds": [["A", False, 3]], "deeds": ["__repr__", "__str__", "__len__"]}
    more = dict.fromkeys(["signature", "__name__", "__doc__"], node)
    return {"t": "object", "number": 3, "iterates": False, **about, **more}


# What the examiner asks besides, and how an answer to it may look that holds a node.
QUESTIONS = {
    "names": (
        lambda line: line.fetch({"a", "t", "v"}, {"a"}),
        lambda n: [{"id": 1, "values": {"a": n, "b": n}}],
        lambda n: [{"id": 1, "values": n}],
    ),
    "run": (
        lambda line: json.dumps(line.owner._run(0, "")),
        lambda n: [{"id": 1, "outputs": n}],
        lambda n: [{"id": 1, "outputs": [output("stream", n), output("display_data", n), n]}],
        lambda n: [{"id": 1, "outputs": [{"output_type": "error", "evalue": n, "traceback": [n]}]}],
    ),
    "seed": (
        lambda line: line.owner.follow_seed("random", 1),
        lambda n: [{"id": 1, "value": n}],
        lambda n: [n],
    ),
    "callback": (
        host,
        lambda n: [{"callback": n, "args": [], "kwargs": []}, {"id": 1, "value": n}],
        lambda n: [{"callback": 0, "args": n, "kwargs": n}, {"id": 1, "value": n}],
        lambda n: [{"callback": 0, "args": [n], "kwargs": [["x", n]]}, {"id": 1, "value": n}],
    ),
    "generator": (
        lambda line: list(zip(range(2), line.generate(1), strict=False)),
        lambda n: [{"id": 1, "value": n}, {"id": 2, "stop": n}],
        lambda n: [{"id": 1, "stop": n}],
    ),
    "object": (
        use,
        lambda n: [{"id": 1, "value": thing(n)}, {"id": 2, "value": n}, {"id": 3, "value": n}],
    ),
}
ANSWERS = [(question, form) for question, (_, *forms) in QUESTIONS.items() for form in forms]


@MANY
@given(chosen=st.sampled_from(ANSWERS), node=nodes)
def test_any_answer_to_another_question_too(watched, chosen, node):
    question, form = chosen
    body, asking = b"".join(map(framed, form(node))), grader()
    with watched():
        outcome = answered(body, ask=QUESTIONS[question][0], owner=asking)
    if isinstance(outcome, remote.Trouble):
        assert outcome.verdict in VERDICTS


plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | ZONES)
    | st.timedeltas()
    | st.fractions(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@MANY
@given(plain_values)
def test_plain_data_comes_back_the_same(value):
    back = plain.decode(wire.loads(wire.dumps(plain.encode(value))))
    assert back == value and type(back) is type(value)


@given(ZONES)
def test_a_zone_keeps_its_name_and_parts_of_a_second(zone):
    assert repr(wire.zone(wire.zone_name(zone))) == repr(zone)


TABLES = [
    pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])}),
    pd.DataFrame({"a": pd.Categorical(["u", "v"]), "b": pd.array([1, None], dtype="Int64")}),
    pd.DataFrame({"a": pd.to_datetime(["2020-01-01"]).tz_localize("Asia/Shanghai")}),
    pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, "x")], names=["p", "q"])),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame(),
    pd.DataFrame({"a": [True, False], "o": [[1], {"b": 2}]}),
    pd.DataFrame({"a": ["x", "x"], "b": ["y", "x"], "c": [None, None]}, dtype="str"),
    pd.DataFrame({"a": ["x", "y"]}, dtype="string", index=pd.Index(["p", None], name="q")),
    pd.DataFrame(
        {"a": pd.to_timedelta([1, None], unit="D")}, index=pd.to_datetime(["2020-02-03", None])
    ),
    pd.DataFrame({1: [1, 2], "b": [3, 4]}, index=pd.Index([2.5, 1], name="x")),
    pd.DataFrame(
        {"a": np.array([1, 2], "int8"), "b": np.array([1, 2], "float32")}, index=[True, False]
    ),
    pd.DataFrame({"a": []}, dtype="str"),
    pd.DataFrame({"text": pd.Series(["x", "y"], dtype=object)}),
]


@pytest.mark.parametrize("table", TABLES)
def test_tables_come_back_the_same(table):
    back = plain.decode(wire.loads(wire.dumps(plain.encode(table))))
    pd.testing.assert_frame_equal(back, table)
    assert back.dtypes.tolist() == table.dtypes.tolist() and back.index.dtype == table.index.dtype
    for name in back:  # a column that cannot be written would show only in a test's own code
        back[name] = back[name].copy()
    back.loc[:, :] = back.iloc[::-1].to_numpy()


def writes():
    """Return ways to change a frame in place, each of which a test must get to see."""

    def swap(t):
        t["a"], t["b"] = t["b"], t["a"]

    def pop(t):
        t.insert(1, "a", t.pop("a"))

    def name(t):
        t.columns.name = "x"

    def turn(t):
        t[:] = t.iloc[::-1].to_numpy()

    return {
        "an item": lambda t: t.__setitem__("a", 0),
        "a part": lambda t: t.loc.__setitem__((0, "a"), 9),
        "a number": lambda t: t.iat.__setitem__((0, 0), 9),
        "a text": lambda t: t.loc.__setitem__((1, "text"), "z"),
        "a missing text": lambda t: t.loc.__setitem__((1, "text"), None),
        "a category": lambda t: t.loc.__setitem__((0, "kind"), "v"),
        "a date": lambda t: t.loc.__setitem__((0, "day"), pd.Timestamp("2021-01-01")),
        "a new column": lambda t: t.insert(0, "new", 1),
        "a type": lambda t: t.__setitem__("a", t["a"].astype(float)),
        "fillna": lambda t: t.fillna({"b": 0.0}, inplace=True),
        "replace": lambda t: t.replace({"a": {1: 5}}, inplace=True),
        "mask": lambda t: t.where(t["a"] > 1, inplace=True),
        "drop": lambda t: t.drop(index=1, inplace=True),
        "order": lambda t: t.sort_values("a", ascending=False, inplace=True, ignore_index=True),
        "names": lambda t: t.rename(columns={"a": "b", "b": "a"}, inplace=True),
        "rows' names": lambda t: t.rename(index={0: 5}, inplace=True),
        "update": lambda t: t.update(pd.DataFrame({"a": [7]})),
        "swap": swap,
        "pop": pop,
        "name": name,
        "turn": turn,
    }


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("name", writes())
def test_every_change_of_a_frame_in_place_is_seen(name):
    table = pd.DataFrame({"a": [1, 2, 3], "b": [4.0, None, 6.0], "text": ["x", "y", "x"]})
    table["kind"], table["day"] = pd.Categorical(["u", "v", "u"]), pd.Timestamp("2020-01-01")
    before = student.Table(table)
    table["a"].sum(), table.sort_values("a"), table.groupby("kind", observed=True)["a"].mean()
    assert student.Table(table) == before
    writes()[name](table)
    assert student.Table(table) != before


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_every_change_of_a_series_in_place_is_seen():
    for change in (lambda s: s.sort_values(ascending=False, inplace=True), lambda s: s.pop(0)):
        series = pd.Series([1, 2, 3], name="a")
        before = student.Table(series)
        assert student.Table(series) == before
        change(series)
        assert student.Table(series) != before
    series = pd.Series([1, 2, 3], name="a")
    before, series.name = student.Table(series), "b"
    assert student.Table(series) != before


FRAMES = {
    "rows without index": {"index": plain.encode(pd.RangeIndex(3))},
    "columns without names": {"columns": plain.encode(pd.Index([]))},
    "a column of two dimensions": {"v": [plain.encode(np.array([[1, 2]]))]},
    "a column of a number": {"v": [plain.encode(np.array(1))]},
    "a column of bytes": {"v": [plain.encode(np.array([b"a", b"b"]))]},
    "a column of fixed texts": {"v": [plain.encode(np.array(["a", "b"]))]},
    "a column of another machine": {"v": [{**plain.encode(np.array([1, 2])), "dtype": ">i8"}]},
    "a column that is a list": {"v": [[1, 2]]},
    "a column that is a frame": {"v": [plain.encode(pd.DataFrame({"a": [1, 2]}))]},
    "words without codes, too few": {
        "v": [{"t": "words", "dtype": "str", "codes": None, "v": ["x"]}]
    },
    "words with codes beyond them": {
        "v": [{"t": "words", "dtype": "str", "codes": plain.encode(np.array([0, 1])), "v": ["x"]}]
    },
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_that_does_not_fit_together_is_malformed(name):
    form = plain.encode(pd.DataFrame({"a": [1, 2]}))
    assert plain.decode(form).shape == (2, 1)
    with pytest.raises(wire.Malformed):
        plain.decode({**form, **FRAMES[name]})


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array(["a", "bc"]),
        np.array([], float),
        np.array([1 + 2j]),
        np.array(["2020"], "M8[D]"),
        np.array([[True]]),
        np.array(["x"] * 60, object),
    ],
)
def test_arrays_come_back_the_same(array):
    back = plain.decode(wire.loads(wire.dumps(plain.encode(array))))
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype and back.shape == array.shape


SWELLING = {
    "a shape without bytes": {"t": "array", "dtype": "<f8", "shape": [10**8, 10**8], "v": b""},
    "a negative shape": {"t": "array", "dtype": "<f8", "shape": [-1], "v": b""},
    "a huge item": {"t": "array", "dtype": "<U999999", "shape": [10**6], "v": b""},
    "a huge range index": {
        "t": "rangeindex",
        "v": {"t": "range", "v": [0, 10**12, 1]},
        "name": None,
    },
    "a huge decimal": {"t": "decimal", "v": "1E999999999"},
    "a named tuple of code": {"t": "named", "name": "x", "fields": ["a); import os; (b"], "v": [1]},
    "objects without items": {"t": "objects", "shape": [10**8], "v": []},
    "an array of objects": {"t": "array", "dtype": "|O", "shape": [1], "v": b"ABCDEFGH"},
    "a zone of files": {"t": "datetime", "v": "2020-01-01", "zone": "../../etc/passwd", "fold": 0},
    "texts for many short codes": {
        "t": "names",
        "v": ["x" * 100],
        "codes": {"t": "array", "dtype": "|i1", "shape": [3], "v": bytes(3)},
    },
    "a figure of a mile": {
        "t": "figure",
        "v": {"size": [1e9, 1e9], "suptitle": "", "axes": []},
        "name": 1,
    },
}


@pytest.mark.parametrize("name", SWELLING)
def test_nothing_swells(name):
    tracemalloc.start()
    try:
        for _ in range(2):  # modules that are loaded for it come with the first
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            with pytest.raises(wire.Malformed):
                try:
                    plain.decode(SWELLING[name], lambda node: pictures.rebuild(node, plain.decode))
                except (KeyError, TypeError, ValueError) as error:
                    raise wire.Malformed(str(error)) from None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 100_000


def test_a_frame_too_large_is_not_read():
    ours, theirs = wire.pair()
    theirs.sendall(struct.pack(">I", 2**32 - 1))
    with pytest.raises(wire.TooLarge):
        ours.receive(1)
    theirs.close()
    ours.close()


def test_a_message_of_too_many_items_is_not_parsed():
    with pytest.raises(wire.TooLarge):
        wire.loads(b"[" + b"1," * (wire.MOST_ITEMS + 1) + b"1]")


def test_numbers_that_json_lacks():
    back = plain.decode(
        wire.loads(wire.dumps(plain.encode([math.inf, -math.inf, math.nan, 2**80])))
    )
    assert back[:2] == [math.inf, -math.inf] and math.isnan(back[2]) and back[3] == 2**80
