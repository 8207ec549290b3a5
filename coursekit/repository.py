"""Keep the repository true to itself: release in step with source, links and tables that hold."""

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from urllib.parse import unquote

from coursekit import notebooks

ROOT = notebooks.ROOT
EXERCISES = ROOT / "exercises"


def _generate(course):
    """Let nbgrader generate every assignment of the course root `course`."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ.get("PATH", "")])  # nbgrader calls alembic by name
    for assignment in sorted(folder.name for folder in (course / "source").iterdir()):
        done = subprocess.run(
            [f"{scripts}/nbgrader", "generate_assignment", assignment, "--force"],
            cwd=course,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"nbgrader generate_assignment {assignment} failed:\n{done.stderr}")


def _files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def fresh_release():
    """Generate all assignments from copies of the sources.

    Returns
    -------
    dict of str to bytes
        The release's files by their path inside `exercises/release`.

    Raises
    ------
    RuntimeError
        With nbgrader's own words if it cannot generate an assignment.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        shutil.copytree(EXERCISES / "source", course / "source")
        shutil.copy(EXERCISES / "nbgrader_config.py", course)
        _generate(course)
        return _files(course / "release")


def write_release():
    """Write `exercises/release` anew from the sources; return the paths that changed."""
    wanted, there = fresh_release(), _files(EXERCISES / "release")
    changed = sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )
    for name in changed:
        target = EXERCISES / "release" / name
        if name in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wanted[name])
        else:
            target.unlink()
    return changed


def release_problems():
    """List the files of the release that differ from what the sources give."""
    wanted, there = fresh_release(), _files(EXERCISES / "release")
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            yield f"exercises/release/{name}: is not what its source gives; run `make release`."


def committed_files():
    """Return the paths that git tracks or would track, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({Path(name) for name in listed.stdout.split("\0") if name})


def _texts(path):
    """Yield the Markdown texts of a file, each with the name of its place."""
    if path.suffix == ".md":
        yield str(path), (ROOT / path).read_text(encoding="utf-8")
    elif path.suffix == ".ipynb":
        for cell in notebooks.read(ROOT / path).cells:
            if cell.cell_type == "markdown":
                yield f"{path}, cell {cell.id}", cell.source


def _anchors(path):
    """Return the anchors of a file's headings, as code hosts and JupyterLab make them."""
    headings = [
        line.lstrip("#").strip()
        for _, text in _texts(path)
        for line in text.splitlines()
        if line.startswith("#")
    ]
    hosts = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return hosts | {heading.replace(" ", "-") for heading in headings}


def link_problems():
    """List the relative links of Markdown files and notebooks that lead nowhere."""
    for path in committed_files():
        for place, text in _texts(path):
            inline = re.findall(r"\]\(([^)\s]+)\)", text)
            for link in inline + re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, re.MULTILINE):
                if re.match(r"[a-z]+:", link):
                    continue
                name, _, anchor = unquote(link).partition("#")
                target = (ROOT / path.parent / name).resolve() if name else ROOT / path
                if not target.exists():
                    yield f"{place}: links to {link}, which does not exist."
                elif anchor and anchor not in _anchors(target.relative_to(ROOT)):
                    yield f"{place}: links to {link}, but there is no such heading."


def _facts(path):
    """Return a lesson's number, title and minutes, read from its first cell."""
    first = notebooks.read(path).cells[0].source
    title = re.search(r"# (?:\d+\. )?(.+)", first)[1]
    return (
        path.stem[:2],
        re.sub(r" \(.*\)$", "", title),
        re.search(r"Time:\*\* (\d+) min", first)[1],
    )


def table_problems():
    """List the lessons whose row in a README is missing or differs from the lesson itself."""
    for readme, prefix in ((ROOT / "README.md", "lessons/"), (ROOT / "lessons/README.md", "")):
        rows = readme.read_text(encoding="utf-8").splitlines()
        for path in notebooks.lessons():
            number, title, minutes = _facts(path)
            start = f"| {int(number)} | [{title}]({prefix}{path.name}) | {minutes} min |"
            if not any(row.startswith(start) for row in rows):
                yield f"{readme.relative_to(ROOT)}: has no row that starts {start!r}."


def problems():
    """Yield everything that is wrong with the repository, one line each."""
    for path in notebooks.lessons():
        for problem in notebooks.lesson_problems(path):
            yield f"lessons/{path.name}: {problem}"
    for path in notebooks.sources():
        for problem in notebooks.problems(path):
            yield f"{path.relative_to(ROOT)}: {problem}"
    yield from link_problems()
    yield from table_problems()
    yield from release_problems()
