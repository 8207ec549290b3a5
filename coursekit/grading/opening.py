"""The opening: an assignment's locked cells before the student's first, run once and forked where that is sound.

It is not sound to fork a process that holds an open file, a thread, a child or an open figure, that wrote
files or moved, or whose random numbers a fresh run would draw anew. Then every submission runs these cells.
"""

import contextlib
import hashlib
import os
import random
import signal
import sys
from pathlib import Path

from coursekit.grading import wire

SEEDED = {}  # states of the generators that the opening seeded: every submission starts from there


class Unsound(Exception):
    """A fork would share what a fresh run of the cells would not; the message says what."""


def cells(schema):
    """Return the locked code cells that stand before the student's first cell.

    Parameters
    ----------
    schema : dict
        What `coursekit.grading.schema.read` returned.
    """
    found = []
    for cell in schema["cells"]:
        if cell["type"] == "code" and (not cell["locked"] or cell["grade"] or cell["solution"]):
            break
        if cell["type"] == "code" and cell["source"].strip():
            found.append(cell)
    return found


def leads(notebook, opened):
    """Tell whether a repaired notebook begins with the opening, with no code of the student's in it.

    Parameters
    ----------
    notebook : dict
        What `coursekit.grading.repair.repair` returned.
    opened : list of dict
        What `cells` returned.
    """
    codes = [c for c in notebook["cells"] if c["cell_type"] == "code" and c["source"].strip()]
    first = codes[: len(opened)]
    return all(cell["role"] == "locked" for cell in first) and [c["source"] for c in first] == [
        cell["source"] for cell in opened
    ]


@contextlib.contextmanager
def watched(place):
    """Raise Unsound if what is done inside leaves traces that forks would share, or would lack.

    Parameters
    ----------
    place : str
        The folder in which the cells run, with nothing else going on there.
    """
    before = _held(place)
    yield
    after = _held(place)
    for what, value in before.items():
        if after[what] != value:
            raise Unsound(f"the locked cells leave {what}")


def _held(place):
    """Return what a fork shares with its siblings, and what a file system keeps for none of them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return {
        "an open file": _descriptors(),
        "a thread": len(os.listdir("/proc/self/task")),
        "a child": _children(),
        "an open figure": list(pyplot.get_fignums()) if hasattr(pyplot, "get_fignums") else [],
        "another working folder": os.getcwd(),
        "a file": _files(place),
    }


def _descriptors():
    found = {}
    for fd in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/self/fd/{fd}")
            if target != f"/proc/{os.getpid()}/fd":
                found[fd] = target
    return found


def _children():
    try:
        os.waitpid(-1, os.WNOHANG)
        return True
    except ChildProcessError:
        return False


def _files(place):
    found = {}
    for folder, _, names in os.walk(place):
        found[folder] = True
        for name in names:
            with contextlib.suppress(OSError):
                stat = os.lstat(Path(folder, name))
                found[str(Path(folder, name))] = stat.st_size, stat.st_mtime_ns
    return found


def run(codes, place, seconds, make):
    """Run the opening in this process, which forks may then share.

    Parameters
    ----------
    codes : list of str
        The cells.
    place : str
        The folder in which they run.
    seconds : float
        How long each may take.
    make : callable
        Returns a new `coursekit.grading.student.Process`.

    Returns
    -------
    list
        The outputs of each cell.

    Raises
    ------
    Unsound
        If a fork would not be what a fresh run is.
    """
    # Once more from another seed: generators that end alike were seeded by the cells themselves.
    asked = any("seed" in code for code in codes)
    other = _apart(lambda: _once(codes, place, seconds, make(), 2)[2]) if asked else {}
    outputs, before, after = _once(codes, place, seconds, make(), 1)
    changed = {name for name, state in after.items() if before.get(name) != state}
    if any(other.get(name) != after[name] for name in changed):
        raise Unsound("the locked cells draw random numbers")
    SEEDED.update({name: state for name, state in kept().items() if name in changed})
    return outputs


def _once(codes, place, seconds, process, number):
    """Run the cells from a seed; return their outputs and the generators' states before and after."""
    seed(number)
    before, outputs = states(), []
    with watched(place):
        for code in codes:
            outputs.append(_timed(process, code, seconds))
    return outputs, before, states()


def _timed(process, code, seconds):
    told = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        outputs = process.run({"code": code})["outputs"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, told)
    if process.failed is not None:
        raise Unsound("a locked cell fails")
    return outputs


def _ring(*_):
    raise Unsound("a locked cell takes too long")


def _apart(action):
    """Do something in a fork and return its value; what cannot be done there is Unsound."""
    channel, theirs = wire.pair()
    child = os.fork()
    if child == 0:
        try:
            wire.Channel(theirs).send(action())
        finally:
            os._exit(0)
    theirs.close()
    try:
        return channel.receive()
    except wire.Closed:
        raise Unsound("the locked cells do not end well") from None
    finally:
        channel.close()
        os.waitpid(child, 0)


# Random numbers


def seed(number=None):
    """Seed the generators that are loaded; without a number as freshly as at a start."""
    for module in _generators().values():
        module.seed(number)


def kept():
    """Return the state of each generator."""
    return {
        name: module.getstate() if name == "random" else module.get_state()
        for name, module in _generators().items()
    }


def restore(states):
    """Put generators back into states that `kept` returned; Python itself reseeds `random` in a fork."""
    for name, state in states.items():
        module = _generators()[name]
        module.setstate(state) if name == "random" else module.set_state(state)


def states():
    """Return a digest of each generator's state."""
    return {
        name: hashlib.sha256(b"".join(map(_bytes, state))).hexdigest()
        for name, state in kept().items()
    }


def _bytes(part):
    return part.tobytes() if hasattr(part, "tobytes") else repr(part).encode()


def _generators():
    numpy = sys.modules.get("numpy.random")
    return {"random": random, **({} if numpy is None else {"numpy.random": numpy})}
