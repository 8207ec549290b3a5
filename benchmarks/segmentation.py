"""Measure how quickly lesson 2 reads a log and makes sessions, beside a plain loop, and its memory.

Example
-------
    python benchmarks/segmentation.py --check
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from coursekit import data, notebooks

LINES, LEAST_TIMES, MOST_SECONDS = 1_000_000, 5, 60
LINE = re.compile(
    r'(\S+) \S+ \S+ \[([^\]]+)\] "([A-Z]+) (\S+) HTTP/\S+" (\d{3}) \S+ "([^"]*)" "([^"]*)"'
)
CHINA = timezone(timedelta(hours=8))


def write_long_log(path):
    """Write a million lines: the shop's log over and over, its years moved so that time runs on."""
    raw = data.access_log()
    each = raw.count(b"\n")
    with open(path, "wb") as file:
        for i in range(LINES // each):
            file.write(raw.replace(b"/2025:", b"/%d:" % (2000 + i)))
        file.write(b"".join(raw.splitlines(keepends=True)[: LINES % each]))


def at_once(raw):
    """Parse and sessionise as the lesson does; return requests, lines set aside, sessions."""
    from coursekit import segmentation

    log, rejected = segmentation.parse(raw)
    sessions = segmentation.sessionise(log)["session"]
    return len(log), len(rejected), int(sessions.max()) + 1


def plain_loop(raw):
    """Do the same line after line."""
    last, visits, rows, rejected = {}, 0, [], 0
    pause = timedelta(minutes=30)
    for line in raw.decode().splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            rejected += 1
            continue
        address, text, method, path, status, referrer, agent = match.groups()
        when = datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").astimezone(CHINA)
        before = last.get((address, agent))
        visits += before is None or when - before > pause
        last[address, agent] = when
        rows.append((when, address, method, path, int(status), referrer, agent))
    return len(rows), rejected, visits


WAYS = {"all lines at once": at_once, "a plain loop": plain_loop}


def peak_mb():
    """Return this process's peak memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(way, path):
    """Run one way in this process; print seconds, memory besides the log, and what it found."""
    raw = Path(path).read_bytes()
    WAYS[way](raw[: len(raw) // 1000])  # imports are not part of the work
    before = peak_mb()
    start = time.process_time()  # of this process alone, whatever else the machine does
    found = WAYS[way](raw)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "extra": peak_mb() - before, "found": found}))


def main():
    """Measure both ways, each in a process of its own, print, and with --check judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help=f"fail below {LEAST_TIMES} times the plain loop"
    )
    parser.add_argument("--way", nargs=2, help="measure one way on one file, print JSON")
    options = parser.parse_args()
    if options.way:
        measure(*options.way)
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        write_long_log(path)
        for way in WAYS:
            done = subprocess.run(
                [sys.executable, __file__, "--way", way, path],
                cwd=notebooks.ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            results[way] = json.loads(done.stdout)
            seconds, extra = results[way]["seconds"], results[way]["extra"]
            print(
                f"{way:20}{LINES / seconds:12,.0f} lines/s {seconds:8.1f} s {extra:8,} MB",
                flush=True,
            )
    quick, slow = results.values()
    times = slow["seconds"] / quick["seconds"]
    print(f"{times:.1f} times as fast; both find {quick['found'][2]:,} sessions")
    if quick["found"] != slow["found"]:
        sys.exit(f"the two ways disagree: {quick['found']} and {slow['found']}")
    if options.check and (times < LEAST_TIMES or quick["seconds"] > MOST_SECONDS):
        sys.exit(f"less than {LEAST_TIMES} times as fast, or more than {MOST_SECONDS} s")


if __name__ == "__main__":
    main()
