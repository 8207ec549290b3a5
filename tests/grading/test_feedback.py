"""What a student reads: nothing of a hidden test but its name and message, no markup of anybody's."""

import re

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.preprocessors import LimitOutput

from coursekit.grading import feedback, graded

HIDDEN = "### BEGIN HIDDEN TESTS\nassert f(314159) == 'secret'\n### END HIDDEN TESTS"


def verdict(kind, message="", **more):
    return {"verdict": kind, "points": 0.0, "message": message, "review": False, **more}


def cell(grade_id, source, outputs=(), points=1, **more):
    meta = {"grade_id": grade_id, "points": points, "locked": True, "grade": True, **more}
    made = new_code_cell(source, outputs=list(outputs))
    made.metadata["nbgrader"] = {**meta, "solution": False, "schema_version": 3, "task": False}
    return made


def error(text):
    return new_output("error", ename="ValueError", evalue=text, traceback=[text])


def explained(cells, verdicts, repairs=(), sandbox=True):
    """Return a notebook as its student gets it."""
    book = new_notebook(cells=cells)
    found = {"verdicts": verdicts, "repairs": list(repairs), "sandbox": sandbox}
    book.metadata["coursekit"] = found
    return feedback.Explain().preprocess(book, {})[0]


def test_a_hidden_test_is_told_by_name_and_message_alone():
    cells = [
        new_code_cell("print('before')", outputs=[new_output("stream", text="before")]),
        cell("visible", "assert f(1) == 1", [error("f(1) gave 2")]),
        cell("hidden", HIDDEN, [new_output("stream", text="314159"), error("f(314159) broke")]),
        new_code_cell("print(seen)", outputs=[new_output("stream", text="[314159]")]),
    ]
    verdicts = {
        "visible": verdict("FAIL", "AssertionError: f(1) gave 2"),
        "hidden": verdict(
            "ERROR", "ValueError: f(314159) broke", by_student=True, line="f(314159)"
        ),
    }
    book = explained(cells, verdicts)
    text = str(book.cells)
    assert "314159" not in text and "secret" not in text
    top = book.cells[0].source
    assert re.search(r"<code>visible</code>.*0 of 1.*failed.*f\(1\) gave 2", top)
    assert re.search(r"<code>hidden</code>.*0 of 1.*stopped by an error.*Your code raised", top)
    assert "below the first hidden test are not shown" in top
    assert book.cells[1].outputs[0].text == "before", "what came before a hidden test is kept"
    assert book.cells[-1].outputs == []


def test_a_hidden_tests_own_message_is_told():
    found = {"hidden": verdict("FAIL", "AssertionError: with an empty segment")}
    book = explained([cell("hidden", HIDDEN, [error("with an empty segment")])], found)
    assert "with an empty segment" in book.cells[0].source
    assert book.cells[1].outputs[0].evalue == "AssertionError: with an empty segment"


def test_repairs_and_a_missing_sandbox_are_told():
    repairs = ["The notebook was called '<b>x.ipynb'; it was taken for x.ipynb."]
    found = {"one": verdict("PASS")}
    top = explained([cell("one", "assert True")], found, repairs, sandbox=False).cells[0].source
    assert "<li>The notebook was called &#x27;&lt;b&gt;x.ipynb&#x27;;" in top
    assert "graded without a sandbox" in top
    clean = explained([cell("one", "assert True")], found).cells[0].source
    assert "Repaired" not in clean and "sandbox" not in clean


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x]( JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        "[x]\n\n[x]: javascript:alert(1)",
        "[x][y]\n\n> [y]: <javascript:alert(1)>",
        "<javascript:alert(1)>",
        '![y]("onerror=alert(1))',
        "![y](https://example.org/a.png\"onerror='alert(1))",
        "$\\href{javascript:alert(1)}{x}$",
        "$$\\require{html}$$",
        "`a` <iframe src=//example.org>",
    ],
)
def test_what_a_student_wrote_is_no_markup(text):
    page = markdown2html_mistune(feedback.without_markup(text))
    tags = re.findall(r"<(\w+)([^>]*)>", page)
    safe = [(name, more) for name, more in tags if not (name == "a" and 'href="https://' in more)]
    assert {name for name, _ in safe} <= {"p", "code", "blockquote"}, page
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert not re.search(r"\\(href|require)\b", page)


@pytest.mark.parametrize(
    "text",
    [
        "[site](https://example.org/a?b=1)",
        "[mail](mailto:a@example.org)",
        "![plot](attachment:plot.png)",
        "**bold**, `code`, $\\frac{1}{2}$ and 1 < 2",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ],
)
def test_ordinary_writing_stays(text):
    assert feedback.without_markup(text) == text


def test_pictures_stay_and_html_goes():
    outputs = [
        new_output("display_data", {"text/html": "<script>1</script>", "text/plain": "a table"}),
        new_output("display_data", {"image/png": "aGk=", "text/plain": "a figure"}),
        new_output("display_data", {"image/svg+xml": "<svg onload=1>"}),
        new_output("execute_result", {"text/latex": "\\href{javascript:1}{x}", "text/plain": "x"}),
    ]
    book = explained([new_code_cell("show()", outputs=outputs)], {})
    shown = [set(output.data) for output in book.cells[1].outputs]
    assert shown == [{"text/plain"}, {"image/png", "text/plain"}, {"text/plain"}, {"text/plain"}]


def test_a_student_s_own_text_is_cleaned_and_the_teachers_is_kept():
    theirs, ours = new_markdown_cell("<b>mine</b>"), new_markdown_cell("<b>yours</b>")
    ours.metadata["nbgrader"] = {"locked": True, "grade": False, "grade_id": "text"}
    book = explained([theirs, ours], {})
    assert [one.source for one in book.cells[1:]] == ["&lt;b>mine&lt;/b>", "<b>yours</b>"]


PICTURE = {"image/png": "iVBORw0KGgo="}


GONE, THERE = "![x](attachment:gone.png)", "data:image/png;base64,iVBO"


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize(
    ("text", "held", "shown"),
    [
        (GONE, {}, GONE),
        (GONE, {"other.png": PICTURE}, GONE),
        (GONE, {"gone.png": {}}, GONE),
        (f"{GONE} **and** ![y](attachment:y.png)", {"y.png": PICTURE}, f"{GONE} <strong>and"),
        (f"{GONE} **and** ![y](attachment:y.png)", {"y.png": PICTURE}, THERE),
        (f"[{GONE}](https://example.org)", {}, "![x"),
        (f"<div>\n{GONE}\n</div>", {}, "x](attachment:gone.png)"),
        ("![x][y]\n\n[y]: attachment:gone.png", {}, "![x]"),
        ("![x](attachment&#58;gone.png)", {}, "![x]"),
        ("![x](attachment:a((b)).png)", {"a": PICTURE}, "![x]"),
        ("![x](attachment:plot.png)", {"plot.png": PICTURE}, THERE),
        ("![x](attachment:图.png)", {"图.png": PICTURE}, THERE),
        ("![x](attachment:my%20plot.png)", {"my plot.png": PICTURE}, THERE),
    ],
)
def test_a_picture_that_is_not_there_is_text(text, held, shown, locked):
    cell = new_markdown_cell(text, attachments=held)
    if locked:
        cell.metadata["nbgrader"] = {"locked": True, "grade": False, "grade_id": "text"}
    page, _ = HTMLExporter().from_notebook_node(explained([cell], {}))
    assert shown in page.split("<body", 1)[1]


def test_a_graded_notebook_opens_where_a_picture_is_not_there():
    """The formgrader shows it as it is, without feedback's cleaning."""
    long = "![z](data:image/png;base64," + "iVBO" * 5000 + ")"
    text = f"{GONE} ![y](attachment:图.png)\n\n{long}"
    cell = new_markdown_cell(text, attachments={"图.png": PICTURE})
    cell["role"] = "answer"
    result = {"verdicts": {}, "repairs": [], "notebook": {"metadata": {}, "cells": [dict(cell)]}}
    book = nbformat.reads(graded.text(result, {}, LimitOutput()), 4)
    page, _ = HTMLExporter().from_notebook_node(book)
    assert GONE in page and "iVBO" * 5000 in page.split("<img")[1]
