"""Measure what nbgrader alone gives the hostile submissions, and write the table of exercises/README.md.

nbgrader alone runs each submission as whoever grades, so it is measured inside bubblewrap: no network, nothing
of the machine to write to but a throw-away course.

Example
-------
    python benchmarks/grading_hostile.py
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from grading import assignments, hostile  # noqa: E402
from grading.hostile import assignment  # noqa: E402

from coursekit.grading import jail  # noqa: E402

README = ROOT / "exercises" / "README.md"
BEGIN, END = "<!-- hostile submissions: begin -->", "<!-- hostile submissions: end -->"
SECONDS = 90
START = """
import os, resource, sys
from coursekit.grading import jail
resource.setrlimit(resource.RLIMIT_FSIZE, (10**9, 10**9))
jail.drop_root()
resource.setrlimit(resource.RLIMIT_NPROC, (150, 150))
resource.setrlimit(resource.RLIMIT_AS, (4 * 10**9, 4 * 10**9))
os.environ["HOME"] = os.environ["IPYTHONDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = "/tmp"
sys.modules["rfc3987_syntax"] = None
os.chdir(sys.argv.pop(1))
from nbgrader.apps.nbgraderapp import main
main()
"""


def nbgrader(course, *words):
    """Run a plain nbgrader command on a course, inside bubblewrap."""
    os.chmod(course, 0o777)
    for path in course.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o777)
    argv = jail.command([sys.executable, "-c", START, str(course), *words], [])
    place = argv.index("--remount-ro")
    argv[place:place] = [*jail._place(course)[:-3], "--bind", str(course), str(course)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS)


def prepare(course):
    """Make the course with its release, as its instructor does."""
    (course / "source" / "probe").mkdir(parents=True)
    book = assignments.notebook(hostile.CELLS)
    for cell, (name, _, source, _) in zip(book["cells"], assignment.CELLS, strict=True):
        right = assignment.RIGHT.get(name)
        solved = f"### BEGIN SOLUTION\n{right}\n### END SOLUTION" if right else source
        cell["source"] = solved
    (course / "source" / "probe" / "probe.ipynb").write_text(json.dumps(book))
    settings = "c = get_config()\nc.CourseDirectory.course_id = 'probe'\nc.Execute.timeout = 8\n"
    (course / "nbgrader_config.py").write_text(settings)
    done = nbgrader(course, "generate_assignment", "probe")
    assert done.returncode == 0, done.stderr


def measure(case, prepared, folder):
    """Return the points that nbgrader alone gives a case, or what became of its run."""
    course = Path(shutil.copytree(prepared, folder / case["name"] / "course"))
    real = {"SOLUTION": "../../../source/probe/probe.ipynb", "GRADEBOOK": "../../../gradebook.db"}
    links = {name: real.get(target, target) for name, target in case.get("links", {}).items()}
    hostile.write({**case, "links": links}, course / "submitted" / "mallory" / "probe")
    try:
        done = nbgrader(course, "autograde", "probe")
    except subprocess.TimeoutExpired:
        return "never ends"
    book = sqlite3.connect(course / "gradebook.db")
    try:
        rows = book.execute("SELECT auto_score FROM grade").fetchall()
    except sqlite3.DatabaseError:
        return "gradebook destroyed"
    finally:
        book.close()
        shutil.rmtree(course, ignore_errors=True)
    if done.returncode:
        return "run fails"
    return f"{sum(score or 0 for (score,) in rows):g}"


def table(stock):
    """Return the table as Markdown."""
    lines = [
        "| class | what the submission does | honest grading | nbgrader alone |",
        "|---|---|---|---|",
    ]
    for case in hostile.cases():
        given = stock[case["name"]]
        lines.append(f"| {case['class']} | {case['tries']} | {case['points']} | {given} |")
    return "\n".join(lines)


def main():
    """Measure all cases and write the table."""
    cases = hostile.cases()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        prepare(folder / "prepared")
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda case: measure(case, folder / "prepared", folder), cases)
            stock = {}
            for case, points in zip(cases, found, strict=True):
                stock[case["name"]] = points
                print(
                    f"{case['class']:12}{case['name']:28}{case['points']:>4}  {points}", flush=True
                )
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    README.write_text(
        f"{before}{BEGIN}\n{table(stock)}\n{END}{rest.split(END)[1]}", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
