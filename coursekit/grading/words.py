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
# What is told of a hidden test in the place of words that may quote it.
HIDDEN = {
    "FAIL": "This hidden test did not hold.",
    "ERROR": "This hidden test stopped with an error.",
    "CRASH": "Your code ended its process.",
    "TAMPERED": "What your code's process sent is not well formed.",
}


def message(verdict, is_hidden):
    """Return what a student reads about a test.

    Parameters
    ----------
    verdict : dict
        One of a graded notebook's recorded verdicts.
    is_hidden : bool
        Of a hidden test only its author's own words are told: others may quote its data.

    Examples
    --------
    >>> message({"message": "KeyError: 'secret'", "by_student": True, "name": "KeyError"}, True)
    'Your code raised an exception on data that this test uses.'
    """
    if not is_hidden:
        said = verdict["message"] or verdict.get("line", "")
        return " ".join(filter(None, [said, verdict.get("doubt")]))
    if verdict.get("by_student"):
        return "Your code raised an exception on data that this test uses."
    if verdict.get("spoken", True):
        return verdict["message"]
    said = HIDDEN[verdict["verdict"]]
    # A student is not told what a second opinion says of a hidden test.
    looked = verdict["review"] and not verdict.get("doubt")
    return f"{said} A person will look at this test." if looked else said
