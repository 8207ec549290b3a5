"""The house: Binder, locks, links, tables, commands, and nothing of this machine in a file."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from conftest import ROOT, need

from coursekit import __main__, repository

TEXTS = [
    path
    for path in repository.committed_files()
    if path.suffix in {".py", ".ipynb", ".toml", ".txt", ".yml", ".md", ".json", ".cfg", ".svg", ""}
]


@pytest.fixture(scope="module")
def dockerfile():
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def test_binder_builds_python_with_the_hashed_lock_and_runs_post_build(dockerfile):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert "python=3.12" in environment["dependencies"]
    assert {"pip": ["-r requirements.txt"]} in environment["dependencies"]
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in dockerfile
    assert "./postBuild" in dockerfile
    assert os.access(ROOT / "postBuild", os.X_OK)
    for package in (ROOT / "apt.txt").read_text(encoding="utf-8").split():
        assert re.search(rf"apt-get install .* {package}\b", dockerfile), package


def locked(name):
    """Return the pinned packages of a lock with the number of their hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(r"^([a-z0-9.-]+)==(\S+)(.*(?:\n    --hash\S+.*)*)", text, re.MULTILINE)
    return {package: (version, rest.count("--hash=sha256:")) for package, version, rest in entries}


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_lock_pins_everything_with_hashes_and_names_no_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|^-e|@ ", text, re.MULTILINE)
    packages = locked(name)
    assert len(packages) > 80
    assert all(hashes for _, hashes in packages.values())


def test_locks_agree_and_hold_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    students, developers = locked("requirements.txt"), locked("tests/requirements.txt")
    assert set(project["dependencies"]) <= set(students)
    assert set(project["optional-dependencies"]["test"]) <= set(developers)
    assert students.items() <= developers.items()
    assert not set(project["optional-dependencies"]["test"]) & set(students)


def test_every_dependency_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(r'^    "[\w-]+",(.*)$', text.split("[project.scripts]")[0], re.MULTILINE)
    assert len(listed) >= 12
    assert all(re.search(r"# \w+", comment) for comment in listed)


HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_no_registry_and_no_path_of_a_machine_in_a_file(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not [host for host in HOSTS if host in text]
    assert not re.findall(r"(?<![\w.$~/-])/(?:work|root|farm|home/\w+|Users/\w+)/", text)


def test_links_lead_somewhere():
    assert list(repository.link_problems()) == []


def test_tables_tell_the_truth():
    assert list(repository.table_problems()) == []


def test_the_repository_name_stands_in_one_place():
    hits = [
        path
        for path in TEXTS
        if "mybinder.org/v2/" in (ROOT / path).read_text(encoding="utf-8")
        and path.name != "test_repository.py"
    ]
    assert [str(path) for path in hits] == ["README.md"]
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("mybinder.org/v2/") == 1


def test_make_help_lists_every_target():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"make (\w+)", done.stdout))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    assert listed == set(phony.split())


def test_an_old_python_is_told_what_to_do(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    venv = tmp_path / "venv"
    done = subprocess.run(
        ["make", "install", f"PYTHON={old}", f"VENV={venv}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stdout
    assert not venv.exists()


@pytest.mark.parametrize(
    "command", ["run", "normalise", "check", "progress", "verify", "release", "datasets"]
)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        __main__.main([command, "--help"])
    assert end.value.code == 0
    assert f"coursekit {command}" in capsys.readouterr().out


def test_a_command_on_a_broken_notebook_says_so_and_fails(tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    assert __main__.main(["run", str(path)]) == 2
    assert "broken.ipynb is not a readable notebook" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "{"


def test_import_of_the_package_loads_nothing_heavy():
    code = "import sys, coursekit; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas", "matplotlib", "ipywidgets"} & set(done.stdout.split())


def test_a_missing_tool_skips_by_name_and_fails_on_ci(monkeypatch):
    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed; sudo apt-get"):
        need("no-such-tool", "some-package")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is not installed"):
        need("no-such-tool", "some-package")
    need("sh", "dash")


def test_tools_that_cannot_be_installed_are_named(tmp_path):
    for name in ("sh", "id"):  # a machine without apt-get, chromium and bubblewrap
        (tmp_path / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        ["sh", "tests/install-tools"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "Not installed: chromium bubblewrap" in done.stdout
    assert "sudo apt-get install chromium bubblewrap" in done.stdout


def test_continuous_integration_runs_the_tests_and_the_checks_only():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set "))]
    assert commands == ["make test", "make check"]
