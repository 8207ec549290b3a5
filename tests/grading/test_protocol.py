"""The wire under fire: whatever comes, the trusted side neither crashes, hangs, executes nor swells."""

import json
import math
import os
import resource
import socket
import struct
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.grading import jail, pictures, plain, stand

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
leaves |= st.sampled_from(
    ["<f8", "|O", "<M8[ns]", "<U3", "str", "Int64", "ns", "QUJDREVGR0g=", "UTC"]
)
nodes = st.recursive(
    leaves,
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


@MANY
@given(nodes)
def test_decode_gives_plain_data_or_says_malformed(node):
    try:
        value = plain.decode(node)
    except (plain.Malformed, plain.NotPlain):
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

    def late_words(self):
        return "late"

    def module(self, name):
        raise plain.NotPlain(name)


def answered(body, seconds=1.0):
    """Let a student's process answer one call with raw bytes; return the trouble or the value."""
    ours, theirs = socket.socketpair()
    control, keeper = socket.socketpair()
    owner = Owner()
    owner.until = time.monotonic() + seconds
    remote = stand.Remote(plain.Channel(control), plain.Channel(ours), owner)

    def student():
        try:
            theirs.recv(65536)
            theirs.sendall(body)
            theirs.close()
        except OSError:
            return

    thread = threading.Thread(target=student)
    thread.start()
    keeper.close()
    try:
        return remote.do(1, "__call__", [1], {"a": 2})
    except (stand.Trouble, Exception) as error:
        known = isinstance(error, (stand.Trouble, StopIteration))
        assert known or getattr(error, "raised_by_student", False), repr(error)
        return error
    finally:
        remote.kill()
        thread.join(5)
        theirs.close()


def framed(value):
    body = json.dumps(value).encode()
    return struct.pack(">I", len(body)) + body


@MANY
@given(st.binary(max_size=200))
def test_any_bytes_on_the_pipe_are_a_verdict(body):
    assert isinstance(answered(body, 0.3), stand.Trouble)


answers = st.fixed_dictionaries(
    {"id": st.just(1) | leaves},
    optional={
        "value": nodes,
        "changed": nodes | st.lists(st.tuples(st.integers(-1, 3), nodes), max_size=2),
        "outputs": nodes,
        "pyplot": nodes,
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
        "stop": nodes,
        "callback": leaves,
        "notplain": leaves,
    },
)


@MANY
@given(answers)
def test_any_answer_is_a_value_an_exception_or_a_verdict(answer):
    outcome = answered(framed(answer))
    if isinstance(outcome, stand.Trouble):
        assert outcome.verdict in ["FAIL", "ERROR", "TIMEOUT", "OUTPUT_LIMIT", "CRASH", "TAMPERED"]


plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.timedeltas()
    | st.fractions(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@MANY
@given(plain_values)
def test_plain_data_comes_back_the_same(value):
    back = plain.decode(json.loads(json.dumps(plain.encode(value))))
    assert back == value and type(back) is type(value)


TABLES = [
    pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])}),
    pd.DataFrame({"a": pd.Categorical(["u", "v"]), "b": pd.array([1, None], dtype="Int64")}),
    pd.DataFrame({"a": pd.to_datetime(["2020-01-01"]).tz_localize("Asia/Shanghai")}),
    pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(1, "x")], names=["p", "q"])),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame(),
    pd.DataFrame({"a": [True, False], "o": [[1], {"b": 2}]}),
]


@pytest.mark.parametrize("table", TABLES)
def test_tables_come_back_the_same(table):
    back = plain.decode(json.loads(json.dumps(plain.encode(table))))
    pd.testing.assert_frame_equal(back, table)


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
    back = plain.decode(json.loads(json.dumps(plain.encode(array))))
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype and back.shape == array.shape


SWELLING = {
    "a shape without bytes": {"t": "array", "dtype": "<f8", "shape": [10**8, 10**8], "v": ""},
    "a negative shape": {"t": "array", "dtype": "<f8", "shape": [-1], "v": ""},
    "a huge item": {"t": "array", "dtype": "<U999999", "shape": [10**6], "v": ""},
    "a huge range index": {
        "t": "rangeindex",
        "v": {"t": "range", "v": [0, 10**12, 1]},
        "name": None,
    },
    "a huge decimal": {"t": "decimal", "v": "1E999999999"},
    "a named tuple of code": {"t": "named", "name": "x", "fields": ["a); import os; (b"], "v": [1]},
    "objects without items": {"t": "objects", "shape": [10**8], "v": []},
    "an array of objects": {"t": "array", "dtype": "|O", "shape": [1], "v": "QUJDREVGR0g="},
    "a zone of files": {"t": "datetime", "v": "2020-01-01", "zone": "../../etc/passwd", "fold": 0},
    "a figure of a mile": {
        "t": "figure",
        "v": {"size": [1e9, 1e9], "suptitle": "", "axes": []},
        "name": 1,
    },
}


@pytest.mark.parametrize("name", SWELLING)
def test_nothing_swells(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(plain.Malformed):
        try:
            plain.decode(SWELLING[name], lambda node: pictures.rebuild(node, plain.decode))
        except (KeyError, TypeError, ValueError) as error:
            raise plain.Malformed(str(error)) from None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_frame_too_large_is_not_read():
    ours, theirs = plain.pair()
    theirs.sendall(struct.pack(">I", 2**32 - 1))
    with pytest.raises(plain.TooLarge):
        ours.receive(1)
    theirs.close()
    ours.close()


def test_a_message_of_too_many_items_is_not_parsed():
    with pytest.raises(plain.TooLarge):
        plain.loads(b"[" + b"1," * (plain.MOST_ITEMS + 1) + b"1]")


def test_numbers_that_json_lacks():
    back = plain.decode(
        json.loads(json.dumps(plain.encode([math.inf, -math.inf, math.nan, 2**80])))
    )
    assert back[:2] == [math.inf, -math.inf] and math.isnan(back[2]) and back[3] == 2**80


def test_no_file_was_made_by_any_message():
    assert not os.path.exists("/tmp/exploded")
