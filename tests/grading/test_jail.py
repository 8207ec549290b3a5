"""Each denial of the jail, tried by a student's cell, beside a control without the jail.

The same code runs inside and outside. Inside it must report what the jail refuses; outside it must
succeed, which shows that the attempt is a real one.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.grading import jail, scorer
from grading import assignments

LIMITS = jail.Limits(seconds=10, memory=1024, processes=32, disk=64, output=100_000)


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


def test_own_loopback_works(graders):
    code = "import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
    code += "socket.create_connection(s.getsockname()).close()"
    assert said(graders, attempt(code)) == "done"


@pytest.mark.parametrize("name", ["gradebook.db", "source/solution.ipynb", "submitted/other.ipynb"])
def test_reading_the_course(graders, outside, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("secret")
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    both(graders, outside, attempt(f"assert open({str(path)!r}).read() == 'secret'"))


def test_the_repository_shows_packages_and_data_only(graders, outside):
    root = Path(jail.__file__).resolve().parents[2]
    both(graders, outside, attempt(f"import os\nos.listdir({str(root / 'exercises')!r})"))
    both(graders, outside, attempt(f"open({str(root / 'tests' / 'conftest.py')!r}).close()"))
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
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    assert "secret" not in str(jail.environment())
    with scorer.Scorer(LIMITS) as inside:
        code = "import os\nprint(os.environ.get('COURSE_TOKEN', 'nothing'))"
        assert said(inside, code) == "nothing"


WRITES = {
    "python's packages": f"{sys.prefix}/written",
    "the package": f"{Path(jail.__file__).parent}/written",
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


def test_submitted_files_are_there(graders):
    assert said(graders, "print(open('data/a.txt').read())", {"data/a.txt": b"hello"}) == "hello"


def test_other_processes(graders, outside):
    code = f"import os\nos.kill({os.getpid()}, 0)"
    both(graders, outside, attempt(code))
    seen = "import os\nprint(len([n for n in os.listdir('/proc') if n.isdigit()]))"
    assert int(said(outside, seen)) > 3
    assert int(said(graders, seen)) == 0


CALLS = {
    "mount": "libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)",
    "unshare": "libc.unshare(0x10000000)",
    "ptrace": "libc.ptrace(0, 0, 0, 0)",
    "keyctl": "libc.syscall(250, 0, -3, 0)",
    "io_uring_setup": "libc.syscall(425, 1, ctypes.create_string_buffer(120))",
    "chroot": "libc.chroot(b'/tmp')",
    "perf_event_open": "libc.syscall(298, ctypes.create_string_buffer(120), 0, -1, -1, 0)",
    "setns": "libc.setns(0, 0)",
}


@pytest.mark.parametrize("name", CALLS)
def test_system_call_is_refused_by_the_filter(graders, name):
    """Refused with EPERM; a bare fork under the same user, without the filter, gets another answer."""
    code = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nstatus = {CALLS[name]}\n"
    code += "print('refused' if status == -1 and ctypes.get_errno() == 1 else (status, ctypes.get_errno()))"
    assert said(graders, code) == "refused"


def test_the_filter_is_what_refuses():
    """Control: in a fresh process without the filter, calls that need no right succeed."""
    code = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    code += "assert libc.unshare(0x10000000) == 0, os.strerror(ctypes.get_errno())\n"
    code += "assert libc.ptrace(0, 0, 0, 0) == 0"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


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


@pytest.mark.parametrize("name", LIMITED)
def test_limit(graders, outside, name):
    code, words = LIMITED[name]
    code = f"try:\n    {code.replace(chr(10), chr(10) + '    ')}\n    print('done')\nexcept (OSError, MemoryError) as error:\n    print(repr(error))"
    assert words in said(graders, code)
    assert said(outside, code) == "done"


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


@pytest.mark.skipif(os.getuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_can_grade(tmp_path):
    """Grade as user 1000, in a mount namespace where Python is readable to everybody."""
    script = tmp_path / "as_user.py"
    cells = [assignments.cell("answer", "answer", "")]
    cells += [assignments.cell("check", "test", "assert x == 1", 2)]
    job = {
        "scheme": assignments.scheme(cells),
        "body": assignments.body(
            cells, {"answer": "import os\nx = 1 if os.getuid() else 2"}
        ).decode(),
    }
    script.write_text(
        "import json, os\nfrom coursekit.grading import scorer\n"
        f"job = json.loads({json.dumps(job)!r})\n"
        "assert os.getuid() == 1000\n"
        "with scorer.Scorer() as s:\n"
        "    print(s.score(job['body'].encode(), {}, {}, job['scheme'])['verdicts']['check'])\n"
    )
    tmp_path.chmod(0o755)
    base = Path(sys.base_prefix).resolve()
    top = Path("/", base.parts[1])
    show = f"mount --bind {base} /mnt && mount -t tmpfs -o mode=755 tmpfs {top} && mkdir -p {base} && mount --bind /mnt {base}"
    if os.access(base, os.R_OK) and oct(top.stat().st_mode)[-1] in "57":
        show = "true"
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 1000, 1000)
    code = f"{show} && cp {script} /dev/shm/as_user.py && HOME={home} TMPDIR=/dev/shm PATH={sys.prefix}/bin:$PATH setpriv --reuid 1000 --regid 1000 --clear-groups {sys.executable} /dev/shm/as_user.py"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", code], capture_output=True, text=True, cwd="/", timeout=120
    )
    Path("/dev/shm/as_user.py").unlink(missing_ok=True)
    assert "'verdict': 'PASS'" in done.stdout, done.stdout + done.stderr
