"""The warm fork server: it holds what the locked cells import, and gives each submission a fork.

The same loop serves students' processes inside the jail and examiners outside it. A connection's
first message says what is wanted; a student's brings the socket on which the student will speak.
"""

import array
import contextlib
import ctypes
import gc
import importlib
import os
import re
import select
import signal
import socket
import sys
import time
from pathlib import Path

from coursekit.grading import jail, opening
from coursekit.grading.wire import Channel, Closed, Malformed

LOOK_EVERY = 0.2  # seconds between two looks at a submission's memory
# What a socket holds belongs to no process: beyond the first 64, each counts as much as it may hold.
FREE_SOCKETS, SOCKET_MB = 64, 8


def serve(listener, handle, prepare):
    """Fork for each connection and let the child `handle` it, until the listener's owner ends.

    A wish to "open" an assignment makes a fork that is itself a server, on the socket that came with the
    wish: it holds what `prepare` does.
    """
    while True:
        # What is loaded stays shared: no collection writes into it after a fork.
        gc.collect()
        gc.freeze()
        connection, _ = listener.accept()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        channel = Channel(connection)
        try:
            mine, passed = receive_socket(channel)
            # A submission is read by its fork only: nothing of it stays here for the next one's.
            wish = channel.receive() if mine else {"op": "submission"}
        except (Closed, Malformed):
            connection.close()
            continue
        if wish["op"] == "warm":
            preload(wish["imports"])
            with contextlib.suppress(Closed):  # who asked may have been stopped meanwhile
                channel.send({"ready": True})
            connection.close()
            continue
        if wish["op"] == "end":
            return
        if os.fork() == 0:
            status = 1
            try:
                end_with_parent()
                listener.close()
                if wish["op"] == "open":
                    call_itself("assignment")
                    open_assignment(channel, wish, passed, handle, prepare)
                else:
                    call_itself("submission")
                    handle(channel, channel.receive(), passed)
                status = 0
            except (Closed, KeyboardInterrupt):
                pass
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(status)
        connection.close()
        if passed is not None:
            passed.close()


def open_assignment(channel, wish, listener, handle, prepare):
    """Prepare for an assignment, tell how that went, and serve its submissions."""
    try:
        channel.send({"sound": True, **prepare(wish)})
    except opening.Unsound as error:
        channel.send({"sound": False, "why": str(error)})
        return
    finally:
        channel.close()
    serve(listener, handle, prepare)


def end_with_parent():
    """Let the kernel end this process when its parent ends, however it does."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def call_itself(name):
    """Give this process the name under which `ps` shows it."""
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)


def preload(modules):
    """Import modules by name; one that is missing is left to the submission to miss."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def send_with_socket(channel, value, sock):
    """Send a wish with a socket, which travels with a byte before it: `!` if the server itself must act."""
    fds = array.array("i", [sock.fileno()] if sock is not None else [])
    control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else []
    try:
        channel.sock.sendmsg([b"!" if value["op"] in ("warm", "open", "end") else b"+"], control)
    except OSError as error:
        raise Closed("the fork server has ended") from error
    channel.send(value)


def receive_socket(channel):
    """Return whether the server itself must act, and the socket that came, or None."""
    word, control, _, _ = channel.sock.recvmsg(1, socket.CMSG_SPACE(4))
    if not word:
        raise Closed("nobody asked")
    passed = None
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds = array.array("i")
            fds.frombytes(data[:4])
            passed = socket.socket(fileno=fds[0])
    return word == b"!", passed


def keep(control, wish, data):
    """Hold one submission's process: build its walls, watch its memory, report its end.

    `wish` has the submission's files, limits and cores. On `control` come "interrupt" and "kill", and go
    one {"end": ...} message; when `control` closes, the process and all it started are killed.
    """
    limits = jail.Limits(**wish["limits"])
    walls = wish["walls"]
    os.sched_setaffinity(0, wish["cores"])
    if walls:
        jail.unshare()
    inner = os.fork()
    if inner == 0:
        control.close()
        first_process(wish, data, limits, walls)
    data.close()
    ended = os.pidfd_open(inner)
    reason, tell = "", {"interrupt": signal.SIGUSR1, "kill": signal.SIGKILL}
    wait = select.poll()
    wait.register(ended, select.POLLIN)
    wait.register(control.sock, select.POLLIN)
    while True:
        events = [fd for fd, _ in wait.poll(LOOK_EVERY * 1000)]
        if ended in events:
            break
        if control.sock.fileno() in events:
            try:
                word = control.receive(5)
            except Exception:
                word = "kill"
                wait.unregister(control.sock)
            with contextlib.suppress(ProcessLookupError):
                _signal(inner, tell[word], walls)
        elif _over(inner, limits, walls):
            reason = "memory"
            _signal(inner, signal.SIGKILL, walls)
    code = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    with contextlib.suppress(Closed, OSError):
        control.send({"end": reason or ("killed" if code < 0 else f"exit {code}")})


def _signal(inner, number, walls):
    """Signal the first process; without walls, its whole session ends with it."""
    if number == signal.SIGKILL and not walls:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(inner, number)
    os.kill(inner, number)


def _over(first, limits, walls):
    """Tell whether a submission holds too much; the exact measure is dear, and rarely needed."""
    most = limits.memory - (sockets() if walls else 0)
    return memory(first, _resident) > most and memory(first) > most


def memory(first, of=None):
    """Return the MB that a process and all its descendants hold, shared pages in proportion."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                stat = Path(f"/proc/{name}/stat").read_text()
                parents[int(name)] = int(stat.rpartition(")")[2].split()[1])
    family, more = {first}, True
    while more:
        found = {pid for pid, parent in parents.items() if parent in family} - family
        family, more = family | found, bool(found)
    return sum(map(of or _proportional, family)) / 1024


def sockets():
    """Return the MB that the sockets of this network namespace may hold."""
    with open("/proc/net/sockstat") as file:
        used = int(re.search(r"sockets: used (\d+)", file.read())[1])
    return max(0, used - FREE_SOCKETS) * SOCKET_MB


def _proportional(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except OSError:
        return _resident(pid)


def _resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * 4
    except OSError:
        return 0


def first_process(wish, data, limits, walls):
    """Be the first process of the submission's namespace: start the student, reap, end."""
    end_with_parent()
    if walls:
        jail.own_places(limits)
    else:
        os.setsid()
    place_files(wish)
    student = os.fork()
    if student == 0:
        status = 1
        try:
            end_with_parent()
            os.setsid() if walls else None
            if walls:
                jail.close_doors(limits)
            from coursekit.grading import student as process

            process.serve(data, limits)
            status = 0
        except (Closed, Malformed):
            status = 0
        except BaseException as error:
            status = 3 if isinstance(error, MemoryError) else 2
        finally:
            os._exit(status)
    data.close()
    signal.signal(signal.SIGUSR1, lambda *_: os.kill(student, signal.SIGINT))
    while True:
        pid, status = os.wait()
        if pid == student:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def place_files(wish):
    """Write the submission's files into its own folder and go there."""
    home = Path(wish["home"])
    work = home / "work"
    work.mkdir(parents=True, exist_ok=True)
    for name, body in wish["files"].items():
        target = work / name
        for parent in target.parents:
            if parent.is_file():
                parent.unlink()  # a student's file where the instructor has a folder
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(IsADirectoryError):
            target.write_bytes(body)
    place_fonts(home)
    os.chdir(work)


def place_fonts(home):
    """Give matplotlib the list of fonts that it would take a second to make."""
    fonts = home / ".matplotlib"
    fonts.mkdir(parents=True, exist_ok=True)
    for path in Path("/opt/matplotlib").glob("fontlist*.json"):
        with contextlib.suppress(OSError):
            (fonts / path.name).write_bytes(path.read_bytes())


def main():
    """Serve students on the listening socket whose number is given; `walls` says inside a jail."""
    if sys.argv[2] == "walls":
        jail.drop_root()
    end_with_parent()
    listener = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(listener.fileno(), False)
    place_fonts(Path(os.environ["HOME"]))
    from coursekit.grading import student

    student.warm()
    started = time.monotonic()
    try:
        serve(listener, keep, student.prepare)
    except OSError as error:
        sys.exit(f"the fork server stopped after {time.monotonic() - started:.0f} s: {error}")


if __name__ == "__main__":
    main()
