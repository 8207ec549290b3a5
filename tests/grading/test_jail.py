"""Each denial of the jail, tried by a student's cell, beside a control without the jail.

The same code runs inside and outside. Inside it must report what the jail refuses; outside it must
succeed, which shows that the attempt is a real one.
"""

import errno
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from conftest import ROOT

from coursekit import data
from coursekit.grading import jail, scorer
from grading import assignments

LIMITS = jail.Limits(seconds=20, memory=1024, processes=32, disk=64, output=100_000)


@pytest.fixture(scope="module")
def outside():
    """Return a scorer without walls: the control."""
    with scorer.Scorer(LIMITS, walls=False) as made:
        yield made


def said(graders, code, files=None):
    """Run one extra cell and return what it printed, or its error."""
    cells = [assignments.cell("extra", "extra", code)]
    cells += [assignments.cell("check", "test", "assert True", 1)]
    book = assignments.body(cells)
    result = graders.score(book, files or {}, {}, assignments.scheme(cells))
    (cell,) = (cell for cell in result["notebook"]["cells"] if cell["role"] == "extra")
    return "".join(o.get("text", o.get("evalue", "")) for o in cell["outputs"]).strip()


def attempt(code):
    """Return code that says `done` if it worked and `refused` if the system did not let it."""
    body = "\n    ".join(code.strip().splitlines())
    return f"try:\n    {body}\n    print('done')\nexcept OSError as error:\n    print('refused', error)"


def both(graders, outside, code):
    """Check that an attempt is refused inside and works outside."""
    free, held = said(outside, code), said(graders, code)
    assert free.startswith("done"), free
    assert held.startswith("refused"), held


def test_network(graders, outside):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2).close()"
        both(graders, outside, attempt(code))


def test_sockets_without_a_file(graders, outside):
    """Names of Linux's own belong to the network: the machine's are not there."""
    name = f"\0grading-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        code = f"import socket\nsocket.socket(socket.AF_UNIX).connect({name!r})"
        both(graders, outside, attempt(code))


def test_own_loopback_works(graders):
    code = "import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
    code += "socket.create_connection(s.getsockname()).close()"
    assert said(graders, attempt(code)) == "done"


@pytest.fixture
def public(request):
    """Return a folder that everybody may read: only the jail can refuse it."""
    top = getattr(request, "param", "/tmp")
    with tempfile.TemporaryDirectory(dir=top, prefix="my course ü ") as place:
        os.chmod(place, 0o755)
        yield Path(place)


@pytest.mark.parametrize("name", ["gradebook.db", "source/solution.ipynb", "submitted/other.ipynb"])
def test_reading_the_course(graders, outside, public, name):
    path = public / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("secret")
    both(graders, outside, attempt(f"assert open({str(path)!r}).read() == 'secret'"))


@pytest.mark.parametrize(
    "name", ["exercises/README.md", "tests/conftest.py", "tests/grading/hostile/assignment.py"]
)
def test_the_repository_hides_tests_and_solutions(graders, outside, name):
    """The tests' folder is on this process's path; it is not on the student's."""
    both(graders, outside, attempt(f"open({str(ROOT / name)!r}).close()"))


def test_the_repository_shows_packages_and_data(graders):
    code = attempt("from coursekit import data\nassert len(data.internet_statistics())")
    assert said(graders, code) == "done"


def test_home_of_the_instructor(graders, outside, tmp_path, monkeypatch):
    secret = Path.home() / ".coursekit-jail-test"
    secret.write_text("secret")
    try:
        both(graders, outside, attempt(f"assert open({str(secret)!r}).read() == 'secret'"))
    finally:
        secret.unlink()


def test_environment_of_the_instructor(monkeypatch):
    """The secret is neither in the process nor, as it is without walls, in one that can be read."""
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    code = "import glob, os\nfound = 'secret' in str(os.environ)\n"
    code += "for path in glob.glob('/proc/[0-9]*/environ'):\n    try:\n"
    code += "        found |= b'COURSE_TOKEN=secret' in open(path, 'rb').read()\n"
    code += "    except OSError:\n        pass\nprint(found)"
    for walls, answer in ((True, "False"), (False, "True")):
        with scorer.Scorer(LIMITS, walls=walls) as made:
            assert said(made, code) == answer


def test_a_course_below_usr(graders, outside):
    """Containers like to keep their application in /usr/src."""
    argv = jail.command([], [])
    places = [Path(argv[i + 1]) for i, word in enumerate(argv) if word.startswith("--ro-bind")]
    assert places
    for course in ("/usr/src/app", "/usr/local/src/course", "/usr/course"):
        assert not any(Path(course).is_relative_to(place) for place in places), course
    if os.path.isdir("/usr/src"):
        both(graders, outside, attempt("import os\nos.listdir('/usr/src')"))


@pytest.mark.parametrize("public", ["/tmp", "/dev/shm"], indirect=True)
def test_a_course_in_a_place_of_the_submission(outside, public):
    """Its own /tmp and /dev/shm show what was made readable there, and nothing beside it."""
    (public / "shown").mkdir()
    notes, one, book = public / "shown/notes.txt", public / "one.txt", public / "gradebook.db"
    for path in (notes, one, book):
        path.write_text("words")
    with scorer.Scorer(LIMITS, readable=[public / "shown", one]) as inside:
        for path in map(str, (notes, one)):
            assert said(inside, attempt(f"assert open({path!r}).read() == 'words'")) == "done"
            both(inside, outside, attempt(f"open({path!r}, 'a').close()"))
        both(inside, outside, attempt(f"open({str(public / 'shown/new.txt')!r}, 'w').close()"))
        both(inside, outside, attempt(f"open({str(book)!r}).close()"))
    assert notes.read_text() == one.read_text() == "words"


def test_a_relative_folder_on_the_path(graders, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", "tests")
    with scorer.Scorer(LIMITS) as inside:
        assert said(inside, "print('started')") == "started"


WRITES = {
    "python's packages": f"{sys.prefix}/written",
    "the package": f"{Path(jail.__file__).parent}/written",
    "the data": f"{data.folder()}/written",
    "the system": "/usr/written",
    "the root": "/written",
    "devices": "/dev/written",
}


@pytest.mark.parametrize("place", WRITES)
def test_writing(graders, outside, place):
    path = WRITES[place]
    if os.access(Path(path).parent, os.W_OK):
        both(
            graders,
            outside,
            attempt(f"import os\nopen({path!r}, 'w').close()\nos.remove({path!r})"),
        )
    else:
        code = attempt(f"open({path!r}, 'w').close()")
        assert said(graders, code).startswith("refused")


def test_own_folder_can_be_written(graders):
    code = "open('a.txt', 'w').write('x')\nopen('/tmp/b.txt', 'w').write('x')\nassert open('a.txt').read() == 'x'"
    assert said(graders, attempt(code)) == "done"


def test_shell_lines_have_a_terminal(graders):
    assert said(graders, "!echo from a shell") == "from a shell"


def test_terminals_are_its_own(graders):
    code = (
        "import os\nheld = [os.openpty() for _ in range(3)]\nprint(sorted(os.listdir('/dev/pts')))"
    )
    assert said(graders, code) == said(graders, code) == "['0', '1', '2', 'ptmx']"


def test_submitted_files_are_there(graders):
    assert said(graders, "print(open('data/a.txt').read())", {"data/a.txt": b"hello"}) == "hello"


def test_other_processes(graders, outside):
    code = f"import os\nos.kill({os.getpid()}, 0)"
    both(graders, outside, attempt(code))
    seen = "import os\nprint(len([n for n in os.listdir('/proc') if n.isdigit()]))"
    assert int(said(outside, seen)) > 3
    assert int(said(graders, seen)) == 0


# Arguments that mean nothing: no such process, file, address, flag or command. A call that the
# filter does not refuse fails on them with another error, or is unknown to the kernel.
BOGUS = 0x40000001
COLUMN = jail.MACHINES[platform.machine()][0]
TRIES = {name: (pair[COLUMN], [BOGUS] * 5) for name, pair in jail.DENIED.items()}
TRIES["init_module"] = (TRIES["init_module"][0], [BOGUS, 64, BOGUS])  # else 1 GB is taken first
CLONE = jail.MACHINES[platform.machine()][2]
# A new user namespace cannot share its parent's root and working folder: no child is made.
TRIES["clone into a new namespace"] = (CLONE, [jail.CLONE_NEWUSER | 0x200, 0, 0, 0, 0])
for word, family in {"AF_PACKET": 17, "AF_ALG": 38, "AF_VSOCK": 40, "AF_XDP": 44}.items():
    TRIES[f"socket {word}"] = (jail.SOCKET[COLUMN], [family, BOGUS, 0])
if platform.machine() == "x86_64":
    TRIES["getpid by its x32 number"] = (0x40000000 | 39, [])
CALL_ALL = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, args):
    ctypes.set_errno(0)
    status = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args))
    return ctypes.get_errno() if status == -1 else 0
"""


@pytest.fixture(scope="module")
def errors_inside(graders):
    """Return the error of each try in the jail."""
    code = CALL_ALL + f"print(json.dumps({{n: call(*t) for n, t in {TRIES}.items()}}))"
    return json.loads(said(graders, code))


@pytest.fixture(scope="module")
def errors_outside():
    """Return the error of each try without the filter, with all rights that this user can have."""
    code = CALL_ALL + "if os.getuid():\n    libc.unshare(0x10020000)\n"
    code += f"print(json.dumps({{n: call(*t) for n, t in {TRIES}.items()}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", TRIES)
def test_system_call_is_refused_by_the_filter(errors_inside, errors_outside, name):
    assert errors_inside[name] == errno.EPERM
    if errors_outside[name] == errno.EPERM:
        pytest.skip(f"{name}: this user or container may not call it outside the jail either")


def test_clone3_is_hidden(graders):
    """Its flags lie in memory, where the filter cannot see them; libc then takes clone."""
    code = CALL_ALL + f"print(call({jail.CLONE3}, [{BOGUS}, {BOGUS}]) == {errno.ENOSYS})"
    assert said(graders, code) == "True"
    free = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert free.stdout.strip() == "False"
    assert said(graders, "import subprocess\nprint(subprocess.run(['true']).returncode)") == "0"


CHANGES = """
import ctypes, os, sys
from coursekit.grading import jail
libc, place = jail._libc(), sys.argv[2]
if sys.argv[1] == "on":
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    jail._landlock(libc)
open(f"{place}/old").close()
for change in (
    lambda: open(f"{place}/new", "w").close(),
    lambda: open(f"{place}/old", "a").close(),
    lambda: os.mkdir(f"{place}/folder"),
    lambda: os.symlink("old", f"{place}/link"),
    lambda: os.rename(f"{place}/old", f"{place}/older"),
    lambda: os.remove(f"{place}/older"),
):
    try:
        change()
        print("done")
    except OSError as error:
        print("refused" if error.errno in (1, 13) else error)
"""


def test_landlock_alone():
    """Without the mounts, Landlock still lets a process write below /tmp and /dev/shm only."""
    if jail._libc().syscall(444, None, 0, 1) < 1:
        pytest.skip("this kernel does not know Landlock; the read-only mounts stand alone here")
    tops = (Path("/var/tmp"), Path.home(), ROOT)
    free = [top for top in tops if os.access(top, os.W_OK) and not top.is_relative_to("/tmp")]
    for top, walls, answer in (
        (free[0], "on", ["refused"] * 5 + ["[Errno 2]"]),
        (free[0], "off", ["done"] * 6),
        (Path("/tmp"), "on", ["done"] * 6),
        (Path("/dev/shm"), "on", ["done"] * 6),
    ):
        with tempfile.TemporaryDirectory(dir=top) as place:
            Path(place, "old").touch()
            argv = [sys.executable, "-c", CHANGES, walls, place]
            done = subprocess.run(argv, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        assert [line[: len(want)] for line, want in zip(lines, answer, strict=True)] == answer, (
            top,
            done.stderr,
        )


def test_mounts_alone(graders):
    """Without Landlock, what a submission does not own is mounted read-only."""
    places = ["/", "/dev", "/usr/lib", sys.prefix, str(Path(jail.__file__).parent)]
    places.append(str(data.folder()))
    code = "import os\nprint([p for p in {} if not os.statvfs(p).f_flag & os.ST_RDONLY])"
    assert said(graders, code.format(places)) == "[]"
    assert said(graders, code.format(["/tmp", "/dev/shm"])) == "['/tmp', '/dev/shm']"


def test_no_right_is_left(graders):
    code = "import ctypes\nlibc = ctypes.CDLL(None)\nimport struct\n"
    code += "data = ctypes.create_string_buffer(24)\nlibc.capget(struct.pack('II', 0x20080522, 0), data)\n"
    code += "import os\nprint(data.raw == bytes(24), libc.prctl(39, 0, 0, 0, 0), os.getuid() != 0)"
    assert said(graders, code) == "True 1 True"


LIMITED = {
    "memory": ("import mmap\nheld = mmap.mmap(-1, 1_500_000_000)", "Cannot allocate memory"),
    "files": ("files = [open('/dev/null') for _ in range(600)]", "Too many open files"),
    "file size": ("open('big', 'wb').write(bytes(40_000_000))", "File too large"),
    "disk": (
        "for n in range(3):\n    open(f'big{n}', 'wb').write(bytes(30_000_000))",
        "No space left",
    ),
    "processes": (
        "import os, time\nfor _ in range(40):\n    if os.fork() == 0:\n        time.sleep(3)\n        os._exit(0)",
        "temporarily unavailable",
    ),
}


LIMITED["memory of no process"] = (
    "import os\nheld = [os.memfd_create(str(n)) for n in range(9)]",
    "Operation not permitted",
)
LIMITED["number of files"] = (
    "import os\nfor n in range(30_000):\n    os.mknod(f'file{n}')",
    "No space left",
)


@pytest.mark.parametrize("name", LIMITED)
def test_limit(graders, outside, name):
    code, words = LIMITED[name]
    code = f"try:\n    {code.replace(chr(10), chr(10) + '    ')}\n    print('done')\nexcept (OSError, MemoryError) as error:\n    print(repr(error))"
    assert words in said(graders, code)
    assert said(outside, code) == "done"


def test_limit_of_sockets(graders, outside):
    """What a socket holds is no process's memory; many sockets count as if they were full."""
    code = "import socket, time\nheld = [socket.socketpair() for _ in range(120)]\n"
    code += "time.sleep({})\nprint('done')"
    assert said(graders, code.format(15)) == "Your code used more than 1024 MB."
    assert said(outside, code.format(0)) == "done"


def limited(limits, code):
    """Return what a cell says under other limits."""
    with scorer.Scorer(limits) as inside:
        return said(inside, code)


def test_a_submission_stays_on_the_cores_of_who_asks(graders, outside):
    core = max(os.sched_getaffinity(0))
    with ThreadPoolExecutor(1, initializer=os.sched_setaffinity, initargs=(0, [core])) as one:
        asked = one.submit(said, graders, "import os\nprint(os.sched_getaffinity(0))")
        assert asked.result() == str({core})
    both(graders, outside, attempt(f"import os\nos.sched_setaffinity(0, [{core}])"))


def test_limit_of_seconds(graders):
    code = "import time\ntime.sleep(3)\nprint('done')"
    assert "within 1 second" in limited(LIMITS._replace(seconds=1), code)
    assert said(graders, code) == "done"


def test_limit_of_output(graders):
    code = "print('x' * 50_000)"
    assert len(limited(LIMITS._replace(output=10_000), code)) < 11_000
    assert len(said(graders, code)) == 50_000


def test_extra_cells_share_their_seconds():
    """Thousands of cells, each within its limit or stopped at it, do not hold up the batch."""
    limits = jail.Limits(seconds=0.3, memory=1024, processes=32, disk=64, output=100_000)
    cells = [
        assignments.cell(f"extra{n}", "extra", "import time\ntime.sleep(9)") for n in range(14)
    ]
    cells += [assignments.cell("check", "test", "assert True", 1)]
    with scorer.Scorer(limits) as inside:
        result = inside.score(assignments.body(cells), {}, {}, assignments.scheme(cells))
    said = [cell["outputs"][0]["evalue"] for cell in result["notebook"]["cells"][:-1]]
    assert said[0] == "Your code did not finish within 0.3 seconds."
    assert said[-1] == "Not run: extra cells and new starts took 3 seconds."


def test_nothing_outlives_a_submission(graders, outside):
    """A daemon ends with its submission; without walls it would stay."""
    code = "import subprocess\nheld = subprocess.Popen(['sleep', '{}'], start_new_session=True)"
    number = 600_000 + os.getpid() % 90_000
    for made, seconds, stays in ((graders, number, False), (outside, number + 100_000, True)):
        assert said(made, code.format(seconds) + "\nprint(held.poll())") == "None"
        until = time.monotonic() + 20
        while bool(left := sleepers(seconds)) != stays and time.monotonic() < until:
            time.sleep(0.05)
        for process in left:
            process.kill()
        assert bool(left) == stays


def sleepers(seconds):
    """Return the processes that sleep so long."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == ["sleep", str(seconds)]
    ]


def test_two_submissions_share_no_place(graders, outside):
    places = ["/tmp/note", "/dev/shm/note"]
    write = "\n".join(f"open({p!r}, 'w').write('x')" for p in places) + "\nprint('written')"
    read = f"import os\nprint([p for p in {places} if os.path.exists(p)])"
    try:
        assert said(graders, write) == "written" and said(graders, read) == "[]"
        assert said(outside, write) == "written" and said(outside, read) == str(places)
    finally:
        for place in places:
            Path(place).unlink(missing_ok=True)


# Where the machine cannot provide it


def test_refusal_without_bubblewrap(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(scorer.NoSandbox, match="apt-get install bubblewrap") as refused:
        scorer.Scorer()
    for way in ("WSL2", "container", "unsafe_no_sandbox"):
        assert way in str(refused.value)


def test_refusal_on_another_system(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "needs Linux; this is darwin" in jail.problems()


def test_refusal_where_namespaces_are_forbidden(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert "No permissions to create new namespace" in jail.problems()


GRADED_BY_A_USER = {
    "x = 1 if os.getuid() else 2": "PASS",
    "while True:\n    pass": "TIMEOUT",
    "held = [os.fork() for _ in range(5)], bytearray(os.urandom(1000)) * 20_000\ntime.sleep(60)": "MEMORY",
}
AS_USER = """
import json, os, sys
from coursekit.grading import jail, scorer
assert os.getuid() == 1000
scheme, bodies, tries, shown = json.load(open(sys.argv[1]))
limits = jail.Limits(seconds=5, memory=400)
found = {"verdicts": []}
for place, walls in (("inside", True), ("outside", False)):
    with scorer.Scorer(limits, walls=walls, readable=[shown]) as made:
        for body in bodies if walls else ():
            result = made.score(body.encode(), {}, {}, scheme)
            found["verdicts"].append(result["verdicts"]["check"]["verdict"])
        cells = made.score(tries.encode(), {}, {}, scheme)["notebook"]["cells"]
        tried = [cell["outputs"][0]["text"].split()[0] for cell in cells if cell["role"] == "extra"]
        found[place] = tried
print(json.dumps(found))
"""


def _show(places):
    """Return shell commands that open, in a mount namespace, the way to places that root alone can reach."""
    closed = set()
    for place in places:
        shut = [parent for parent in place.parents if not parent.stat().st_mode & 0o001]
        closed.update(shut[-1:])
    aside = ["mount -t tmpfs tmpfs /mnt"]
    back = [f"mount -t tmpfs -o mode=755 tmpfs '{parent}'" for parent in closed]
    for number, place in enumerate(places):
        if any(parent in closed for parent in place.parents):
            aside.append(f"mkdir /mnt/{number} && mount --rbind '{place}' /mnt/{number}")
            back.append(f"mkdir -p '{place}' && mount --rbind /mnt/{number} '{place}'")
    return " && ".join([*aside, *back] if closed else ["true"])


@pytest.mark.skipif(os.getuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_can_grade_and_is_safe(public):
    """Grade as user 1000, in a mount namespace where Python is readable to everybody."""
    cells = [assignments.cell("start", "locked", "import os, time")]
    cells += [assignments.cell("f", "answer", "")]
    cells += [assignments.cell("check", "test", "f()\nassert x == 1", 2)]
    bodies = []
    for code in GRADED_BY_A_USER:
        inner = code.replace("\n", "\n    ")
        answer = f"x = 1\ndef f():\n    global x\n    {inner}"
        bodies.append(assignments.body(cells, {"f": answer}).decode())
    for name in ("home", "shown"):
        (public / name).mkdir()
    (public / "home/secret").write_text("secret")
    for name in ("home", "home/secret", "shown"):
        os.chown(public / name, 1000, 1000)
    server = socket.create_server(("127.0.0.1", 0))
    package = Path(jail.__file__).parent
    tries = [
        f"assert open({str(public / 'home/secret')!r}).read() == 'secret'",
        f"import socket\nsocket.create_connection({server.getsockname()}, timeout=2).close()",
        f"open({str(public / 'shown/written')!r}, 'w').close()",
        f"open({str(package / 'written')!r}, 'w').close()",
    ]
    others = [assignments.cell(f"t{i}", "extra", attempt(code)) for i, code in enumerate(tries)]
    job = [assignments.scheme(cells), bodies, assignments.body(cells + others).decode()]
    (public / "job.json").write_text(json.dumps([*job, str(public / "shown")]))
    show = _show([Path(sys.base_prefix).resolve(), Path(sys.prefix), ROOT])
    code = f'{show} && exec setpriv --reuid 1000 --regid 1000 --clear-groups "$@"'
    argv = ["unshare", "-m", "sh", "-c", code, "sh", sys.executable, "-c", AS_USER]
    with server:
        done = subprocess.run(
            [*argv, str(public / "job.json")],
            capture_output=True,
            text=True,
            cwd="/",
            env={"HOME": str(public / "home"), "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}"},
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "verdicts": list(GRADED_BY_A_USER.values()),
        "inside": ["refused"] * len(tries),
        "outside": ["done"] * (len(tries) - 1) + ["refused"],  # the package is not this user's
    }
