"""Measure what the course costs a small machine, such as a free Binder of 1 GB.

Import of the package; memory and computing time of every lesson and exercise; a check of an
exercise; JupyterLab itself. With --check it also compares the table of lessons/README.md.

Example
-------
    python benchmarks/costs.py --check
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from coursekit import notebooks
from coursekit.grading import server

MOST_IMPORT_MS, MOST_MEMORY_MB, MOST_ALL_MB = 60, 350, 1000
TABLE_MEMORY, TABLE_SECONDS = 0.25, 2  # shares by which the table may be off; computers differ
REPEATS = 15
# A kernel's share of memory at its peak: what it holds at the end, and how much more it once held.
ASK = """
import resource as _r, re as _re
_u = _r.getrusage(_r.RUSAGE_SELF)
_now = int(_re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])
_share = int(_re.search(r"Pss:\\s+(\\d+)", open("/proc/self/smaps_rollup").read())[1])
print((_share + _u.ru_maxrss - _now) // 1024, _u.ru_utime + _u.ru_stime)
"""
SMALL = (
    "import sys; from coursekit.study import checking as c; c.ENGINE_MB = 1e9; c.check(sys.argv[1])"
)


def import_ms():
    """Return the milliseconds that `import coursekit` takes over a bare start of Python."""
    taken = {"pass": [], "import coursekit": []}
    for _ in range(REPEATS):  # in turns, so that a noisy minute meets both
        for code, values in taken.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=notebooks.ROOT, check=True)
            values.append(1000 * (time.perf_counter() - start))
    bare, ours = (statistics.median(values) for values in taken.values())
    return ours - bare


def of_notebook(path):
    """Run a notebook in a kernel of its own; return the kernel's peak in MB and its CPU seconds."""
    notebook = notebooks.read(path)
    notebook.cells.append(new_code_cell(ASK))
    with tempfile.TemporaryDirectory() as nobody:
        NotebookClient(
            notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}
        ).execute(env={**os.environ, "COURSEKIT_HOME": nobody})
    memory, seconds = notebook.cells[-1].outputs[0].text.split()
    return int(memory), float(seconds)


@contextlib.contextmanager
def watched(process):
    """Yield the most MB that a process and its descendants held, and their CPU seconds so far."""
    found, cpu, ended = {"memory": 0, "seconds": 0}, {}, threading.Event()

    def look():
        while not ended.wait(0.05):
            found["memory"] = max(found["memory"], server.memory(process.pid))
            cpu.update(cpu_seconds(process.pid))
            found["seconds"] = sum(cpu.values())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()


def cpu_seconds(first):
    """Return the CPU seconds of a process and each of its living descendants."""
    parents, used = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            parents[int(name)] = int(words[1])
            used[int(name)] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    family, more = {first}, True
    while more:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
    return {pid: used.get(pid, 0) for pid in family}


def of_check(*command):
    """Run a check; return the most MB of all its processes and their CPU seconds."""
    with (
        tempfile.TemporaryDirectory() as nobody,
        subprocess.Popen(
            [sys.executable, *map(str, command)],
            env={**os.environ, "COURSEKIT_HOME": nobody},
            stdout=subprocess.DEVNULL,
        ) as process,
        watched(process) as found,
    ):
        process.wait()
    return round(found["memory"]), found["seconds"]


def of_jupyterlab():
    """Return the MB that JupyterLab's server holds when it has shown its page."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.port=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={notebooks.ROOT}",
    ]
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        with (
            open(log, "w") as output,
            subprocess.Popen(
                command, env={**os.environ, "JUPYTER_RUNTIME_DIR": place}, stderr=output
            ) as process,
        ):
            try:
                urllib.request.urlopen(_address(log, process) + "/lab", timeout=60).read()
                return server.memory(process.pid)
            finally:
                process.terminate()


def _address(log, process):
    while process.poll() is None:
        if found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+", log.read_text()):
            return found[0]
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def table():
    """Return what lessons/README.md says of each lesson: MB and seconds, its exercise's, a check's."""
    rows = (notebooks.ROOT / "lessons" / "README.md").read_text(encoding="utf-8")
    found = re.findall(
        r"^\| \d \| \[[^]]+\]\(([\w-]+)\.ipynb\).*\| ([^|]+) \| ([^|]+) \|$", rows, re.M
    )
    return {
        lesson: [[int(n) for n in re.findall(r"(\d+) (?:MB|s)", cell)] for cell in cells]
        for lesson, *cells in found
    }


def told(name, costs):
    """Print a line of costs; return them."""
    print(f"{name:40}{costs[0]:8} MB {costs[1]:6.1f} s", flush=True)
    return costs


def apart(said, measured):
    """Return whether a cell of the table is too far from what was measured."""
    (memory, seconds), (megabytes, used) = said, measured
    slack = 1 + TABLE_SECONDS
    return (
        abs(memory - megabytes) > TABLE_MEMORY * megabytes
        or not used / slack - 1 < seconds < used * slack + 1
    )


def main():
    """Measure, print, and with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"fail above {MOST_IMPORT_MS} ms, {MOST_MEMORY_MB} MB a kernel, {MOST_ALL_MB} MB in all, "
        "or when the table of lessons/README.md is off",
    )
    options = parser.parse_args()
    wrong, said = [], table()
    taken = import_ms()
    print(f"{'import coursekit, over bare Python':40}{taken:8.0f} ms")
    if taken > MOST_IMPORT_MS:
        wrong.append(f"import coursekit takes more than {MOST_IMPORT_MS} ms")
    house = of_jupyterlab()
    print(f"{'JupyterLab':40}{house:8.0f} MB")
    for path in notebooks.lessons():
        costs, needed = [told(f"{path.stem} in lessons", of_notebook(path))], 0
        source = notebooks.ROOT / "exercises" / "source" / path.stem / path.name
        if source.is_file():
            exercise = told(f"{path.stem} in exercises", of_notebook(source))
            check = told("  its check", of_check("-m", "coursekit", "check", "--json", source))
            small = told("  its check with little free memory", of_check("-c", SMALL, source))
            needed = exercise[0] + small[0]
            costs.append((exercise[0] + check[0], check[1]))
        needed += house + costs[0][0]
        print(f"{'  lesson, exercise, JupyterLab at once':40}{needed:8.0f} MB")
        if costs[0][0] > MOST_MEMORY_MB or needed > MOST_ALL_MB:
            wrong.append(f"{path.stem} needs more than {MOST_MEMORY_MB} or {MOST_ALL_MB} MB")
        kept = [line for line in said.get(path.stem, []) if line]
        if len(kept) != len(costs) or any(map(apart, kept, costs)):
            wrong.append(f"lessons/README.md says {kept} of {path.stem}; measured {costs}")
    if options.check and wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
