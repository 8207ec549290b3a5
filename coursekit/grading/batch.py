"""A whole class at once: who must be graded, many workers, one writer of the gradebook, and a summary."""

import json
import logging
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path

from coursekit.grading import pool, scorer, work


def open_course(assignment, unsafe=False):
    """Return nbgrader's converter for the course of the working folder, configured as the course is.

    Raises
    ------
    ValueError
        If no submission is there, or the gradebook does not know the assignment.
    """
    # A parser of addresses that costs seconds of start and that no notebook needs.
    sys.modules.setdefault("rfc3987_syntax", None)
    from nbgrader.apps.autogradeapp import AutogradeApp

    from coursekit.grading.converter import HonestAutograde

    app = AutogradeApp()
    app.initialize([f"--assignment={assignment}", "--log-level=CRITICAL"])
    converter = HonestAutograde(coursedir=app.coursedir, parent=app)
    converter.log.setLevel(logging.CRITICAL)
    converter.unsafe_no_sandbox = converter.unsafe_no_sandbox or unsafe
    return converter


CHANGED = {
    "submission": "changed since it was graded",
    "scorer": "graded by another version of Python or coursekit",
}


class Batch:
    """One run over the submissions of an assignment.

    Parameters
    ----------
    converter : coursekit.grading.converter.HonestAutograde
    options : argparse.Namespace
        As `coursekit.grading.options.autograde` describes it.
    """

    def __init__(self, converter, options):
        self.converter, self.options = converter, options
        self.assignment = options.assignment
        root = Path(converter.coursedir.root)
        self.log_path = root / f"autograde-{self.assignment}.log"
        self.told, self.jobs, self.before = {}, {}, {}

    def run(self):
        """Grade; return what became of each student's submission."""
        with (
            open(self.log_path, "a", encoding="utf-8") as self.log,
            self.converter.gradebook() as gradebook,
        ):
            self._alone()
            students = self._students()
            known = {s.student_id for s in gradebook.assignment_submissions(self.assignment)}
            self.bar = Bar(len(students), quiet=self.options.json)
            self._say(f"begun: {len(students)} submissions of {self.assignment}")
            try:
                self._grade(self._wanted(students, known))
            finally:
                self.bar.close()
            return self.told

    def _alone(self):
        """Let nobody else grade this assignment meanwhile; the kernel forgets it when the run ends."""
        import fcntl

        try:
            fcntl.flock(self.log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            words = f"another run is grading {self.assignment} in this course; wait until it ends"
            raise RuntimeError(words) from None

    def _students(self):
        """Return all who handed in, without those whom the course excludes."""
        self.converter.init_notebooks()
        without = self.converter.coursedir.student_id_exclude.split(",")
        found = sorted(self.converter.whose(folder)[0] for folder in self.converter.assignments)
        for student in found:
            scratch = self.converter._scratch(self.assignment, student)
            shutil.rmtree(scratch, ignore_errors=True)
        return [student for student in found if student not in without]

    def _wanted(self, students, known):
        """Yield (student, job) for each submission that must be graded; tell of the others."""
        for student in students:
            try:
                self.converter.run_pre_convert_hook()
                job = self.converter.prepare(self.assignment, student)
                stale = self._stale(student, job, student in known)
            except Exception as error:
                self._failed(student, error)
                continue
            if stale:
                self._tell(student, "unchanged" if stale is True else stale)
            else:
                self.jobs[student] = job
                yield student, job

    def _stale(self, student, job, known):
        """Tell whether a submission is to be left as it is: True, or the word for why."""
        if self.options.force:
            return False
        stamps = job["stamps"]
        earlier = {name: self.converter.recorded(self.assignment, student, name) for name in stamps}
        there = {name: book for name, book in earlier.items() if book is not None}
        missing = [name for name in stamps if name not in there]
        handed = [n for n in missing if scorer.pick(job["files"], job["schemas"][n])[0]]
        if not known or not there or handed:
            return "not graded yet" if self.options.affected else False
        old = {name: book["metadata"]["coursekit"]["stamp"] for name, book in there.items()}
        if all(old[name] == stamps[name] for name in there):
            return True
        if not self.options.affected:
            return False
        for key, words in CHANGED.items():
            if any(old[name][key] != stamps[name][key] for name in there):
                return words
        self._keep(student, job, there, old, stamps)
        return False

    def _keep(self, student, job, there, old, stamps):
        """Keep the verdicts of the tests that a correction does not touch."""
        from coursekit.grading import graded

        job["known"], self.before[student] = {}, {}
        for name, book in there.items():
            verdicts = graded.verdicts(book)
            self.before[student][name] = verdicts
            if old[name]["rest"] != stamps[name]["rest"]:
                continue
            tests = stamps[name]["tests"]
            changed = {test for test in tests if tests[test] != old[name]["tests"].get(test)}
            moved = work.touched(job["schemas"][name], changed)
            job["known"][name] = {
                t: v for t, v in verdicts.items() if t in tests and t not in moved
            }

    def _grade(self, wanted):
        walls = self.converter.walls()
        if self.options.scheduler:
            workers = pool.Cluster(self.options.scheduler, walls)
        else:
            workers = pool.Here(self.options.jobs or pool.cores(), walls)
        with workers:
            for student, done in pool.each(workers, wanted):
                job = self.jobs.pop(student)
                if isinstance(done, scorer.NoSandbox):
                    raise done
                try:
                    self._finish(student, job, done)
                except Exception as error:
                    self._failed(student, error)

    def _finish(self, student, job, done):
        """Write one result; the only place where the gradebook is written."""
        if isinstance(done, Exception):
            raise done
        if done["version"] != work.version():
            raise RuntimeError(
                "a worker has another version of Python or coursekit; install this one"
            )
        self.converter.finish(self.assignment, student, job, done)
        self.converter.set_permissions(self.assignment, student)
        self.converter.run_post_convert_hook()
        results = {name: result for name, result in done["results"].items() if result}
        verdicts = {
            name: v for result in results.values() for name, v in result["verdicts"].items()
        }
        repairs = [line for result in results.values() for line in result["repairs"]]
        review = {name: v["message"] for name, v in verdicts.items() if v["review"]}
        points = sum(v["points"] for v in verdicts.values())
        moved = self._moved(student, results)
        self._tell(
            student,
            "graded",
            points=points,
            seconds=done["seconds"],
            repairs=repairs,
            review=review,
            **({"moved": moved} if self.options.affected else {}),
        )

    def _moved(self, student, results):
        """Return how points moved, by test, since the last run."""
        moved = {}
        for name, before in self.before.pop(student, {}).items():
            for test, now in results[name]["verdicts"].items() if name in results else ():
                was = before.get(test, {"points": 0})["points"]
                if was != now["points"]:
                    moved[test] = [was, now["points"]]
        return moved

    # Telling

    def _failed(self, student, error):
        words = " ".join(str(error).split()) or type(error).__name__
        self._tell(student, "failed", error=f"{type(error).__name__}: {words}"[:500])

    def _tell(self, student, status, **more):
        self.told[student] = {"status": status, **more}
        line = _line(self.told[student])
        self._say(f"{student}: {line}")
        if attention(self.told[student]):
            self.bar.line(f"{student}: {line}")
        self.bar.step()

    def _say(self, line):
        now = datetime.now().isoformat(" ", "milliseconds")
        print(now, line, file=self.log, flush=True)


def attention(found):
    """Tell whether a person should look at a submission, or its points moved."""
    odd = found["status"] not in ("graded", "unchanged")
    return odd or any(found.get(key) for key in ("repairs", "review", "moved"))


def _line(found):
    r"""Return one line on a submission.

    Examples
    --------
    >>> _line({"status": "graded", "points": 7.5, "repairs": [], "review": {"area": "no value"}})
    'graded, 7.5 points; look at area: no value'
    >>> _line({"status": "failed", "error": "a name that clears the screen: \x1b[2J"})
    'failed; a name that clears the screen: ?[2J'
    """
    parts = [found["status"]]
    if "points" in found:
        parts[0] += f", {found['points']:g} points"
    if "error" in found:
        parts.append(found["error"])
    for test, (was, now) in found.get("moved", {}).items():
        parts.append(f"{'gains' if now > was else 'loses'} {abs(now - was):g} at {test}")
    if found.get("repairs"):
        parts.append(f"repaired: {' '.join(found['repairs'])}")
    parts += [f"look at {test}: {words}" for test, words in found.get("review", {}).items()]
    line = " ".join("; ".join(parts).split())[:1000]
    return "".join(letter if letter.isprintable() else "?" for letter in line)


class Bar:
    """A progress bar with the time left, on a terminal; elsewhere only the lines that need attention."""

    WIDTH, CLEAR = 30, "\r\033[K"

    def __init__(self, total, quiet=False, out=sys.stderr):
        self.total, self.done, self.begun = total, 0, time.monotonic()
        self.out, self.quiet, self.shown = out, quiet, out.isatty() and not quiet

    def step(self):
        """Count one submission."""
        self.done += 1
        self._draw()

    def line(self, text):
        """Print a line above the bar."""
        if not self.quiet:
            print((self.CLEAR if self.shown else "") + text, file=self.out, flush=True)
            self._draw()

    def _draw(self):
        if self.shown:
            full = self.WIDTH * self.done // max(self.total, 1)
            bar = "#" * full + "." * (self.WIDTH - full)
            line = f"{self.CLEAR}[{bar}] {self.done}/{self.total}{self.left()}"
            print(line, end="", file=self.out, flush=True)

    def left(self):
        """Return the time left in words, from the pace so far."""
        if not 0 < self.done < self.total:
            return ""
        seconds = (time.monotonic() - self.begun) / self.done * (self.total - self.done)
        return f"  {int(seconds) // 60}:{int(seconds) % 60:02d} left"

    def close(self):
        """Leave the bar as it stands."""
        if self.shown:
            print(file=self.out)


def summary(told, batch):
    """Return the counts of a run, and whether all are graded."""
    graded = {student for student, found in told.items() if found["status"] == "graded"}
    unchanged = {student for student, found in told.items() if found["status"] == "unchanged"}
    return {
        "assignment": batch.assignment,
        "graded": len(graded),
        "unchanged": len(unchanged),
        "repaired": sum(bool(found.get("repairs")) for found in told.values()),
        "needs_review": sum(bool(found.get("review")) for found in told.values()),
        "failed": len(told) - len(graded) - len(unchanged),
        "gain": sum(_gain(found) > 0 for found in told.values()),
        "lose": sum(_gain(found) < 0 for found in told.values()),
        "log": str(batch.log_path),
    }


def _gain(found):
    return sum(now - was for was, now in found.get("moved", {}).values())


def main(options):
    """Run the command; return whether something is left to do."""
    batch = Batch(open_course(options.assignment, options.unsafe_no_sandbox), options)
    from nbgrader.converters.base import NbGraderException

    ended = False
    try:
        batch.run()
        ended = True
    except KeyboardInterrupt:
        print(
            "Interrupted. What is graded is kept; run the command again to go on.", file=sys.stderr
        )
    except NbGraderException as error:
        raise ValueError(str(error)) from None
    counts = summary(batch.told, batch)
    if options.json:
        print(json.dumps({**counts, "complete": ended, "submissions": batch.told}))
    else:
        print(closing(counts, options))
    return not ended or counts["failed"] > 0


def closing(counts, options):
    """Return the closing lines for people."""
    words = (
        f"{counts['graded']} graded, {counts['unchanged']} unchanged, {counts['repaired']} repaired, "
        f"{counts['needs_review']} need review, {counts['failed']} failed."
    )
    if options.affected:
        words += f" {counts['gain']} gain, {counts['lose']} lose points."
    look = f"Each submission has its line in {counts['log']}."
    if counts["needs_review"]:
        look += " Review them in the formgrader, Manual Grading."
    return f"{words}\n{look}"
