"""Measure what honest grading costs over the student's and the tests' own work, in CPU seconds a submission.

Three submissions of each exercise: right answers, every second one wrong, and untouched. Own work: all cells
and tests in one fork of a process that has the imports loaded, as a notebook runs them, with their tables,
figures and errors shown. Grading: jail, examiner, messages and second opinions, all processes counted. Both
are measured in turns, in pairs; the judge is the middle of all pairs, for a single one is mostly noise. So the
long free work of the last question, which no test reads, is left out: its seconds would be most of that noise.
Both keep to one core, as a worker of `coursekit autograde` does: a core that waits for another runs slower, and
the same computing then counts as more seconds.

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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import test_exercises as exercises  # noqa: E402

from coursekit.grading import jail, schema, scorer, student  # noqa: E402

MOST_OVER = 0.25
FREE_WORK = "capstone_work"
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


def submissions(exercise):
    """Return three notebooks of an exercise by what their answers are."""
    right = json.loads(json.dumps(exercises.notebook(exercise)))
    for cell in right["cells"]:
        if cell["id"] == FREE_WORK:
            cell["source"] = "pass"
    half, untouched = json.loads(json.dumps([right, right]))
    wrong = {}
    for question in list(exercises.coded(exercise))[::2]:
        answers = exercises.variants(exercise, question)
        wrong[question] = next(answer.code for answer in answers if answer.kind == "wrong")
    released = exercises.notebook(exercise, exercises.RELEASE)["cells"]
    stubs = {
        cell["id"]: cell["source"] for cell in released if not exercises.grading(cell).get("locked")
    }
    for changed, answers in ((half, wrong), (untouched, stubs)):
        for cell in changed["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
    return {"right": right, "half": half, "untouched": untouched}


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
                status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        sys.exit("the cells do not run in one process")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def graded_seconds(engine, body, known):
    """Return the CPU seconds of grading one submission, and the share of its tests that pass."""
    before, own = tree_seconds(os.getpid()), time.process_time()
    verdicts = engine.score(body, {}, {}, known)["verdicts"].values()
    time.sleep(0.5)  # until the last process has ended
    passed = sum(found["verdict"] == "PASS" for found in verdicts) / len(verdicts)
    return tree_seconds(os.getpid()) - before + time.process_time() - own, passed


def measure(exercise, repeats):
    """Yield the kind, its own and graded CPU seconds, and their difference in the quarters of all pairs."""
    path = exercises.SOURCE / exercise / f"{exercise}.ipynb"
    known = schema.of_file(path)
    for name in known["imports"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    student.warm()
    with scorer.Scorer(jail.Limits(seconds=120)) as engine:
        for kind, notebook in submissions(exercise).items():
            body, cells = json.dumps(notebook).encode(), notebook["cells"]
            codes = [exercises.text(cell) for cell in cells if cell["cell_type"] == "code"]
            shares = {"right": {1.0}, "untouched": {0.0}}
            pairs = []
            for i in range(repeats + 1):
                own = own_seconds(codes) if i % 2 else None
                graded, passed = graded_seconds(engine, body, known)
                if passed not in shares.get(kind, {passed}):
                    sys.exit(f"{exercise}, {kind}: {passed:.0%} of the tests pass")
                pairs.append((own or own_seconds(codes), graded))
            owns, gradeds = zip(*pairs[1:], strict=True)  # the first warms up
            over = statistics.quantiles(map(float.__sub__, gradeds, owns), n=4)
            yield kind, statistics.median(owns), statistics.median(gradeds), over


def main():
    """Measure, print, and with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help=f"fail above {MOST_OVER} CPU seconds")
    parser.add_argument("--repeats", type=int, default=15, help="pairs of each submission")
    options = parser.parse_args()
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(
        f"One of {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    )
    print(
        "CPU seconds; grading less own work in the quarters of all pairs, of which the middle counts"
    )
    print(
        f"{'exercise':18} {'answers':10} {'own':>6} {'graded':>7} {'over':>7} {'(from':>8} {'to)':>6}"
    )
    worst = 0.0
    for exercise in exercises.EXERCISES:
        for kind, own, graded, (low, middle, high) in measure(exercise, options.repeats):
            worst = max(worst, middle)
            words = f"{own:6.2f} {graded:7.2f} {middle:7.2f} {low:8.2f} {high:6.2f}"
            print(f"{exercise:18} {kind:10} {words}", flush=True)
    if options.check and worst > MOST_OVER:
        sys.exit(f"{worst:.2f} CPU seconds over own work; at most {MOST_OVER} are allowed")


if __name__ == "__main__":
    main()
