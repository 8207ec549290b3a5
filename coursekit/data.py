"""Load the course's data as pandas frames.

Every loader takes no argument, finds ``datasets/`` from any working folder, and checks the file
against ``datasets/datapackage.json``, where each column has its description and unit. Money is
in yuan, rates run from 0 to 1, times are local to Asia/Shanghai. Nothing here writes to a file.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd


class DataError(ValueError):
    """A file in ``datasets/`` is missing or damaged; the message says which, where and what to do."""


def folder():
    """Find the course's ``datasets`` folder.

    Returns
    -------
    pathlib.Path
        The folder beside the package; if the package lies elsewhere, the first ``datasets``
        found from the working folder upwards.

    Raises
    ------
    DataError
        If no ``datasets`` folder with a ``datapackage.json`` is found.

    Examples
    --------
    >>> folder().name
    'datasets'
    """
    here = Path.cwd()
    for place in (Path(__file__).resolve().parent.parent, here, *here.parents):
        if (place / "datasets" / "datapackage.json").is_file():
            return place / "datasets"
    raise DataError(
        "datasets/datapackage.json was found neither beside coursekit nor above the working "
        "folder. Start Jupyter inside the course folder, or restore the file with "
        "`git checkout -- datasets`."
    )


def internet_statistics():
    """Load published figures on the internet in China, 1997-2023 (real).

    Returns
    -------
    pandas.DataFrame
        One row per figure: date (datetime64, end of the month), indicator (str), value (float),
        unit (str), status (str: stated, derived or lecture), source (str).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> figures = internet_statistics()
    >>> users = figures[figures["indicator"] == "netizens"].set_index("date")["value"]
    >>> float(users["2007-06-30"])
    162.0
    """
    return _read("internet_statistics")


def policies():
    """Load the four policy documents of point E2 (real).

    Returns
    -------
    pandas.DataFrame
        One row per document: date (datetime64, first day of the period), precision (str: day,
        month or year), title, title_zh, issuer, source (str).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> policies()["date"].dt.year.tolist()
    [2005, 2005, 2006, 2007]
    """
    return _read("policies")


def farm_case():
    """Load the figures of the milk thistle farm, point E3 (as the lecture notes tell it).

    Returns
    -------
    pandas.DataFrame
        One row per figure: year (Int64, missing where the notes give none), channel (str:
        travelling, on-line enquiry or B2B sites), tonnes (float), price_yuan_per_tonne (float,
        NaN where the notes give none), note, source (str).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> case = farm_case()
    >>> case.loc[case["channel"] == "B2B sites", "tonnes"].tolist()
    [200.0, 300.0, 600.0]
    """
    return _read("farm_case")


def products():
    """Load the products of the farm shop (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per product: product_id (int), kind (str: tea, capsules or oil), name, name_zh
        (str), price_yuan, cost_yuan (float, yuan per piece).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(products()["kind"].unique())
    ['capsules', 'oil', 'tea']
    """
    return _read("shop_products")


def customers():
    """Load the customers of the farm shop (simulated); not all of them have bought.

    Returns
    -------
    pandas.DataFrame
        One row per account: customer_id (int), registered_at (datetime64), region (str), source
        (str, of the first visit), mailed (bool, gets the monthly e-mail, drawn by lot).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> customers()["customer_id"].is_unique
    True
    """
    return _read("shop_customers")


def visits():
    """Load the visits to the farm shop's site (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per visit: visit_id, visitor_id (int), customer_id (Int64, missing if unknown),
        started_at (datetime64), source (str), pages (int), product_id (int, looked at longest),
        asked (bool), reply_minutes (float, NaN if nothing was asked or no reply came), survey
        (str: none, shown or answered), order_id (Int64, missing if none).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> bool(visits()["reply_minutes"].notna().sum() < visits()["asked"].sum())
    True
    """
    return _read("shop_visits")


def orders():
    """Load the orders of the farm shop, on the site and at the counter (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per order: order_id (int), customer_id, visit_id (Int64, missing at the counter),
        ordered_at (datetime64), place (str: site or counter), coupon (bool, a code from the
        site), product_id, quantity (int), revenue_yuan (float, yuan), shipped_at (datetime64,
        NaT at the counter), returned (bool), stars (Int64, 1-5, missing if unrated).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(orders()["place"].unique())
    ['counter', 'site']
    """
    return _read("shop_orders")


def spending():
    """Load what the farm shop spent on marketing (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per month and source: month (datetime64, its first day), source (str), spend_yuan
        (float, yuan).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(spending()["source"].unique())
    ['B2B site', 'advert', 'e-mail']
    """
    return _read("shop_spending")


def shop_truth():
    """Load the planted truth of the simulated shop, to hold an estimate against.

    Returns
    -------
    dict
        The fields of `coursekit.world.Truth`, each explained there.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> shop_truth()["seed"]
    20240101
    """
    return _json("shop_truth.json")


def _read(name):
    """Read one CSV file and turn each column into the type that its description states."""
    file = f"{name}.csv"
    fields = _fields(name)
    columns = _columns(file, [field["name"] for field in fields])
    return pd.DataFrame(
        {
            field["name"]: _convert(file, field, pd.Series(texts, dtype="str"))
            for field, texts in zip(fields, columns, strict=True)
        }
    )


def _fields(name):
    try:
        resources = _json("datapackage.json")["resources"]
        return next(item["schema"]["fields"] for item in resources if item["name"] == name)
    except (KeyError, TypeError, StopIteration):
        raise _error("datapackage.json", f"the columns of {name} are not described") from None


def _json(file):
    try:
        return json.loads(_text(file))
    except json.JSONDecodeError as problem:
        raise _error(file, f"line {problem.lineno}: this is not JSON: {problem.msg}") from None


def _text(file):
    path = folder() / file
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _error(file, "the file is missing") from None
    except UnicodeDecodeError:
        raise _error(file, "the file is not UTF-8 text") from None
    if not text.strip():
        raise _error(file, "the file is empty")
    return text


def _columns(file, names):
    """Split a CSV file into one tuple of texts per column, each line of the right length."""
    text = _text(file)
    if not text.endswith("\n"):
        raise _error(file, f"line {text.count(chr(10)) + 1}: the file breaks off in mid-line")
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        if line.count('"') % 2:  # no value in datasets/ spans lines, so quotes come in pairs
            raise _error(file, f"line {number}: a quotation mark has no partner")
    rows = list(csv.reader(lines))
    if rows[0] != names:
        missing = [name for name in names if name not in rows[0]]
        problem = (
            f"column {missing[0]} is missing" if missing else "the columns are not as described"
        )
        raise _error(file, f"line 1: {problem}; expected {','.join(names)}")
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise _error(file, f"line {number}: {len(row)} values instead of {len(names)}")
    if len(rows) == 1:
        raise _error(file, "there is no line below the header")
    return zip(*rows[1:], strict=True)


def _convert(file, field, texts):
    """Turn the texts of one column into its type; empty texts become missing values."""
    parse, noun = _TYPES[field["type"]]
    values = parse(texts, field)
    empty = texts == ""
    _refuse(file, field, texts, values.isna() & ~empty, f"is not {noun}")
    rules = field.get("constraints", {})
    for name, limit in rules.items():
        breaks, words = _RULES[name]
        bad = breaks(values, limit) & (~empty | (name == "required"))
        _refuse(file, field, texts, bad, words.format(limit))
    if field["type"] == "boolean":
        return values.astype(bool)
    if field["type"] == "integer":
        return values.astype("int64" if "required" in rules else "Int64")
    return values


def _numbers(texts, field):
    values = pd.to_numeric(texts.where(texts != ""), errors="coerce").astype(float)
    whole = field["type"] == "number" or values % 1 == 0
    return values.where(np.isfinite(values) & whole)


def _times(texts, field):
    pattern = field.get("format", "%Y-%m-%d")
    return pd.to_datetime(texts, format=pattern, errors="coerce").astype("datetime64[us]")


# Frictionless type: how to read it, and what to call it in an error.
_TYPES = {
    "string": (lambda texts, field: texts.where(texts != ""), "text"),
    "number": (_numbers, "a number"),
    "integer": (_numbers, "a whole number"),
    "boolean": (lambda texts, field: texts.map({"True": True, "False": False}), "True or False"),
    "date": (_times, "a date such as 2024-06-30"),
    "datetime": (_times, "a time such as 2024-06-30 21:05"),
}

# Frictionless constraint: which values break it, and what to say of them.
_RULES = {
    "required": (lambda values, limit: values.isna(), "must not be empty"),
    "unique": (lambda values, limit: values.duplicated(), "occurs twice"),
    "enum": (lambda values, limit: ~values.isin(limit), "is not one of {}"),
    "minimum": (lambda values, limit: values < limit, "is less than {}"),
}


def _refuse(file, field, texts, bad, why):
    if bad.any():
        row = int(np.argmax(bad))
        place = f"line {row + 2}, column {field['name']}"
        raise _error(file, f"{place}: {texts[row]!r} {why}")


def _error(file, problem):
    step = f"Restore it with `git checkout -- datasets/{file}`"
    if file.startswith("shop_"):
        step += " or run `make datasets`"
    return DataError(f"datasets/{file}: {problem}. {step}.")
