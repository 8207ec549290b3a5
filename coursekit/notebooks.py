"""Run, normalise and check the course's notebooks.

`run` is the only way outputs get into the repository: it executes a notebook in its own folder,
with nobody's stored predictions, and writes it in one form, so that two runs give the same bytes.
"""

import json
import os
import re
import tempfile
import warnings
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("You will be able to", "Explore", "Check yourself", "Summary", "Next")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_METADATA = ("lecture", "nbgrader", "tags")
MOST_LINES, MOST_SETUP_LINES = 12, 6
SECONDS_PER_CELL = 60


def lessons():
    """Return the paths of all lesson notebooks, in order."""
    return sorted((ROOT / "lessons").glob("[0-9][0-9]-*.ipynb"))


def sources():
    """Return the paths of all exercise sources, in order."""
    return sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))


def read(path):
    """Read a notebook.

    Raises
    ------
    ValueError
        If the file is not a notebook; the message names it and the next step.
    """
    try:
        with warnings.catch_warnings():  # a repeated cell id is ours to report
            warnings.simplefilter("ignore")
            return nbformat.read(path, as_version=4)
    except (ValueError, nbformat.reader.NotJSONError) as error:
        raise ValueError(
            f"{Path(path).name} is not a readable notebook ({type(error).__name__}); "
            f"restore it with `git checkout -- {Path(path).name}` or from your own copy."
        ) from error


def _normal_output(output, count):
    """Return one output without what changes from run to run."""
    output = nbformat.from_dict(output)
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
        output.metadata = {}
    if "execution_count" in output:
        output.execution_count = count
    return output


def normalise(notebook):
    """Return a copy in the one form that the repository keeps.

    Cells are numbered in order; widget state, timings, editor settings and the version of Python
    are dropped; trailing white space of sources too.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {"kernelspec": dict(KERNEL)}
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        cell.pop("attachments", None)
        cell.source = "\n".join(line.rstrip() for line in cell.source.splitlines())
        if cell.cell_type == "code":
            count += 1
            ran = cell.execution_count is not None
            cell.execution_count = count if ran else None
            cell.outputs = [_normal_output(output, cell.execution_count) for output in cell.outputs]
    return notebook


def text_of(notebook):
    """Return a notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def run(path):
    """Execute a notebook in its own folder and write it back, normalised.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails; the file is left as it was.
    """
    from nbclient import NotebookClient

    path = Path(path)
    notebook = read(path)
    with tempfile.TemporaryDirectory() as nobody:
        NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            kernel_name=KERNEL["name"],
            store_widget_state=False,
            coalesce_streams=True,  # where a long print is cut depends on the machine's load
            resources={"metadata": {"path": str(path.parent)}},
        ).execute(env={**os.environ, "COURSEKIT_HOME": nobody})
    path.write_text(text_of(normalise(notebook)), encoding="utf-8")


def problems(path):
    """List what is wrong with the form of any notebook of the course, one sentence each."""
    notebook = read(path)
    return [
        *_problems_of_form(path, notebook),
        *(problem for cell in notebook.cells for problem in _problems_of_cell(cell)),
    ]


def lesson_problems(path):
    """List what is wrong with a lesson: its form, its shape and its outputs."""
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        *problems(path),
        *_problems_of_shape(notebook, code),
        *_problems_of_order(code),
        *(problem for cell in code for problem in _problems_of_outputs(cell)),
    ]


def _problems_of_form(path, notebook):
    text = Path(path).read_text(encoding="utf-8")
    if text != text_of(normalise(notebook)):
        yield "is not normalised; lessons: `coursekit run`; exercises: `coursekit normalise`."
    ids = [cell.get("id", "") for cell in json.loads(text)["cells"]]
    for repeated in sorted({i for i in ids if ids.count(i) > 1}):
        yield f"uses the cell id {repeated!r} twice; give each cell its own."
    for name in ids:
        if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", name) or re.search(r"\d{4,}", name):
            yield f"has the cell id {name!r}; use words, like 'users-growth'."


def _problems_of_cell(cell):
    if cell.cell_type == "code" and re.search(r"^\s*[!%]", cell.source, re.MULTILINE):
        yield f"cell {cell.id}: has a shell or magic command; use plain Python."
    if re.search(r"(?<![\w.])/(home|root|tmp|work|Users)/", cell.source):
        yield f"cell {cell.id}: has an absolute path; use coursekit.data."
    if re.search(r"(<img[^>]+src=.|!\[[^\]]*\]\()https?:", cell.source):
        yield f"cell {cell.id}: loads a picture from outside; keep it in the repository."


def _problems_of_shape(notebook, code):
    headings = [
        line.lstrip("# ")
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    for section in SECTIONS:
        if not any(heading.startswith(section) for heading in headings):
            yield f"has no section '{section}'."
    if len(code) > len(notebook.cells) - len(code):
        yield "has more code cells than text cells; explain more or merge code."
    for i, cell in enumerate(code):
        most = MOST_SETUP_LINES if i == 0 else MOST_LINES
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > most:
            yield f"cell {cell.id}: has {len(lines)} lines of code; {most} is the most."


def _problems_of_order(code):
    counts = [cell.execution_count for cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield "was not executed in order; use `coursekit run`."


def _problems_of_outputs(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"cell {cell.id}: ends in {output.ename}."
        if output.get("name") == "stderr":
            yield f"cell {cell.id}: prints a warning or error: {output.text.strip()[:80]!r}."
        data = output.get("data", {})
        if "image/png" in data:
            yield f"cell {cell.id}: shows a figure without alternative text; use figures.show."
        for picture in re.findall(r"<img[^>]*>", str(data.get("text/html", ""))):
            if not re.search(r'alt="[^"]{20,}"', picture):
                yield f"cell {cell.id}: alternative text of a picture is missing or too short."
