"""Grades of an assignment as CSV files that Canvas and Moodle import."""

import csv

# Canvas takes these columns in this order and finds a student by either SIS number (its own
# lib/gradebook_importer.rb: update_column_count, process_student); the row "Points Possible" sets the maximum.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# Moodle asks which column is whom; these are its own names (docs.moodle.org, Grade import).
MOODLE = ("First name", "Last name", "ID number", "Username", "Email address")


def rows(gradebook, assignment):
    """Return who handed in, with the score as nbgrader's own export counts it.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    assignment : str

    Returns
    -------
    list of dict
        student, first, last, email, score (points after the penalty for lateness), waiting (for a
        grade by hand).
    """
    found = []
    for submission in gradebook.assignment_submissions(assignment):
        person = submission.student
        found.append(
            {
                "student": person.id,
                "first": person.first_name or "",
                "last": person.last_name or "",
                "email": person.email or "",
                "score": max(0.0, submission.score - (submission.late_submission_penalty or 0)),
                "waiting": bool(submission.needs_manual_grade),
            }
        )
    return sorted(found, key=lambda row: row["student"])


def write(kind, path, found, assignment, most):
    """Write grades for a learning platform.

    Parameters
    ----------
    kind : {"canvas", "moodle"}
    path : str or pathlib.Path
    found : list of dict
        What `rows` returned.
    assignment : str
        The name of the column; on Canvas the name of its assignment.
    most : float
        The points that can be had.

    Raises
    ------
    ValueError
        If the platform is neither of the two.
    """
    if kind not in WRITERS:
        words = f"--csv is {kind!r}; it can be canvas or moodle, e.g. --csv canvas grades.csv"
        raise ValueError(words)
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(WRITERS[kind](found, assignment, most))


def _canvas(found, assignment, most):
    yield [*CANVAS, assignment]
    yield ["Points Possible", "", "", "", "", f"{most:.10g}"]
    for row in found:
        name = f"{row['last']}, {row['first']}" if row["last"] else row["student"]
        yield [name, "", row["student"], row["student"], "", f"{row['score']:.10g}"]


def _moodle(found, assignment, most):
    yield [*MOODLE, f"{assignment} (of {most:.10g})"]
    for row in found:
        student = row["student"]
        person = [row["first"], row["last"], student, student, row["email"]]
        yield [*person, f"{row['score']:.10g}"]


WRITERS = {"canvas": _canvas, "moodle": _moodle}
