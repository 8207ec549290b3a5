"""The wire: plain data as JSON with tags, in frames of limited size; nothing is unpickled.

`encode` turns a value of an exactly known type into what JSON can hold, `decode` builds such a value
anew. Both ask `other` about everything else (functions, classes, figures). `Channel` sends frames.
"""

import base64
import collections
import datetime as dt
import decimal
import fractions
import json
import math
import pathlib
import re
import socket
import struct
import sys
import time

MOST_BYTES = 32 * 2**20
MOST_ITEMS = 4_000_000
MOST_DEPTH = 150
DTYPE = re.compile(r"[<>|=](?:[biufcSU]\d{1,6}|[mM]8\[\d{0,4}(?:Y|M|W|D|h|m|s|ms|us|ns)\])")
EXTENSION = re.compile(r"(?:boolean|U?Int(?:8|16|32|64)|Float(?:32|64))")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")


class NotPlain(TypeError):
    """A value has no copy on the other side; the message names its type."""


class Malformed(Exception):
    """A message is not what the other side could honestly have sent."""


class Closed(Exception):
    """The other side has ended."""


class TooLarge(Exception):
    """A message is larger than the wire carries."""


class Late(Exception):
    """The other side did not answer in time."""


class Channel:
    """Send and receive JSON values over a stream socket, each behind its length."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, value):
        """Send one value; a value too large for the wire raises TooLarge and sends nothing."""
        body = json.dumps(value, separators=(",", ":")).encode()
        if len(body) > MOST_BYTES:
            raise TooLarge(f"{len(body) >> 20} MB; the wire carries {MOST_BYTES >> 20} MB")
        try:
            self.sock.sendall(struct.pack(">I", len(body)) + body)
        except TimeoutError as error:
            raise Late("the other side does not read") from error
        except OSError as error:
            raise Closed("the other side has ended") from error

    def receive(self, seconds=None):
        """Return the next value, within so many seconds if given."""
        until = None if seconds is None else time.monotonic() + seconds
        (size,) = struct.unpack(">I", self._read(4, until))
        if size > MOST_BYTES:
            raise TooLarge(f"a message of {size} bytes; the wire carries {MOST_BYTES >> 20} MB")
        return loads(self._read(size, until))

    def _read(self, size, until):
        parts = bytearray()
        while len(parts) < size:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    raise Late("no answer in time")
                self.sock.settimeout(left)
            try:
                part = self.sock.recv(min(size - len(parts), 2**20))
            except TimeoutError as error:
                raise Late("no answer in time") from error
            except OSError as error:
                raise Closed("the other side has ended") from error
            finally:
                self.sock.settimeout(None)
            if not part:
                raise Closed("the other side has ended")
            parts += part
        return bytes(parts)

    def close(self):
        """Close the socket."""
        self.sock.close()


def pair():
    """Return a channel and the socket of its other end."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs


def loads(body):
    """Parse the bytes of a message."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_ITEMS:
        raise TooLarge(f"a message of more than {MOST_ITEMS} items")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None


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
        return value if math.isfinite(value) else {"t": "float", "v": repr(value)}
    if kind is int:
        return value if abs(value) < 2**63 else {"t": "int", "v": hex(value)}
    if depth > MOST_DEPTH:
        raise NotPlain(f"data nested deeper than {MOST_DEPTH}")
    if kind is list:
        return [encode(item, other, depth + 1) for item in value]
    pack = PACK.get(kind) or _scientific(value)
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
        return build([down(item) for item in _list(node["v"])])

    return pack, unpack


def _list(value):
    if not isinstance(value, list):
        raise Malformed("expected a list")
    return value


def _pairs(tag, build):
    def pack(value, down):
        return {"t": tag, "v": [[down(key), down(item)] for key, item in value.items()]}

    def unpack(node, down):
        return build({down(key): down(item) for key, item in node["v"]})

    return pack, unpack


def _text(tag, say, build):
    def pack(value, down):
        return {"t": tag, "v": say(value)}

    def unpack(node, down):
        if not isinstance(node["v"], str):
            raise Malformed("expected text")
        return build(node["v"])

    return pack, unpack


def _defaultdict(items):
    return collections.defaultdict(None, items)


def _float(text):
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
    names = [node["name"], *_list(node["fields"])]
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


def _b64(data):
    return base64.b64encode(data).decode()


def _bytes(text):
    return base64.b64decode(text, validate=True)


def _zone_name(value):
    """Return the name of a time zone, or None if it has none that both sides know."""
    if value is None:
        return ""
    if isinstance(value, dt.timezone):
        return f"{value.utcoffset(None).total_seconds():.0f}"
    key = getattr(value, "key", None)
    if isinstance(key, str):
        return key
    raise NotPlain(f"a time zone of type {type(value).__name__} is not plain data")


def _zone(name):
    if not isinstance(name, str):
        raise Malformed("not a time zone")
    if name == "":
        return None
    if re.fullmatch(r"-?\d{1,5}", name):
        return dt.timezone(dt.timedelta(seconds=int(name)))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,2}", name):
        raise Malformed("not a time zone")
    import zoneinfo

    return zoneinfo.ZoneInfo(name)


def _pack_datetime(value, down):
    return {
        "t": "datetime",
        "v": value.replace(tzinfo=None).isoformat(),
        "zone": _zone_name(value.tzinfo),
        "fold": value.fold,
    }


def _unpack_datetime(node, down):
    moment = dt.datetime.fromisoformat(node["v"])
    return moment.replace(tzinfo=_zone(node["zone"]), fold=int(node["fold"]))


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
    (collections.defaultdict, "default", _pairs("default", _defaultdict)),
    (type({}.keys()), "list", _items("list", list)),
    (type({}.values()), "list", _items("list", list)),
    (type({}.items()), "list", _items("list", list)),
    (float, "float", _text("float", repr, _float)),
    (int, "int", _text("int", hex, _int)),
    (bytes, "bytes", _text("bytes", _b64, _bytes)),
    (bytearray, "bytearray", _text("bytearray", _b64, lambda v: bytearray(_bytes(v)))),
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


# numpy and pandas, only where they are loaded already or a message needs them


def _scientific(value):
    """Return the packer of a numpy or pandas value, or None."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "ndarray"):
        if type(value) is numpy.ndarray:
            return _pack_array
        if isinstance(value, numpy.generic) and type(value).__module__ == "numpy":
            return _pack_scalar
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "DataFrame"):
        kind = type(value)
        if kind is pandas.DataFrame:
            return _pack_frame
        if kind is pandas.Series:
            return _pack_series
        if isinstance(value, pandas.Index) and _own(kind):
            return _pack_index
        if kind is pandas.Timestamp:
            return _pack_timestamp
        if kind is pandas.Timedelta:
            return lambda v, down: {"t": "pdelta", "v": int(v.asm8.view("i8")), "unit": v.unit}
        if value is pandas.NaT or value is pandas.NA:
            return lambda v, down: {"t": "missing", "v": "NaT" if v is pandas.NaT else "NA"}
        if isinstance(value, pandas.api.extensions.ExtensionArray) and _own(kind):
            return lambda v, down: {"t": "earray", "v": _pack_column(v, down)}
    return None


def _own(kind):
    """Tell whether pandas itself defines a type."""
    return kind.__module__.partition(".")[0] == "pandas"


def _pack_array(value, down):
    shape = list(value.shape)
    if value.dtype.kind == "O":
        if value.ndim == 1 and len(value) > 50 and set(map(type, value.tolist())) <= {str}:
            words, codes = _different(value)
            return {"t": "names", "codes": down(codes), "v": words}
        return {
            "t": "objects",
            "shape": shape,
            "v": [down(item) for item in value.ravel().tolist()],
        }
    if not DTYPE.fullmatch(value.dtype.str):
        raise NotPlain(f"an array of {value.dtype} is not plain data")
    return {"t": "array", "dtype": value.dtype.str, "shape": shape, "v": _b64(value.tobytes())}


def _different(value):
    """Return the different texts of an array, and the place of each item among them."""
    import numpy as np

    places = {}
    codes = [places.setdefault(word, len(places)) for word in value.tolist()]
    return list(places), np.array(codes, dtype=np.int64)


def _unpack_names(node, down):
    import numpy as np

    words, codes = _list(node["v"]), down(node["codes"])
    if not all(type(word) is str for word in words) or codes.dtype.kind != "i":
        raise Malformed("not an array of texts")
    if len(codes) and not (codes.min() >= 0 and codes.max() < len(words)):
        raise Malformed("an array's codes do not fit its words")
    return np.array(words, dtype=object)[codes]


def _shape(node):
    shape = _list(node["shape"])
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= 10**8 for n in shape):
        raise Malformed("not the shape of an array")
    return shape


def _unpack_array(node, down):
    import numpy as np

    if not (isinstance(node["dtype"], str) and DTYPE.fullmatch(node["dtype"])):
        raise Malformed("not the type of an array")
    dtype, shape, data = np.dtype(node["dtype"]), _shape(node), _bytes(node["v"])
    if math.prod(shape) * dtype.itemsize != len(data):
        raise Malformed("an array's bytes do not fit its shape")
    return np.frombuffer(bytearray(data), dtype=dtype, count=math.prod(shape)).reshape(shape)


def _unpack_objects(node, down):
    import numpy as np

    values, shape = [down(item) for item in _list(node["v"])], _shape(node)
    if math.prod(shape) != len(values):
        raise Malformed("an array's items do not fit its shape")
    array = np.empty(len(values), dtype=object)
    for i, item in enumerate(values):
        array[i] = item
    return array.reshape(shape)


def _pack_scalar(value, down):
    import numpy as np

    return {**_pack_array(np.asarray(value), down), "t": "scalar"}


def _unpack_scalar(node, down):
    return _unpack_array(node, down)[()]


def _pack_timestamp(value, down):
    moment = value.tz_convert("UTC").tz_localize(None) if value.tzinfo else value
    return {
        "t": "timestamp",
        "v": int(moment.asm8.view("i8")),
        "unit": value.unit,
        "zone": _zone_name(value.tzinfo),
    }


def _unit(node):
    if node["unit"] not in ("s", "ms", "us", "ns") or type(node["v"]) is not int:
        raise Malformed("not a moment")
    return node["unit"]


def _unpack_timestamp(node, down):
    import numpy as np
    import pandas as pd

    moment, zone = pd.Timestamp(np.datetime64(node["v"], _unit(node))), _zone(node["zone"])
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(zone)


def _unpack_pdelta(node, down):
    import numpy as np
    import pandas as pd

    return pd.Timedelta(np.timedelta64(node["v"], _unit(node)))


def _unpack_missing(node, down):
    import pandas as pd

    return {"NaT": pd.NaT, "NA": pd.NA}[node["v"]]


def _pack_column(values, down):
    """Pack the array of a series or an index by its dtype."""
    import numpy as np
    import pandas as pd

    dtype = values.dtype
    if type(values) is pd.arrays.NumpyExtensionArray or isinstance(dtype, np.dtype):
        array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
        return down(array)
    if isinstance(dtype, pd.DatetimeTZDtype):
        naive = values.tz_convert("UTC").tz_localize(None)
        return {"t": "zoned", "v": down(np.asarray(naive)), "zone": _zone_name(dtype.tz)}
    if isinstance(dtype, pd.CategoricalDtype):
        return {
            "t": "category",
            "codes": down(np.asarray(values.codes)),
            "categories": down(dtype.categories),
            "ordered": bool(dtype.ordered),
        }
    if isinstance(dtype, pd.StringDtype):
        codes, words = pd.factorize(values)
        return {
            "t": "words",
            "dtype": str(dtype),
            "codes": down(codes),
            "v": [str(w) for w in words],
        }
    if EXTENSION.fullmatch(str(dtype)):
        missing = np.asarray(pd.isna(values))
        filled = values.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        return {"t": "extension", "dtype": str(dtype), "v": down(filled), "gone": down(missing)}
    raise NotPlain(f"a column of {dtype} is not plain data")


def _unpack_zoned(node, down):
    import pandas as pd

    moments = pd.DatetimeIndex(down(node["v"])).tz_localize("UTC")
    return moments.tz_convert(_zone(node["zone"])).array


def _unpack_category(node, down):
    import pandas as pd

    categories = down(node["categories"])
    return pd.Categorical.from_codes(
        down(node["codes"]), categories=categories, ordered=node["ordered"] is True
    )


def _unpack_extension(node, down):
    import pandas as pd

    if not EXTENSION.fullmatch(str(node["dtype"])):
        raise Malformed("not the type of a column")
    column = pd.array(down(node["v"]), dtype=node["dtype"])
    column[down(node["gone"])] = pd.NA
    return column


def _unpack_words(node, down):
    import numpy as np
    import pandas as pd

    words, codes = _list(node["v"]), down(node["codes"])
    if node["dtype"] not in ("str", "string") or not all(type(word) is str for word in words):
        raise Malformed("not a column of texts")
    if len(codes) and not (codes.min() >= -1 and codes.max() < len(words)):
        raise Malformed("a column's codes do not fit its words")
    return pd.array(np.array([*words, None], dtype=object)[codes], dtype=node["dtype"])


def _pack_index(value, down):
    import pandas as pd

    if isinstance(value, pd.MultiIndex):
        levels = [down(value.get_level_values(i).rename(None)) for i in range(value.nlevels)]
        return {"t": "multiindex", "v": levels, "names": [down(name) for name in value.names]}
    if type(value) is pd.RangeIndex:
        return {"t": "rangeindex", "v": down(value._range), "name": down(value.name)}
    packed = {"t": "index", "v": _pack_column(value.array, down), "name": down(value.name)}
    freq = getattr(value, "freqstr", None)
    if isinstance(value, pd.PeriodIndex):
        raise NotPlain("periods are not plain data; use dates")
    return {**packed, "freq": freq} if freq else packed


def _unpack_index(node, down):
    import pandas as pd

    values = down(node["v"])
    index = pd.Index(values, name=down(node["name"]), dtype=getattr(values, "dtype", None))
    freq = node.get("freq")
    if freq is not None and isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        if not re.fullmatch(r"\d{0,4}[A-Za-z]{1,4}(?:-[A-Z]{3})?", str(freq)):
            raise Malformed("not a frequency")
        index.freq = freq
    return index


def _unpack_rangeindex(node, down):
    import pandas as pd

    span = down(node["v"])
    if type(span) is not range or len(span) > 10**8:
        raise Malformed("not a range")
    return pd.RangeIndex(span, name=down(node["name"]))


def _unpack_multiindex(node, down):
    import pandas as pd

    names = [down(name) for name in node["names"]]
    return pd.MultiIndex.from_arrays([down(level) for level in node["v"]], names=names)


def _pack_series(value, down):
    return {
        "t": "series",
        "v": _pack_column(value.array, down),
        "index": down(value.index),
        "name": down(value.name),
    }


def _unpack_series(node, down):
    import pandas as pd

    return _column(pd, down(node["v"]), down(node["index"]), down(node["name"]))


def _column(pd, values, index, name=None):
    return pd.Series(values, index=index, name=name, dtype=getattr(values, "dtype", None))


def _pack_frame(value, down):
    columns = [_pack_column(value.iloc[:, i].array, down) for i in range(value.shape[1])]
    return {"t": "frame", "v": columns, "index": down(value.index), "columns": down(value.columns)}


def _unpack_frame(node, down):
    import pandas as pd

    index, columns = down(node["index"]), down(node["columns"])
    data = {i: _column(pd, down(values), index) for i, values in enumerate(_list(node["v"]))}
    frame = pd.DataFrame(data, index=index, columns=range(len(data)))
    frame.columns = columns
    return frame


UNPACK.update(
    list=_items("list", list)[1],
    array=_unpack_array,
    objects=_unpack_objects,
    scalar=_unpack_scalar,
    timestamp=_unpack_timestamp,
    pdelta=_unpack_pdelta,
    missing=_unpack_missing,
    zoned=_unpack_zoned,
    category=_unpack_category,
    extension=_unpack_extension,
    words=_unpack_words,
    names=_unpack_names,
    earray=lambda node, down: down(node["v"]),
    index=_unpack_index,
    rangeindex=_unpack_rangeindex,
    multiindex=_unpack_multiindex,
    series=_unpack_series,
    frame=_unpack_frame,
)
