"""One submission in, one result out: bytes and plain data on both sides, so that a pool can do it too.

`Scorer` holds the two warm servers: the students' inside the jail, the examiners' outside. A submission
that takes either of them down costs nobody else anything.
"""

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from coursekit.grading import jail, plain, repair, server
from coursekit.grading import schema as schemes

PATIENCE = 15  # seconds over a cell's limit before the examiner itself is given up
MOST_FILES, MOST_TREE = 500, 16 * 2**20


class NoSandbox(RuntimeError):
    """The machine cannot hold a submission; the message says why and what to install."""


class Scorer:
    """Grade submissions with two warm fork servers.

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
        self.servers, self.folder = {}, None
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
            except (OSError, plain.Closed, subprocess.TimeoutExpired):
                process.kill()
                process.wait()
        self.servers = {}
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def warm(self, imports):
        """Start both servers with these modules loaded."""
        for name in ("server", "examiner"):
            self._server(name, imports)

    def _server(self, name, imports):
        """Return the socket path of a server, starting it if it does not run."""
        process, path = self.servers.get(name, (None, None))
        if process is not None and process.poll() is None:
            return path
        path = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(64)
            argv = [sys.executable, "-m", f"coursekit.grading.{name}", str(listener.fileno())]
            argv.append("walls" if self.walls else "open")
            environment = {**os.environ, **_thin()}
            if name == "server" and self.walls:
                argv = jail.command(argv, self.readable)
            elif name == "server":
                environment = {**jail.environment(), "HOME": str(self.folder / "home")}
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
        try:
            wish.receive(120)
        except (plain.Closed, plain.Late):
            process.kill()
            raise RuntimeError(
                f"The grading process {name!r} did not start; see its message above."
            ) from None
        wish.close()
        return str(path)

    def _connect(self, path):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return plain.Channel(connection)

    def score(self, body, files, masters, schema):
        """Grade one notebook.

        Parameters
        ----------
        body : bytes
            The submitted notebook as it came.
        files, masters : dict of str to bytes
            The files that the student's process gets, and those of them that are the instructor's.
        schema : dict
            What `coursekit.grading.schema.read` returned.

        Returns
        -------
        dict
            notebook: cells with outputs; verdicts: by grade_id, each with verdict, points, message and
            review; repairs: sentences.
        """
        imports = schema["imports"]
        known, stuck = {}, None
        for _ in range(1 + sum(map(schemes.is_test, schema["cells"]))):
            with tempfile.TemporaryDirectory(prefix="work-", dir=self.folder) as home:
                job = {
                    "op": "examine",
                    "notebook": _b64(body),
                    "files": {name: _b64(data) for name, data in files.items()},
                    "masters": {name: _b64(data) for name, data in masters.items()},
                    "schema": schema,
                    "known": known,
                    "limits": list(self.limits),
                    "walls": self.walls,
                    "home": home,
                    "server": self._server("server", imports),
                }
                job["limits"] = self.limits._asdict()
                result, stuck = self._once(job, imports)
            if result is not None:
                return checked(result, schema)
            if stuck is None or stuck in known:
                break
            words = "This test could not be finished: the student's code kept it from ending."
            known[stuck] = {"verdict": "TIMEOUT", "points": 0, "message": words, "review": False}
        return failed(schema, "CRASH", "Your notebook ended the grading process.")

    def _once(self, job, imports):
        """Let one examiner grade; return its result, or the test that it could not leave."""
        channel = self._connect(self._server("examiner", imports))
        at = None
        try:
            server.send_with_socket(channel, job, None)
            while True:
                message = channel.receive(self.limits.seconds * 3 + PATIENCE)
                if "done" in message:
                    return message["done"], None
                at = message["grade_id"]
        except (plain.Closed, plain.Late, plain.TooLarge, plain.Malformed):
            return None, at
        finally:
            channel.close()


def _thin():
    """Return settings of the examiner: no display, no threads, its own helpers' folder."""
    entries = [entry for entry in sys.path if entry and os.path.isdir(entry)]
    return {
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONPATH": os.pathsep.join(entries),
    }


def _b64(data):
    return base64.b64encode(data).decode()


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


def failed(schema, verdict, words):
    """Return the result of a submission for which no test could be run."""
    notebook = repair.empty(schema)
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
        import stat

        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            return None, "it is not a regular file"
        if found.st_size > most:
            return None, f"it is too large ({found.st_size >> 20} MB)"
        return file.read(most), ""
