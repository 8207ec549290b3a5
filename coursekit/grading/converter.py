"""nbgrader's Autograde with an honest core: same commands, same folders, same gradebook."""

import contextlib
import fnmatch
import glob
import json
import os
import re
import shutil
from pathlib import Path

from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, Execute
from traitlets import Bool, Integer, List, Unicode

from coursekit.grading import graded, jail, records, schema, scorer, work


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
        try:
            self._scorer = scorer.Scorer(**self.walls())
        except scorer.NoSandbox as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from None
        with self._scorer, self.gradebook():
            super().start()

    def walls(self):
        """Return what a scorer is made with: limits, walls, readable."""
        seconds = Execute(parent=self).timeout or 3600
        limits = jail.Limits(seconds=seconds, memory=self.memory_limit)
        return {"limits": limits, "walls": not self.unsafe_no_sandbox, "readable": self.readable}

    @contextlib.contextmanager
    def gradebook(self):
        """Hold the course's gradebook open."""
        self._schemas, self._files, self._limit = {}, {}, graded.limiter(self)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as self._gradebook:
            yield self._gradebook

    # nbgrader's steps

    def init_notebooks(self):
        """Match submissions by their folders, so that none is lost for a notebook's name."""
        try:
            super().init_notebooks()
        except NbGraderException:
            self.assignments = {}
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        for folder in glob.glob(pattern):
            self.assignments.setdefault(folder, [])
        if not self.assignments:
            raise NbGraderException(f"No submissions were matched by '{pattern}'")

    def convert_notebooks(self):
        """Remove what an interrupted run left, then convert as nbgrader does."""
        for folder in self.assignments:
            student, assignment = self.whose(folder)
            shutil.rmtree(self._scratch(assignment, student), ignore_errors=True)
        super().convert_notebooks()

    def init_destination(self, assignment_id, student_id):
        """Decide as nbgrader does, also where a graded notebook is lost; what is there stays until `finish`."""
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        dest = self._format_dest(assignment_id, student_id)
        old, new = map(_handed_in, (dest, self._format_source(assignment_id, student_id)))
        newer = old is not None and new is not None and new > old
        if self.force or newer or self._lost(assignment_id, student_id):
            return True
        self.log.info("Skipping existing assignment: %s", dest)
        return False

    def _lost(self, assignment, student):
        """Tell whether a notebook was handed in that has no graded one, as after a kill."""
        dest = Path(self._format_dest(assignment, student))
        if not dest.exists():
            return True
        try:
            names = fnmatch.filter(self._notebooks(assignment), self.coursedir.notebook_id)
        except NbGraderException:
            return False  # of a gradebook that is new; nbgrader removes what could not be graded
        lost = [name for name in names if not (dest / f"{name}.ipynb").exists()]
        files, _ = self._gather(assignment, student) if lost else ({}, [])
        return any(scorer.pick(files, self._schema(assignment, name))[0] for name in lost)

    def _gather(self, assignment, student):
        source = self._format_source(assignment, student)
        return scorer.gather(source, lambda path: utils.is_ignored(path, self.coursedir.ignore))

    def init_assignment(self, assignment_id, student_id):
        """Grade a whole submission: score, write aside, commit once, put into place."""
        job = self.prepare(assignment_id, student_id)
        self.finish(assignment_id, student_id, job, work.grade(self._scorer, job))
        self.notebooks = []

    # The same steps, for a batch

    def whose(self, folder):
        """Return the student and the assignment of a submitted folder."""
        regexp = self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        found = re.match(regexp, folder)
        return found["student_id"], found["assignment_id"]

    def prepare(self, assignment, student):
        """Read a submission and all that its scorer must know.

        Returns
        -------
        dict
            What `coursekit.grading.work.grade` takes, and stamps: what the grades depend on.

        Raises
        ------
        nbgrader.converters.base.NbGraderException
            If the gradebook does not know the assignment, or the student where it should.
        """
        self._gradebook.db.rollback()
        names = self._notebooks(assignment)
        self._check_student(student)
        files, told = self._gather(assignment, student)
        wanted = fnmatch.filter(names, self.coursedir.notebook_id)
        self.log.info("Grading %s of %s", ", ".join(f"{name}.ipynb" for name in wanted), student)
        job = {
            "files": files,
            "told": told,
            "masters": self._masters(assignment),
            "schemas": {name: self._schema(assignment, name) for name in wanted},
        }
        due = self._gradebook.find_assignment(assignment).duedate
        return {**job, "stamps": work.stamps(job, {**self.walls(), "due": str(due)})}

    def recorded(self, assignment, student, notebook):
        """Return a graded notebook of an earlier run; None if there is none that can be read."""
        path = Path(self._format_dest(assignment, student), f"{notebook}.ipynb")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return found if "stamp" in found["metadata"]["coursekit"] else None
        except (OSError, ValueError, KeyError):
            return None

    def finish(self, assignment, student, job, done):
        """Write what a scorer returned aside, record it in one commit, and put it into place."""
        results, stamps = done["results"], job["stamps"]
        for result in filter(None, results.values()):
            for sentence in result["repairs"]:
                self.log.warning(sentence)
        record = {"sandbox": not self.unsafe_no_sandbox, "seconds": done["seconds"]}
        notebooks = {
            name: graded.text(result, {**record, "stamp": stamps[name]}, self._limit)
            for name, result in results.items()
            if result is not None
        }
        scratch = self._scratch(assignment, student)
        graded.write(scratch, job["files"], job["masters"], notebooks)
        dest = Path(os.path.normpath(self._format_dest(assignment, student)))
        whole = self.coursedir.notebook_id == "*"
        graded.take_away(scratch, dest, whole)
        with records.one_commit(self._gradebook):
            records.record(self, self._gradebook, assignment, student, job["files"], results)
        graded.put(scratch, dest, whole)

    def _scratch(self, assignment, student):
        dest = Path(self._format_dest(assignment, student))
        return dest.with_name(f".{dest.name}.unfinished")

    def _notebooks(self, assignment):
        try:
            names = [book.name for book in self._gradebook.find_assignment(assignment).notebooks]
        except MissingEntry:
            words = f"No assignment with ID '{assignment}' exists in the database"
            raise NbGraderException(words) from None
        if not names:
            words = "No notebooks found, did you forget to run 'nbgrader generate_assignment'?"
            raise NbGraderException(words)
        return names

    def _check_student(self, student):
        if self.create_student:
            return
        try:
            self._gradebook.find_student(student)
        except MissingEntry:
            words = f"No student with ID '{student}' exists in the database"
            raise NbGraderException(words) from None

    def _source(self, assignment):
        return self.coursedir.format_path(self.coursedir.source_directory, ".", assignment)

    def _masters(self, assignment):
        """Read the instructor's files of the assignment; they replace the student's."""
        if assignment not in self._files:
            folder, found = self._source(assignment), {}
            kept = set(self.exclude_overwriting.get(assignment, []))
            if os.path.isdir(folder):
                paths = utils.find_all_files(folder, [*self.coursedir.ignore, "*.ipynb"])
                inner = {os.path.relpath(path, folder): Path(path) for path in paths}
                found = {
                    name: path.read_bytes() for name, path in inner.items() if name not in kept
                }
            self._files[assignment] = found
        return self._files[assignment]

    def _schema(self, assignment, notebook):
        if (assignment, notebook) not in self._schemas:
            hidden, scheme = ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)
            self._schemas[assignment, notebook] = schema.read(
                self._gradebook,
                assignment,
                notebook,
                Path(self._source(assignment), f"{notebook}.ipynb"),
                [
                    (hidden.begin_test_delimeter, hidden.end_test_delimeter),
                    (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
                ],
            )
        return self._schemas[assignment, notebook]


def _handed_in(folder):
    """Return the time in a folder's timestamp.txt, opening neither links nor pipes; None without one."""
    body, _ = scorer.regular(Path(folder, "timestamp.txt"), 1000)
    return records.handed_in({} if body is None else {"timestamp.txt": body})
