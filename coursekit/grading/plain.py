"""Plain data: the form in which values of exactly known types cross the wire, and how they are built anew.

`encode` turns a value into what JSON and bytes can hold, `decode` builds such a value anew. Both ask `other`
about everything else: functions, classes, figures.
"""

import builtins
import collections
import datetime as dt
import decimal
import fractions
import importlib
import math
import pathlib
import re
import sys

from coursekit.grading import tables
from coursekit.grading.wire import Malformed, NotPlain, listed, zone, zone_name

MOST_DEPTH = 150
# Python's own types that may cross by name, for instance in annotations.
TYPES = [
    "bool",
    "bytes",
    "complex",
    "dict",
    "float",
    "int",
    "list",
    "object",
    "set",
    "str",
    "tuple",
]
# Types whose objects are changed in place: a change of an argument goes back.
MUTABLE = ("list", "dict", "set", "bytearray", "deque", "Counter", "OrderedDict", "defaultdict")
MUTABLE += ("ndarray", "DataFrame", "Series", "Axes", "Figure")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")


def _no(value):
    raise NotPlain(f"an object of type {type(value).__name__} is not plain data")


def _unknown(node):
    raise Malformed(f"unknown tag {str(node.get('t'))[:40]!r}")


def encode(value, other=_no, depth=0):
    """Return the JSON form of a plain value; `other` gets what is not plain.

    Examples
    --------
    >>> encode([1, (2.5, "a")])
    [1, {'t': 'tuple', 'v': [2.5, 'a']}]
    """
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"t": "float", "v": _say_float(value)}
    if kind is int:
        return value if abs(value) < 2**63 else {"t": "int", "v": hex(value)}
    if depth > MOST_DEPTH:
        raise NotPlain(f"data nested deeper than {MOST_DEPTH}")
    if kind is list:
        return [encode(item, other, depth + 1) for item in value]
    pack = PACK.get(kind) or tables.packer(value)
    if pack is None and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        pack = _pack_named
    if pack is None:
        return other(value)
    return pack(value, lambda item: encode(item, other, depth + 1))


def decode(node, other=_unknown, depth=0):
    """Return the value that a JSON form stands for; anything unexpected raises Malformed.

    Examples
    --------
    >>> decode({"t": "tuple", "v": [1, [2]]})
    (1, [2])
    """
    if node is None or isinstance(node, (bool, str, int, float)):
        return node
    if depth > MOST_DEPTH + 50:
        raise Malformed("nested too deep")
    if isinstance(node, list):
        return [decode(item, other, depth + 1) for item in node]
    if not isinstance(node, dict):
        raise Malformed("bytes where a value should be")
    tag = node.get("t")
    unpack = UNPACK.get(tag) if isinstance(tag, str) else None
    if unpack is None:
        return other(node)
    try:
        return unpack(node, lambda item: decode(item, other, depth + 1))
    except (Malformed, NotPlain, MemoryError):
        raise
    except Exception as error:
        raise Malformed(f"bad {tag}: {type(error).__name__}: {str(error)[:200]}") from None


def _items(tag, build):
    def pack(value, down):
        return {"t": tag, "v": [down(item) for item in value]}

    def unpack(node, down):
        return build([down(item) for item in listed(node["v"])])

    return pack, unpack


def _pairs(tag, build):
    def pack(value, down):
        return {"t": tag, "v": [[down(key), down(item)] for key, item in value.items()]}

    def unpack(node, down):
        return build({down(key): down(item) for key, item in node["v"]})

    return pack, unpack


def _text(tag, say, build, kind=str):
    def pack(value, down):
        return {"t": tag, "v": say(value)}

    def unpack(node, down):
        if type(node["v"]) is not kind:
            raise Malformed(f"expected {kind.__name__}")
        return build(node["v"])

    return pack, unpack


def _pack_default(value, down):
    maker = getattr(value.default_factory, "__name__", None)
    known = maker in TYPES and getattr(builtins, maker) is value.default_factory
    return {**_pairs("default", dict)[0](value, down), "maker": maker if known else None}


def _unpack_default(node, down):
    maker = getattr(builtins, node["maker"]) if node["maker"] in TYPES else None
    return collections.defaultdict(maker, {down(key): down(item) for key, item in node["v"]})


def _say_float(value):
    """Name a float that JSON has no word for; the two that libraries call `nan` stay these objects."""
    numpy = sys.modules.get("numpy")
    if value is math.nan:
        return "math.nan"
    return "numpy.nan" if numpy is not None and value is numpy.nan else repr(value)


def _float(text):
    if text == "math.nan":
        return math.nan
    if text == "numpy.nan":
        return importlib.import_module("numpy").nan
    if text not in ("nan", "inf", "-inf"):
        raise Malformed("not a special float")
    return float(text)


def _int(text):
    if not re.fullmatch(r"-?0x[0-9a-f]+", text):
        raise Malformed("not an integer")
    return int(text, 16)


def _decimal(text):
    if len(text) > 1000 or not re.fullmatch(r"-?(?:[\d.]+(?:E[+-]?\d{1,6})?|NaN|Infinity)", text):
        raise Malformed("not a decimal")
    return decimal.Decimal(text)


def _fraction(text):
    if len(text) > 20_000:  # to shorten a fraction takes time as the square of its length
        raise NotPlain("a fraction of so many digits has no copy")
    over, under = text.split("/")
    return fractions.Fraction(_int(over), _int(under))


def _pack_named(value, down):
    kind = type(value)
    return {
        "t": "named",
        "name": kind.__name__,
        "fields": list(kind._fields),
        "v": [down(item) for item in tuple(value)],
    }


def _unpack_named(node, down):
    names = [node["name"], *listed(node["fields"])]
    if len(names) > 65 or not all(isinstance(n, str) and NAME.fullmatch(n) for n in names):
        raise Malformed("not the names of a named tuple")
    return collections.namedtuple(names[0], names[1:])(*[down(item) for item in node["v"]])


def _pack_timedelta(value, down):
    return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


def _unpack_timedelta(node, down):
    days, seconds, micro = node["v"]
    return dt.timedelta(int(days), int(seconds), int(micro))


def _pack_range(value, down):
    return {"t": "range", "v": [value.start, value.stop, value.step]}


def _unpack_range(node, down):
    start, stop, step = node["v"]
    return range(start, stop, step)


def _pack_complex(value, down):
    return {"t": "complex", "v": [down(value.real), down(value.imag)]}


def _unpack_complex(node, down):
    real, imaginary = (down(item) for item in node["v"])
    return complex(float(real), float(imaginary))


def _pack_datetime(value, down):
    return {
        "t": "datetime",
        "v": value.replace(tzinfo=None).isoformat(),
        "zone": zone_name(value.tzinfo),
        "fold": value.fold,
    }


def _unpack_datetime(node, down):
    moment = dt.datetime.fromisoformat(node["v"])
    return moment.replace(tzinfo=zone(node["zone"]), fold=int(node["fold"]))


def _pack_time(value, down):
    if value.tzinfo is not None:
        raise NotPlain("a time with a time zone is not plain data")
    return {"t": "time", "v": value.isoformat()}


PACK, UNPACK = {}, {}
for _kind, _tag, (_pack, _unpack) in (
    (tuple, "tuple", _items("tuple", tuple)),
    # A comprehension, unlike set(), can be interrupted if the hashes collide.
    (set, "set", _items("set", lambda items: {item for item in items})),
    (
        frozenset,
        "frozenset",
        _items("frozenset", lambda items: frozenset({item for item in items})),
    ),
    (collections.deque, "deque", _items("deque", collections.deque)),
    (dict, "dict", _pairs("dict", dict)),
    (collections.Counter, "counter", _pairs("counter", collections.Counter)),
    (collections.OrderedDict, "ordered", _pairs("ordered", collections.OrderedDict)),
    (collections.defaultdict, "default", (_pack_default, _unpack_default)),
    (type({}.keys()), "keys", _items("keys", lambda items: dict.fromkeys(items).keys())),
    (type({}.values()), "values", _items("values", lambda items: dict(enumerate(items)).values())),
    (type({}.items()), "items", _items("items", lambda items: dict(items).items())),
    (float, "float", _text("float", _say_float, _float)),
    (int, "int", _text("int", hex, _int)),
    (bytes, "bytes", _text("bytes", bytes, bytes, bytes)),
    (bytearray, "bytearray", _text("bytearray", bytes, bytearray, bytes)),
    (decimal.Decimal, "decimal", _text("decimal", str, _decimal)),
    (
        fractions.Fraction,
        "fraction",
        _text("fraction", lambda v: f"{hex(v.numerator)}/{hex(v.denominator)}", _fraction),
    ),
    (pathlib.PosixPath, "path", _text("path", str, pathlib.Path)),
    (dt.date, "date", _text("date", dt.date.isoformat, dt.date.fromisoformat)),
    (dt.time, "time", (_pack_time, _text("time", str, dt.time.fromisoformat)[1])),
    (dt.datetime, "datetime", (_pack_datetime, _unpack_datetime)),
    (dt.timedelta, "timedelta", (_pack_timedelta, _unpack_timedelta)),
    (range, "range", (_pack_range, _unpack_range)),
    (complex, "complex", (_pack_complex, _unpack_complex)),
    (None, "named", (_pack_named, _unpack_named)),
):
    PACK[_kind], UNPACK[_tag] = _pack, _unpack
UNPACK.update(list=_items("list", list)[1], **tables.UNPACK)
