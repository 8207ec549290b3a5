"""The graded notebook of a submission: its outputs, its record of verdicts, and its place on disk."""

import os
import shutil

import nbformat.v4
from nbformat.notebooknode import from_dict
from nbgrader import utils
from nbgrader.preprocessors import LimitOutput


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
    scratch.mkdir(parents=True)
    others = {path: body for path, body in files.items() if not path.endswith(".ipynb")}
    for path, body in {**others, **masters}.items():
        target = scratch / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    for name, book in notebooks.items():
        (scratch / f"{name}.ipynb").write_text(book, encoding="utf-8")


def put(scratch, dest, whole=True):
    """Move what was written into its place; not `whole` leaves other files there alone."""
    if not whole and dest.exists():
        for path in scratch.rglob("*"):
            if path.is_file():
                target = dest / path.relative_to(scratch)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)
        shutil.rmtree(scratch)
        return
    if dest.exists():
        utils.rmtree(str(dest))
    os.rename(scratch, dest)


def limiter(converter):
    """Return nbgrader's own limit of outputs, as the course sets it."""
    return LimitOutput(parent=converter)
