"""What a student reads about a test; it loads nothing, so that a check of one's own work is quick."""

WORDS = {
    "PASS": "passed",
    "FAIL": "failed",
    "ERROR": "stopped by an error",
    "TIMEOUT": "took too long",
    "MEMORY": "used too much memory",
    "OUTPUT_LIMIT": "put out too much",
    "CRASH": "ended the process",
    "TAMPERED": "sent malformed messages",
    "STRUCTURE": "could not be read",
}


def message(verdict, is_hidden):
    """Return what a student reads about a test.

    Parameters
    ----------
    verdict : dict
        One of a graded notebook's recorded verdicts.
    is_hidden : bool
        Of a hidden test, what the student's own code said is left out: it may quote the test.

    Examples
    --------
    >>> message({"message": "KeyError: 'secret'", "by_student": True, "name": "KeyError"}, True)
    'Your code raised an exception on data that this test uses.'
    """
    if is_hidden and verdict.get("by_student"):
        return "Your code raised an exception on data that this test uses."
    return verdict["message"] or ("" if is_hidden else verdict.get("line", ""))
