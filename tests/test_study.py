"""Studying alone: the check of a notebook on disk, the hints, the panel."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from coursekit import __main__, progress
from coursekit.study import checking, panel, questions

SOURCES = ROOT / "exercises" / "source"
EXERCISES = sorted(path.name for path in SOURCES.iterdir() if path.is_dir())
FIRST = "01-environment"
FREE_MB = checking.free_mb


@pytest.fixture(autouse=True)
def enough_memory(home, monkeypatch):
    monkeypatch.setattr(checking, "free_mb", lambda: 10_000)


def cells_of(folder, exercise):
    path = ROOT / "exercises" / folder / exercise / f"{exercise}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source_of(name, exercise=FIRST):
    """Return the code of a cell of an exercise's source."""
    (found,) = ("".join(c["source"]) for c in cells_of("source", exercise) if c["id"] == name)
    return found


def written(folder, name=f"{FIRST}.ipynb", exercise=FIRST, **answers):
    """Write the released exercise with these answers into a folder of its own."""
    path = ROOT / "exercises" / "release" / exercise / f"{exercise}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(notebook), encoding="utf-8")
    return folder / name


# Hints


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_question_has_three_hints_and_an_explanation(exercise):
    tested = [q for q in questions.read(questions.source_of(exercise)) if q.tests]
    assert tested
    for question in tested:
        said = [*question.hints, question.explanation]
        assert len(question.hints) == 3, f"{question.name}: {question.hints}"
        assert all(40 < len(words) < 700 for words in said), f"{question.name}: {said}"
        assert len(set(said)) == 4
        assert not any(mark in words for words in said for mark in ("$", "Hint ", "###"))
        assert f"def {question.name}(" in question.solution
        assert "### " not in question.solution and "# Hint" not in question.solution
        assert "# Explanation" not in question.solution
        compile(question.solution, question.name, "exec")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_help_is_in_the_release(exercise):
    released = "\n".join("".join(cell["source"]) for cell in cells_of("release", exercise))
    assert "# Hint" not in released and "# Explanation:" not in released
    flat = " ".join(released.replace("#", " ").split())
    for question in questions.read(questions.source_of(exercise)):
        for words in [*question.hints, question.explanation]:
            assert not words or words not in flat


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_hint_holds_a_line_of_the_solution(exercise):
    for question in questions.read(questions.source_of(exercise)):
        if question.tests:
            stub = {line.strip() for line in released_code(exercise, question.name).split("\n")}
            code = {line.strip() for line in question.solution.split("\n")} - stub
            for line in code:
                assert len(line) < 12 or not any(line in hint for hint in question.hints), line


def released_code(exercise, name):
    (code,) = ("".join(c["source"]) for c in cells_of("release", exercise) if c["id"] == name)
    return code


# The check of a file


MEAN = "def cagr(values, years_between=1.0):\n    return values[-1] / values[0] - 1"


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Return a function that checks an exercise done like this, each only once."""
    kept = {}

    def check(**answers):
        key = json.dumps(answers)
        if key not in kept:
            folder = tmp_path_factory.mktemp("work") / FIRST
            kept[key] = checking.check(written(folder, **answers))
        return kept[key]

    return check


def question(result, name):
    (found,) = (one for one in result["questions"] if one["name"] == name)
    return found


HALF_DONE = {
    "cagr": MEAN,
    "clean_users": source_of("clean_users"),
    "peak_time": "def peak_time(p, q)\n    return 0",
    "fit_bass": "def fit_bass(sales):\n    x = 1\n    # YOUR CODE HERE\n    raise NotImplementedError()",
}


def test_a_half_done_exercise_is_told_question_by_question(checked):
    result = checked(**HALF_DONE)
    assert (result["points"], result["most"]) == (1 + 5, 40)
    states = {one["name"]: one["state"] for one in result["questions"]}
    assert states["cagr"] == "partly"
    assert states["clean_users"] == "passed"
    assert states["peak_time"] == states["fit_bass"] == "failed"
    assert states["backtest"] == "not begun"
    assert states["capstone"] == "by a reader"
    (wrong,) = (t for t in question(result, "cagr")["tests"] if t["name"] == "cagr_worked_case")
    assert wrong["message"].startswith("cagr([100, 180, 144]) gave 0.43")
    assert (wrong["label"], wrong["result"], wrong["most"]) == ("worked case", "failed", 1)
    assert question(result, "peak_time")["trouble"] == (
        "The cell itself stops: SyntaxError: expected ':' (line 1)"
    )
    assert "raise NotImplementedError()" in question(result, "fit_bass")["trouble"]
    assert checking.WITH_HIDDEN in result["told"]


def test_one_process_gives_the_same_verdicts_as_the_grader(checked, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "elsewhere")
    other = checking.check(written(tmp_path / FIRST, **HALF_DONE))
    assert other["told"][-1] == checking.IN_ONE_PROCESS
    other["told"].pop()
    for mine, grader in zip(other["questions"], checked(**HALF_DONE)["questions"], strict=True):
        assert mine == grader


def test_little_free_memory_means_one_process(monkeypatch, tmp_path):
    monkeypatch.setattr(checking, "free_mb", lambda: checking.ENGINE_MB - 1)
    path = written(tmp_path / FIRST, cagr=source_of("cagr"))
    result = checking.check(path)
    assert result["points"] == 4 and result["told"][-1] == checking.IN_ONE_PROCESS


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 2000),
        ({"memory.max": "max", "memory.current": "1"}, 2000),
        ({"memory.max": 1000 << 20, "memory.current": 700 << 20}, 300),
        (
            {
                "memory.max": 1000 << 20,
                "memory.current": 700 << 20,
                "memory.stat": f"anon 1\ninactive_file {100 << 20}\n",
            },
            400,
        ),
        (
            {"memory/memory.limit_in_bytes": 800 << 20, "memory/memory.usage_in_bytes": 700 << 20},
            100,
        ),
    ],
)
def test_the_limit_of_a_container_counts(tmp_path, files, free):
    texts = {f"sys/fs/cgroup/{name}": str(text) for name, text in files.items()}
    for name, text in {"proc/meminfo": "MemAvailable:  2048000 kB\n", **texts}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert FREE_MB(tmp_path) == free


def test_the_result_in_a_terminal(checked):
    text = checking.told(checked(**HALF_DONE))
    assert re.search(r"1\. Compound growth +1 of 4 points  partly right", text)
    assert "   worked case: failed. cagr([100, 180, 144]) gave" in text
    assert "6 of 40 points that tests give." in text
    assert "worked case, hidden weak imitation, hidden no imitation: stopped by an error" in text


def test_an_endless_loop_and_a_sudden_end_cost_their_own_question_only(monkeypatch, tmp_path):
    monkeypatch.setattr(checking, "SECONDS", 2)
    path = written(
        tmp_path / FIRST,
        cagr="def cagr(*_, **__):\n    while True:\n        pass",
        peak_time="import os\n\n\ndef peak_time(p, q):\n    os._exit(1)",
        clean_users=source_of("clean_users"),
    )
    for platform in ("linux", "elsewhere"):
        monkeypatch.setattr(sys, "platform", platform)
        result = checking.check(path)
        assert result["points"] == 5
        assert {t["verdict"] for t in question(result, "cagr")["tests"]} == {"TIMEOUT"}
        assert question(result, "peak_time")["points"] == 0


def test_without_the_source_only_visible_tests_run_and_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(questions, "ROOT", tmp_path / "nowhere")
    result = checking.check(written(tmp_path / FIRST, cagr=source_of("cagr")))
    assert checking.WITHOUT_HIDDEN in result["told"]
    assert question(result, "cagr")["state"] == "visible passed"
    assert question(result, "cagr")["points"] == 3
    assert [t["verdict"] for t in question(result, "cagr")["tests"]][-1] == "NOT RUN"
    checking.record(result)
    assert not progress.work(f"{FIRST}.cagr")["passed"]


def test_a_renamed_notebook_in_another_folder_is_recognised(tmp_path):
    result = checking.check(written(tmp_path / "mine", name="my copy.ipynb"))
    assert result["exercise"] == FIRST
    assert checking.WITH_HIDDEN in result["told"]


def test_files_of_the_exercises_folder_are_at_hand_and_no_jail_is_needed(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name, *_, **__: None)
    path = written(tmp_path / FIRST, cagr="from mine import cagr")
    (tmp_path / FIRST / "mine.py").write_text(source_of("cagr"))
    result = checking.check(path)
    assert question(result, "cagr")["state"] == "passed"
    assert result["told"] == [checking.WITH_HIDDEN]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file or directory.*name the notebook's file"),
        (b"", "x.ipynb is damaged: the file is not a notebook.*Revert Notebook to Checkpoint"),
        (b'{"cells": [', "x.ipynb is damaged"),
        (b"<<<<<<< HEAD\n{}", "x.ipynb is damaged"),
        (b'{"cells": []}', "x.ipynb is no notebook of an exercise"),
        (b'{"cells": [1, {"cell_type": "code"}]}', "x.ipynb is no notebook of an exercise"),
    ],
)
def test_a_file_that_cannot_be_checked_says_what_to_do(tmp_path, content, says, capsys):
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=says):
        checking.check(path)
    assert __main__.main(["check", str(path)]) == 2
    assert re.search(says, capsys.readouterr().err)
    with pytest.raises(ValueError, match=says):
        panel.run(path)


def test_the_command_keeps_the_progress_and_ends_with_a_status(tmp_path, capsys):
    path = written(tmp_path / FIRST, cagr=MEAN)
    assert __main__.main(["check", str(path)]) == 1
    assert "1 of 40 points" in capsys.readouterr().out
    known = progress.work(f"{FIRST}.cagr")
    assert (known["points"], known["most"], known["tries"]) == (1, 4, 1)
    assert progress.work(f"{FIRST}.backtest")["tries"] == 0
    assert path.read_bytes() == written(tmp_path / "again", cagr=MEAN).read_bytes()


# The panel


def test_an_exercise_that_is_graded_or_read_elsewhere_pays_nothing():
    code = (
        "import sys; from coursekit import study; said = study.check_work('01-environment')\n"
        "assert 'JupyterLab' in said and not {'ipywidgets', 'numpy'} & set(sys.modules)\n"
        "assert not any(name.startswith('coursekit.grading') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_panel_never_loads_the_grader():
    code = (
        "import sys; from coursekit.study import panel; panel.Panel('01-environment')\n"
        "assert not any(name.startswith('coursekit.grading') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def shown(monkeypatch):
    """Return the panel of the first exercise and a function that lets it check a result."""

    def checks(result):
        monkeypatch.setattr(panel, "run", lambda path: result)
        monkeypatch.setattr(panel, "unsaved", lambda path, names: "")
        made._ended = float("-inf")
        made.button.click()

    made = panel.Panel(FIRST)
    return made, checks


def failing(result, answer):
    """Return a result in which the first question has another wrong answer."""
    other = json.loads(json.dumps(result))
    other["questions"][0]["answer"] = answer
    return other


def test_hints_come_one_at_a_time_and_the_solution_after_three_tries(shown, checked):
    made, checks = shown
    row = made.rows[0]
    for number in (1, 2, 3):
        assert row.button.description == f"Question 1: hint {number} of 3"
        row.button.click()
        assert row.help.value.count("Hint ") == number
    assert row.button.description == "Question 1: solution"
    for answer, tries in (("", 0), ("one", 1), ("one", 1), ("two", 2)):
        if answer:
            checks(failing(checked(**HALF_DONE), answer))
        row.button.click()
        assert f"so far {tries}." in row.help.value
        assert "return (values[-1]" not in row.help.value
    checks(failing(checked(**HALF_DONE), "three"))
    row.button.click()
    assert "return (values[-1] / values[0])" in row.help.value
    assert row.asked.explanation[:20] in row.help.value


def test_hints_taken_are_there_again_after_a_restart(shown):
    made, _ = shown
    made.rows[0].button.click()
    again = panel.Panel(FIRST).rows[0]
    assert again.help.value == made.rows[0].help.value != ""
    assert again.button.description == "Question 1: hint 2 of 3"
    assert panel.Panel(FIRST).rows[1].help.value == ""


def test_a_press_during_a_check_starts_no_other(shown, checked, monkeypatch):
    made, checks = shown
    checks(checked(**HALF_DONE))
    monkeypatch.setattr(panel, "run", lambda path: pytest.fail("checked twice"))
    made.button.click()


def test_a_check_can_be_stopped(shown, monkeypatch):
    def stop(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(panel, "run", stop)
    shown[0].button.click()
    assert "The check was stopped." in shown[0].summary.value and not shown[0].button.disabled


def test_the_solution_comes_at_once_after_a_pass(shown, checked):
    made, checks = shown
    checks(checked(**HALF_DONE))
    row = made.rows[1]
    assert row.button.description == "Question 2: solution"
    row.button.click()
    assert "drop_duplicates" in row.help.value and "<pre>" in row.help.value


def test_messages_are_text_not_markup(shown, checked):
    made, checks = shown
    result = failing(checked(**HALF_DONE), "x")
    result["questions"][0]["tests"][1]["message"] = "<img src=x onerror=alert(1)>"
    checks(result)
    assert "&lt;img src=x" in made.rows[0].tests.value and "<img" not in made.rows[0].tests.value


def test_the_page_of_the_panel_tells_no_hint():
    progress.hinted(f"{FIRST}.cagr")
    page = panel.Panel(FIRST).page()
    assert "a button checks your work" in page
    assert not any(hint in page for q in panel.Panel(FIRST).rows for hint in q.asked.hints)


def test_a_check_that_fails_is_told_and_the_button_works_again(shown, monkeypatch):
    made, _ = shown

    def refuse(path):
        raise ValueError("x.ipynb is damaged")

    monkeypatch.setattr(panel, "run", refuse)
    made.button.click()
    assert "x.ipynb is damaged" in made.summary.value
    assert not made.button.disabled


def test_without_the_source_there_are_no_hints(monkeypatch, tmp_path):
    monkeypatch.setattr(questions, "ROOT", tmp_path)
    monkeypatch.chdir(written(tmp_path / FIRST).parent)
    made = panel.Panel(FIRST)
    assert [row.asked.name for row in made.rows][:2] == ["cagr", "clean_users"]
    assert "Hints and hidden tests need the course" in made.summary.value
    assert not any(row.asked.hints for row in made.rows)


def test_the_notebook_is_found_by_what_jupyter_says_or_by_its_name(monkeypatch, tmp_path):
    path = written(tmp_path, name="renamed.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert panel.path_of(FIRST) == path
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "gone.ipynb"))
    assert panel.path_of(FIRST) == Path.cwd() / f"{FIRST}.ipynb"


def test_what_was_run_and_not_saved_is_noticed(monkeypatch, tmp_path):
    path = written(tmp_path, cagr=MEAN)
    shell = type("Shell", (), {"user_ns": {"In": ["", "x = 1", MEAN + "\n"]}})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert panel.unsaved(path, ["cagr", "clean_users"]) == ""
    shell.user_ns["In"].append(MEAN + " + 1")
    assert "What you ran last for cagr is not" in panel.unsaved(path, ["cagr", "clean_users"])
