"""The examiner: a trusted process that runs the tests as they are written, one fork per submission.

It runs the locked cells and the tests itself, lets the student's process run the rest, and resolves the
names that a test needs: its own, a copy of the student's plain data, or a stand-in.
"""

import ast
import builtins
import contextlib
import importlib
import io
import json
import os
import re
import resource
import signal
import socket
import sys
import time
import types
import unicodedata
import warnings
from pathlib import Path

from coursekit.grading import (
    around,
    jail,
    opening,
    ordinary,
    outputs,
    pictures,
    plain,
    repair,
    schema,
    server,
    wire,
)
from coursekit.grading.opinion import WORDS, Opinion
from coursekit.grading.remote import Remote, Trouble
from coursekit.grading.stand import Stand
from coursekit.grading.verdicts import failure, score, verdict

MOST_STARTS, MOST_EXTRA = 25, 10
CELLS = ("<test>", "<locked cell>")
FIGURES = re.compile(r"plt|matplotlib|pylab|\bmpl|\bsns|seaborn")
JUDGED = "An object of your code judged this test's values. A person will look at this test."


class Timer(BaseException):
    """A cell of the examiner's own took too long."""


class Examiner:
    """Grade one submission."""

    def __init__(self, job, report):
        self.job, self.report = job, report
        self.limits = jail.Limits(**job["limits"])
        self.scheme = job["schema"]
        # For unittest.main, pickle and the like, the test's cell is the program.
        sys.modules["__main__"] = main = types.ModuleType("__main__")
        self.space = main.__dict__
        self.space |= {"__builtins__": builtins, "get_ipython": _shell, "display": _display}
        self.space |= job["opened"]["space"]
        self.own, self.by_tests = set(job["opened"]["own"]), {}
        self.modules, self.begun = self.scheme["modules"], {}
        self.remote, self.ran, self.killers, self.starts = None, [], set(), 0
        self.around = around.Around(self.cannot)
        self.until, self.spare = 0.0, MOST_EXTRA * self.limits.seconds
        self.tree = ast.Module([], [])  # of the test that runs
        self.cells, self.second = [], None
        self.earlier = set()  # names that tests before it have assigned
        self.unruly = False  # a cell took too long, or ended the process
        self.borrowed = set()  # names that a test takes from earlier ones
        self.absent = set()  # names that a test needs and nobody has
        self.sees_figures = False  # a test may look at those that are open
        self.has_bytes = False  # of the student's making: a file, or a value

    # The student's process

    def late_words(self):
        """Return the message of a timeout."""
        return f"Your code did not finish within {self.limits.seconds:g} seconds."

    def student(self):
        """Return the line to a living process of the student's, with all cells so far run."""
        if self.remote is not None and self.remote.alive:
            return self.remote
        if self.starts >= MOST_STARTS:
            raise Trouble("CRASH", f"Your code ended its process {MOST_STARTS} times.")
        self.starts += 1
        self.remote = self._start()
        try:
            for i, code in self.ran:
                if i not in self.killers and not self._spend(i, code)[1]:
                    return self.student()
        except Trouble:
            self.remote.kill()
            raise
        return self.remote

    def _start(self):
        path = self.job["begun"]["path"] if self.begun else self.job["server"]
        control = wire.Channel(_connect(path))
        channel, theirs = wire.pair()
        home = jail.HOME if self.job["walls"] else self.job["home"]
        wish = {"op": "student", "files": self.job["files"], "limits": self.job["limits"]}
        wish |= {"walls": self.job["walls"], "home": home, "cores": self.job["cores"]}
        server.send_with_socket(control, wish, theirs)
        theirs.close()
        return Remote(control, channel, self)

    def has_opening(self, notebook):
        """Return the outputs of the opening's cells if the student's process is a fork that has run them.

        It is one only where the submission leaves the opening alone and brings no files of its own.
        """
        begun, cells = self.job["begun"], opening.cells(self.scheme)
        if not begun or set(self.job["files"]) != set(self.job["masters"]):
            return {}
        if not opening.leads(notebook, cells):
            return {}
        return {
            cell["grade_id"]: outputs for cell, outputs in zip(cells, begun["outputs"], strict=True)
        }

    def _run(self, i, code):
        """Let the student's process run a cell; return its outputs and whether the process lives."""
        remote = self.remote
        try:
            answer = remote.ask("run", time.monotonic() + self.limits.seconds, code=code)
            return outputs.clean(answer.get("outputs"), self.limits.output), True
        except Trouble as trouble:
            self.unruly = True
            lives = trouble.verdict == "TIMEOUT" and remote.interrupt()
            remote.trouble = None
            if not lives:
                remote.kill()
                self.killers.add(i)
            return [outputs.error(trouble.verdict, trouble.message)], lives

    def _spend(self, i, code):
        """Run a cell on the seconds that extra cells and new starts share: there may be thousands."""
        if self.spare <= 0:
            most = MOST_EXTRA * self.limits.seconds
            raise Trouble("TIMEOUT", f"Not run: extra cells and new starts took {most:g} seconds.")
        began = time.monotonic()
        try:
            return self._run(i, code)
        finally:
            self.spare -= time.monotonic() - began

    def run_student_cell(self, i, cell):
        """Run a cell of the student's and keep its outputs."""
        run = self._spend if cell["role"] == "extra" else self._run
        try:
            self.student()
            cell["outputs"], _ = run(i, cell["source"])
            self.ran.append((i, cell["source"]))
        except Trouble as trouble:
            cell["outputs"] = [outputs.error(trouble.verdict, trouble.message)]

    # Names

    def module(self, name):
        """Return the examiner's own module for one that the student's name stands for."""
        # Of others the student would choose which code runs here.
        if name in (*self.modules.values(), *self.scheme["imports"], *self.scheme["tested"]):
            with contextlib.suppress(ImportError):
                return importlib.import_module(name)
        raise wire.NotPlain(f"the module {name[:60]} is not one that tests use")

    def needed(self, tree):
        """Return all names that code reads, also through functions that the examiner has."""
        names, seen = set(), set()
        todo = [schema.loaded(tree)]
        while todo:
            for name in todo.pop() - names:
                names.add(name)
                held = self.space.get(name)
                for code in _codes(held):
                    if code not in seen:
                        seen.add(code)
                        todo.append(_names_of(code))
        return names

    def resolve(self, tree, local):
        """Put the names that a test needs, and that are not the examiner's, into its space."""
        asked = set(self.scheme["changed"])
        wanted = self.needed(tree) | schema.named_in_texts(tree)
        wanted -= self.own | (set(dir(builtins)) - asked) | set(self.by_tests) | {"get_ipython"}
        wanted -= local - schema.loaded(tree)
        missing = set()
        for name in sorted(wanted):
            if name in self.modules and name not in asked:
                with contextlib.suppress(ImportError):
                    self.space[name] = importlib.import_module(self.modules[name])
                    continue
            missing.add(name)
        missing = {name for name in missing if not name.startswith("__")}
        found = self.student().fetch(missing, set(self.scheme["classes"])) if missing else {}
        self.space.update(found)
        return wanted

    # Cells of the examiner's

    def run_locked(self, cell):
        """Run a locked cell here as well, unless it needs what the student defines."""
        tree = schema.tree_of(cell["source"])
        if tree is None:
            return
        stored, changed = schema.stored(tree), set(self.scheme["changed"])
        needs = self.needed(tree) - stored - set(dir(builtins)) - {"get_ipython"}
        if needs - set(self.space) - set(self.modules) or needs & changed - self.own:
            return
        for name in needs & set(self.modules) - set(self.space):
            with contextlib.suppress(ImportError):
                self.space[name] = importlib.import_module(self.modules[name])
        try:
            self.execute(tree, "<locked cell>")
        except (Trouble, Timer, Exception):
            return
        kept = {name for name in stored if name not in changed or _is_tool(self.space.get(name))}
        self.own |= kept
        for name in stored - kept:
            self.space.pop(name, None)

    def execute(self, tree, name):
        """Run a parsed cell; return the value of its last expression and what it printed."""
        body, last = schema.compiled(tree, name)
        said, complaints = _Limited(self.limits.output), _Limited(self.limits.output)
        value = None
        signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)
        try:
            with (
                contextlib.redirect_stdout(said),
                contextlib.redirect_stderr(complaints),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("default")
                exec(body, self.space)
                if last is not None:
                    value = eval(last, self.space)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.said = said.getvalue()
        return value

    def run_test(self, cell, points):
        """Run a test cell; return its verdict as plain data."""
        code, self.said = cell["source"], ""
        tree = schema.tree_of(code)
        if tree is None:
            return verdict(
                "ERROR", 0, "This test itself is not valid Python; tell your teacher.", True
            )
        self.tree, self.earlier = tree, set(self.by_tests)
        local, trouble, wanted, until = schema.stored(tree), None, set(), time.monotonic()
        self.until = until + self.limits.seconds
        pictures.forget()
        try:
            signal.setitimer(signal.ITIMER_REAL, 2 * self.limits.seconds)
            if self.remote is not None:
                self.remote.begin(schema.mutates(tree))
            self.sees_figures = bool(FIGURES.search(code)) or "plt" in self.needed(tree)
            self.bring_files(tree)
            wanted = self.resolve(tree, local)
            self.absent = wanted - set(self.space)
            earlier = schema.loaded(tree) & self.earlier
            self.borrowed = {name for name in earlier if not callable(self.space.get(name))}
            self.around.begin(tree, self.space)
            self.until = time.monotonic() + self.limits.seconds
            value = self.execute(tree, "<test>")
            result = score(None if schema.is_quiet(code) else value, points)
        except Trouble as found:
            trouble = found
        except Timer:
            result = verdict("TIMEOUT", 0, self.late_words())
        except MemoryError:
            result = verdict("MEMORY", 0, f"Your code used more than {self.limits.memory} MB.")
        except BaseException as error:
            result = failure(error, code)
            if isinstance(error, NameError) and not result["by_student"]:
                result["missing"] = error.name in self.absent
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self.remote is not None:
            # What broke during a test decides it, even if the test went on as if nothing had been.
            trouble = self.remote.trouble or trouble
            if self.remote.outstanding is not None and self.remote.alive:
                self.remote.interrupt()
        for name in wanted - local:
            self.space.pop(name, None)
        self.by_tests.update(dict.fromkeys(local & set(self.space), True))
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        if trouble is not None:
            result = verdict(trouble.verdict, 0, trouble.message, trouble.review)
            # What the student's process sent may be in the others' words.
            result["spoken"] = trouble.verdict in ("TIMEOUT", "MEMORY", "OUTPUT_LIMIT")
        return {**result, "said": self.said[:20_000]}

    def bring_files(self, tree):
        """Copy files that a test names from the student's folder into the examiner's."""
        for name in sorted(schema.files(tree)):
            target = Path(name)
            if name in self.job["masters"] or target.is_absolute():
                continue
            body = self.student().file(name)
            if isinstance(body, bytes):
                self.has_bytes = True
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(body)

    def second_opinion(self, i, result):
        """Return what a test's verdict gains where one process may say otherwise of it."""
        remote, passed = self.remote, result["verdict"] == "PASS"
        # What never ends or breaks down would do so again, at the same price.
        self.unruly |= result["verdict"] not in ("PASS", "FAIL", "ERROR")
        sure = "partial" in result or result.get("missing")
        if result["review"] or sure or self.killers or self.unruly:
            return {}
        if passed and remote is not None and remote.judged:
            return {"review": True, "doubt": JUDGED}
        shared = self.borrowed or (remote is not None and remote.may_differ())
        if passed and not shared and not schema.looks_at_identity(self.tree):
            return {}
        if not passed and not shared and self.is_ordinary(i):
            return {}
        try:
            if self.second is None:
                # The opening has run where the process is a fork of it.
                left = [{**c, "source": ""} if _id(c) in self.begun else c for c in self.cells]
                self.second = Opinion(self._start(), left, 2 * self.limits.seconds)
            found = self.second.passes(i)
        except (Trouble, wire.Closed):
            return {}
        return {"review": True, "doubt": WORDS} if found is (not passed) else {}

    def is_ordinary(self, i):
        """Tell whether a failed test would fail in one process as well, by its code and all before it."""
        remote = self.remote
        if self.sees_figures or (remote is not None and not remote.exact):
            return False
        before = [c for c in self.cells[:i] if c["cell_type"] == "code" and c["role"] != "test"]
        cells = [(c["source"], c["role"] == "locked") for c in before if c["source"].strip()]
        taken = (remote.values, remote.functions) if remote is not None else (set(), set())
        signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)
        try:
            return ordinary.is_ordinary(self.cells[i]["source"], cells, self.earlier, *taken)
        except (Exception, Timer):  # no parser takes all that students can write
            return False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def audit(self, event, args):
        """Keep what students made from running here: their pickles, and texts that a test evaluates."""
        if event == "pickle.find_class" and self.has_bytes:
            raise self.cannot("The test unpickles what your code may have made")
        if event != "exec":
            return
        by_doctest = args[0].co_filename.startswith("<doctest")
        by_test = sys._getframe(1).f_code.co_filename in CELLS
        if by_doctest or (by_test and args[0] not in schema.literal_codes(self.tree)):
            raise self.cannot("The test evaluates a text that it does not hold itself")

    def may_call(self, name):
        """End a test whose cell lets pandas evaluate a text that calls what no text of the teacher's does."""
        frame = sys._getframe(2)
        while frame.f_globals.get("__name__", "").startswith("pandas."):
            frame = frame.f_back
        if frame.f_code.co_filename not in CELLS:
            return  # a library's own text
        cells = (c for c in self.scheme["cells"] if c["type"] == "code" and c["locked"])
        trees = [self.tree, *filter(None, map(schema.tree_of, (c["source"] for c in cells)))]
        if not any(name in schema.called_in_texts(tree) for tree in trees):
            raise self.cannot("The test evaluates a text that it does not hold itself")

    def follow_seed(self, which, value):
        """Seed the student's generators as a test seeded its own."""
        if self.remote is not None and self.remote.alive:
            with contextlib.suppress(wire.NotPlain):
                self.remote.ask("seed", self.until, which=which, value=plain.encode(value))

    def cannot(self, words):
        """Return the trouble of a test that sets up what cannot reach the student's process."""
        return self.student().cannot(words)

    def source_of(self, held):
        """Return the source of a student's function as it was handed in; None for what is not the student's."""
        if not isinstance(held, Stand):
            return None
        codes = [code for _, code in self.ran]
        found = held._stand_asked and around.source(held._stand_asked, codes, schema.tree_of)
        if not found:
            raise self.cannot("The test reads the source of an object that no cell defines")
        return found

    def forget_redefined(self, source):
        """Let names of earlier tests that a student's cell stores to be the student's again."""
        text = unicodedata.normalize("NFKC", source)  # as Python reads names
        if not any(name in text for name in self.by_tests):
            return  # most cells: parsing each would take longer
        signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)
        try:
            tree = schema.tree_of(source)
            stored = schema.stored(tree) if tree is not None else ()
        except (Exception, Timer):  # no parser takes all that students can write
            stored = [name for name in self.by_tests if name in text]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for name in stored:
            if self.by_tests.pop(name, None):
                self.space.pop(name, None)

    # The whole

    def grade(self):
        """Grade the submission; return the notebook, the verdicts and the repairs."""
        verdicts = {}
        try:
            notebook, repairs = repair.repair(self.job["notebook"], self.scheme)
        except repair.Unreadable as error:
            notebook = repair.empty(self.scheme)
            words = f"The submitted file cannot be graded: {error}."
            for cell in notebook["cells"]:
                if cell["role"] == "test":
                    verdicts[_id(cell)] = verdict("STRUCTURE", 0, words, True)
            return {"notebook": notebook, "verdicts": verdicts, "repairs": [words]}
        if any("seed(" in cell["source"] for cell in notebook["cells"] if cell["role"] == "test"):
            around.forward_seeds(self.follow_seed)
        around.forward_sources(self.source_of)
        around.guard_queries(self.may_call)
        self.around.watch()
        self.begun, self.cells = self.has_opening(notebook), list(map(dict, notebook["cells"]))
        for i, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] != "code":
                continue
            self.report({"at": i, "grade_id": _id(cell), "pid": os.getpid()})
            if cell["role"] == "test":
                name = _id(cell)
                points = cell["metadata"]["nbgrader"]["points"]
                verdicts[name] = self.job["known"].get(name) or self.run_test(cell, points)
                if name not in self.job["known"]:
                    verdicts[name] |= self.second_opinion(i, verdicts[name])
            elif cell["source"].strip():
                if cell["role"] == "locked" and _id(cell) not in self.job["opened"]["cells"]:
                    self.run_locked(cell)
                if cell["role"] == "locked" and _id(cell) in self.begun:
                    cell["outputs"] = outputs.clean(self.begun[_id(cell)], self.limits.output)
                    continue
                self.run_student_cell(i, cell)
                if cell["role"] != "locked":
                    self.forget_redefined(cell["source"])
        if self.second is not None:
            self.second.remote.finish()
        if self.remote is not None:
            self.remote.finish()
        return {"notebook": notebook, "verdicts": verdicts, "repairs": repairs}


class _Limited(io.StringIO):
    """What a test prints, up to a limit; the rest is dropped."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def write(self, text):
        if self.tell() < self.limit:
            super().write(text[: self.limit - self.tell()])
        return len(text)


def _id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _codes(held):
    """Return the code of a function or a class's methods that the examiner holds."""
    if hasattr(held, "__code__"):
        return [held.__code__]
    if isinstance(held, type) and held.__module__ == "__main__":
        return [item.__code__ for item in vars(held).values() if hasattr(item, "__code__")]
    return []


def _names_of(code):
    names = set(code.co_names)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            names |= _names_of(constant)
    return names


def _is_tool(value):
    """Tell whether a locked name is a module, function or class: always the examiner's own."""
    return isinstance(value, type) or callable(value) or type(value).__name__ == "module"


def _shell():
    """Return IPython's shell, for a magic in a test."""
    from coursekit.grading import student

    return student.warm()


def _display(*values, **_):
    print(*values)


def _connect(path):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError as error:
        raise wire.Closed("the fork server has ended") from error
    return connection


def _writable(result):
    """Return a result without the lone surrogates of student's text: no file can hold them."""
    return json.loads(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


def _ring(*_):
    raise Timer


# What is asked of each test's tree; the answers are found once, before the forks.
ASKED_OF_TESTS = (schema.loaded, schema.stored, schema.files, schema.mutates, schema.named_in_texts)
ASKED_OF_TESTS += (schema.looks_at_identity, around.assigned, around.names_notebook)
PREPARED = {}  # what all submissions of the assignment share: schema, masters, opened


def prepare(wish):
    """Load what an assignment's tests need and run its opening, before the forks.

    Parameters
    ----------
    wish : dict
        schema, masters, limits; home: a folder for the opening; opened: whether to run it.

    Returns
    -------
    dict
        Nothing more to tell.

    Raises
    ------
    coursekit.grading.opening.Unsound
        If each submission's examiner must run these cells itself.
    """
    scheme, nothing = wish["schema"], {"space": {}, "own": [], "cells": []}
    server.preload([*scheme["imports"], *scheme["tested"]])
    for cell in scheme["cells"]:
        tree = schema.tree_of(cell["source"]) if cell["type"] == "code" else None
        if tree is not None:
            for known in ASKED_OF_TESTS:
                known(tree)
            schema.is_quiet(cell["source"])
            ordinary.facts(cell["source"], not schema.is_test(cell))
            with contextlib.suppress(SyntaxError):
                schema.compiled(tree, "<test>" if schema.is_test(cell) else "<locked cell>")
    PREPARED.update(schema=scheme, masters=wish["masters"], opened=nothing, random={})
    cells = opening.cells(scheme) if wish["opened"] else []
    if not cells:
        return {}
    signal.signal(signal.SIGALRM, _ring)
    folder = wish["home"]
    _enter(folder, wish["masters"])
    grader = Examiner({**wish, "opened": nothing}, None)
    with opening.watched(folder):
        for cell in cells:
            grader.run_locked(cell)
    os.chdir("/")
    sys.path.remove(folder)
    ids = [cell["grade_id"] for cell in cells]
    PREPARED["opened"] = {"space": grader.space, "own": list(grader.own), "cells": ids}
    PREPARED["random"] = opening.kept()
    return {}


def _enter(folder, masters):
    """Go to a folder and put the instructor's files there."""
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    for name, body in masters.items():
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    sys.path.insert(0, folder)


def examine(channel, job, passed):
    """Grade the submission of a job and send the result."""
    job |= PREPARED
    limit = 4 * job["limits"]["memory"] * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.sched_setaffinity(0, job["cores"])
    signal.signal(signal.SIGALRM, _ring)
    _enter(job["folder"], job["masters"])  # the scorer removes it
    opening.restore(job["random"])
    grader = Examiner(job, channel.send)
    sys.addaudithook(grader.audit)
    channel.send({"done": _writable(grader.grade())})


def main():
    """Serve jobs on the listening socket whose number is given."""
    server.end_with_parent()
    listener = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(listener.fileno(), False)
    sys.path[:] = [entry for entry in sys.path if entry]
    import IPython.core.inputtransformer2  # noqa: F401 (warm before the forks)

    server.serve(listener, examine, prepare)


if __name__ == "__main__":
    main()
