"""The form of numpy's and pandas' values on the wire: an array is its type, its shape and its bytes.

numpy and pandas are asked only where they are loaded already or a message needs them.
"""

import contextlib
import functools
import math
import re
import sys

from coursekit.grading.wire import Malformed, NotPlain, listed, zone, zone_name

DTYPE = re.compile(r"[<>|=](?:[biufcSU]\d{1,6}|[mM]8\[\d{0,4}(?:Y|M|W|D|h|m|s|ms|us|ns)\])")
EXTENSION = re.compile(r"(?:boolean|U?Int(?:8|16|32|64)|Float(?:32|64))")


def packer(value):
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
    return {"t": "array", "dtype": value.dtype.str, "shape": shape, "v": value.tobytes()}


def _different(value):
    """Return the different texts of an array, and the place of each item among them."""
    import numpy as np

    places = {}
    codes = [places.setdefault(word, len(places)) for word in value.tolist()]
    return list(places), np.array(codes, dtype=np.int64)


def _unpack_names(node, down):
    import numpy as np

    words, codes = listed(node["v"]), down(node["codes"])
    if not all(type(word) is str for word in words) or codes.dtype != np.int64:
        raise Malformed("not an array of texts")
    if len(codes) and not (codes.min() >= 0 and codes.max() < len(words)):
        raise Malformed("an array's codes do not fit its words")
    return np.array(words, dtype=object)[codes]


def _shape(node):
    shape = listed(node["shape"])
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= 10**8 for n in shape):
        raise Malformed("not the shape of an array")
    return shape


def _unpack_array(node, down):
    import numpy as np

    if not (isinstance(node["dtype"], str) and DTYPE.fullmatch(node["dtype"])):
        raise Malformed("not the type of an array")
    dtype, shape, data = np.dtype(node["dtype"]), _shape(node), node["v"]
    if type(data) is not bytes or math.prod(shape) * dtype.itemsize != len(data):
        raise Malformed("an array's bytes do not fit its shape")
    return np.frombuffer(bytearray(data), dtype=dtype, count=math.prod(shape)).reshape(shape)


def _unpack_objects(node, down):
    import numpy as np

    values, shape = [down(item) for item in listed(node["v"])], _shape(node)
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
        "zone": zone_name(value.tzinfo),
    }


def _unit(node):
    if node["unit"] not in ("s", "ms", "us", "ns") or type(node["v"]) is not int:
        raise Malformed("not a moment")
    return node["unit"]


def _unpack_timestamp(node, down):
    import numpy as np
    import pandas as pd

    moment, place = pd.Timestamp(np.datetime64(node["v"], _unit(node))), zone(node["zone"])
    return moment if place is None else moment.tz_localize("UTC").tz_convert(place)


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

    if type(values) is np.ndarray:
        return down(values)
    dtype = values.dtype
    if type(values) is pd.arrays.NumpyExtensionArray or isinstance(dtype, np.dtype):
        array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
        return down(array)
    if isinstance(dtype, pd.DatetimeTZDtype):
        naive = values.tz_convert("UTC").tz_localize(None)
        return {"t": "zoned", "v": down(np.asarray(naive)), "zone": zone_name(dtype.tz)}
    if isinstance(dtype, pd.CategoricalDtype):
        return {
            "t": "category",
            "codes": down(np.asarray(values.codes)),
            "categories": down(dtype.categories),
            "ordered": bool(dtype.ordered),
        }
    if isinstance(dtype, pd.StringDtype):
        codes, words = values.factorize()
        # Names of columns, for instance: each occurs once, so that they are their own codes.
        codes = None if len(words) == len(values) else down(codes)
        return {"t": "words", "dtype": str(dtype), "codes": codes, "v": words.tolist()}
    if EXTENSION.fullmatch(str(dtype)):
        missing = np.asarray(pd.isna(values))
        filled = values.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        return {"t": "extension", "dtype": str(dtype), "v": down(filled), "gone": down(missing)}
    raise NotPlain(f"a column of {dtype} is not plain data")


def _unpack_zoned(node, down):
    import pandas as pd

    moments = pd.DatetimeIndex(down(node["v"])).tz_localize("UTC")
    return moments.tz_convert(zone(node["zone"])).array


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

    words, codes = listed(node["v"]), down(node["codes"])
    if node["dtype"] not in ("str", "string") or not all(type(word) is str for word in words):
        raise Malformed("not a column of texts")
    texts, dtype = np.array([*words, None], dtype=object), _text_dtype(node["dtype"])
    if codes is None:
        texts = texts[:-1]
    elif (
        codes.dtype != np.int64 or codes.min(initial=0) < -1 or codes.max(initial=-1) >= len(words)
    ):
        raise Malformed("a column's codes do not fit its words")
    else:
        texts = texts[codes]
    return dtype.construct_array_type()._from_sequence(texts, dtype=dtype)


@functools.cache
def _text_dtype(name):
    """Return the dtype of texts; pandas would go through all its dtypes at each question."""
    import pandas as pd

    return pd.api.types.pandas_dtype(name)


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
    import numpy as np
    import pandas as pd

    values = down(node["v"])
    # Else pandas would look for texts in it.
    as_it_is = object if isinstance(values, np.ndarray) and values.dtype.kind == "O" else None
    index = pd.Index(values, name=down(node["name"]), dtype=as_it_is, copy=False)
    freq = node.get("freq")
    timed = isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex))
    # One without such a short name, or that does not fit, is left out: it is no part of the dates.
    if timed and re.fullmatch(r"-?\d{0,4}[A-Za-z]{1,4}(?:-[A-Z]{3})?", str(freq)):
        with contextlib.suppress(ValueError):
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
    # The arrays themselves: a Series for each would cost more than all the rest.
    columns = [_pack_column(array, down) for array in value._iter_column_arrays()]
    return {"t": "frame", "v": columns, "index": down(value.index), "columns": down(value.columns)}


def _unpack_frame(node, down):
    import pandas as pd

    index, columns = down(node["index"]), down(node["columns"])
    arrays = [_block(pd, down(values)) for values in listed(node["v"])]
    # The public constructor costs four times as much; this one checks types and lengths as well.
    return pd.DataFrame._from_arrays(arrays, columns, index, verify_integrity=False)


def _block(pd, values):
    """Return an array as a frame holds it."""
    dtype = values.dtype
    if isinstance(values, pd.api.extensions.ExtensionArray):
        return values
    if dtype.kind in "mM":
        times = pd.arrays.DatetimeArray if dtype.kind == "M" else pd.arrays.TimedeltaArray
        return times._from_sequence(values)
    if dtype.kind in "SUV" or not dtype.isnative:
        raise Malformed("not the array of a column")
    return values


UNPACK = dict(
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
