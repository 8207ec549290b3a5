"""The graded notebook of a submission: its outputs, its record of verdicts, and its place on disk."""

import os
import re
import shutil
from urllib.parse import quote

import nbformat.v4
from mistune.util import escape_url
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.notebooknode import from_dict
from nbgrader.preprocessors import LimitOutput

# In one cell: what a student wrote must not take long to try.
MOST_TEXT, MOST_PICTURES = 10_000, 100
# A picture that is neither in its own link nor on the web.
SOUGHT = re.compile(r"!\[(?![^]\n]{0,200}\]\((?:data:|https?:))")


def text(result, record, limit):
    """Return a graded notebook as text: outputs of tests are the examiner's words.

    Parameters
    ----------
    result : dict
        notebook, verdicts and repairs, as the scorer returned them.
    record : dict
        What else is kept in the notebook's metadata: sandbox, stamp, seconds.
    limit : nbgrader.preprocessors.LimitOutput
    """
    notebook = from_dict({"nbformat": 4, "nbformat_minor": 5, **result["notebook"]})
    for cell in notebook.cells:
        find_pictures(cell)
        if cell.pop("role") == "test":
            found = result["verdicts"][cell.metadata.nbgrader.grade_id]
            cell.outputs = [from_dict(output) for output in outputs(found)]
    verdicts = {
        name: {key: value for key, value in found.items() if key != "said"}
        for name, found in result["verdicts"].items()
    }
    kept = {"verdicts": verdicts, "repairs": result["repairs"], **record}
    notebook.metadata["coursekit"] = from_dict(kept)
    notebook, _ = limit.preprocess(notebook, {})
    return nbformat.v4.writes(notebook) + "\n"


def find_pictures(cell):
    """Name a text cell's own pictures as nbconvert seeks them; a picture that is not there becomes text.

    nbconvert refuses the whole notebook for one that it does not find.
    """
    if cell["cell_type"] != "markdown" or "![" not in cell["source"]:
        return
    held = {name: one for name, one in cell.pop("attachments", {}).items() if one}
    keys = [(key, name) for name in held for key in (quote(name), escape_url(name), name)]
    cell["attachments"] = {key: held[name] for key, name in keys}
    parts = re.split(r"(?=!\[)", cell["source"], maxsplit=MOST_PICTURES)
    text = "".join(part if _opens(part, cell) else SOUGHT.sub(r"!\\[", part) for part in parts)
    cell["source"] = text if _opens(text, cell) else SOUGHT.sub(r"!\\[", text)


def _opens(text, cell):
    if len(text) > MOST_TEXT:
        return False
    try:
        renderer = IPythonRenderer(escape=False, attachments=cell["attachments"])
        MarkdownWithMath(renderer=renderer).render(text)
    except Exception:
        return False
    return True


def outputs(found):
    """Return the outputs of a graded test cell.

    Parameters
    ----------
    found : dict
        The verdict of the test.

    Examples
    --------
    >>> outputs({"verdict": "PASS", "message": "", "said": ""})
    []
    """
    shown = []
    if found.get("said"):
        shown.append({"output_type": "stream", "name": "stdout", "text": found["said"]})
    if "partial" in found:
        data = {"text/plain": repr(found["partial"])}
        kind = {"output_type": "execute_result", "metadata": {}, "execution_count": None}
        return [*shown, {**kind, "data": data}]
    if found["verdict"] != "PASS":
        name = found.get("name") or found["verdict"]
        message = found["message"] or found.get("line", "")
        line = message if found.get("name") else f"{found['verdict']}: {message}"
        error = {"output_type": "error", "ename": name, "evalue": message}
        shown.append({**error, "traceback": line.split("\n")})
    return shown


def verdicts(notebook):
    """Return the verdicts that a graded notebook records, with what its tests printed."""
    found = {name: dict(one) for name, one in notebook["metadata"]["coursekit"]["verdicts"].items()}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in found:
            streams = [o for o in cell.get("outputs", []) if o["output_type"] == "stream"]
            found[name]["said"] = "".join("".join(o["text"]) for o in streams)
    return found


def write(scratch, files, masters, notebooks):
    """Write a graded submission beside its place."""
    shutil.rmtree(scratch, ignore_errors=True)
    new = scratch / "new"
    new.mkdir(parents=True)
    others = {path: body for path, body in files.items() if not path.endswith(".ipynb")}
    for path, body in {**others, **masters}.items():
        target = new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    for name, book in notebooks.items():
        (new / f"{name}.ipynb").write_text(book, encoding="utf-8")


def take_away(scratch, dest, whole):
    """Take an older grading out of the new one's place at once, so that no kill leaves it beside new grades.

    Where not `whole`, only the notebooks that were graded anew.
    """
    if whole and dest.exists():
        os.rename(dest, scratch / "old")
    elif not whole:
        for path in (scratch / "new").glob("*.ipynb"):
            (dest / path.name).unlink(missing_ok=True)


def put(scratch, dest, whole):
    """Move what was written into its place; not `whole` leaves other files there alone."""
    new = scratch / "new"
    if whole or not dest.exists():
        os.rename(new, dest)
    else:
        for path in new.rglob("*"):
            if path.is_file():
                target = dest / path.relative_to(new)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)
    shutil.rmtree(scratch)


def limiter(converter):
    """Return nbgrader's own limit of outputs, as the course sets it."""
    return LimitOutput(parent=converter)
