"""One submission in, one result out: bytes and plain data on both sides, so that a pool can do it too.

`Scorer` holds the two warm servers: the students' inside the jail, the examiners' outside. A submission
that takes either of them down costs nobody else anything.
"""

import contextlib
import hashlib
import itertools
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coursekit.grading import jail, opening, repair, server, wire
from coursekit.grading import schema as schemes

PATIENCE = 15  # seconds over a cell's limit before the examiner itself is given up
MOST_FILES, MOST_TREE = 500, 16 * 2**20
MOST_ASSIGNMENTS = 4  # held open at the same time


class NoSandbox(RuntimeError):
    """The machine cannot hold a submission; the message says why and what to install."""


class Scorer:
    """Grade submissions with two warm fork servers, and forks of both for each assignment.

    Parameters
    ----------
    limits : coursekit.grading.jail.Limits
        What a submission may use.
    walls : bool
        False grades without a jail, on the instructor's own risk.
    readable : list of str
        More folders that submissions may read.

    Raises
    ------
    NoSandbox
        If `walls` is true and this machine cannot build them.
    """

    def __init__(self, limits=None, walls=True, readable=()):
        self.limits, self.walls, self.readable = limits or jail.Limits(), walls, list(readable)
        self.servers, self.folder, self.numbers = {}, None, itertools.count()
        self.assignments, self._lock = {}, threading.RLock()
        found = jail.problems() if walls else ""
        if found:
            raise NoSandbox(found)
        self.folder = Path(tempfile.mkdtemp(prefix="grading-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End both servers and everything they started."""
        for process, path in self.servers.values():
            try:
                with contextlib.closing(self._connect(path)) as wish:
                    server.send_with_socket(wish, {"op": "end"}, None)
                process.wait(2)
            except (OSError, wire.Closed, subprocess.TimeoutExpired):
                process.kill()
                process.wait()
        self.servers = {}
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def warm(self, imports):
        """Start both servers with these modules loaded."""
        self._servers(imports)

    def _servers(self, imports):
        """Return the socket paths of both servers; those that do not run are started side by side."""
        starting = {name: self._start(name, imports) for name in ("server", "examiner")}
        with contextlib.ExitStack() as open_still:
            begun = {name: wish for name, wish in starting.items() if wish is not None}
            for wish in begun.values():
                open_still.callback(wish.close)
            for name, wish in begun.items():
                self._await(name, wish)
        return [self.servers[name][1] for name in starting]

    def _start(self, name, imports):
        """Start a server if it does not run; return the channel on which it will say that it is ready."""
        process, path = self.servers.get(name, (None, None))
        if process is not None and process.poll() is None:
            return None
        path = self.folder / f"{name}-{next(self.numbers)}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(64)
            argv = [sys.executable, "-m", f"coursekit.grading.{name}", str(listener.fileno())]
            argv.append("walls" if self.walls else "open")
            environment = {**os.environ, **_thin()}
            if name == "server" and self.walls:
                argv = jail.command(argv, self.readable)
            elif name == "server":
                home = str(self.folder / "home")
                own = jail.environment().items()
                environment = {key: value.replace(jail.HOME, home) for key, value in own}
            process = subprocess.Popen(
                argv,
                pass_fds=[listener.fileno()],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
            )
        self.servers[name] = process, str(path)
        wish = self._connect(str(path))
        server.send_with_socket(wish, {"op": "warm", "imports": imports}, None)
        return wish

    def _await(self, name, wish):
        """Wait until a server is ready."""
        try:
            wish.receive(120)
        except (wire.Closed, wire.Late):
            self.servers[name][0].kill()
            raise RuntimeError(
                f"The grading process {name!r} did not start; see its message above."
            ) from None

    def _connect(self, path):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return wire.Channel(connection)

    def score(self, body, files, masters, schema, known=None):
        """Grade one notebook.

        Parameters
        ----------
        body : bytes
            The submitted notebook as it came.
        files, masters : dict of str to bytes
            The files that the student's process gets, and those of them that are the instructor's.
        schema : dict
            What `coursekit.grading.schema.read` returned.
        known : dict, optional
            Verdicts by grade_id that hold already; these tests are not run.

        Returns
        -------
        dict
            notebook: cells with outputs; verdicts: by grade_id, each with verdict, points, message and
            review; repairs: sentences.
        """
        known = dict(known or {})
        for _ in range(2 + sum(map(schemes.is_test, schema["cells"]))):
            with self._assignment(schema, masters) as place:
                result, stuck = self._once(place, body, files, known)
                if result is not None and _all_pass(result):
                    return checked(result, schema)
                # A server that went down under a submission is no fault of the submission's.
                place["lives"] = self._lives(place)
                if not place["lives"]:
                    continue
                if result is not None:
                    return checked(result, schema)
            if stuck is None or stuck in known:
                break
            words = "This test could not be finished: the student's code kept it from ending."
            known[stuck] = {"verdict": "TIMEOUT", "points": 0, "message": words, "review": False}
        return failed(schema, "CRASH", "Your notebook ended the grading process.", body)

    def _once(self, place, body, files, known):
        """Let one examiner grade; return its result, or the test that it could not leave."""
        at = pid = None
        try:
            channel = self._connect(place["examiner"])
        except OSError:
            return None, None
        with (
            tempfile.TemporaryDirectory(
                prefix="work-", dir=self.folder, ignore_cleanup_errors=True
            ) as home,
            contextlib.closing(channel),
        ):
            job = {
                "op": "examine",
                "notebook": body,
                "files": files,
                "known": known,
                "limits": self.limits._asdict(),
                "cores": sorted(os.sched_getaffinity(0)),  # of the thread that asks
                "walls": self.walls,
                "home": home,
                "folder": str(Path(home, "examiner")),
                "server": place["students"],
                "begun": place["begun"],
            }
            try:
                server.send_with_socket(channel, job, None)
                while True:
                    message = channel.receive(self.limits.seconds * 3 + PATIENCE)
                    if "done" in message:
                        return message["done"], None
                    at, pid = message["grade_id"], message["pid"]
            except wire.Late:
                # It waits for nothing that a signal of its own would end; with it ends its student's process.
                if pid is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                return None, at
            except (wire.Closed, wire.TooLarge, wire.Malformed):
                return None, at

    # Servers of an assignment

    @contextlib.contextmanager
    def _assignment(self, schema, masters):
        """Hold the servers that have an assignment's modules and opening; they are made once."""
        key = hashlib.sha256(wire.dumps([schema, masters])).hexdigest()
        with self._lock:
            bases = self._servers([])
            place = self.assignments.pop(key, None)
            if place is None or place["bases"] != bases or not place["lives"]:
                place = {**self._open_assignment(*bases, schema, masters), "bases": bases}
                place |= {"users": 0, "lives": True}
            self.assignments[key] = place
            place["users"] += 1
            self._forget()
        try:
            yield place
        finally:
            with self._lock:
                place["users"] -= 1

    def _open_assignment(self, students, examiners, schema, masters):
        """Let both servers fork one for the assignment, side by side."""
        with ThreadPoolExecutor(1) as beside:
            examiner = beside.submit(self._open_examiner, examiners, schema, masters)
            found = self._open_students(students, schema, masters)
            return {**found, "examiner": examiner.result()}

    def _open_students(self, base, schema, masters):
        home = jail.HOME if self.walls else str(self.folder / f"opening-{next(self.numbers)}")
        wish = {"op": "open", "imports": schema["imports"], "cells": []}
        students, _ = self._open(base, wish)
        wish |= {"cells": [cell["source"] for cell in opening.cells(schema)], "home": home}
        wish |= {"files": masters, "limits": self.limits._asdict()}
        path, found = self._open(students, wish) if wish["cells"] else (None, {})
        begun = {"path": path, "outputs": found["outputs"]} if found.get("sound") else None
        return {"students": students, "begun": begun}

    def _open_examiner(self, base, schema, masters):
        wish = {"op": "open", "schema": schema, "masters": masters, "opened": True}
        wish |= {
            "limits": self.limits._asdict(),
            "home": str(self.folder / f"opening-{next(self.numbers)}"),
        }
        path, found = self._open(base, wish)
        if not found["sound"]:
            path, _ = self._open(base, {**wish, "opened": False})
        return path

    def _open(self, base, wish):
        """Let a server fork one for an assignment; return its socket's path and what it says."""
        path = str(self.folder / f"open-{next(self.numbers)}")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(64)
            with contextlib.closing(self._connect(base)) as channel:
                server.send_with_socket(channel, wish, listener)
                try:
                    found = channel.receive(PATIENCE + 120)
                except (wire.Closed, wire.Late):
                    found = {"sound": False, "why": "the server did not start"}
        return path, found

    def _lives(self, place):
        """Tell whether the servers of an assignment still answer."""
        paths = [place["students"], place["examiner"]]
        paths += [place["begun"]["path"]] if place["begun"] else []
        try:
            for path in paths:
                self._connect(path).close()
        except OSError:
            return False
        return True

    def _forget(self):
        """End the servers of assignments that were not used for long."""
        idle = [key for key, place in self.assignments.items() if not place["users"]]
        for key in idle[: max(0, len(self.assignments) - MOST_ASSIGNMENTS)]:
            place = self.assignments.pop(key)
            for path in (place["begun"] or {}).get("path"), place["students"], place["examiner"]:
                with contextlib.suppress(OSError, wire.Closed):
                    if path is not None:
                        with contextlib.closing(self._connect(path)) as channel:
                            server.send_with_socket(channel, {"op": "end"}, None)


def _thin():
    """Return settings of the examiner: no display, no threads, its own helpers' folder."""
    entries = [entry for entry in sys.path if entry and os.path.isdir(entry)]
    return {
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONPATH": os.pathsep.join(entries),
    }


def _all_pass(result):
    return all(found["verdict"] == "PASS" for found in result["verdicts"].values())


def checked(result, schema):
    """Return a result whose every test has a verdict of the closed list and points within bounds."""
    for cell in filter(schemes.is_test, schema["cells"]):
        name = cell["grade_id"]
        found = result["verdicts"].get(name)
        if found is None:
            words = "This test was not reached."
            found = {"verdict": "CRASH", "points": 0, "message": words, "review": True}
        found["points"] = min(max(0.0, float(found["points"])), float(cell["points"]))
        result["verdicts"][name] = found
    return result


def failed(schema, verdict, words, body=None):
    """Return the result of a submission for which no test could be run, with its answers if `body` has them."""
    notebook = repair.empty(schema)
    if body is not None:
        with contextlib.suppress(repair.Unreadable):
            notebook, _ = repair.repair(body, schema)
    verdicts = {
        cell["grade_id"]: {"verdict": verdict, "points": 0, "message": words, "review": True}
        for cell in filter(schemes.is_test, schema["cells"])
    }
    return {"notebook": notebook, "verdicts": verdicts, "repairs": [words]}


def pick(files, schema):
    """Find a notebook among submitted files: by its name, else by its contents.

    Returns
    -------
    path : str or None
    told : list of str
    """
    name = f"{schema['notebook']}.ipynb"
    if name in files:
        return name, []
    books = sorted(path for path in files if path.endswith(".ipynb"))
    ranked = [(repair.overlap(files[path], schema), path) for path in books]
    best, path = max(ranked, default=(0, None))
    if best <= 0:
        return None, []
    return path, [f"The notebook was called {path[:100]!r}; it was taken for {name}."]


def gather(folder, ignored=lambda path: False):
    """Read the regular files of a folder, following no link.

    Returns
    -------
    files : dict of str to bytes
    told : list of str
        What was left out, one sentence each.
    """
    files, told, room = {}, [], MOST_TREE
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        return {}, ["The submission is a link or no folder; it was not followed."]
    for place, folders, names in os.walk(folder):
        for name in list(folders):
            if (Path(place) / name).is_symlink():
                folders.remove(name)
                told.append(f"The link {name!r} was not followed.")
            elif ignored(os.path.join(place, name)):
                folders.remove(name)
        for name in sorted(names):
            path = Path(place, name)
            inner = str(path.relative_to(folder))
            if ignored(str(path)):
                continue
            body, why = regular(path, room)
            if body is None:
                told.append(f"The file {inner[:100]!r} was left out: {why}.")
            elif len(files) >= MOST_FILES:
                told.append(f"Only the first {MOST_FILES} files were read.")
                return files, told
            else:
                files[inner.encode("utf-8", "replace").decode()] = body
                room -= len(body)
    return files, told


def regular(path, most):
    """Return the bytes of a regular file, or None and why not; links and pipes are not opened."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        link = os.path.islink(path)
        return None, "it is a link" if link else f"it cannot be read ({error.strerror})"
    with open(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            return None, "it is not a regular file"
        if found.st_size > most:
            return None, f"it is too large ({found.st_size >> 20} MB)"
        return file.read(most), ""
