"""Load the course's data as pandas frames.

Every loader takes no argument, finds ``datasets/`` from any working folder, and checks the file
against ``datasets/datapackage.json``, where each column has its description and unit. Money is
in yuan, rates run from 0 to 1, times are local to Asia/Shanghai. Nothing here writes to a file.
"""

import csv
import functools
import gzip
import importlib.util
import json
import zlib
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


def relations():
    """Load the trade customers of the farm shop, July 2022 to June 2025 (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per customer: customer_id (int), joined_on (datetime64, first contact), region,
        route (str: north, middle or south, the carrier's), channel (str), acquisition_yuan (float,
        yuan spent to win this customer), ended_on (datetime64, NaT while it lasts), ended_by (str:
        buyer or firm), cause (str), demanding (bool, planted; a real shop has no such column).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(relations()["route"].unique())
    ['middle', 'north', 'south']
    """
    return _read("shop_relations")


def contacts():
    """Load what happened between the farm shop and its trade customers (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per contact: customer_id (int), date (datetime64), kind (str: visit, question,
        order, complaint, goodbye or letter; in a letter the firm ends the relation), revenue_yuan,
        margin_yuan (float, yuan after discount, fee and goods; 0 if nothing was bought), cost_yuan
        (float, yuan to serve this contact), broken (bool, a parcel that broke and its complaint).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> bool((contacts()["cost_yuan"] >= 0).all())
    True
    """
    return _read("shop_contacts")


def stages():
    """Load the planted stage of each trade customer at the start of each month (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per customer and month while the relation lasts: customer_id (int), month
        (datetime64, its first day), stage (str: awareness, expansion or commitment).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(stages()["stage"].unique())
    ['awareness', 'commitment', 'expansion']
    """
    return _read("shop_stages")


def pilots():
    """Load what the farm shop tried with five levers before it set a budget (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per lever and spending: lever, measure (str), spend_yuan (float, yuan a month),
        cases (int, what was observed: months, customers' months or orders), result (float, how
        many newcomers or moves, or yuan of orders; result / cases is the measure).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> pilots()["lever"].nunique()
    5
    """
    return _read("shop_pilots")


def relations_truth():
    """Load the planted truth of the simulated trade customers, to hold an estimate against.

    Returns
    -------
    dict
        The fields of `coursekit.world.relations.Truth`, each explained there.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> relations_truth()["seed"]
    20240101
    """
    return _json("shop_relations_truth.json")


def subscription_retention():
    """Load how many subscribers of two segments were left after each year (real).

    Returns
    -------
    pandas.DataFrame
        One row per segment and year: segment (str: high end or regular), year (int, 0 to 12),
        survived (float, share of those who began), source (str).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> table = subscription_retention().query("segment == 'regular'").set_index("year")
    >>> float(table.loc[1, "survived"])
    0.631
    """
    return _read("subscription_retention")


def cdnow():
    """Load the purchases of CDNOW's new customers, January 1997 to June 1998 (real).

    A seller of compact discs on line; its 23,570 customers all bought first in January to March
    1997. The file is part of the package lifetimes, where it is read; no copy is kept here.

    Returns
    -------
    pandas.DataFrame
        One row per purchase, in the file's order: customer_id (int), date (datetime64), cds (int,
        pieces), dollars (float, US dollars).

    Raises
    ------
    DataError
        If the package is not installed or its file is damaged.

    Examples
    --------
    >>> purchases = cdnow()
    >>> len(purchases), purchases["customer_id"].nunique()
    (69659, 23570)
    """
    names = ["customer_id", "date", "cds", "dollars"]
    step = "Run `make install` to install the package lifetimes anew."
    found = importlib.util.find_spec("lifetimes")  # importing it fails on new Pythons
    if found is None or found.origin is None:
        raise DataError(f"The package lifetimes, which holds CDNOW's purchases, is missing. {step}")
    path = Path(found.origin).parent / "datasets" / "CDNOW_master.txt"
    try:
        table = pd.read_csv(path, sep=r"\s+", skiprows=1, names=names, dtype={"date": str})
        table["date"] = pd.to_datetime(table["date"], format="%Y%m%d").astype("datetime64[us]")
    except (OSError, ValueError) as problem:
        raise DataError(
            f"lifetimes/datasets/{path.name} cannot be read: {problem}. {step}"
        ) from None
    return table


def bank_calls():
    """Load the calls of a bank by time of day, 2003 (real, tabulated).

    Returns
    -------
    pandas.DataFrame
        One row per five-minute slot: time (str, HH:MM), days (int, weekdays counted), mean,
        variance (float, calls in five minutes, over the days), lowest, highest (int).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> calls = bank_calls().set_index("time").loc["10:00"]
    >>> round(float(calls["variance"] / calls["mean"]), 1)
    3.8
    """
    return _read("bank_calls")


def tickets():
    """Load the tickets of the shop's service desk (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per ticket: ticket_id (int), customer_id (Int64, missing without an account), moment
        (str: before, during or after the sale), channel, content (str), level (int, 1-4, need),
        language (str: zh or en), path, text (str), arrived_at, answered_at, closed_at (datetime64,
        the last two NaT if not yet), met (bool, the need was met), personalised (str, by lot),
        regular (bool, had ordered twice), satisfaction (Int64, 1-5), recommend (Int64, 0-10), told
        (Int64, people); the last three are missing where nobody rated.

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> bool(tickets()["closed_at"].isna().sum() > tickets()["answered_at"].isna().sum())
    True
    """
    return _read("shop_tickets")


def desk_orders():
    """Load the later orders that the service desk took (simulated); none is in `orders`.

    Returns
    -------
    pandas.DataFrame
        One row per order: desk_order_id, ticket_id, customer_id (int), ordered_at (datetime64),
        product_id (int), revenue_yuan (float).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> bool(desk_orders()["ticket_id"].isin(tickets()["ticket_id"]).all())
    True
    """
    return _read("shop_desk_orders")


def chats():
    """Load six weeks of chats with the service centre (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per chat: chat_id (int), arrived_at (datetime64), wait_seconds (int, until answered
        or given up), gave_up (bool), talk_seconds (Int64, missing if given up).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> bool((chats()["gave_up"] == chats()["talk_seconds"].isna()).all())
    True
    """
    return _read("shop_chats")


def faq():
    """Load the FAQ of the shop in Chinese and English (written for the course).

    Returns
    -------
    pandas.DataFrame
        One row per question: faq_id (int), content (str, of the nine contents), question_zh,
        answer_zh, question_en, answer_en (str).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> faq()["question_zh"].iloc[7]
    '籽油可以炒菜吗？'
    """
    return _read("shop_faq")


def faq_searches():
    """Load what people typed into the search of the FAQ (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per wording: search_id (int), language, text (str), faq_id (Int64, the answer;
        missing if there is none), part (str: seen or unseen), searches, asked_after (int).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(faq_searches()["part"].unique())
    ['seen', 'unseen']
    """
    return _read("shop_faq_searches")


def service_pages():
    """Load the shop's own service pages, for an audit (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per page: page_id (int), content (str, of the nine contents), kind (str: product or
        service), title, title_zh, text (str), updated (datetime64), person_link (bool), views,
        asked_after (int).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> service_pages()["content"].nunique()
    9
    """
    return _read("shop_service_pages")


def servqual():
    """Load what 120 customers expect of service and perceive (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per person and dimension: person (int), dimension (str), expected, perceived (int,
        1-7).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> len(servqual())
    600
    """
    return _read("shop_servqual")


def kano():
    """Load how 120 customers feel about five services, there or missing (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per person and service: person (int), service (str), if_there, if_missing (int: 1 like,
        2 expect, 3 neutral, 4 can live with, 5 dislike).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> kano()["service"].nunique()
    5
    """
    return _read("shop_kano")


def desk_truth():
    """Load the planted truth of the simulated service desk, to hold an estimate against.

    Returns
    -------
    dict
        The fields of `coursekit.world.desk.DeskTruth`, each explained there.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> desk_truth()["seed"]
    20240101
    """
    return _json("shop_desk_truth.json")


def access_log():
    """Load the farm shop's access log of three months (simulated), as a web server writes it.

    Returns
    -------
    bytes
        Lines in Combined Log Format, each ended by a line feed; `segmentation.parse` reads them.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> access_log()[:18]
    b'2001:db8:d000:3::1'
    """
    file = "shop_access.log.gz"
    try:
        raw = gzip.decompress((folder() / file).read_bytes())
    except FileNotFoundError:
        raise _error(file, "the file is missing") from None
    except (OSError, EOFError, zlib.error) as problem:
        raise _error(file, f"the file is damaged ({problem})") from None
    if not raw:
        raise _error(file, "the file is empty")
    return raw


def networks():
    """Load which network lies in which region (simulated; addresses reserved for documentation).

    Returns
    -------
    pandas.DataFrame
        One row per network: network (str, such as 192.0.2.0/24), region (str). Networks lie inside
        others; the longest one that holds an address decides.

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> networks()["network"][0]
    '192.0.2.0/24'
    """
    return _read("shop_networks")


def answers():
    """Load who answered the farm shop's survey of needs (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per answer: answer_id (int, as in the log), age (str), occasion (str), trust (int,
        1-5, in herbal remedies), obstacle (str, what nearly kept them from buying), spend_yuan
        (float, yuan a year on such products, as they say).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> sorted(answers()["occasion"].unique())
    ['as a present', 'for myself', 'for work']
    """
    return _read("shop_answers")


def needs():
    """Load how the survey's answers rate eight needs (simulated).

    Returns
    -------
    pandas.DataFrame
        One row per answer and need: answer_id (int), need (str), importance, satisfaction (int,
        from 1, not at all, to 10, fully).

    Raises
    ------
    DataError
        If the file is missing or does not match its description.

    Examples
    --------
    >>> needs()["need"].nunique()
    8
    """
    return _read("shop_needs")


def log_truth():
    """Load the planted truth of the access log and the survey, to hold an estimate against.

    Returns
    -------
    dict
        The fields of `coursekit.world.log.LogTruth`, each explained there.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    Examples
    --------
    >>> log_truth()["seed"]
    20240101
    """
    return _json("shop_log_truth.json")


def _read(name):
    """Return a copy of a table for each caller; its file is read again only if it has changed."""
    places = [folder() / file for file in (f"{name}.csv", "datapackage.json")]
    return _table(name, *map(_state, places)).copy()


def _state(path):
    """Return what tells whether a file has changed; without a file, its path."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return path
    return path, found.st_size, found.st_mtime_ns


@functools.lru_cache(maxsize=32)
def _table(name, *_):
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
