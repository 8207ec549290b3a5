"""What reaches the gradebook: all grades of a submission in one transaction."""

import contextlib

from nbformat.notebooknode import from_dict
from nbgrader import utils
from nbgrader.api import BaseCell
from nbgrader.preprocessors import AssignLatePenalties

UNSAFE = "Graded without a sandbox."


@contextlib.contextmanager
def one_commit(gradebook):
    """Let all that is recorded reach the gradebook in one transaction, or not at all."""
    session = gradebook.db()
    commit = session.commit
    session.commit = session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def handed_in(files):
    """Return the time in a submission's timestamp.txt; None if there is none that can be read."""
    try:
        return utils.parse_utc(files["timestamp.txt"].decode().strip())
    except (KeyError, ValueError, OverflowError):
        return None


def record(converter, gradebook, assignment, student, files, results):
    """Record the grades of a submission; `one_commit` is around.

    Parameters
    ----------
    converter : coursekit.grading.converter.HonestAutograde
        For its configuration and its log.
    gradebook : nbgrader.api.Gradebook
    assignment, student : str
    files : dict of str to bytes
    results : dict
        By notebook; None for one that was not handed in.
    """
    gradebook.update_or_create_student(student)
    stamp = handed_in(files)
    known = {"timestamp": stamp} if stamp else {}
    with gradebook.db.no_autoflush:
        submission = gradebook.update_or_create_submission(assignment, student, **known)
    for submitted in submission.notebooks:
        if submitted.name not in results:
            continue
        if results[submitted.name] is None:
            converter.log.warning("No submitted file for %s", submitted.name)
            for grade in submitted.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
        else:
            # One look at the names; asking each grade for its own costs a query apiece.
            query = gradebook.db.query(BaseCell.id, BaseCell.name)
            names = dict(map(tuple, query.filter(BaseCell.notebook_id == submitted.notebook_id)))
            _notebook(converter, submitted, results[submitted.name], names)
            _late(converter, gradebook, submission, submitted, student)


def _notebook(converter, submitted, result, names):
    cells = {
        cell["metadata"]["nbgrader"]["grade_id"]: from_dict(cell)
        for cell in result["notebook"]["cells"]
        if "nbgrader" in cell["metadata"]
    }
    for grade in submitted.grades:
        name = names[grade.cell_id]
        found = result["verdicts"].get(name)
        if found is not None:
            grade.auto_score, review = found["points"], found["review"]
        elif utils.is_grade(cells[name]):
            grade.auto_score, _ = utils.determine_grade(cells[name], converter.log)
            review = grade.auto_score is None
        else:
            continue
        grade.needs_manual_grade = grade.manual_score is not None or review
    for comment in submitted.comments:
        cell = cells[names[comment.cell_id]]
        untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
        words = ["No response."] if untouched and not utils.is_task(cell) else []
        if converter.unsafe_no_sandbox:
            words.append(UNSAFE)
        comment.auto_comment = " ".join(words) or None


def _late(converter, gradebook, submission, submitted, student):
    """Set the penalty for lateness as nbgrader's own plugin says."""
    late = AssignLatePenalties(parent=converter)
    late.init_plugin()
    submitted.late_submission_penalty = None
    seconds = submission.total_seconds_late
    if seconds > 0:
        gradebook.db.flush()
        gradebook.db.refresh(submitted)
        penalty = late.plugin_inst.late_submission_penalty(student, submitted.score, seconds)
        if penalty is not None:
            submitted.late_submission_penalty = late._check_late_penalty(submitted, penalty)
