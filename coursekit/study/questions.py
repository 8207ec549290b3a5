"""What an exercise asks, and the help its author wrote: read from a notebook, loading nothing else.

The help of a question stands in the solution region of its source, so that nbgrader takes it out of
what students get::

    ### BEGIN SOLUTION
    # Hint 1 of 3: where the idea is.
    # It may go on over more lines.
    # Hint 2 of 3: the step.
    # Hint 3 of 3: nearly there.
    # Explanation: why the code below is right.
    the code
    ### END SOLUTION
"""

import ast
import json
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Question:
    """One question; `tests` is empty if a person reads the answer.

    Attributes
    ----------
    name : str
        The id of the cell with the answer.
    title : str
        Its heading without the points.
    most : float
        Its points.
    tests : dict of str to Test
        Its test cells by id.
    hints : list of str
    explanation, solution : str
        Empty where the source is not at hand.
    """

    name: str = ""
    title: str = ""
    most: float = 0
    tests: dict = field(default_factory=dict)
    hints: list = field(default_factory=list)
    explanation: str = ""
    solution: str = ""


@dataclass
class Test:
    """One test cell: its points, and whether its code is here (a hidden test's is not everywhere)."""

    most: float
    here: bool


def source_of(exercise, near=()):
    """Return the path of an exercise's source, or None if it is not at hand.

    Parameters
    ----------
    exercise : str
    near : list of Path
        Folders in or above which to look, before the course's own.
    """
    for start in near:
        for folder in (start, *start.parents):
            for course in (folder, folder / "exercises"):
                found = course / "source" / exercise / f"{exercise}.ipynb"
                if found.is_file():
                    return found
    found = ROOT / "exercises" / "source" / exercise / f"{exercise}.ipynb"
    return found if found.is_file() else None


def read(path):
    """Return the questions of a notebook, in order.

    Raises
    ------
    ValueError
        If the file is no notebook of an exercise.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        found = _questions([(cell, cell["metadata"].get("nbgrader", {})) for cell in cells])
    except (KeyError, TypeError, AttributeError, ValueError):
        found = []
    if not found:
        raise ValueError(f"{Path(path).name} is no notebook of an exercise: it has no questions.")
    return found


def _questions(cells):
    """Split at headings; where an exercise has none, each answer begins a question."""
    found, current = [], Question()
    for cell, meta in cells:
        text = "".join(cell["source"])
        heading = re.match(r"## (.+)", text) if cell["cell_type"] == "markdown" else None
        if heading:
            current = Question(title=re.sub(r" \(\d+ points?\)$", "", heading[1]))
            found.append(current)
        if meta.get("solution") and cell["cell_type"] == "code" and not meta.get("grade"):
            if current.name:
                current = Question()
                found.append(current)
            current.name = meta["grade_id"]
            current.hints, current.explanation, current.solution = help_in(text)
        elif meta.get("solution") or meta.get("task"):
            current.name = current.name or meta["grade_id"]
        if meta.get("grade") or meta.get("task"):
            current.most += float(meta.get("points", 0))
        if meta.get("grade") and not meta.get("solution") and cell["cell_type"] == "code":
            current.tests[meta["grade_id"]] = Test(float(meta.get("points", 0)), _has_code(text))
    for question in found:
        question.title = question.title or question.name
    return [question for question in found if question.most]


def _has_code(text):
    try:
        return bool(ast.parse(text).body)
    except SyntaxError:
        return True


def help_in(text):
    r"""Take the help out of an answer's cell.

    Returns
    -------
    hints : list of str
    explanation, solution : str
        Empty if the cell has no solution region.

    Examples
    --------
    >>> help_in("### BEGIN SOLUTION\n# Hint 1 of 1: Add\n# them.\n# Explanation: A sum.\nx = 1 + 2\n### END SOLUTION")
    (['Add them.'], 'A sum.', 'x = 1 + 2')
    """
    region = re.search(r"^ *### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION$", text, re.M | re.S)
    if not region:
        return [], "", ""
    said, lines = [], region[1].split("\n")
    while lines and (comment := re.match(r" *# (.*)", lines[0])):
        start = re.match(r"(?:Hint \d of \d|(Explanation)): (.*)", comment[1])
        if start:
            said.append((start[1] or "Hint", [start[2]]))
        elif said:
            said[-1][1].append(comment[1])
        else:
            break
        lines.pop(0)
    texts = [(kind, " ".join(parts)) for kind, parts in said]
    hints = [words for kind, words in texts if kind == "Hint"]
    explanation = " ".join(words for kind, words in texts if kind == "Explanation")
    code = (
        text[: region.start()] + "\n".join(lines).lstrip("\n") + text[region.end() :].lstrip("\n")
    )
    return hints, explanation, textwrap.dedent(code).rstrip()
