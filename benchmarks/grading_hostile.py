"""Measure what nbgrader alone gives the hostile submissions, and write the table of exercises/README.md.

nbgrader alone runs each submission as whoever grades, so it is measured inside bubblewrap: no network, nothing
of the machine to write to but a throw-away course. Where its run fails, it is run again with an honest
submission behind, to see whether that one is graded.

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
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from grading import assignments, hostile  # noqa: E402
from grading.hostile import assignment  # noqa: E402

from coursekit.grading import jail  # noqa: E402

README = ROOT / "exercises" / "README.md"
BEGIN, END = "<!-- hostile submissions: begin -->", "<!-- hostile submissions: end -->"
SECONDS, CELL_SECONDS = 45, 6
REFUSED = "no grade: the run fails on it"
STOPPED = "no grade, nor for those after it: the run stops"
ENDLESS = f"no grade for anybody: the run did not end in {SECONDS} s"
DESTROYED = "no grade for anybody: the gradebook is destroyed"
# In a user namespace of its own each run counts its own processes.
START = """
import os, resource, struct, sys
from coursekit.grading import jail
resource.setrlimit(resource.RLIMIT_FSIZE, (10**9, 10**9))
jail.drop_root()
user, group = os.getuid(), os.getgid()
assert jail._libc().unshare(jail.CLONE_NEWUSER) == 0
for name, line in ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"):
    with open(f"/proc/self/{name}", "w") as file:
        file.write(line)
# Else it would stand above its kernel, as no grader does who is an ordinary user.
assert jail._libc().capset(struct.pack("II", 0x20080522, 0), bytes(24)) == 0
jail._libc().prctl(4, 1, 0, 0, 0)
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
    argv[place:place] = [
        *["--size", str(10**9), "--perms", "1777", "--tmpfs", "/dev/shm"],
        *[*jail._place(course)[:-3], "--bind", str(course), str(course)],
    ]
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
    settings = f"c = get_config()\nc.CourseDirectory.course_id = 'probe'\nc.Execute.timeout = {CELL_SECONDS}\n"
    (course / "nbgrader_config.py").write_text(settings)
    done = nbgrader(course, "generate_assignment", "probe")
    assert done.returncode == 0, done.stderr


def points(course):
    """Return what the gradebook gives each student."""
    book = sqlite3.connect(course / "gradebook.db")
    try:
        rows = book.execute(
            "SELECT assignment.student_id, grade.auto_score FROM grade"
            " JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id"
            " JOIN submitted_assignment AS assignment"
            " ON submitted_notebook.assignment_id = assignment.id"
        ).fetchall()
    finally:
        book.close()
    return {name: sum(score or 0 for who, score in rows if who == name) for name, _ in rows}


def run(case, prepared, folder, others=()):
    """Let nbgrader grade a case, and honest submissions of others; return its status and points."""
    course = Path(shutil.copytree(prepared, folder / "course"))
    real = {"SOLUTION": "../../../source/probe/probe.ipynb", "GRADEBOOK": "../../../gradebook.db"}
    links = {name: real.get(target, target) for name, target in case.get("links", {}).items()}
    hostile.write({**case, "links": links}, course / "submitted" / "mallory" / "probe")
    for name in others:
        hostile.write({"base": "right"}, course / "submitted" / name / "probe")
    try:
        return nbgrader(course, "autograde", "probe").returncode, points(course)
    finally:
        shutil.rmtree(course, ignore_errors=True)


def measure(case, prepared, folder):
    """Return the points that nbgrader alone gives a case, or what became of its run."""
    place = folder / case["name"]
    try:
        status, given = run(case, prepared, place)
        if status == 0:
            return f"{given['mallory']:g}"
        _, given = run(case, prepared, place, ["zoe"])
        return REFUSED if given.get("zoe") == sum(hostile.POINTS.values()) else STOPPED
    except subprocess.TimeoutExpired:
        return ENDLESS
    except sqlite3.DatabaseError:
        return DESTROYED


def table(stock):
    """Return what was found in one paragraph and a table, as Markdown."""
    cases, most = hostile.cases(), sum(hostile.POINTS.values())
    numbers = {name: float(given) for name, given in stock.items() if not given.startswith("no ")}
    more = sum(numbers.get(case["name"], 0) > case["points"] for case in cases)
    fewer = sum(numbers.get(case["name"], most) < case["points"] for case in cases)
    others = sum(given in (STOPPED, ENDLESS, DESTROYED) for given in stock.values())
    name = f"nbgrader {version('nbgrader')} alone"
    lines = [
        f"{len(cases)} submissions, {most:g} points each. {name} gives {more} of them more points than "
        f"they deserve, {fewer} fewer, and {len(stock) - len(numbers)} no grade at all; {others} of these "
        "also cost other students their grades.",
        "",
        f"| class | what the submission does | points here | points by {name} |",
        "|---|---|---|---|",
    ]
    for case in cases:
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
        with ThreadPoolExecutor(3) as pool:
            found = pool.map(lambda case: measure(case, folder / "prepared", folder), cases)
            stock = {}
            for case, given in zip(cases, found, strict=True):
                stock[case["name"]] = given
                print(
                    f"{case['class']:12}{case['name']:28}{case['points']:>4}  {given}", flush=True
                )
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}\n{table(stock)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
