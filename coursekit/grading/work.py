"""The work of grading one submission: plain data in, plain data out, here or on another machine.

Nothing of nbgrader, no gradebook and no file of the course is touched here.
"""

import base64
import functools
import hashlib
import json
import sys
import time
import zlib
from pathlib import Path

from coursekit.grading import schema as schemes
from coursekit.grading import scorer

# The modules that carry a verdict; all others of this folder decide it.
CARRIERS = (
    *("__init__", "batch", "converter", "feedback", "graded", "grades", "options"),
    *("pool", "records", "report", "words"),
)


def grade(scored, job):
    """Grade all notebooks of one submission.

    Parameters
    ----------
    scored : coursekit.grading.scorer.Scorer
    job : dict
        files and masters: bytes by path; told: sentences about what was left out; schemas: by notebook;
        known: verdicts by notebook and grade_id that hold already.

    Returns
    -------
    dict
        results: by notebook, None where nothing was handed in; seconds: taken in all; version: of
        the scorer.
    """
    scored.warm([])
    begun, results = time.monotonic(), {}
    for name, schema in job["schemas"].items():
        results[name] = _notebook(scored, job, schema, job.get("known", {}).get(name))
    return {
        "results": results,
        "seconds": round(time.monotonic() - begun, 3),
        "version": version(),
    }


def _notebook(scored, job, schema, known):
    files, masters = job["files"], job["masters"]
    chosen, renamed = scorer.pick(files, schema)
    found = [*job["told"], *renamed]
    if chosen is None:
        if not found:
            return None
        words = f"There is no {schema['notebook']}.ipynb that can be read. {' '.join(found)}"
        return scorer.failed(schema, "STRUCTURE", words)
    others = {path: body for path, body in files.items() if not path.endswith(".ipynb")}
    result = scored.score(files[chosen], {**others, **masters}, masters, schema, known)
    result["repairs"] = found + result["repairs"]
    return result


# What a grade depends on


@functools.cache
def version():
    """Return the digest of the code that decides verdicts, and of Python's version."""
    paths = sorted(Path(__file__).parent.glob("*.py"))
    bodies = {path.stem: path.read_bytes() for path in paths if path.stem not in CARRIERS}
    return digest({"python": sys.version.encode(), **bodies})


def digest(value):
    """Return a short digest of plain data, or of bytes by name.

    Examples
    --------
    >>> digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})
    True
    """
    plain = json.dumps(value, sort_keys=True, default=lambda body: hashlib.sha256(body).hexdigest())
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def stamps(job, settings):
    """Return, by notebook, what its grades depend on.

    Parameters
    ----------
    job : dict
        As `grade` takes it.
    settings : dict
        Limits and whatever else of the course decides a grade.

    Returns
    -------
    dict
        By notebook: submission, scorer, rest (of the assignment) and tests, each a digest.
    """
    submission = digest({"files": job["files"], "told": job["told"]})
    masters = digest(job["masters"])
    found = {}
    for name, schema in job["schemas"].items():
        tests = {c["grade_id"]: digest(c) for c in schema["cells"] if schemes.is_test(c)}
        others = [c["grade_id"] if c["grade_id"] in tests else c for c in schema["cells"]]
        rest = digest([{**schema, "cells": others}, masters, settings])
        found[name] = {
            "submission": submission,
            "scorer": version(),
            "rest": rest,
            "tests": tests,
        }
    return found


def touched(schema, changed):
    """Return the tests whose verdict a change of some tests can move: those that share names with them.

    Parameters
    ----------
    schema : dict
    changed : set of str
        The grade_ids of the changed tests.

    Returns
    -------
    set of str
    """
    reach = {}
    for cell in filter(schemes.is_test, schema["cells"]):
        tree = schemes.tree_of(cell["source"])
        if tree is not None:
            written = schemes.stored(tree) | schemes.mutated(tree)
            reach[cell["grade_id"]] = written, written | schemes.loaded(tree)
    found, todo = set(), list(changed)
    while todo:
        one = todo.pop()
        if one in found:
            continue
        found.add(one)
        written, used = reach.get(one, (set(), set()))
        todo += [other for other, (w, u) in reach.items() if written & u or w & used]
    return found


# Bytes, for the way to another machine

WITH_BYTES = ("files", "masters")


def pack(value):
    """Return a job or a result as bytes."""
    files = {
        key: {name: base64.b64encode(body).decode() for name, body in value[key].items()}
        for key in WITH_BYTES
        if key in value
    }
    return zlib.compress(json.dumps({**value, **files}).encode(), 1)


def unpack(body):
    """Return what `pack` was given.

    Examples
    --------
    >>> unpack(pack({"files": {"a.csv": b"x,y"}, "told": []}))
    {'files': {'a.csv': b'x,y'}, 'told': []}
    """
    value = json.loads(zlib.decompress(body))
    files = {
        key: {name: base64.b64decode(text) for name, text in value[key].items()}
        for key in WITH_BYTES
        if key in value
    }
    return {**value, **files}
