"""One warm scorer for all tests of grading in a worker."""

import psutil
import pytest

from coursekit.grading import jail, scorer

# Seconds enough for honest work on a busy machine; tests of endless loops take fewer.
LIMITS = jail.Limits(seconds=20, memory=1024, processes=32, disk=64, output=100_000)


@pytest.fixture(scope="session")
def graders():
    """Return a scorer with walls; without bubblewrap the test is skipped by name."""
    import os

    why = jail.problems()
    if why:
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with scorer.Scorer(LIMITS) as made:
        made.warm(["numpy", "pandas", "matplotlib.pyplot"])
        servers = [psutil.Process(process.pid) for process, _ in made.servers.values()]
        made.idle = {child.pid for server in servers for child in server.children(recursive=True)}
        yield made
