"""Measure what honest grading costs over the student's and the tests' own work, in CPU seconds a submission.

Both are measured in turns on the right answers of each exercise. Own work: all cells and tests in one fork of a
process that has the imports loaded, as a notebook runs them, with their tables and figures shown. Grading: jail,
examiner and messages, all processes counted.

Example
-------
    python benchmarks/grading.py --check
"""

import argparse
import contextlib
import importlib
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from coursekit.grading import jail, schema, scorer, student

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "exercises" / "source"
MOST_OVER = 0.25
TICKS = os.sysconf("SC_CLK_TCK")


def tree_seconds(root):
    """Return the CPU seconds of all processes below one, with those that they have waited for."""
    parents, used = {}, {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                parents[int(name)], used[int(name)] = int(fields[1]), sum(map(int, fields[11:15]))
    family, more = {root}, True
    while more:
        found = {pid for pid, parent in parents.items() if parent in family} - family
        family, more = family | found, bool(found)
    return sum(used[pid] for pid in family - {root}) / TICKS


def own_seconds(codes):
    """Return the CPU seconds of all cells in one fork of this process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.chdir(folder)
                notebook = student.Process(None, jail.Limits())
                for code in codes:
                    notebook.run({"code": code})
                    if notebook.failed is not None:
                        break
                else:
                    status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        sys.exit("the cells do not run in one process")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def graded_seconds(engine, body, known):
    """Return the CPU seconds and the seconds of grading one submission."""
    before, own, start = tree_seconds(os.getpid()), time.process_time(), time.perf_counter()
    verdicts = engine.score(body, {}, {}, known)["verdicts"]
    taken = time.perf_counter() - start
    time.sleep(0.5)  # until the last process has ended
    if {found["verdict"] for found in verdicts.values()} != {"PASS"}:
        sys.exit(f"a right answer fails: {verdicts}")
    return tree_seconds(os.getpid()) - before + time.process_time() - own, taken


def measure(exercise, repeats):
    """Return own and graded CPU seconds, their difference, that of the middle pair, and wall seconds.

    The first two are the least of all repeats, as timeit's: what else the machine does can only add. Both
    are measured in turns; the middle pair shows how much was added.
    """
    path = SOURCE / exercise / f"{exercise}.ipynb"
    known, body = schema.of_file(path), path.read_bytes()
    cells = json.loads(body)["cells"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for name in known["imports"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    student.warm()
    owns, graded, walls = [], [], []
    with scorer.Scorer(jail.Limits(seconds=120)) as engine:
        engine.score(body, {}, {}, known)
        for _ in range(repeats):
            owns.append(own_seconds(codes))
            for found, seconds in zip(
                (graded, walls), graded_seconds(engine, body, known), strict=True
            ):
                found.append(seconds)
    pairs = statistics.median(map(float.__sub__, graded, owns))
    return min(owns), min(graded), min(graded) - min(owns), pairs, min(walls)


def main():
    """Measure, print, and with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help=f"fail above {MOST_OVER} CPU seconds")
    parser.add_argument("--repeats", type=int, default=9, help="submissions of each exercise")
    options = parser.parse_args()
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(
        f"{'exercise':20} {'own':>6} {'graded':>7} {'over':>6} {'middle':>7}  CPU seconds; {'wall':>5}"
    )
    worst = 0.0
    for exercise in sorted(path.name for path in SOURCE.iterdir() if path.is_dir()):
        own, graded, over, middle, taken = measure(exercise, options.repeats)
        worst = max(worst, over)
        print(
            f"{exercise:20} {own:6.2f} {graded:7.2f} {over:6.2f} {middle:7.2f} {taken:19.2f}",
            flush=True,
        )
    if options.check and worst > MOST_OVER:
        sys.exit(f"{worst:.2f} CPU seconds over own work; at most {MOST_OVER} are allowed")


if __name__ == "__main__":
    main()
