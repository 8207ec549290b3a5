"""What every test shares: nobody's progress file, and tools that may be missing."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The suite must neither read nor write the predictions of whoever runs it.
os.environ["COURSEKIT_HOME"] = tempfile.mkdtemp(prefix="coursekit-tests-")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give a test a learner's folder of its own, and a course that has told nothing yet."""
    from coursekit import progress

    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(progress, "_unsaved", {})
    monkeypatch.setattr(progress, "_notices", [])
    monkeypatch.setattr(progress, "_told", set())
    return tmp_path / "home"


def need(tool, package):
    """Skip a test for want of a tool, by name; on CI that is a failure."""
    if shutil.which(tool) is None:
        message = f"{tool} is not installed; sudo apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


def numbers(text):
    """Return the numbers of a text that claim something: with a unit, or with decimals."""
    text = re.sub(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)", " ", text)
    found = re.findall(r"¥[\d,.]*\d|[+-]?\d[\d,.]*(?= ?%)|(?<![\d.])\d[\d,]*\.\d+", text)
    return {re.sub(r"[¥,+]", "", number).lstrip("-") for number in found}


def unproved_numbers(notebook, proved):
    """Return, by cell, the numbers of the prose that no cell prints and that are not in `proved`.

    `proved` holds numbers as the prose writes them, without unit: recomputed by the test that
    calls, or supposed by the prose.
    """
    printed = " ".join(
        json.dumps(cell.get("outputs", ""), ensure_ascii=False) + cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
    )
    printed = re.sub(r"base64,[A-Za-z0-9+/=]+", "", printed).replace(",", "")
    known = set(re.findall(r"\d[\d.]*\d|\d", printed)) | set(proved)
    left = {
        cell.id: sorted(numbers(cell.source) - known)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    }
    return {name: found for name, found in left.items() if found}
