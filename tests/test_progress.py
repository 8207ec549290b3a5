import json
import os
import subprocess
import sys
import threading

import pytest

from coursekit import progress

WRITER = """
import sys
from coursekit import progress
for i in range(20):
    progress.store("quiz", f"{sys.argv[1]}-{i}", "right")
"""


pytestmark = pytest.mark.usefixtures("home")


def test_the_folder_is_in_the_home_unless_named(monkeypatch, home):
    assert progress.folder() == home
    monkeypatch.delenv("COURSEKIT_HOME")
    monkeypatch.setenv("HOME", "/somebody")
    assert str(progress.folder()) == os.path.join("/somebody", ".coursekit")


def test_nothing_stored_reads_as_empty_sections(home):
    assert progress.read() == {"version": 1, **{name: {} for name in progress.SECTIONS}}
    assert not home.exists()
    assert progress.notice() == ""


def test_what_is_stored_is_read_again(home):
    progress.store("predictions", "01-environment.users", 160.0)
    progress.store("reasons", "01-environment.users", "网民 grew faster")
    assert progress.read()["predictions"] == {"01-environment.users": 160.0}
    assert json.loads((home / "progress.json").read_text("utf-8")) == progress.read()
    assert progress.notice() == ""


def test_an_unknown_section_is_refused():
    with pytest.raises(ValueError, match="section is 'grades'; choose one of predictions"):
        progress.store("grades", "a", 1)


def test_unknown_keys_stay(home):
    home.mkdir()
    (home / "progress.json").write_text('{"version": 1, "later": [1], "quiz": {"a": "b"}}')
    progress.store("quiz", "c", "d")
    content = json.loads((home / "progress.json").read_text())
    assert content["later"] == [1]
    assert content["quiz"] == {"a": "b", "c": "d"}


def test_notebooks_that_write_at_once_lose_nothing(home):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    stored = progress.read()["quiz"]
    assert sorted(stored) == sorted(f"{name}-{i}" for name in "ab" for i in range(20))
    assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]


@pytest.mark.parametrize(
    "damage",
    [
        b'{"version": 1, "quiz"',
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"predictions": 3}',
        b'{"work": {"a": 1}}',
        b'{"work": {"a": {"points": "4"}}}',
        b'{"work": {"a": {"points": null}}}',
        b'{"work": {"a": {"tries": true}}}',
    ],
)
def test_a_damaged_file_is_set_aside(home, damage):
    home.mkdir()
    (home / "progress.json").write_bytes(damage)
    (home / "progress.damaged-1.json").write_text("an older one")
    assert progress.read()["quiz"] == {}
    assert progress.notice() == (
        "The file with your earlier answers was damaged; it is kept as progress.damaged-2.json "
        "and a fresh one begins."
    )
    assert progress.notice() == ""
    assert (home / "progress.damaged-2.json").read_bytes() == damage
    progress.store("quiz", "a", "b")
    assert progress.read()["quiz"] == {"a": "b"}
    assert (home / "progress.damaged-1.json").read_text() == "an older one"


def test_a_file_damaged_before_a_write_is_set_aside(home):
    home.mkdir()
    (home / "progress.json").write_text("{")
    progress.store("quiz", "a", "b")
    assert (home / "progress.damaged-1.json").read_text() == "{"
    assert progress.read()["quiz"] == {"a": "b"}


def test_a_folder_that_cannot_be_used_keeps_answers_in_memory(home):
    home.write_text("a file where the folder should be")
    progress.store("quiz", "a", "b")
    progress.store("quiz", "c", "d")
    assert progress.read()["quiz"] == {"a": "b", "c": "d"}
    notice = progress.notice()
    assert notice.count("only until the kernel stops") == 1
    assert "COURSEKIT_HOME" in notice
    assert progress.notice() == ""
    home.unlink()
    progress.store("quiz", "e", "f")
    assert json.loads((home / "progress.json").read_text())["quiz"] == {
        "a": "b",
        "c": "d",
        "e": "f",
    }


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(28, "No space")]
)
def test_a_failed_write_leaves_the_old_file(home, monkeypatch, error):
    progress.store("quiz", "a", "b")

    def refuse(*_):
        raise error

    monkeypatch.setattr(os, "replace", refuse)
    progress.store("quiz", "c", "d")
    assert error.strerror in progress.notice()
    assert json.loads((home / "progress.json").read_text())["quiz"] == {"a": "b"}
    assert progress.read()["quiz"] == {"a": "b", "c": "d"}
    assert sorted(path.name for path in home.iterdir()) == ["progress.json", "progress.lock"]


def test_a_file_of_a_later_version_is_left_alone(home):
    home.mkdir()
    later = '{"version": 2, "predictions": {}}'
    (home / "progress.json").write_text(later)
    progress.store("quiz", "a", "b")
    assert progress.read()["quiz"] == {"a": "b"}
    assert "version 2" in progress.notice()
    assert (home / "progress.json").read_text() == later


def test_without_locks_of_the_system_it_works_too(monkeypatch):
    monkeypatch.setattr(progress, "fcntl", None)
    progress.store("quiz", "a", "b")
    assert progress.read()["quiz"] == {"a": "b"}


def test_widgets_that_store_at_once_lose_nothing():
    def store(name):
        for i in range(20):
            progress.store("quiz", f"{name}-{i}", "right")

    threads = [threading.Thread(target=store, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.read()["quiz"]) == 60
    assert len(json.loads((progress.folder() / "progress.json").read_text())["quiz"]) == 60


def check(points, answer, passed=False):
    progress.checked("e.q", points=points, most=4.0, passed=passed, answer=answer)
    return progress.work("e.q")


def test_the_best_points_stay_and_each_wrong_answer_counts_once():
    assert progress.work("e.q") == progress.WORK
    assert check(0.0, "")["tries"] == 0
    assert check(3.0, "one") == {
        **progress.WORK,
        "points": 3,
        "most": 4,
        "tries": 1,
        "answer": "one",
    }
    assert check(3.0, "one")["tries"] == 1
    found = check(1.0, "two")
    assert (found["tries"], found["points"]) == (2, 3)
    found = check(4.0, "three", passed=True)
    assert (found["tries"], found["points"], found["passed"]) == (2, 4, True)
    found = check(0.0, "four")
    assert (found["tries"], found["points"], found["passed"]) == (3, 4, True)


def test_hints_are_counted_beside_the_rest():
    check(1.0, "one")
    progress.hinted("e.q")
    progress.hinted("e.q")
    assert progress.work("e.q") == {**check(1.0, "one"), "hints": 2}


def test_what_was_taken_along_comes_back_in_a_fresh_place(home):
    progress.store("predictions", "a.b", 3.0)
    progress.store("reasons", "a.b", "网民")
    check(4.0, "one", passed=True)
    taken, before = progress.text().encode(), progress.read()
    (home / "progress.json").unlink()
    assert progress.restore(taken) == 3
    assert progress.read() == before == json.loads((home / "progress.json").read_text("utf-8"))
    assert progress.restore(taken) == 0


def test_bringing_back_keeps_what_is_there():
    progress.store("predictions", "a.b", 3.0)
    progress.store("predictions", "a.c", 1.0)
    check(4.0, "one", passed=True)
    taken = progress.text().encode()
    for key in ("a.b", "a.d"):
        progress.store("predictions", key, 9.0)
    progress.store("work", "e.q", {**progress.WORK, "points": 1.0, "hints": 2, "answer": "two"})
    assert progress.restore(taken) == 1
    assert progress.read()["predictions"] == {"a.b": 9.0, "a.c": 1.0, "a.d": 9.0}
    found = progress.work("e.q")
    assert (found["points"], found["passed"], found["hints"], found["answer"]) == (
        4,
        True,
        2,
        "two",
    )


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "no progress file, or it is damaged"),
        (b"[]", "no progress file, or it is damaged"),
        (b'{"version": 1, "work": {"a": 3}}', "work of a is not what a check writes"),
        (b"{}", "version None; this course reads 1"),
        (b'{"version": 2}', "version 2; this course reads 1"),
    ],
)
def test_a_damaged_file_does_not_come_back(raw, says):
    progress.store("quiz", "a", "b")
    before = (progress.folder() / "progress.json").read_bytes()
    with pytest.raises(ValueError, match=says):
        progress.restore(raw)
    assert (progress.folder() / "progress.json").read_bytes() == before
