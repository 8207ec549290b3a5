"""Every exercise: its structure, the answers it must take and reject, its release, a grading round.

An exercise is a folder of `exercises/source`. Besides the notebook it has `mutants/<question>.py`:
blocks `# %% right: name` and `# %% wrong: name`, each the whole code of that question's cell. After
`wrong` come two comments: `fails`, the test cells that must fail, and `says`, what they must say.
"""

import csv
import doctest
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from coursekit import data, environment

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "exercises" / "source"
RELEASE = ROOT / "exercises" / "release"
EXERCISES = sorted(path.name for path in SOURCE.iterdir() if path.is_dir())

# What the course promises to reject, beside what each folder of mutants adds.
PROMISED = {
    "01-environment": {
        "cagr": {"mean_of_yearly_rates"},
        "clean_users": {"thousand_for_wan", "years_for_half_years", "duplicate_kept"},
        "bass_increments": {"density_as_sales", "p_and_q_swapped"},
        "fit_bass": {"ols"},
        "peak_time": {"negative_time"},
        "backtest": {"refits_on_all_data"},
        "break_even": {"ignores_returned_goods"},
        "function_kpi": {"counts_without_denominator"},
    },
    "02-segmentation": {
        "sessionize": {"gaps_across_users"},
        "region_of": {"string_prefix"},
        "active_hours": {"arithmetic_mean"},
        "rfm_scores": {"recency_not_reversed"},
        "rules": {"ranked_by_confidence"},
        "kmeans_segments": {"unscaled"},
        "choose_k": {"largest_silhouette"},
        "segment_scorecard": {"passes_three_people"},
    },
    "03-relationships": {
        "stage": {"uses_future_events"},
        "transition_matrix": {"shifts_across_customers"},
        "km": {"drops_the_censored", "censored_last_for_ever"},
        "cif": {"one_minus_km_per_cause"},
        "fit_sbg": {"mean_churn_as_a_over_b"},
        "derl": {"one_renewal_too_few"},
        "clv_markov": {"undiscounted"},
        "worth_keeping": {"big_spenders"},
    },
    "04-service": {
        "erlang_c": {"overflow", "erlang_b"},
        "agents_needed": {"ceil_of_the_load", "times_the_share_present"},
        "littles_law": {"closed_tickets_only"},
        "response_quantiles": {"uncensored"},
        "nps": {"counts_sevens_and_eights"},
        "servqual": {"expected_less_perceived"},
        "kano": {"reverse_and_questionable_below"},
        "faq_search": {"whitespace_split", "raw_counts"},
    },
}


class Question(NamedTuple):
    """One `##` section: its heading, its cells, and those that are graded by tests or by hand."""

    heading: str
    cells: list
    solutions: list
    tests: list
    tasks: list


def grading(cell):
    """Return nbgrader's metadata of a cell, or an empty dictionary."""
    return cell["metadata"].get("nbgrader", {})


def text(cell):
    """Return the source of a cell."""
    return "".join(cell["source"])


@cache
def notebook(exercise, folder=SOURCE):
    """Read the notebook of an exercise."""
    path = folder / exercise / f"{exercise}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def questions(exercise):
    """Split an exercise at its `##` headings."""
    sections = []
    for cell in notebook(exercise)["cells"]:
        heading = re.match(r"## (.+)", text(cell)) if cell["cell_type"] == "markdown" else None
        if heading:
            sections.append(Question(heading[1], [], [], [], []))
        if not sections:
            continue
        sections[-1].cells.append(cell)
        meta = grading(cell)
        if meta.get("task"):
            sections[-1].tasks.append(cell)
        elif meta.get("grade"):
            sections[-1].tests.append(cell)
        elif meta.get("solution"):
            sections[-1].solutions.append(cell)
    return sections


@cache
def coded(exercise):
    """Return the questions that tests grade, by the id of their solution cell."""
    return {q.solutions[0]["id"]: q for q in questions(exercise) if q.tests}


CODED = [(exercise, name) for exercise in EXERCISES for name in coded(exercise)]


# Structure


@pytest.mark.parametrize("exercise", EXERCISES)
def test_headings_state_the_points_of_their_cells(exercise):
    total = 0
    for question in questions(exercise):
        stated = re.search(r"\((\d+) points?\)$", question.heading)
        assert stated, f"{question.heading!r} does not end with its points"
        points = sum(grading(cell).get("points", 0) for cell in question.cells)
        assert points == int(stated[1]), question.heading
        total += points
    first = text(notebook(exercise)["cells"][0])
    assert sum(int(n) for n in re.findall(r"(\d+) points", first)) == total


@pytest.mark.parametrize("exercise", EXERCISES)
def test_ids_are_words_and_unique(exercise):
    cells = notebook(exercise)["cells"]
    ids = [cell["id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    for cell in cells:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", cell["id"]), cell["id"]
        meta = grading(cell)
        if meta:
            assert meta["grade_id"] == cell["id"]
            assert meta["schema_version"] == 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_notebook_is_clean(exercise):
    nb = notebook(exercise)
    assert nb["nbformat"] == 4 and nb["nbformat_minor"] >= 5
    assert nb["metadata"]["kernelspec"]["name"] == "python3"
    assert set(nb["metadata"]) <= {"kernelspec", "language_info"}
    for cell in nb["cells"]:
        assert set(cell["metadata"]) <= {"nbgrader", "lecture"}, cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None, cell["id"]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_opening(exercise):
    opening, *rest = notebook(exercise)["cells"]
    lines = text(opening).splitlines()
    assert lines[0].startswith("# ") and text(opening).count("\n# ") == 0
    assert re.search(r"^Time: .+ \| Data: .+ \| Before: .+$", text(opening), re.M)
    set_up = next(cell for cell in rest if cell["cell_type"] == "code")
    assert grading(set_up)["locked"] and not grading(set_up)["solution"]
    assert len([line for line in text(set_up).splitlines() if line.strip()]) <= 7


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_question_is_complete(exercise):
    assert questions(exercise)
    for question in questions(exercise):
        heading = question.heading
        statement = question.cells[0]
        assert grading(statement)["locked"], f"{heading}: students can change the statement"
        points = statement["metadata"].get("lecture", [])
        assert points and all(re.fullmatch(r"[ESRVCPMQ]\d+", p) for p in points), heading
        assert bool(question.tests) != bool(question.tasks), f"{heading}: tests or a mark scheme"
        if question.tests:
            (solution,) = question.solutions
            assert re.search(r"### BEGIN SOLUTION\n(.*\n)*?.*### END SOLUTION", text(solution))
            assert '"""' in text(solution) and ">>>" in text(solution), heading
            assert "**By hand.**" in text(statement) or "**To check.**" in text(statement), heading
            ids = [cell["id"] for cell in question.cells]
            assert ids.index(f"{solution['id']}_try") < ids.index(question.tests[0]["id"]), heading
            for cell in question.tests:
                assert cell["id"].startswith(solution["id"] + "_"), cell["id"]
                hidden = "BEGIN HIDDEN TESTS" in text(cell)
                assert hidden == ("_hidden_" in cell["id"]), cell["id"]
                assert hidden == text(cell).splitlines()[0].endswith("(hidden)."), cell["id"]
            assert any("_hidden_" in cell["id"] for cell in question.tests), heading
        else:
            (task,) = question.tasks
            scheme = re.search(r"### BEGIN MARK SCHEME\n(.*)### END MARK SCHEME", text(task), re.S)
            assert scheme, f"{heading}: no mark scheme"
            assert "**Model answer.**" in scheme[1], heading
            rubric = [int(n) for n in re.findall(r"^\| (\d+) \|", scheme[1], re.M)]
            assert sum(rubric) == grading(task)["points"], f"{heading}: the rubric adds up to other"
            assert len(question.cells) > 1, f"{heading}: no cell to answer in"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hidden_tests_hide_all_but_their_subject(exercise):
    for question in questions(exercise):
        for cell in question.tests:
            if "_hidden_" in cell["id"]:
                first, second, *_, last = text(cell).splitlines()
                assert first.startswith("# "), cell["id"]
                assert (second, last) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
            for statement in re.findall(r"^ *assert .*(?:\n .*)*", text(cell), re.M):
                assert ", (" in statement or ', f"' in statement or ', "' in statement, statement


# Right and wrong answers


class Variant(NamedTuple):
    """An answer to a question."""

    kind: str
    name: str
    code: str
    fails: set
    says: str


@cache
def variants(exercise, question):
    """Return the answers of `mutants/<question>.py`."""
    path = SOURCE / exercise / "mutants" / f"{question}.py"
    blocks = re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    found = []
    for block in blocks:
        title, code = block.split("\n", 1)
        kind, name = title.split(": ")
        fails = re.match(r"# fails: (.+)\n# says: (.+)\n", code)
        assert bool(fails) == (kind == "wrong"), f"{path.name}: {name} needs `fails` and `says`"
        cells, says = fails.groups() if fails else ("", "")
        found.append(Variant(kind, name, code, set(cells.split(", ")) - {""}, says))
    return found


WRONG = [
    pytest.param(exercise, question, answer, id=f"{exercise}-{question}-{answer.name}")
    for exercise, question in CODED
    for answer in variants(exercise, question)
    if answer.kind == "wrong"
]


def grade(exercise, name, code):
    """Run the locked cells, an answer, and each test; return what each failed test raised.

    Also returns, for each test, the numbers that the answer gave in it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = opened(exercise)
        run(name, code, names)
        answer, given = names[name], []

        def recorded(*args, **kwargs):
            result = answer(*args, **kwargs)
            given.extend(numbers(result))
            return result

        names[name] = recorded
        raised, results = {}, {}
        for cell in coded(exercise)[name].tests:
            given.clear()
            before = names.copy()
            try:
                run(cell["id"], text(cell), names)
            except Exception as error:
                raised[cell["id"]] = error
            results[cell["id"]] = list(given)
            names.pop(f"test_{cell['id']}")
            names.pop("__warningregistry__", None)
            changed = [key for key in names if names[key] is not before.get(key)]
            assert not changed, f"{cell['id']} changes the student's {changed}"
    return raised, results


def opened(exercise):
    """Run the locked cells of an exercise; return the names they leave."""
    names = {"__name__": "__main__"}
    for cell in notebook(exercise)["cells"]:
        meta = grading(cell)
        if cell["cell_type"] == "code" and meta.get("locked") and not meta["grade"]:
            run(cell["id"], text(cell), names)
    return names


def run(name, code, names):
    """Run the code of a cell."""
    exec(compile(code, name, "exec"), names)


def numbers(value):
    """Return all numbers in a result, flat."""
    if isinstance(value, pd.DataFrame):
        return [n for column in value for n in numbers(value[column].tolist())]
    if isinstance(value, dict):
        return numbers(list(value.values()))
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [n for item in value for n in numbers(item)]
    return [float(value)] if isinstance(value, (int, float, np.number)) else []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_promised_wrong_answers_are_there(exercise):
    assert set(PROMISED[exercise]) == set(coded(exercise))
    for question, names in PROMISED[exercise].items():
        answers = variants(exercise, question)
        assert names <= {answer.name for answer in answers if answer.kind == "wrong"}
        assert any(answer.kind == "right" for answer in answers), question
        assert len({answer.name for answer in answers}) == len(answers), question
    assert {p.stem for p in (SOURCE / exercise / "mutants").iterdir()} - {"__pycache__"} == set(
        coded(exercise)
    )


@pytest.mark.parametrize(("exercise", "question"), CODED)
def test_right_answers_pass(exercise, question):
    model = text(coded(exercise)[question].solutions[0])
    styles = [a.code for a in variants(exercise, question) if a.kind == "right"]
    for code in [model, *styles]:
        raised, _ = grade(exercise, question, code)
        assert not raised, f"{question}: {raised}\n{code}"


@cache
def model_numbers(exercise, question):
    """Return what the model answer gives in each test cell."""
    return grade(exercise, question, text(coded(exercise)[question].solutions[0]))[1]


@pytest.mark.parametrize(("exercise", "question"), CODED)
def test_the_example_of_the_scaffold_is_true(exercise, question):
    names = opened(exercise)
    run(question, text(coded(exercise)[question].solutions[0]), names)
    docstring = names[question].__doc__
    example = doctest.DocTestParser().get_doctest(docstring, names, question, None, 0)
    assert example.examples
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


@pytest.mark.parametrize(("exercise", "question", "answer"), WRONG)
def test_wrong_answers_fail_as_intended(exercise, question, answer):
    raised, given = grade(exercise, question, answer.code)
    assert set(raised) == answer.fails, f"failed {sorted(raised)}"
    for cell, error in raised.items():
        assert type(error) is AssertionError, f"{cell}: {error!r}"
        assert str(error), f"{cell}: no message"
        expected = model_numbers(exercise, question)[cell]
        leak = leaked(str(error), expected, given[cell], coded(exercise)[question])
        assert not leak, f"{cell} tells {leak}: {error}"
    messages = [str(error) for error in raised.values()]
    assert any(answer.says in message for message in messages), messages


def leaked(message, expected, given, question):
    """Return the expected numbers that a message tells.

    What the wrong answer gave itself and what the statement shows is no secret, nor are 0 and 1.
    """
    shown = {0.0, 1.0, *said(text(question.cells[0]))}
    secret = [n for n in expected if math.isfinite(n) and n not in shown]
    return [
        n
        for n in said(message)
        if any(math.isclose(n, s, rel_tol=2e-3) for s in secret)
        and not any(math.isclose(n, g, rel_tol=1e-3) for g in given)
    ]


def said(words):
    """Return the numbers written in a text."""
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", words)]


def test_the_leak_detector_detects():
    question = coded("01-environment")["cagr"]
    assert leaked("expected 0.3456, got 7", [0.34561], [7.0], question) == [0.3456]
    assert not leaked("expected another number, got 7", [0.34561], [7.0], question)


@pytest.mark.parametrize(("exercise", "question"), CODED)
def test_an_untouched_question_earns_nothing(exercise, question):
    stub = re.sub(
        r"( *)### BEGIN SOLUTION\n(.*\n)*? *### END SOLUTION",
        r"\1raise NotImplementedError()",
        text(coded(exercise)[question].solutions[0]),
    )
    raised, _ = grade(exercise, question, stub)
    assert set(raised) == {cell["id"] for cell in coded(exercise)[question].tests}


@pytest.mark.parametrize(("exercise", "question"), CODED)
def test_an_answer_without_return_is_told_in_words(exercise, question):
    raised, _ = grade(exercise, question, f"def {question}(*values, **named):\n    pass")
    assert set(raised) == {cell["id"] for cell in coded(exercise)[question].tests}
    for cell, error in raised.items():
        assert type(error) is AssertionError and str(error), f"{cell}: {error!r}"


def test_published_numbers_belong_to_other_methods():
    """The textbook's regression, and the published fit, which takes the density for the sales."""
    sales = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
    published = {
        "ols": {"m": 62665, "p": 0.0216, "q": 0.6805},
        "density_as_sales": {"m": 67981, "p": 0.006594, "q": 0.63809},
    }
    for answer in variants("01-environment", "fit_bass"):
        if answer.name in published:
            names = {}
            exec("import numpy as np\nfrom scipy.optimize import curve_fit\n" + answer.code, names)
            found = names["fit_bass"](sales)
            for key, value in published.pop(answer.name).items():
                assert math.isclose(found[key], value, rel_tol=3e-3), (answer.name, key, found)
    assert not published


# Model answers of the questions that a teacher reads


def model_answer(exercise, task):
    """Split a task into its statement and its model answer."""
    (cell,) = (cell for cell in notebook(exercise)["cells"] if cell["id"] == task)
    statement, rest = text(cell).split("**Model answer.**")
    return statement, rest.split("\n\n| points |")[0]


def test_the_model_brief_quotes_what_its_code_prints(capsys):
    (work,) = (c for c in notebook("01-environment")["cells"] if c["id"] == "capstone_work")
    run("capstone_work", text(work), opened("01-environment"))
    statement, answer = model_answer("01-environment", "capstone")
    assert set(said(answer)) <= set(said(statement + capsys.readouterr().out))


def test_the_model_answers_quote_the_data():
    figures = data.internet_statistics().set_index(["indicator", "date"])["value"]
    _, answer = model_answer("01-environment", "assumption_fails")
    known = environment.users().loc[:"2007-06"]
    ceiling, *_ = environment.fit("Bass", environment.years_online(known.index), known.to_numpy())
    assert round(ceiling, -1) == 190 and "near 190 million" in answer
    assert figures["netizens", "2007-12-31"] == 210 and "210 million users" in answer
    mobile = figures["mobile_netizens"]["2007-12-31":"2008-12-31":2].round().tolist()
    assert mobile == [50, 118] and "50 million mobile" in answer and "118 million" in answer
    case = data.farm_case().set_index("channel")
    _, answer = model_answer("01-environment", "farm_evidence")
    travelling, asked = case["price_yuan_per_tonne"][["travelling", "on-line enquiry"]]
    assert (travelling, asked) == (400, 7000) and 17 < asked / travelling < 18
    assert case.loc["B2B sites", "tonnes"].iloc[0] == case.loc["travelling", "tonnes"] == 200
    assert all(n in answer for n in ("400 yuan", "7,000", "more than 17 times", "200 t", "10,000"))


# nbgrader's own commands, in a copy of the course


def nbgrader(course, *words):
    """Run one nbgrader command in a course, with nobody's own settings; return what it printed."""
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = {name: str(course.parent / name.lower()) for name in own}
    # nbgrader calls alembic by its bare name.
    settings["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        ["nbgrader", *words],
        cwd=course,
        env=inherited | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, f"nbgrader {' '.join(words)}\n{done.stdout}"
    return done.stdout


@pytest.fixture
def course(tmp_path):
    """Make a course that holds no exercise yet."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    shutil.copy(ROOT / "exercises" / "nbgrader_config.py", folder)
    return folder


def release(course, exercise):
    """Copy an exercise's source into a course and generate its release there."""
    shutil.copytree(SOURCE / exercise, course / "source" / exercise)
    nbgrader(course, "generate_assignment", exercise)
    return course / "release" / exercise


@pytest.mark.parametrize("exercise", EXERCISES)
def test_release_and_validation(exercise, course):
    made, kept = release(course, exercise), RELEASE / exercise
    name = f"{exercise}.ipynb"
    assert [path.name for path in made.rglob("*")] == [name]
    assert [path.name for path in kept.glob("[!.]*")] == [name]
    assert (made / name).read_bytes() == (kept / name).read_bytes(), (
        "the committed release is not what the source gives: run `make release`"
    )

    released = "\n".join(text(cell) for cell in notebook(exercise, RELEASE)["cells"])
    for mark in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "Model answer"):
        assert mark not in released
    secret = r"### BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)\n((?:.*\n)*?) *### END"
    secrets = re.findall(secret, "\n".join(text(c) for c in notebook(exercise)["cells"]))
    assert len(secrets) > len(questions(exercise))
    assert not [part for part in secrets if part.strip() in released]

    assert "Success" in nbgrader(course, "validate", f"source/{exercise}/{name}")
    assert "failed" in nbgrader(course, "validate", f"release/{exercise}/{name}")


def hand_in(course, student, exercise, answers):
    """Put a submission where it is collected: the release with `answers` filled in."""
    made = course / "release" / exercise / f"{exercise}.ipynb"
    nb = json.loads(made.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]].code.splitlines(keepends=True)
    folder = course / "downloaded" / exercise / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{student}_{exercise}.ipynb").write_text(json.dumps(nb), encoding="utf-8")


def points_of(exercise, answers):
    """Return the points that each test cell must give to `answers`, worked out without nbgrader."""
    earned = {}
    for name, question in coded(exercise).items():
        raised = grade(exercise, name, answers[name].code)[0] if name in answers else None
        for cell in question.tests:
            lost = raised is None or cell["id"] in raised
            earned[cell["id"]] = 0.0 if lost else float(grading(cell)["points"])
    return earned


def scores(course):
    """Return the points that nbgrader gave, by student and test cell."""
    gradebook = sqlite3.connect(course / "gradebook.db")
    rows = gradebook.execute(
        """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score
        FROM grade
        JOIN base_cell ON grade.cell_id = base_cell.id AND base_cell.type = 'GradeCell'
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        """
    ).fetchall()
    gradebook.close()
    found = {}
    for student, cell, score in rows:
        found.setdefault(student, {})[cell] = score
    return found


def messages(course, student, exercise):
    """Return what the failed tests say in a student's feedback."""
    page = course / "feedback" / student / exercise / f"{exercise}.html"
    words = unescape(re.sub("<[^>]+>", "", page.read_text(encoding="utf-8")))
    return "\n".join(re.findall("^AssertionError: .+", words, re.M))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_grading_round(exercise, course):
    release(course, exercise)
    answers = {name: variants(exercise, name) for name in coded(exercise)}
    right = {name: [a for a in found if a.kind == "right"][-1] for name, found in answers.items()}
    wrong = {name: next(a for a in found if a.kind == "wrong") for name, found in answers.items()}
    half = right | {name: wrong[name] for name in list(answers)[::2]}
    submissions = {"half": half, "right": right, "untouched": {}}
    for student, chosen in submissions.items():
        hand_in(course, student, exercise, chosen)
    nbgrader(course, "zip_collect", exercise)
    nbgrader(course, "autograde", exercise)
    nbgrader(course, "generate_feedback", exercise)
    nbgrader(course, "export")

    expected = {student: points_of(exercise, chosen) for student, chosen in submissions.items()}
    assert scores(course) == expected

    cells = [cell for question in questions(exercise) for cell in question.cells]
    highest = sum(grading(cell).get("points", 0) for cell in cells)
    by_tests = sum(grading(cell)["points"] for cell in cells if grading(cell).get("grade"))
    with open(course / "grades.csv", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {float(row["max_score"]) for row in rows.values()} == {highest}
    total = {student: float(row["score"]) for student, row in rows.items()}
    assert total == {student: sum(points.values()) for student, points in expected.items()}
    assert total["right"] == by_tests and total["untouched"] == 0
    assert 0.2 * by_tests < total["half"] < 0.9 * by_tests

    told = messages(course, "half", exercise)
    assert all(answer.says in told for answer in half.values())
    assert not messages(course, "right", exercise) + messages(course, "untouched", exercise)
