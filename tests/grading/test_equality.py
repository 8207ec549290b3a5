"""Honest work earns what nbgrader alone gives: every lesson's exercise, and every wrong answer beside it."""

import json
from functools import cache

import pytest
import test_exercises as exercises
from nbformat.notebooknode import from_dict
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade
from traitlets.config import Config

from coursekit.grading import jail, schema, scorer

OTHER_WORK = "capstone_work"  # a free cell, whose long model answer no test reads


@pytest.fixture(scope="module")
def patient(graders):
    """Return a scorer that waits as long as stock does, on a busy machine too."""
    with scorer.Scorer(jail.Limits(seconds=120)) as made:
        yield made


@cache
def known(exercise):
    """Return the schema of an exercise."""
    return schema.of_file(exercises.SOURCE / exercise / f"{exercise}.ipynb")


def submission(exercise, answers, folder):
    """Return a notebook of the exercise with other code in the answers' cells."""
    made = json.loads(json.dumps(exercises.notebook(exercise, folder)))
    for cell in made["cells"]:
        if cell["id"] == OTHER_WORK:
            cell["source"] = "pass"
        elif cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    return made


def right(exercise):
    """Return the model answers."""
    coded = exercises.coded(exercise)
    return {name: exercises.text(question.solutions[0]) for name, question in coded.items()}


def half(exercise):
    """Return right, wrong and no answers in turn."""
    chosen = {}
    for i, (name, code) in enumerate(right(exercise).items()):
        wrong = next(v for v in exercises.variants(exercise, name) if v.kind == "wrong")
        chosen |= [{name: code}, {name: wrong.code}, {}][i % 3]
    return chosen


def stock(exercise, answers, folder):
    """Return the points of each test as nbgrader's own executor and its own rule give them."""
    made = submission(exercise, answers, exercises.RELEASE)
    official = {cell["id"]: cell["source"] for cell in exercises.notebook(exercise)["cells"]}
    for cell in made["cells"]:
        if exercises.grading(cell).get("locked"):
            cell["source"] = "".join(official[cell["id"]])
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    notebook = from_dict(made)
    execute = Execute(config=Config({"Execute": {"allow_errors": True, "timeout": 120}}))
    execute.preprocess(notebook, {"metadata": {"path": str(folder)}})
    return {
        cell["id"]: determine_grade(cell)[0]
        for cell in notebook.cells
        if is_grade(cell) and cell.cell_type == "code"
    }


def ours(engine, exercise, answers):
    """Return the verdicts of the engine."""
    body = json.dumps(submission(exercise, answers, exercises.RELEASE)).encode()
    return engine.score(body, {}, {}, known(exercise))["verdicts"]


def points(verdicts):
    """Return the points of each test."""
    return {name: found["points"] for name, found in verdicts.items()}


SUBMISSIONS = {"right": right, "half": half, "untouched": lambda exercise: {}}


@pytest.mark.parametrize("name", SUBMISSIONS)
@pytest.mark.parametrize("exercise", exercises.EXERCISES)
def test_scores_equal_stock(patient, exercise, name, tmp_path):
    answers = SUBMISSIONS[name](exercise)
    expected, found = stock(exercise, answers, tmp_path), ours(patient, exercise, answers)
    assert points(found) == expected
    assert not [f for f in found.values() if f["review"]]
    total = sum(expected.values())
    whole = sum(cell["points"] for cell in known(exercise)["cells"] if schema.is_test(cell))
    assert total == {"right": whole, "half": total, "untouched": 0}[name]
    assert name != "half" or 0 < total < whole


def wrong_rounds(exercise):
    """Return submissions that hold every wrong answer once, one to each question at a time."""
    lists = {
        name: [v for v in exercises.variants(exercise, name) if v.kind == "wrong"]
        for name in exercises.coded(exercise)
    }
    return [
        {name: found[i] for name, found in lists.items() if i < len(found)}
        for i in range(max(map(len, lists.values())))
    ]


# The first rounds hold most wrong answers; all rounds would cost minutes.
ROUNDS = [(exercise, i) for exercise in exercises.EXERCISES for i in range(3)]


@pytest.mark.parametrize(("exercise", "number"), ROUNDS)
def test_wrong_answers_fail_the_tests_that_they_fail_in_one_process(patient, exercise, number):
    """`fails` and `says` are what tests/test_exercises.py finds when it runs all in one process."""
    answers = wrong_rounds(exercise)[number]
    found = ours(patient, exercise, {name: v.code for name, v in answers.items()})
    for name, variant in answers.items():
        tests = [cell["id"] for cell in exercises.coded(exercise)[name].tests]
        failed = {test: found[test] for test in tests if found[test]["verdict"] != "PASS"}
        assert set(failed) == variant.fails, (variant.name, failed)
        assert {f["verdict"] for f in failed.values()} == {"FAIL"}, (variant.name, failed)
        assert not any(f["review"] for f in failed.values()), (variant.name, failed)
        assert any(variant.says in f["message"] for f in failed.values()), (variant.name, failed)
