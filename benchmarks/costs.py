"""Measure what the course costs a small machine: the package's import, and each lesson's memory.

Example
-------
    python benchmarks/costs.py --check
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from coursekit import notebooks

MOST_IMPORT_MS, MOST_MEMORY_MB = 60, 350
REPEATS = 15
ASK_MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


def import_ms():
    """Return the milliseconds that `import coursekit` takes over a bare start of Python."""
    taken = {"pass": [], "import coursekit": []}
    for _ in range(REPEATS):  # in turns, so that a noisy minute meets both
        for code, values in taken.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=notebooks.ROOT, check=True)
            values.append(1000 * (time.perf_counter() - start))
    bare, ours = (statistics.median(values) for values in taken.values())
    return ours - bare


def memory_mb(path):
    """Run a lesson in a kernel of its own; return the kernel's peak memory in MB and the seconds."""
    notebook = notebooks.read(path)
    notebook.cells.append(new_code_cell(ASK_MEMORY))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as nobody:
        NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute(
            env={**os.environ, "COURSEKIT_HOME": nobody}
        )
    return int(notebook.cells[-1].outputs[0].text), time.perf_counter() - start


def main():
    """Measure, print, and with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"fail above {MOST_IMPORT_MS} ms or {MOST_MEMORY_MB} MB",
    )
    options = parser.parse_args()
    taken = import_ms()
    print(f"{'import coursekit, over bare Python':40}{taken:8.0f} ms")
    worst = 0
    for path in notebooks.lessons():
        memory, seconds = memory_mb(path)
        worst = max(worst, memory)
        print(
            f"{path.stem + ' in ' + path.parent.name:40}{memory:8} MB {seconds:6.0f} s", flush=True
        )
    if options.check and (taken > MOST_IMPORT_MS or worst > MOST_MEMORY_MB):
        sys.exit(f"more than {MOST_IMPORT_MS} ms or {MOST_MEMORY_MB} MB")


if __name__ == "__main__":
    main()
