"""Feedback that a student understands, and that gives hidden tests away no more than they must.

Per test its name, points, verdict and message; a hidden test by name and message alone. What was
repaired is told. Nothing that a student wrote reaches the page as markup.
"""

import html
import re

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.v4 import new_markdown_cell
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    GetGrades,
    NbGraderPreprocessor,
)
from traitlets import List

from coursekit.grading import graded
from coursekit.grading.words import WORDS, message

STILL = "tex2jax_ignore mathjax_ignore"  # what stands in it is no formula
SAFE = ("text/plain", "image/png", "image/jpeg")


class Explain(NbGraderPreprocessor):
    """Put the verdicts on top, hide hidden tests and mark schemes, and make all markup text."""

    def preprocess(self, nb, resources):
        """Rewrite a graded notebook for its student."""
        found = nb.metadata.get("coursekit")
        marks = ClearHiddenTests(parent=self).begin_test_delimeter
        hidden = {_id(cell) for cell in nb.cells if _id(cell) and marks in cell.source}
        after_hidden = False
        for cell in nb.cells:
            if _id(cell) in hidden:
                after_hidden = True
            self._clean(cell, found, _id(cell) in hidden, after_hidden)
        for cleaner in (ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)):
            for i, cell in enumerate(nb.cells):
                nb.cells[i], resources = cleaner.preprocess_cell(cell, resources, i)
        if found is not None:
            top = new_markdown_cell(summary(nb, found, hidden))
            top.metadata["nbgrader"] = {}
            nb.cells.insert(0, top)
        return nb, resources

    def _clean(self, cell, found, is_hidden, after_hidden):
        own = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            if not own.get("locked"):
                cell.source = without_markup(cell.source)
            graded.find_pictures(cell)
            return
        if cell.cell_type != "code":
            cell.source = without_markup(cell.source)
            return
        verdict = (found or {}).get("verdicts", {}).get(_id(cell))
        if verdict is not None:
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
            if is_hidden:
                for output in cell.outputs:
                    words = message(verdict, True)
                    output.evalue, output.traceback = words, [words]
        elif after_hidden:
            # What a hidden test handed to the student's functions could be told by a later cell.
            cell.outputs = []
        else:
            cell.outputs = [output for output in map(plain_output, cell.outputs) if output]


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


# A link or picture may lead to the web, to a mail, within the page, or to a picture of the cell.
LINK = re.compile(r"\]\((?!(?:https?://|mailto:|attachment:|#)[^\s\"'<>()&\\]*\))")
# Commands by which a formula can make links, load code or set styles.
ACTIVE = re.compile(r"\\(?=(?:href|require|style|class|cssId|unicode|data|html\w*)\b)")


def without_markup(text):
    r"""Return Markdown in which tags, odd links and active formulas are text.

    Examples
    --------
    >>> without_markup("1 < 2 <script>alert(1)</script>")
    '1 < 2 &lt;script>alert(1)&lt;/script>'
    >>> without_markup("[a](https://example.org) [b](javascript:alert(1))")
    '[a](https://example.org) [b]\\(javascript:alert(1))'
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    text = LINK.sub(r"]\\(", text.replace("]:", r"]\:"))
    return ACTIVE.sub(r"\\ ", text)


def plain_output(output):
    """Return an output without markup: its text and pictures; None if nothing is left."""
    if output.output_type in ("stream", "error"):
        return output
    kept = {mime: value for mime, value in output.data.items() if mime in SAFE}
    if not kept:
        first = next((str(value) for value in output.data.values()), "")
        kept = {"text/plain": first[:10_000]}
    output.data = kept
    return output


def summary(nb, found, hidden):
    """Return the table of verdicts and the repairs, as Markdown that holds escaped HTML."""
    rows = []
    for cell in nb.cells:
        verdict = found["verdicts"].get(_id(cell))
        if verdict is None:
            continue
        told = html.escape(" ".join(message(verdict, _id(cell) in hidden).split()))
        own = cell.metadata.nbgrader
        points = f"{float(verdict['points']):g} of {float(own['points']):g}"
        words = html.escape(WORDS.get(verdict["verdict"], verdict["verdict"]))
        rows.append(
            f"<tr><td><code>{html.escape(_id(cell))}</code></td><td>{points}</td>"
            f"<td>{words}</td><td>{told}</td></tr>"
        )
    head = "<tr><th>Test</th><th>Points</th><th>Verdict</th><th>Message</th></tr>"
    parts = ["## Tests", f'<table class="table {STILL}">{head}{"".join(rows)}</table>']
    if found["repairs"]:
        items = "".join(
            f"<li>{html.escape(' '.join(line.split()))}</li>" for line in found["repairs"]
        )
        parts += ["## Repaired before grading", f'<ul class="{STILL}">{items}</ul>']
    if hidden:
        parts.append(
            "Outputs of your own cells below the first hidden test are not shown: they could tell its data."
        )
    if not found["sandbox"]:
        parts.append("This notebook was graded without a sandbox.")
    return "\n\n".join(parts)


class HonestFeedback(GenerateFeedback):
    """GenerateFeedback with the verdicts explained."""

    preprocessors = List([GetGrades, Explain, CSSHTMLHeaderPreprocessor]).tag(config=True)
