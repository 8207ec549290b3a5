"""Hostile submissions as data: what each tries, and what it must come to."""

import json
import os
import tomllib
from pathlib import Path

from grading import assignments
from grading.hostile import assignment

FOLDER = Path(__file__).parent
CELLS = [assignments.cell(*row) for row in assignment.CELLS]
SCHEME = assignments.scheme(CELLS, list(assignment.RIGHT.values()))
POINTS = {name: points for name, kind, _, points in assignment.CELLS if kind == "test"}


def cases():
    """Return all cases, each with its class."""
    return [
        {**case, "class": path.stem}
        for path in sorted(FOLDER.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def expected(case):
    """Return the verdict that each test must have."""
    otherwise = "PASS" if case["base"] == "right" else "FAIL"
    return {name: case.get("verdicts", {}).get(name, otherwise) for name in POINTS}


def write(case, folder):
    """Write a case's submission into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in case.get("files", {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, target in case.get("links", {}).items():
        (folder / name).symlink_to(target)
    for name in case.get("pipes", []):
        os.mkfifo(folder / name)
    if "probe.ipynb" in case.get("links", {}):
        return
    book = folder / "probe.ipynb"
    if "raw" in case:
        deep = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
        book.write_text(deep if case["raw"] == "DEEP" else case["raw"], encoding="utf-8")
        return
    answers = getattr(assignment, case["base"].upper()) | case.get("answers", {})
    made = assignments.notebook(CELLS, answers)
    for name, place in (("first", 1), ("last", len(made["cells"]))):
        if name in case:
            for n in range(case.get("copies", 1)):
                made["cells"].insert(place, assignments.cell(f"{name}{n}", "extra", case[name]))
    for edit in case.get("edit", []):
        EDITS[edit[0]](made, *edit[1:])
    book.write_text(json.dumps(made), encoding="utf-8")


def _find(made, name):
    for i, cell in enumerate(made["cells"]):
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            return i
    raise KeyError(name)


def _cell(made, name):
    return made["cells"][_find(made, name)]


def _meta(made, name, key, value):
    _cell(made, name)["metadata"]["nbgrader"][key] = value


def _insert(made, place, cell):
    made["cells"].insert(place, cell)


EDITS = {
    "delete": lambda made, name: made["cells"].pop(_find(made, name)),
    "source": lambda made, name, text: _cell(made, name).update(source=text),
    "type": lambda made, name, kind: _cell(made, name).update(cell_type=kind),
    "tag": lambda made, name, tag: _cell(made, name)["metadata"].update(tags=[tag]),
    "meta": lambda made, name: _cell(made, name).update(metadata={}),
    "points": lambda made, name, points: _meta(made, name, "points", points),
    "flag": lambda made, name, key, value: _meta(made, name, key, value),
    "rename": lambda made, name, other: _meta(made, name, "grade_id", other),
    "top": lambda made, name: _insert(made, 0, made["cells"].pop(_find(made, name))),
    "duplicate": lambda made, name: _insert(
        made, _find(made, name), json.loads(json.dumps(_cell(made, name)))
    ),
    "kernel": lambda made, name: made["metadata"].update(kernelspec={"name": name}),
    "stranger": lambda made, name, points: _insert(
        made, 0, assignments.cell(name, "test", "pass", points)
    ),
    "outputs": lambda made, name: _cell(made, name).update(
        outputs=[
            {
                "output_type": "execute_result",
                "data": {"text/plain": "2"},
                "metadata": {},
                "execution_count": 1,
            }
        ]
    ),
}
