"""Grade classes of generated submissions: nbgrader alone and honest grading, on the same cores.

A class of 60 is graded by both; every cell must get the same points. Then larger classes show that the
time for a submission and the driver's memory stay flat. The table is kept in batch.md.

Example
-------
    python benchmarks/batch.py --check
"""

import argparse
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from grading import assignments, classes  # noqa: E402

EXERCISE, CLASS, SIZES, LIMIT = "baskets", 60, (100, 300, 1000), 3
LEAST_RATIO, FLAT = 8, 0.15
SETTINGS = f"""
c = get_config()
c.CourseDirectory.course_id = "bench"
c.Execute.timeout = {LIMIT}
"""
SET_UP = """import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

orders = pd.read_csv("orders.csv")"""
QUESTIONS = {
    "basket": {
        "stub": "def basket(orders):",
        "right": [
            "def basket(orders):\n    return orders['price'].mean() if len(orders) else 0",
            "def basket(orders):\n    prices = list(orders['price'])\n    return sum(prices) / max(len(prices), 1)",
        ],
        "wrong": [
            "def basket(orders):\n    return orders['price'].median()",
            "def basket(orders):\n    return orders['price'].mean()",
        ],
        "tests": [
            "assert np.isclose(basket(orders), orders.price.sum() / len(orders)), 'of all orders'",
            "assert basket(orders[:0]) == 0, 'of no orders'",
        ],
    },
    "by_kind": {
        "stub": "def by_kind(orders):",
        "right": [
            "def by_kind(orders):\n    return orders.groupby('kind').price.sum()",
            "def by_kind(orders):\n    return orders.pivot_table(index='kind', values='price', aggfunc='sum')['price']",
        ],
        "wrong": [
            "def by_kind(orders):\n    return orders.groupby('kind').price.mean()",
            "def by_kind(orders):\n    return orders.price.sum()",
        ],
        "tests": [
            "assert by_kind(orders)['tea'] == orders[orders.kind == 'tea'].price.sum(), 'tea'",
            "pd.testing.assert_series_equal(by_kind(orders).sort_index(), "
            "orders.groupby('kind').price.sum(), check_names=False)",
        ],
    },
    "growth": {
        "stub": "def growth(first, last, years):",
        "right": ["def growth(first, last, years):\n    return (last / first) ** (1 / years) - 1"],
        "wrong": ["def growth(first, last, years):\n    return (last / first - 1) / years"],
        "tests": [
            "assert np.isclose(growth(100, 121, 2), 0.1), growth(100, 121, 2)",
            "assert np.isclose(growth(50, 400, 3), 1), 'three years'",
        ],
    },
    "picture": {
        "stub": "def picture(ax, orders):",
        "right": [
            "def picture(ax, orders):\n    sums = orders.groupby('kind').price.sum()\n"
            "    ax.bar(sums.index, sums.values)\n    ax.set_ylabel('yuan')\n    return ax"
        ],
        "wrong": ["def picture(ax, orders):\n    ax.plot(orders.price[:10])\n    return ax"],
        "tests": [
            "ax = picture(plt.figure().subplots(), orders)\nassert len(ax.patches) == 3, 'bars'"
        ],
    },
}
# Of 20 students: ten are right, six partly wrong, three raise an exception, one never ends.
KINDS = ["right"] * 10 + ["partly wrong"] * 6 + ["raising"] * 3 + ["looping"]
BROKEN = {"raising": 'raise ValueError("no idea")', "looping": "while True:\n    pass"}


def cells():
    """Return the source of the assignment: every second test is hidden."""
    made = [assignments.cell("set_up", "locked", SET_UP)]
    for name, parts in QUESTIONS.items():
        solution = parts["right"][0].split("\n", 1)[1]
        stub = f"{parts['stub']}\n    ### BEGIN SOLUTION\n{solution}\n    ### END SOLUTION"
        made.append(assignments.cell(name, "answer", stub))
        for i, test in enumerate(parts["tests"]):
            hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
            made.append(assignments.cell(f"{name}_{i}", "test", hidden if i else test, 1 + i))
    return [*made, assignments.cell("why", "written", "Why?", 3)]


def orders():
    """Return the data of the assignment: 5,000 orders as CSV."""
    chance = random.Random(5)
    rows = [
        f"{chance.choice(['tea', 'oil', 'capsules'])},{chance.randint(20, 400)}"
        for _ in range(5000)
    ]
    return "kind,price\n" + "\n".join(rows) + "\n"


def student(number):
    """Return the answers of one generated student; the number decides them."""
    chance, kind = random.Random(number), KINDS[number % len(KINDS)]
    chosen = {name: chance.choice(parts["right"]) for name, parts in QUESTIONS.items()}
    odd = chance.sample(sorted(QUESTIONS), 2)
    if kind == "partly wrong":
        chosen |= {name: chance.choice(QUESTIONS[name]["wrong"]) for name in odd}
    elif kind in BROKEN:
        chosen[odd[0]] = BROKEN[kind]
    return chosen


def course(folder, size, honest):
    """Make a course with its release and a class of this size."""
    source = folder / "source" / EXERCISE
    source.mkdir(parents=True)
    book = {**assignments.notebook(cells()), "cells": cells()}
    (source / f"{EXERCISE}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    (source / "orders.csv").write_text(orders())
    lines = "from coursekit.grading import configure\nconfigure(c)\n" if honest else ""
    (folder / "nbgrader_config.py").write_text(SETTINGS + lines)
    run(folder, "nbgrader", "generate_assignment", EXERCISE)
    release = (folder / "release" / EXERCISE / f"{EXERCISE}.ipynb").read_text(encoding="utf-8")
    for number in range(size):
        book, chosen = json.loads(release), student(number)
        for cell in book["cells"]:
            cell["source"] = chosen.get(cell["metadata"]["nbgrader"]["grade_id"], cell["source"])
        place = folder / "submitted" / f"student{number:04}" / EXERCISE
        place.mkdir(parents=True)
        (place / f"{EXERCISE}.ipynb").write_text(json.dumps(book), encoding="utf-8")


def run(folder, *words):
    """Run a command in a course; return its wall seconds and the peak memory of its own process in MB."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    begun, most = time.perf_counter(), 0
    with open(folder / "said.txt", "w") as said:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=said, stderr=said)
        while process.poll() is None:
            most = max(most, resident(process.pid))
            time.sleep(0.1)
    if process.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{(folder / 'said.txt').read_text()[-3000:]}")
    return time.perf_counter() - begun, most


def resident(pid):
    """Return the peak memory of a process so far, in MB; 0 once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def pace(folder):
    """Return the seconds for a submission between the first and the last, from the log."""
    lines = (folder / f"autograde-{EXERCISE}.log").read_text().splitlines()
    times = [datetime.fromisoformat(line[:23]) for line in lines if ": graded" in line]
    return (times[-1] - times[0]).total_seconds() / (len(times) - 1)


def side_by_side(folder):
    """Grade one class with both; return the table's rows, the ratio, and how many cells differ."""
    taken, found = {}, {}
    for name, command in (
        ("nbgrader alone", ["nbgrader", "autograde", EXERCISE]),
        ("coursekit", ["coursekit", "autograde", EXERCISE]),
    ):
        made = folder / name.replace(" ", "-")
        made.mkdir()
        course(made, CLASS, honest=name == "coursekit")
        taken[name], _ = run(made, *command)
        found[name] = classes.scores(made)
    differ = [
        key for key, points in found["coursekit"].items() if found["nbgrader alone"][key] != points
    ]
    ratio = taken["nbgrader alone"] / taken["coursekit"]
    rows = [
        f"| {name} | {CLASS} | {seconds:.1f} | {60 * CLASS / seconds:.0f} |"
        for name, seconds in taken.items()
    ]
    return rows, ratio, differ, len(found["coursekit"])


def growing(folder, sizes):
    """Grade ever larger classes; return (size, seconds in all, seconds each, MB of the driver)."""
    found = []
    for size in sizes:
        made = folder / f"class-{size}"
        made.mkdir()
        course(made, size, honest=True)
        seconds, memory = run(made, "coursekit", "autograde", EXERCISE)
        found.append((size, seconds, pace(made), memory))
        print(
            f"{size:6} submissions {seconds:8.1f} s {pace(made):7.3f} s each {memory:6.0f} MB",
            flush=True,
        )
        shutil.rmtree(made)
    return found


def spread(values):
    """Return by how much the largest value exceeds the smallest, as a share."""
    return max(values) / min(values) - 1 if values else 0.0


def table(rows, ratio, differ, cells, grown):
    """Return what was measured, as Markdown."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "# Batch grading",
        "",
        f"Written by `batch.py` on a machine with {len(os.sched_getaffinity(0))} cores and {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}. An exercise with pandas and a figure, seven "
        f"tests; of 20 students ten are right, six partly wrong, three raise an exception, one never ends "
        f"(limit {LIMIT} s a cell).",
        "",
        "| grader | submissions | seconds | submissions a minute |",
        "|---|---:|---:|---:|",
        *rows,
        "",
        f"{ratio:.1f} times the throughput, jail and examiner on; {len(differ)} of {cells} cells got other points.",
        "",
        "| submissions | seconds | seconds each, once begun | MB of the driver |",
        "|---:|---:|---:|---:|",
        *(f"| {size} | {s:.1f} | {each:.3f} | {mb:.0f} |" for size, s, each, mb in grown),
    ]
    return "\n".join(lines) + "\n"


def main():
    """Measure, print, keep; with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words = f"fail below {LEAST_RATIO} times, or if points differ or growth exceeds {FLAT:.0%}%"
    parser.add_argument("--check", action="store_true", help=words)
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, help="the larger classes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        rows, ratio, differ, cells = side_by_side(Path(made))
        print(
            "\n".join(rows),
            f"\nratio {ratio:.1f}, {len(differ)} cells differ {differ[:5]}",
            flush=True,
        )
        grown = growing(Path(made), options.sizes)
    text = table(rows, ratio, differ, cells, grown)
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    bent = [spread([g[column] for g in grown]) for column in (2, 3)]
    if options.check and (ratio < LEAST_RATIO or differ or max(bent) > FLAT):
        sys.exit(
            f"ratio {ratio:.1f}, {len(differ)} cells differ, growth {bent[0]:.0%} and {bent[1]:.0%}"
        )


if __name__ == "__main__":
    main()
