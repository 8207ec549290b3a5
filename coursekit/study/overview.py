"""How far the learner has come: lessons, predictions, questions, points."""

import json
import re
import tomllib

from coursekit import progress
from coursekit.study import questions

PARTS = ("predictions", "questions", "solved", "points")


def overview():
    """Return a row for each lesson, in order.

    Returns
    -------
    list of dict
        `lesson` (its name), `title`, `read`, and for each of PARTS how much is done and how much
        there is: predictions made, questions at the lesson's end answered, questions of the exercise
        passed, points of tests earned. A lesson counts as read when all questions at its end are
        answered.
    """
    stored = progress.read()
    return [_row(path, stored) for path in sorted(_lessons().glob("[0-9][0-9]-*.ipynb"))]


def _lessons():
    return questions.ROOT / "lessons"


def _row(path, stored):
    name = path.stem
    asked, ends = _asked(path.with_suffix(".toml"))
    made = sum(f"{name}.{key}" in stored["predictions"] for key in asked)
    answered = sum(f"{name}.{number}" in stored["quiz"] for number in range(1, ends + 1))
    tests = [question for question in _exercise(name) if question.tests]
    work = [stored["work"].get(f"{name}.{question.name}", {}) for question in tests]
    earned = sum(
        min(known.get("points", 0), question.most)
        for known, question in zip(work, tests, strict=True)
    )
    return {
        "lesson": name,
        "title": _title(path),
        "read": answered == ends > 0,
        "predictions": (made, len(asked)),
        "questions": (answered, ends),
        "solved": (sum(bool(known.get("passed")) for known in work), len(tests)),
        "points": (earned, sum(question.most for question in tests)),
    }


def _asked(path):
    """Return the names of a lesson's predictions and the number of its questions."""
    content = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return list(content.get("prediction", {})), len(content.get("question", []))


def _exercise(name):
    path = questions.ROOT / "exercises" / "release" / name / f"{name}.ipynb"
    try:
        return questions.read(path)
    except (OSError, ValueError):
        return []


def _title(path):
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    return re.sub(r"^# (\d+\. )?| \(.*\)$", "", first.split("\n")[0])


def summary(rows):
    """Return the whole of an overview in words.

    Examples
    --------
    >>> row = {"read": True, "predictions": (1, 2), "solved": (0, 8), "points": (3.0, 40.0)}
    >>> summary([row])
    '1 of 1 lessons read, 1 of 2 predictions made, 0 of 8 questions passed, 3 of 40 points'
    """
    parts = [f"{sum(row['read'] for row in rows)} of {len(rows)} lessons read"]
    for part, words in (
        ("predictions", "predictions made"),
        ("solved", "questions passed"),
        ("points", "points"),
    ):
        done, most = (sum(row[part][i] for row in rows) for i in (0, 1))
        parts.append(f"{done:g} of {most:g} {words}")
    return ", ".join(parts)


def told(rows):
    """Return an overview in words, one sentence for each lesson."""
    lines = []
    for row in rows:
        has = [
            f"{row[part][0]:g} of {row[part][1]:g} {words}"
            for part, words in (
                ("predictions", "predictions"),
                ("questions", "questions at its end"),
                ("solved", "exercise questions"),
                ("points", "points"),
            )
            if row[part][1]
        ]
        lines.append(f"{row['title']}: {', '.join(has)}.")
    return lines
