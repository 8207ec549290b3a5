"""The closed list of verdicts, and which one the end of a test is."""

import traceback

VERDICTS = [
    "PASS",
    "FAIL",
    "ERROR",
    "TIMEOUT",
    "MEMORY",
    "OUTPUT_LIMIT",
    "CRASH",
    "TAMPERED",
    "STRUCTURE",
]


def verdict(name, points, message="", review=False):
    """Return a verdict as plain data."""
    return {"verdict": name, "points": points, "message": message[:5000], "review": review}


def score(value, points):
    """Return the verdict of a test that ran to its end: full points, or those it shows last."""
    if value is None or isinstance(value, bool):
        return verdict("PASS", points)
    try:
        number = float(value) if not isinstance(value, (str, bytes)) else None
    except Exception:
        number = None
    if number is None:
        return verdict("PASS", points)
    if 0 <= number <= points:
        name = "PASS" if number == points else "FAIL"
        return {**verdict(name, number, f"{number:g} of {points:g} points"), "partial": number}
    words = f"This test gave {number:g}, which is not between 0 and {points:g}. A person will look."
    return verdict("ERROR", 0, words, True)


def failure(error, code):
    """Return the verdict of an exception that ended a test."""
    kind, text = type(error), _text_of(error)
    by_student = getattr(error, "raised_by_student", False)
    by_pytest = (kind.__module__, kind.__name__) == ("builtins", "Failed")
    asserted = by_pytest or (isinstance(error, AssertionError) and not by_student)
    name, line = kind.__name__, _line_of(error, code) if asserted and not text else ""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    own = any(frame.filename in ("<test>", "<locked cell>") for frame in last)
    message = f"{name}: {text}" if text else "" if line else name
    return {
        **verdict("FAIL" if asserted else "ERROR", 0, message),
        "name": name,
        "line": f"{name}: {line}" if line else "",
        "by_student": by_student,
        "spoken": by_pytest or (asserted and own),
    }


def _text_of(error):
    try:
        return str(error)
    except Exception:
        return ""


def _line_of(error, code):
    """Return the line of the test at which an assertion without words failed."""
    lines = code.split("\n")
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == "<test>" and 0 < frame.lineno <= len(lines):
            return lines[frame.lineno - 1].strip()
    return ""
