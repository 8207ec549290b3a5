"""Small assignments for the tests of grading, built without nbgrader."""

import json

from coursekit.grading import schema


def cell(grade_id, kind, source, points=None):
    """Return a cell of an assignment; kind is locked, answer, test, extra or written."""
    meta = {
        "grade": kind in ("test", "written"),
        "grade_id": grade_id,
        "locked": kind in ("locked", "test"),
        "schema_version": 3,
        "solution": kind in ("answer", "written"),
        "task": False,
    }
    if points is not None:
        meta["points"] = points
    text = kind == "written"
    return {
        "cell_type": "markdown" if text else "code",
        "id": grade_id.replace("_", "-"),
        "metadata": {} if kind == "extra" else {"nbgrader": meta},
        "source": source,
        **({} if text else {"outputs": [], "execution_count": None}),
    }


MARKS = [("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def scheme(cells, reference=()):
    """Return the schema of an assignment whose gradebook holds these cells."""
    known = []
    for one in cells:
        meta = one["metadata"].get("nbgrader")
        if meta:
            known.append(
                {
                    **{
                        key: meta[key]
                        for key in ("grade_id", "locked", "grade", "solution", "task")
                    },
                    "type": one["cell_type"],
                    "source": one["source"],
                    "released": schema.without(one["source"], MARKS),
                    "checksum": None,
                    "points": meta.get("points"),
                    "id": one["id"],
                }
            )
    return {
        "assignment": "probe",
        "notebook": "probe",
        "kernelspec": KERNEL,
        "cells": known,
        **schema.names(known, list(reference)),
    }


def notebook(cells, answers=None):
    """Return a submitted notebook: the released cells with answers filled in."""
    filled = []
    for one in cells:
        source = (answers or {}).get(one["metadata"].get("nbgrader", {}).get("grade_id"))
        source = schema.without(one["source"], MARKS) if source is None else source
        filled.append(
            {**one, "metadata": json.loads(json.dumps(one["metadata"])), "source": source}
        )
    return {"cells": filled, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def body(cells, answers=None):
    """Return the bytes of a submitted notebook."""
    return json.dumps(notebook(cells, answers)).encode()
