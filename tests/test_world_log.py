"""The access log and the survey: the same every time, sound, and a loader that explains itself.

That what was planted can be found again is tested in test_segmentation.py, on fresh seeds.
"""

import gzip
import ipaddress
import re
import shutil

import pytest

from coursekit import data
from coursekit.world import farm, log

TABLES = ("networks", "answers", "needs")


def test_writing_gives_the_committed_content(tmp_path):
    log.write(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        new, kept = path.read_bytes(), (data.folder() / path.name).read_bytes()
        if (
            path.suffix == ".gz"
        ):  # how gzip packs may change with its version; what it holds may not
            new, kept = gzip.decompress(new), gzip.decompress(kept)
        assert new == kept, f"run `make datasets`: {path.name}"
        assert b"\r" not in new
    assert len(list(tmp_path.iterdir())) == 5


def test_loaders_give_the_default_log():
    world = log.log()
    assert data.access_log().decode().splitlines() == world.lines.tolist()
    for name in TABLES:
        assert getattr(data, name)().equals(getattr(world, name)), name
    assert data.log_truth() == world.truth


def test_the_packed_log_is_small():
    assert (data.folder() / "shop_access.log.gz").stat().st_size < 3e6


def test_another_seed_is_another_log_with_another_truth():
    first, other = log.log(1), log.log(2)
    assert first.lines.equals(log.log(1).lines)
    assert not first.lines.equals(other.lines)
    changed = {name for name in first.truth if first.truth[name] != other.truth[name]}
    assert {"server_moved", "pause_share", "importance", "reviews_if_ordered"} <= changed


def test_the_farm_shop_stays_as_it_is():
    before = farm.shop(5)
    log.log(5)
    after = farm.shop(5)
    assert before.visits.equals(after.visits) and before.truth == after.truth


def test_the_log_writes_the_shops_visits_and_orders():
    shop = farm.shop(3)
    world = log.log(3)
    inside = shop.visits["started_at"].between("2025-04-01", "2025-06-30 23:59")
    placed = shop.visits.loc[inside, "order_id"].dropna().astype(int).tolist()
    seen = world.lines.str.extract(r'"GET /thanks\?order=(\d+) HTTP/1.1" 200 \d+ "[^"]*" "[^"]*"$')
    assert sorted(set(seen[0].dropna().astype(int))) == sorted(placed)
    assert world.truth["visits"] == inside.sum()


def test_addresses_are_reserved_for_documentation():
    reserved = [
        ipaddress.ip_network(text)
        for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    ]
    for text in data.networks()["network"]:
        network = ipaddress.ip_network(text)
        assert any(network.version == r.version and network.subnet_of(r) for r in reserved)
    lines = data.access_log().decode().splitlines()
    whole = {line.split(" ")[0] for line in lines if line.endswith('"')}
    for text in whole:
        assert any(ipaddress.ip_address(text) in network for network in reserved), text


def test_names_in_the_log_are_reserved_for_examples():
    hosts = set(re.findall(rb"https?://([^/\"\s]+)/", data.access_log()))
    assert hosts and all(host.endswith(b".example") for host in hosts)


def test_every_answer_stands_in_the_log_and_rates_each_need_once():
    numbers = set(re.findall(rb"POST /survey\?answer=(\d+) HTTP", data.access_log()))
    answers, needs = data.answers(), data.needs()
    assert {int(number) for number in numbers} == set(answers["answer_id"])
    assert not needs.duplicated(["answer_id", "need"]).any()
    assert (needs.groupby("answer_id").size() == len(log.NEEDS)).all()
    assert set(needs["answer_id"]) == set(answers["answer_id"])
    assert needs[["importance", "satisfaction"]].isin(range(1, 11)).all(axis=None)
    assert len(data.log_truth()["motive_of_answer"]) == len(answers)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed is .*whole number"):
        log.log(seed)


# Damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: b"",
        lambda packed: packed[:1000],
        lambda packed: b"no gzip" + packed,
        lambda packed: packed[:5000] + b"\x00\xff" * 50 + packed[5100:],
    ],
)
def test_a_damaged_log_is_named_with_the_step(tmp_path, monkeypatch, damage):
    copy = tmp_path / "datasets"
    copy.mkdir()
    path = copy / "shop_access.log.gz"
    path.write_bytes(damage((data.folder() / path.name).read_bytes()))
    monkeypatch.setattr(data, "folder", lambda: copy)
    with pytest.raises(data.DataError, match=r"datasets/shop_access\.log\.gz.*git checkout"):
        data.access_log()


@pytest.mark.parametrize(
    ("load", "file"),
    [(data.access_log, "shop_access.log.gz"), (data.log_truth, "shop_log_truth.json")],
)
def test_a_missing_file_is_named_with_the_step(tmp_path, monkeypatch, load, file):
    copy = tmp_path / "datasets"
    shutil.copytree(data.folder(), copy)
    (copy / file).unlink()
    monkeypatch.setattr(data, "folder", lambda: copy)
    with pytest.raises(data.DataError, match=f"datasets/{re.escape(file)}: the file is missing"):
        load()
