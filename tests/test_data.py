"""Loaders: they find the files from anywhere, check them, and say clearly what is wrong."""

import csv
import json
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from coursekit import data

LOADERS = {
    "internet_statistics": data.internet_statistics,
    "policies": data.policies,
    "farm_case": data.farm_case,
    "shop_products": data.products,
    "shop_customers": data.customers,
    "shop_visits": data.visits,
    "shop_orders": data.orders,
    "shop_spending": data.spending,
    "shop_relations": data.relations,
    "shop_contacts": data.contacts,
    "shop_stages": data.stages,
    "shop_pilots": data.pilots,
    "subscription_retention": data.subscription_retention,
    "shop_networks": data.networks,
    "shop_answers": data.answers,
    "shop_needs": data.needs,
    "bank_calls": data.bank_calls,
    "shop_tickets": data.tickets,
    "shop_desk_orders": data.desk_orders,
    "shop_chats": data.chats,
    "shop_faq": data.faq,
    "shop_faq_searches": data.faq_searches,
    "shop_service_pages": data.service_pages,
    "shop_servqual": data.servqual,
    "shop_kano": data.kano,
}
DTYPES = {
    "string": {"str"},
    "number": {"float64"},
    "integer": {"int64", "Int64"},
    "boolean": {"bool"},
    "date": {"datetime64[us]"},
    "datetime": {"datetime64[us]"},
}
PACKAGE = json.loads((data.folder() / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {item["name"]: item for item in PACKAGE["resources"]}
ROWS = {name: lambda load=load: len(load()) for name, load in LOADERS.items()}
ROWS["shop_access"] = lambda: data.access_log().count(b"\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give the test its own copy of the data to damage."""
    copy = tmp_path / "datasets"
    shutil.copytree(data.folder(), copy)
    monkeypatch.setattr(data, "folder", lambda: copy)
    return copy


# --- the files and their description -------------------------------------------------------


def test_every_file_is_described_and_every_description_has_its_file():
    files = {path.name for path in data.folder().iterdir()}
    described = {item["path"] for item in RESOURCES.values()}
    truths = {name for name in files if name.endswith("_truth.json")}
    assert files == described | {"datapackage.json", "README.md"} | truths
    assert set(RESOURCES) == set(ROWS)


def test_all_of_datasets_is_small_enough_to_clone():
    assert sum(path.stat().st_size for path in data.folder().iterdir()) < 10e6


@pytest.mark.parametrize("name", LOADERS)
def test_description_gives_columns_units_licence_and_source(name):
    resource = RESOURCES[name]
    with open(data.folder() / resource["path"], encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == header
    assert resource["licenses"][0]["name"] == "CC-BY-4.0"
    assert resource["sources"][0]["title"]
    for field in fields:
        assert field["description"], field["name"]
        if field["type"] == "number":
            assert "unit" in field or "unit" in header, field["name"]


@pytest.mark.parametrize("name", LOADERS)
def test_loader_returns_the_described_columns_and_types(name):
    frame = LOADERS[name]()
    fields = RESOURCES[name]["schema"]["fields"]
    assert frame.columns.tolist() == [field["name"] for field in fields]
    for field in fields:
        column = frame[field["name"]]
        assert str(column.dtype) in DTYPES[field["type"]], field["name"]
        if field.get("constraints", {}).get("required"):
            assert column.notna().all(), field["name"]
        assert re.search(rf"\b{field['name']}\b", LOADERS[name].__doc__), field["name"]


def test_simulated_files_say_so_and_real_ones_do_not():
    readme = (data.folder() / "README.md").read_text(encoding="utf-8")
    for name, resource in RESOURCES.items():
        assert resource["simulated"] is name.startswith("shop_")
        assert ("simulated" in resource["title"]) is resource["simulated"]
        row = next(line for line in readme.splitlines() if f"`{resource['path']}`" in line)
        assert ("| simulated" in row) is resource["simulated"]
        assert f"| {ROWS[name]():,} |" in row, "rows in the README's table"


# --- the real figures ----------------------------------------------------------------------


def test_every_statistic_has_a_source_and_none_is_recalled():
    figures = data.internet_statistics()
    assert set(figures["status"]) == {"stated", "derived", "lecture"}
    assert figures["source"].str.len().min() > 10
    assert not figures["source"].str.contains("recalled").any()
    assert not figures.duplicated(["date", "indicator"]).any()
    assert figures["date"].dt.is_month_end.all()


@pytest.mark.parametrize(
    ("indicator", "date", "value"),
    [
        ("netizens", "2007-06-30", 162),
        ("netizens_growth_yoy", "2007-06-30", 31.7),
        ("penetration", "2002-06-30", 3.6),
        ("penetration", "2007-06-30", 12.3),
        ("websites", "2007-06-30", 131),
        ("websites_growth_yoy", "2007-06-30", 66.4),
        ("netizens", "2023-12-31", 1092),
    ],
)
def test_the_figures_of_point_e1(indicator, date, value):
    figures = data.internet_statistics().set_index(["indicator", "date"])["value"]
    assert figures[indicator, pd.Timestamp(date)] == value


def test_one_indicator_has_one_unit():
    assert (data.internet_statistics().groupby("indicator")["unit"].nunique() == 1).all()


def test_growth_stated_for_mid_2007_fits_the_users():
    figures = data.internet_statistics().set_index(["indicator", "date"])["value"]["netizens"]
    growth = figures["2007-06-30"] / figures["2006-06-30"] - 1
    assert growth == pytest.approx(0.317, abs=0.0005)


def test_policies_are_the_four_of_point_e2():
    table = data.policies()
    assert table["date"].dt.year.tolist() == [2005, 2005, 2006, 2007]
    assert table["title_zh"].str.contains("电子商务|电子签名法|信息化").all()
    first_of_year = table.loc[table["precision"] == "year", "date"].dt.day_of_year
    assert (first_of_year == 1).all()
    assert (table.loc[table["precision"] == "month", "date"].dt.day == 1).all()


def test_the_farm_case_is_that_of_point_e3():
    case = data.farm_case().set_index("channel")
    assert case.loc["travelling", "price_yuan_per_tonne"] == 400
    assert case.loc["on-line enquiry", "price_yuan_per_tonne"] == 7000
    sites = case.loc["B2B sites"]
    assert sites["year"].tolist() == [2000, 2001, 2002]
    assert sites["tonnes"].tolist() == [200, 300, 600]


# --- found from anywhere -------------------------------------------------------------------


def test_loaders_work_from_any_folder(tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    for place in (tmp_path, tmp_path / "a" / "b"):
        monkeypatch.chdir(place)
        assert len(data.products()) > 0


def test_an_installed_package_finds_the_data_above_the_working_folder(tmp_path, monkeypatch):
    course = tmp_path / "course"
    work = course / "exercises" / "submitted" / "ada" / "01-environment"
    work.mkdir(parents=True)
    shutil.copytree(data.folder(), course / "datasets")
    monkeypatch.setattr(data, "__file__", str(tmp_path / "site-packages" / "coursekit" / "data.py"))
    monkeypatch.chdir(work)
    assert data.folder() == course / "datasets"
    assert len(data.policies()) == 4


def test_no_data_anywhere_names_the_file_and_the_step(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "__file__", str(tmp_path / "site-packages" / "coursekit" / "data.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(data.DataError, match=r"datasets/datapackage\.json.*git checkout"):
        data.products()


def test_importing_coursekit_loads_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'matplotlib', 'ipywidgets'}"
    code = f"import coursekit, sys; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=data.folder().parent).returncode == 0


# --- read once -----------------------------------------------------------------------------


def test_a_file_is_read_again_only_if_it_has_changed(folder, monkeypatch):
    read, text = [], data._text
    monkeypatch.setattr(data, "_text", lambda file: read.append(file) or text(file))
    first = data.products()
    assert "shop_products.csv" in read
    read.clear()
    pd.testing.assert_frame_equal(data.products(), first)
    assert not read
    path = folder / "shop_products.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(header + "".join(rows[1:]), encoding="utf-8")
    assert len(data.products()) == len(first) - 1
    path.unlink()
    with pytest.raises(data.DataError, match="missing"):
        data.products()


def test_what_one_caller_changes_no_other_sees():
    first, kept = data.products(), data.products()
    first.loc[0, "price_yuan"] = -1.0
    first["name"].array[1] = "other"
    del first["cost_yuan"]
    pd.testing.assert_frame_equal(data.products(), kept)


# --- bad input -----------------------------------------------------------------------------


def swap(old, new):
    """Return a function that replaces the first of some text in a file, which must be there."""

    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    return change


STATISTIC = "2006-06-30,bloggers,28,million,stated,"

DAMAGES = {
    "empty file": ("policies", lambda text: "", "is empty"),
    "only a header": ("policies", lambda text: text.split("\n")[0] + "\n", "no line below"),
    "cut off at the end": ("policies", lambda text: text[:-20], "line 5: the file breaks off"),
    "line cut short": (
        "internet_statistics",
        swap(STATISTIC, "2006-06-30,bloggers,28\n"),
        "line 2: 3 values instead of 6",
    ),
    "one value too many": (
        "internet_statistics",
        swap(STATISTIC, STATISTIC + "again,"),
        "line 2: 7 values instead of 6",
    ),
    "empty line": ("farm_case", swap("\n2000,", "\n\n2000,"), "line 4: 0 values instead of 6"),
    "stray quotation mark at the start": (
        "internet_statistics",
        swap(",million,", ',"million,'),
        "line 2: a quotation mark",
    ),
    "stray quotation mark inside": (
        "farm_case",
        swap("B2B sites", 'B2B s"ites'),
        "line 4: a quotation mark",
    ),
    "missing column": (
        "internet_statistics",
        swap("value,", ""),
        "line 1: column value is missing",
    ),
    "misspelt column": (
        "shop_spending",
        swap("spend_yuan", "spend"),
        "column spend_yuan is missing",
    ),
    "column too many": ("shop_spending", swap("spend_yuan", "spend_yuan,x"), "not as described"),
    "columns exchanged": (
        "shop_spending",
        swap("month,source", "source,month"),
        "not as described; expected month,source",
    ),
    "word for a number": (
        "internet_statistics",
        swap(",28,", ",many,"),
        "line 2, column value: 'many' is not a number",
    ),
    "infinite number": (
        "internet_statistics",
        swap(",28,", ",inf,"),
        "line 2, column value: 'inf' is not a number",
    ),
    "no number where one is required": (
        "internet_statistics",
        swap(",28,", ",,"),
        "line 2, column value: '' must not be empty",
    ),
    "fraction for a whole number": (
        "shop_products",
        swap("\n1,", "\n1.5,"),
        "line 2, column product_id: '1.5' is not a whole number",
    ),
    "the same number twice": (
        "shop_products",
        swap("\n2,", "\n1,"),
        "line 3, column product_id: '1' occurs twice",
    ),
    "wrong date": (
        "internet_statistics",
        swap("2006-06-30", "2006-06-31"),
        "line 2, column date: '2006-06-31' is not a date",
    ),
    "date in another form": (
        "shop_spending",
        swap("2024-01-01", "01/01/2024"),
        "line 2, column month: '01/01/2024' is not a date",
    ),
    "wrong time": (
        "shop_orders",
        swap(",2024-01-0", ",2024-13-0"),
        "line 2, column ordered_at",
    ),
    "unknown indicator": (
        "internet_statistics",
        swap("bloggers", "blogers"),
        "line 2, column indicator: 'blogers' is not one of ['bloggers',",
    ),
    "unknown status": (
        "internet_statistics",
        swap("stated", "recalled"),
        "line 2, column status: 'recalled' is not one of ['stated', 'derived', 'lecture']",
    ),
    "no yes or no": (
        "shop_orders",
        swap(",False,", ",maybe,"),
        "line 2, column coupon: 'maybe' is not True or False",
    ),
    "less than nothing": (
        "shop_products",
        swap(",39.00,", ",-39.00,"),
        "line 2, column price_yuan: '-39.00' is less than 0",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_with_place_and_step_and_left_alone(folder, damage):
    name, change, words = DAMAGES[damage]
    path = folder / f"{name}.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    before = {item.name: item.read_bytes() for item in folder.iterdir()}
    with pytest.raises(data.DataError) as caught:
        LOADERS[name]()
    message = str(caught.value)
    assert message.startswith(f"datasets/{name}.csv: "), message
    assert words in message, message
    assert f"`git checkout -- datasets/{name}.csv`" in message
    assert ("`make datasets`" in message) is name.startswith("shop_")
    assert str(folder) not in message, "no path of this machine"
    assert {item.name: item.read_bytes() for item in folder.iterdir()} == before


@pytest.mark.parametrize("name", [*LOADERS, "shop_truth"])
def test_a_missing_file_is_named_with_the_step(folder, name):
    file = "shop_truth.json" if name == "shop_truth" else f"{name}.csv"
    (folder / file).unlink()
    with pytest.raises(data.DataError, match=f"datasets/{re.escape(file)}: the file is missing"):
        LOADERS.get(name, data.shop_truth)()
    assert not (folder / file).exists()


def test_a_file_that_is_no_text_is_refused(folder):
    (folder / "policies.csv").write_bytes(b"\xff\xfe\x00date")
    with pytest.raises(data.DataError, match=r"policies\.csv: the file is not UTF-8"):
        data.policies()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("shop_truth.json", '{"seed": 1,\n', "line 2: this is not JSON"),
        ("datapackage.json", "{", "line 1: this is not JSON"),
        ("datapackage.json", '{"resources": []}', "shop_products are not described"),
        ("datapackage.json", "[]", "shop_products are not described"),
    ],
)
def test_damaged_json_is_named_with_its_line(folder, file, content, words):
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(data.DataError, match=re.escape(words)) as caught:
        data.shop_truth() if file == "shop_truth.json" else data.products()
    assert f"`git checkout -- datasets/{file}`" in str(caught.value)


def test_a_file_saved_by_a_spreadsheet_still_loads(folder):
    path = folder / "shop_spending.csv"
    expected = data.spending()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(data.spending(), expected)


def test_each_call_gives_a_fresh_frame():
    first = data.products()
    first.loc[:, "price_yuan"] = 0.0
    assert (data.products()["price_yuan"] > 0).all()
