"""What every test shares: nobody's progress file, and tools that may be missing."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The suite must neither read nor write the predictions of whoever runs it.
os.environ["COURSEKIT_HOME"] = tempfile.mkdtemp(prefix="coursekit-tests-")


def need(tool, package):
    """Skip a test for want of a tool, by name; on CI that is a failure."""
    if shutil.which(tool) is None:
        message = f"{tool} is not installed; sudo apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
