"""nbgrader's Autograde with an honest core: same commands, same folders, same gradebook."""

import contextlib
import os
import shutil
from pathlib import Path

import nbformat
from nbformat.notebooknode import from_dict
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearHiddenTests,
    ClearMarkScheme,
    Execute,
    LimitOutput,
)
from traitlets import Bool, Integer, List, Unicode

from coursekit.grading import jail, schema, scorer

UNSAFE = "Graded without a sandbox."


class HonestAutograde(Autograde):
    """Autograde whose verdicts are reached outside the student's process."""

    unsafe_no_sandbox = Bool(
        False,
        help="Run submissions without a jail, as yourself. It is recorded with the grades.",
    ).tag(config=True)
    memory_limit = Integer(2048, help="MB of memory that a submission may use.").tag(config=True)
    readable = List(Unicode(), help="More folders that submissions may read.").tag(config=True)

    def start(self):
        """Grade all matching submissions with one scorer and one open gradebook."""
        seconds = Execute(parent=self).timeout
        limits = jail.Limits(seconds=seconds or 3600, memory=self.memory_limit)
        self._schemas, self._scorer = {}, None
        try:
            self._make_scorer(limits)
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as self._gradebook:
                super().start()
        finally:
            if self._scorer is not None:
                self._scorer.close()

    def _make_scorer(self, limits):
        try:
            walls = not self.unsafe_no_sandbox
            self._scorer = scorer.Scorer(limits, walls=walls, readable=self.readable)
        except scorer.NoSandbox as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from None

    def init_notebooks(self):
        """Match submissions by their folders, so that none is lost for a notebook's name."""
        try:
            super().init_notebooks()
        except NbGraderException:
            self.assignments = {}
        import glob

        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        for folder in glob.glob(pattern):
            self.assignments.setdefault(folder, [])
        if not self.assignments:
            raise NbGraderException(f"No submissions were matched by '{pattern}'")

    def convert_notebooks(self):
        """Remove what an interrupted run left, then convert as nbgrader does."""
        for folder in self.assignments:
            student, assignment = self._whose(folder)
            shutil.rmtree(self._scratch(assignment, student), ignore_errors=True)
        super().convert_notebooks()

    def _whose(self, folder):
        import re

        regexp = self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        found = re.match(regexp, folder)
        return found["student_id"], found["assignment_id"]

    def _scratch(self, assignment, student):
        dest = Path(self._format_dest(assignment, student))
        return dest.with_name(f".{dest.name}.unfinished")

    def init_assignment(self, assignment_id, student_id):
        """Grade a whole submission: score, write aside, commit once, put into place."""
        gradebook = self._gradebook
        gradebook.db.rollback()
        try:
            names = [
                notebook.name for notebook in gradebook.find_assignment(assignment_id).notebooks
            ]
        except MissingEntry:
            words = f"No assignment with ID '{assignment_id}' exists in the database"
            raise NbGraderException(words) from None
        if not self.create_student:
            try:
                gradebook.find_student(student_id)
            except MissingEntry:
                words = f"No student with ID '{student_id}' exists in the database"
                raise NbGraderException(words) from None
        if not names:
            raise NbGraderException(
                "No notebooks found, did you forget to run 'nbgrader generate_assignment'?"
            )
        wanted = [n for n in names if self.coursedir.notebook_id in ("*", n)]
        source = self._format_source(assignment_id, student_id)
        files, told = scorer.gather(source, lambda p: utils.is_ignored(p, self.coursedir.ignore))
        masters = self._masters(assignment_id)
        scratch = self._scratch(assignment_id, student_id)
        results = {}
        for name in wanted:
            results[name] = self._grade(assignment_id, name, files, masters, told)
        self._write(scratch, assignment_id, student_id, files, masters, results)
        with self._one_commit():
            self._record(assignment_id, student_id, results, names)
        self._put(scratch, assignment_id, student_id)
        self.notebooks = []

    def _masters(self, assignment):
        """Read the instructor's files of the assignment; they replace the student's."""
        folder = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
        kept = set(self.exclude_overwriting.get(assignment, []))
        if not os.path.isdir(folder):
            return {}
        skip = [*self.coursedir.ignore, "*.ipynb"]
        paths = utils.find_all_files(folder, skip)
        inner = {os.path.relpath(path, folder): path for path in paths}
        return {name: Path(path).read_bytes() for name, path in inner.items() if name not in kept}

    def _schema(self, assignment, notebook):
        if (assignment, notebook) not in self._schemas:
            folder = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)
            hidden, scheme = ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)
            self._schemas[assignment, notebook] = schema.read(
                self._gradebook,
                assignment,
                notebook,
                Path(folder) / f"{notebook}.ipynb",
                [
                    (hidden.begin_test_delimeter, hidden.end_test_delimeter),
                    (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
                ],
            )
        return self._schemas[assignment, notebook]

    def _grade(self, assignment, name, files, masters, told):
        """Score one notebook; return its result, or None if it was not handed in."""
        scheme = self._schema(assignment, name)
        chosen, renamed = scorer.pick(files, scheme)
        found = [*told, *renamed]
        if chosen is None:
            if not found:
                return None
            words = f"There is no {name}.ipynb that can be read. {' '.join(found)}"
            return scorer.failed(scheme, "STRUCTURE", words)
        others = {path: body for path, body in files.items() if not path.endswith(".ipynb")}
        self.log.info("Grading %s", chosen)
        result = self._scorer.score(files[chosen], {**others, **masters}, masters, scheme)
        result["repairs"] = found + result["repairs"]
        for sentence in result["repairs"]:
            self.log.warning(sentence)
        return result

    # Writing

    def _write(self, scratch, assignment, student, files, masters, results):
        """Write the graded notebooks and the other files beside their place."""
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        others = {path: body for path, body in files.items() if not path.endswith(".ipynb")}
        for path, body in {**others, **masters}.items():
            target = scratch / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        for name, result in results.items():
            if result is not None:
                text = nbformat.writes(self._notebook(result), version=nbformat.NO_CONVERT)
                (scratch / f"{name}.ipynb").write_text(text + "\n", encoding="utf-8")

    def _notebook(self, result):
        """Return the graded notebook: outputs of tests are the examiner's words."""
        notebook = from_dict({"nbformat": 4, "nbformat_minor": 5, **result["notebook"]})
        for cell in notebook.cells:
            role = cell.pop("role")
            if role == "test":
                found = result["verdicts"][cell.metadata.nbgrader.grade_id]
                cell.outputs = [from_dict(output) for output in outputs(found)]
        notebook.metadata["coursekit"] = from_dict(
            {
                "verdicts": {
                    name: {key: value for key, value in found.items() if key != "said"}
                    for name, found in result["verdicts"].items()
                },
                "repairs": result["repairs"],
                "sandbox": not self.unsafe_no_sandbox,
            }
        )
        resources = {}
        limit = LimitOutput(parent=self)
        notebook, _ = limit.preprocess(notebook, resources)
        return notebook

    def _put(self, scratch, assignment, student):
        """Move what was written into its place; the time of submission comes last."""
        dest = Path(os.path.normpath(self._format_dest(assignment, student)))
        if self.coursedir.notebook_id != "*" and dest.exists():
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

    @contextlib.contextmanager
    def _one_commit(self):
        """Let all that is recorded reach the gradebook in one transaction, or not at all."""
        session = self._gradebook.db()
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

    def _record(self, assignment, student, results, names):
        gradebook = self._gradebook
        gradebook.update_or_create_student(student)
        stamp = self.coursedir.get_existing_timestamp(self._format_source(assignment, student))
        known = {"timestamp": stamp} if stamp else {}
        with gradebook.db.no_autoflush:
            submission = gradebook.update_or_create_submission(assignment, student, **known)
        for submitted in submission.notebooks:
            if submitted.name in results:
                self._record_notebook(submission, submitted, results[submitted.name], student)

    def _record_notebook(self, submission, submitted, result, student):
        if result is None:
            self.log.warning("No submitted file for %s", submitted.name)
            for grade in submitted.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
            return
        cells = {
            cell["metadata"]["nbgrader"]["grade_id"]: from_dict(cell)
            for cell in result["notebook"]["cells"]
            if "nbgrader" in cell["metadata"]
        }
        for grade in submitted.grades:
            cell = cells[grade.name]
            found = result["verdicts"].get(grade.name)
            if found is not None:
                grade.auto_score = found["points"]
                grade.needs_manual_grade = grade.manual_score is not None or found["review"]
            elif utils.is_grade(cell):
                grade.auto_score, _ = utils.determine_grade(cell, self.log)
                grade.needs_manual_grade = (
                    grade.manual_score is not None or grade.auto_score is None
                )
        for comment in submitted.comments:
            cell = cells[comment.name]
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            words = "No response." if untouched and not utils.is_task(cell) else None
            if self.unsafe_no_sandbox:
                words = f"{words} {UNSAFE}" if words else UNSAFE
            comment.auto_comment = words
        self._late(submission, submitted, student)

    def _late(self, submission, submitted, student):
        """Set the penalty for lateness as nbgrader's own plugin says."""
        late = AssignLatePenalties(parent=self)
        late.init_plugin()
        submitted.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            self._gradebook.db.flush()
            self._gradebook.db.refresh(submitted)
            penalty = late.plugin_inst.late_submission_penalty(
                student, submitted.score, submission.total_seconds_late
            )
            if penalty is not None:
                submitted.late_submission_penalty = late._check_late_penalty(submitted, penalty)


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
        return [
            *shown,
            {
                "output_type": "execute_result",
                "data": data,
                "metadata": {},
                "execution_count": None,
            },
        ]
    if found["verdict"] != "PASS":
        name = found.get("name") or found["verdict"]
        message = found["message"] or found.get("line", "")
        line = message if found.get("name") else f"{found['verdict']}: {message}"
        shown.append(
            {
                "output_type": "error",
                "ename": name,
                "evalue": message,
                "traceback": line.split("\n"),
            }
        )
    return shown
