"""Every lesson: executed in order, same outputs again, one form; and the tools that see to it."""

import os
import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT
from nbclient.exceptions import CellExecutionError

from coursekit import notebooks

LESSONS = notebooks.lessons()


def notebook_of(*cells):
    kinds = {"code": nbformat.v4.new_code_cell, "text": nbformat.v4.new_markdown_cell}
    made = nbformat.v4.new_notebook(cells=[kinds[kind](source) for kind, source in cells])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


def written(notebook, path):
    path.write_text(notebooks.text_of(notebook), encoding="utf-8")
    return path


def nbval(path):
    """Run nbval on one notebook, strictly, apart from this run of pytest."""
    options = [
        "--nbval",
        "--nbval-cell-timeout",
        "60",
        "-q",
        "--tb=short",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
    ]
    sanitize = ["--nbval-sanitize-with", ROOT / "tests" / "nbval.cfg"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *sanitize, "-c", os.devnull, path],
        cwd=path.parent,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_has_no_problem(path):
    assert list(notebooks.lesson_problems(path)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_gives_its_outputs_again(path):
    done = nbval(path)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_nbval_sees_a_changed_output_and_a_changed_alternative_text(tmp_path):
    code = (
        'from IPython.display import HTML\nHTML(\'<img alt="A line that {}." src="base64,AAAA">\')'
    )
    path = written(notebook_of(("code", code.format("rises"))), tmp_path / "one.ipynb")
    notebooks.run(path)
    for words, expected in (("rises", 0), ("falls", 1)):
        notebook = notebooks.read(path)
        notebook.cells[0].source = code.format(words).replace("AAAA", "BBBB")
        written(notebook, path)
        done = nbval(path)
        assert done.returncode == expected, done.stdout


def test_run_gives_the_same_bytes_twice_and_keeps_no_state(tmp_path):
    source = (
        "import ipywidgets\nfrom coursekit import widgets\n"
        "print('a', flush=True); print('b')\nwidgets.quiz('00-welcome')"
    )
    path = written(notebook_of(("text", "# One"), ("code", source)), tmp_path / "one.ipynb")
    notebooks.run(path)
    first = path.read_bytes()
    notebooks.run(path)
    assert path.read_bytes() == first
    cell = notebooks.read(path).cells[1]
    assert cell.execution_count == 1
    assert "widgets" not in notebooks.read(path).metadata
    assert [output.output_type for output in cell.outputs].count("stream") == 1
    assert all(notebooks.WIDGET_VIEW not in output.get("data", {}) for output in cell.outputs)


def test_run_leaves_a_failing_notebook_as_it_was(tmp_path):
    path = written(notebook_of(("code", "1 / 0")), tmp_path / "one.ipynb")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.run(path)
    assert path.read_bytes() == before


def test_normalise_is_idempotent_and_drops_what_changes(tmp_path):
    notebook = notebook_of(("code", "x = 1  \n"), ("code", "x"))
    for count, cell in zip((7, 9), notebook.cells, strict=True):
        cell.execution_count = count
        cell.metadata = {"execution": {"iopub.status.busy": "now"}, "lecture": ["E1"]}
    notebook.metadata = {"language_info": {"version": "3.11.7"}, "widgets": {"state": {}}}
    once = notebooks.normalise(notebook)
    assert once == notebooks.normalise(once)
    assert [cell.execution_count for cell in once.cells] == [1, 2]
    assert once.cells[0].source == "x = 1"
    assert once.cells[0].metadata == {"lecture": ["E1"]}
    assert set(once.metadata) == {"kernelspec"}


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.ipynb is not a readable notebook"):
        notebooks.read(path)


def lesson():
    """Return a small lesson without problems."""
    texts = [f"## {section}" for section in notebooks.SECTIONS]
    notebook = notebook_of(*(("text", text) for text in texts), ("code", "print(1)"))
    code = notebook.cells[-1]
    code.execution_count = 1
    code.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    return notebooks.normalise(notebook)


def output(kind, **values):
    return lambda cells: cells[-1].outputs.append(nbformat.v4.new_output(kind, **values))


FAULTS = {
    "not executed": (
        lambda cells: cells[-1].update(execution_count=None),
        "was not executed in order",
    ),
    "error": (output("error", ename="NameError", evalue="x", traceback=[]), "ends in NameError"),
    "warning": (output("stream", name="stderr", text="beware"), "prints a warning"),
    "picture without words": (
        output("display_data", data={"image/png": "AAAA"}),
        "without alternative text",
    ),
    "picture with few words": (
        output("display_data", data={"text/html": '<img alt="plot" src="">'}),
        "too short",
    ),
    "widget view": (
        output("display_data", data={notebooks.WIDGET_VIEW: {}}),
        "is not normalised",
    ),
    "magic": (lambda cells: cells[-1].update(source="!ls"), "shell or magic"),
    "path": (
        lambda cells: cells[-1].update(source="open('" + "/home" + "/me/x.csv')"),
        "absolute path",
    ),
    "picture from outside": (
        lambda cells: cells[0].update(source="## Next\n![a](https://x.org/a.png)"),
        "from outside",
    ),
    "machine id": (lambda cells: cells[0].update(id="a1b2c3d4-99999"), "use words"),
    "no section": (lambda cells: cells.pop(0), "has no section"),
    "long cell": (
        lambda cells: cells[-1].update(source="\n".join(f"x{i} = 1" for i in range(13))),
        "13 lines of code",
    ),
    "little text": (
        lambda cells: cells.extend([{**cells[-1], "id": f"more-{i}"} for i in range(9)]),
        "more code cells",
    ),
}


def test_the_small_lesson_has_no_problem(tmp_path):
    path = written(lesson(), tmp_path / "lesson.ipynb")
    assert list(notebooks.lesson_problems(path)) == []


def test_check_names_a_repeated_id(tmp_path):
    path = written(lesson(), tmp_path / "lesson.ipynb")
    path.write_text(path.read_text(encoding="utf-8").replace('"cell-0"', '"cell-1"'))
    assert any("'cell-1' twice" in problem for problem in notebooks.lesson_problems(path))


@pytest.mark.parametrize("fault", FAULTS)
def test_check_names_the_fault(fault, tmp_path):
    spoil, words = FAULTS[fault]
    notebook = lesson()
    spoil(notebook.cells)
    notebook = nbformat.from_dict(notebook)
    path = written(notebook, tmp_path / "lesson.ipynb")
    assert any(words in problem for problem in notebooks.lesson_problems(path))
