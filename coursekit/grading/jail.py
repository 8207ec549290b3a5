"""The jail: bubblewrap around the fork server, and a second wall around each submission.

Outside (`command`): no network, an own process table, a read-only view of Python, its packages and
the data, nothing else of the machine. Inside, after each fork (`unshare`, `own_places`,
`close_doors`): an own user namespace with no privileges, own `/tmp` and `/dev/shm` of limited size,
own terminals, no `/proc`, limits on memory, processes, files and their size, Landlock and seccomp.
Linux only.
"""

import ctypes
import fcntl
import functools
import os
import platform
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

NOBODY = 65534
HOME = "/tmp/home"
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
# mount, cgroup, uts, ipc, user, pid, net
NAMESPACES = (
    CLONE_NEWNS | 0x02000000 | 0x04000000 | 0x08000000 | CLONE_NEWUSER | 0x20000000 | 0x40000000
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


class Limits(NamedTuple):
    """What one submission may use: seconds a cell, MB of memory, processes, MB of files, output.

    `/tmp` and `/dev/shm` each take the files' MB, one file half of them; a cell may put out so many
    characters.
    """

    seconds: float = 30
    memory: int = 2048
    processes: int = 64
    disk: int = 256
    output: int = 1_000_000


# System calls that no exercise needs: numbers on x86_64 and on aarch64. Those that make memory which
# belongs to no process (memfd, System V's) would escape the limit.
DENIED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "listmount": (458, 458),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "sched_setaffinity": (203, 122),
    "semget": (64, 190),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "statmount": (457, 457),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}
CLONE3, SOCKET = 435, (41, 198)
# Unix, IPv4, IPv6, netlink: the families that a network namespace holds. VSOCK would reach the machine's host.
FAMILIES = (1, 2, 10, 16)
SYSTEM = ("bin", "include", "lib", "lib32", "lib64", "libexec", "sbin", "share")


def problems():
    """Say why this machine cannot hold a submission, and what to install.

    Returns
    -------
    str
        Empty if it can.
    """
    elsewhere = (
        "Grade on Linux, in WSL2 (Windows) or in a Linux container that may make user namespaces, "
        "or grade without a jail, at your own risk: coursekit autograde NAME --unsafe-no-sandbox, "
        "or nbgrader autograde NAME --Autograde.unsafe_no_sandbox=True."
    )
    if sys.platform != "linux":
        return f"The jail for submissions needs Linux; this is {sys.platform}. {elsewhere}"
    if platform.machine() not in MACHINES:
        return f"The jail knows x86_64 and aarch64, not {platform.machine()}. {elsewhere}"
    if shutil.which("bwrap") is None:
        return (
            "The jail for submissions needs bubblewrap: sudo apt-get install bubblewrap "
            f"(or dnf, pacman, zypper install bubblewrap). {elsewhere}"
        )
    trial = subprocess.run(
        command([sys.executable, "-c", "from coursekit.grading import jail; jail.rehearse()"], []),
        capture_output=True,
        text=True,
    )
    if trial.returncode:
        last = (trial.stderr.strip().splitlines() or ["no message"])[-1]
        return (
            f"The jail for submissions cannot be built here: {last}. The kernel must allow user "
            "namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above "
            "0, kernel.apparmor_restrict_unprivileged_userns=0); a container needs them allowed "
            f"by its host. {elsewhere}"
        )
    return ""


def _path():
    """Return the folders where a Python that starts now finds modules, as a kernel does.

    What this process added to its own path (a script's folder, a test's) may hold solutions.
    """
    here = Path.cwd()
    found = map(Path, _starting_path(here, os.environ.get("PYTHONPATH")))
    return [folder for folder in found if folder.is_dir() and folder != here]


@functools.cache
def _starting_path(here, setting):
    argv = [sys.executable, "-P", "-c", "import sys; print(*sys.path, sep='\\0', end='')"]
    found = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=here)
    return [os.path.abspath(entry) for entry in found.stdout.split("\0") if entry]


def _system():
    """Return the system's folders: all of /usr where no course may lie, so not /usr/src."""
    found = [Path(top, name) for top in ("/usr", "/usr/local") for name in SYSTEM]
    return [path for path in found if path.is_dir()]


def _packages(folder):
    """Return the packages that lie in a folder of sys.path outside Python's own."""
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def _readable():
    """Return what submissions may read: Python, its packages, the course's data."""
    own = [Path(sys.base_prefix).resolve(), Path(sys.prefix)]
    for folder in _path():
        inside = any(folder.is_relative_to(place) for place in (*own, *_system()))
        if not inside:
            own += _packages(folder)
    course = Path(__file__).resolve().parent.parent
    return [*own, course, *(p for p in [course.parent / "datasets"] if p.is_dir())]


def _place(path):
    """Return the bubblewrap words that show a path read-only where it is."""
    words = []
    for parent in reversed(path.parents):
        if str(parent) != "/":
            words += ["--perms", "0755", "--dir", str(parent)]
    return [*words, "--ro-bind", str(path), str(path)]


def command(argv, readable):
    """Return the bubblewrap command that runs `argv` inside the outer wall.

    Parameters
    ----------
    argv : list of str
        The command to run inside.
    readable : list of str or pathlib.Path
        Folders that submissions may read besides Python and the course's data.
    """
    words = [shutil.which("bwrap") or "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    words += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    if os.getuid() == 0:
        words += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user"]
    words += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    system = _system()
    for path in system:
        words += _place(path)
    for name in ("/bin", "/sbin", "/lib", "/lib64"):
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in ("ld.so.cache", "localtime", "fonts", "alternatives", "mime.types"):
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for path in dict.fromkeys(map(Path, [*_readable(), *readable])):
        tops = [Path("/usr"), Path("/usr/local")]
        if path not in tops and not any(path.is_relative_to(place) for place in system):
            words += _place(path)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "matplotlib"
    if os.access(cache, os.R_OK):
        words += ["--perms", "0755", "--dir", "/opt", "--ro-bind", str(cache), "/opt/matplotlib"]
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--clearenv"]
    for name, value in environment().items():
        words += ["--setenv", name, value]
    return [*words, "--", *argv]


def environment():
    """Return the environment of the student's process: nothing of the instructor's."""
    entries = dict.fromkeys([*_path(), Path(__file__).resolve().parents[2]])
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, entries)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": HOME,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": f"{HOME}/.ipython",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "COURSEKIT_HOME": f"{HOME}/.coursekit",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",  # sets come in one order here and in the tests
        "NBGRADER_EXECUTION": "autograde",
        "TZ": os.environ.get("TZ", ""),
    }


# Inside


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _call(words, status):
    if status != 0:
        raise OSError(ctypes.get_errno(), f"{words}: {os.strerror(ctypes.get_errno())}")


def drop_root():
    """Become nobody if the fork server was started by root."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # Else /proc/self belongs to root, and the next user namespace could not be mapped.
        _call("prctl", _libc().prctl(4, 1, 0, 0, 0))


def unshare():
    """Leave the fork server's namespaces; the next child is the first process of its own.

    The mounts stay shared until `own_places`: the keeper still needs `/proc`.
    """
    user, group = os.getuid(), os.getgid()
    _call("unshare", _libc().unshare(NAMESPACES & ~CLONE_NEWNS))
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)
    # A new namespace hides a process's memory map from its keeper, who must measure it.
    _call("prctl", _libc().prctl(4, 1, 0, 0, 0))


def own_places(limits):
    """Give this process its own `/tmp`, `/dev/shm` and terminals, an empty `/proc`, and a loopback device.

    A course or a Python that lies below `/tmp` or `/dev/shm` stays visible there.
    """
    libc = _libc()
    _call("unshare", libc.unshare(CLONE_NEWNS))
    _call("mount /", libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    places = _mounted_below("/tmp") + _mounted_below("/dev/shm")
    kept = {place: os.open(place, os.O_PATH | os.O_CLOEXEC) for place in places}
    flags = MS_NOSUID | MS_NODEV
    terminals = b"newinstance,ptmxmode=0666,mode=600,max=16"
    _call(
        "mount /dev/pts",
        libc.mount(b"devpts", b"/dev/pts", b"devpts", MS_NOSUID | MS_NOEXEC, terminals),
    )
    for place, size, mode, more in (
        (b"/tmp", f"{limits.disk}m", "1777", 0),
        (b"/dev/shm", f"{limits.disk}m", "1777", MS_NOEXEC),
        (b"/proc", "4k", "555", MS_NOEXEC | MS_RDONLY),
    ):
        data = f"size={size},mode={mode},nr_inodes=20k".encode()
        if place == b"/proc":
            _put_back(libc, kept)
        _call(f"mount {place}", libc.mount(b"tmpfs", place, b"tmpfs", flags | more, data))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        fcntl.ioctl(device, 0x8914, struct.pack("16sH22x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def _mounted_below(folder):
    """Return the places below a folder where something is mounted, without those inside another."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        escaped = [line.split()[4] for line in file]
    places = [re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), place) for place in escaped]
    found = []
    for place in sorted({place for place in places if place.startswith(folder + "/")}):
        if not any(place.startswith(outer + "/") for outer in found):
            found.append(place)
    return found


def _put_back(libc, kept):
    """Mount again, where they were, the places that open descriptors stand for."""
    for place, fd in kept.items():
        source, target = f"/proc/self/fd/{fd}", Path(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(source):
            target.mkdir()
        else:
            target.touch()
        found = libc.mount(source.encode(), os.fsencode(place), None, MS_BIND | MS_REC, None)
        _call(f"mount {place}", found)
        os.close(fd)


def close_doors(limits):
    """Take from this process, for good, what a submission does not need."""
    libc = _libc()
    for name, value in (
        ("RLIMIT_AS", limits.memory * 2**20),
        ("RLIMIT_FSIZE", limits.disk * 2**19),
        ("RLIMIT_NPROC", limits.processes),
        ("RLIMIT_NOFILE", 512),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_SIGPENDING", 256),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    for number in range(64):  # the capabilities of the namespace it owns
        libc.prctl(24, number, 0, 0, 0)
    header, none = struct.pack("II", 0x20080522, 0), bytes(24)
    _call("capset", libc.capset(header, none))
    _call("no_new_privs", libc.prctl(38, 1, 0, 0, 0))
    _landlock(libc)
    _seccomp(libc)


def _landlock(libc):
    """Let this process write below its own places only, where the kernel knows Landlock."""
    abi = libc.syscall(444, None, 0, 1)
    if abi < 1:
        return
    rights = (1 << 13) - 1 | (1 << 13 if abi >= 2 else 0) | (1 << 14 if abi >= 3 else 0)
    read, device = 0b1101, 0b1110
    rules = libc.syscall(444, struct.pack("Q", rights), 8, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    places = [("/", read), ("/tmp", rights), ("/dev/shm", rights)]
    places += [(f"/dev/{name}", device & ~8) for name in ("null", "zero", "full", "random")]
    places += [("/dev/urandom", device & ~8), ("/dev/tty", device & ~8), ("/dev/pts", device)]
    for place, allowed in places:
        if not os.path.exists(place):
            continue
        there = os.open(place, os.O_PATH)
        if not os.path.isdir(place):
            allowed &= 0b111 | 1 << 14
        _call(
            "landlock", libc.syscall(445, rules, 1, struct.pack("=Qi", allowed & rights, there), 0)
        )
        os.close(there)
    _call("landlock_restrict_self", libc.syscall(446, rules, 0))
    os.close(rules)


def _seccomp(libc):
    """Refuse the system calls of DENIED, other sockets, new namespaces, other machines' calls."""
    column, audit, clone = MACHINES[platform.machine()]
    load, equal, bits, give = 0x20, 0x15, 0x45, 0x06
    kill, allow, refuse, missing = 0x80000000, 0x7FFF0000, 0x50001, 0x50026
    numbers = sorted(pair[column] for pair in DENIED.values())
    program = [(load, 0, 0, 4), (equal, 1, 0, audit), (give, 0, 0, kill), (load, 0, 0, 0)]
    program += [(0x35, 0, 1, 0x40000000), (give, 0, 0, refuse)]
    for number in numbers:
        program += [(equal, 0, 1, number), (give, 0, 0, refuse)]
    # clone3 hides its flags from this filter; "no such call" makes libc take clone instead.
    program += [(equal, 0, 1, CLONE3), (give, 0, 0, missing)]
    program += [(equal, 0, len(FAMILIES) + 3, SOCKET[column]), (load, 0, 0, 16)]
    program += [(equal, len(FAMILIES) - i, 0, family) for i, family in enumerate(FAMILIES)]
    program += [(give, 0, 0, refuse), (give, 0, 0, allow)]
    program += [
        (equal, 0, 3, clone),
        (load, 0, 0, 16),
        (bits, 0, 1, NAMESPACES),
        (give, 0, 0, refuse),
    ]
    program += [(give, 0, 0, allow)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    held = ctypes.create_string_buffer(code, len(code))
    pointer = struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
    _call("seccomp", libc.prctl(22, 2, pointer, 0, 0))


def rehearse():
    """Build the inner wall once, for nobody; raise OSError where the machine refuses."""
    drop_root()
    unshare()
    child = os.fork()
    if child == 0:
        try:
            own_places(Limits())
            close_doors(Limits())
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status))
