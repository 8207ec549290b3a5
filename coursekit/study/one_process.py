"""Run an exercise's cells and tests in one Python process, for computers without the grader's engine.

The grader keeps tests and answers in two processes, which needs Linux. Elsewhere the same tests run
as they do in the notebook itself: honest work gets the same verdicts.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

START = 60  # seconds for Python and IPython to start


def score(body, scheme, folder, seconds):
    """Run one notebook; return what `coursekit.grading.scorer.Scorer.score` returns.

    Parameters
    ----------
    body : bytes
    scheme : dict
        What `coursekit.grading.schema.of_file` returned.
    folder : Path
        Where the cells run.
    seconds : float
        How long a cell may take; the others run all the same.
    """
    from coursekit.grading import repair

    notebook, repairs = repair.repair(body, scheme)
    cells = notebook["cells"]
    verdicts, late = {}, set()
    for _ in cells:
        left = [
            (i, cell["role"], cell["source"])
            for i, cell in enumerate(cells)
            if cell["cell_type"] == "code" and i not in late and _id(cell) not in verdicts
        ]
        stuck = _run(left, cells, verdicts, folder, seconds)
        if stuck is None:
            break
        words = f"Your code did not finish within {seconds:g} seconds, or it ended its process."
        late.add(stuck)
        if cells[stuck]["role"] == "test":
            verdicts[_id(cells[stuck])] = _verdict("TIMEOUT", 0, words)
        else:
            cells[stuck]["outputs"] = [_error("TIMEOUT", words)]
    return {"notebook": notebook, "verdicts": verdicts, "repairs": repairs}


def _id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _verdict(verdict, points, message=""):
    return {"verdict": verdict, "points": points, "message": message, "review": False}


def _error(name, words):
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": [words]}


def _run(left, cells, verdicts, folder, seconds):
    """Run cells in a fresh process; return the number of the cell that never ended, or None."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coursekit.study.one_process"],
        cwd=folder,
        env={
            **os.environ,
            "NBGRADER_EXECUTION": "autograde",
            "PYTHONPATH": _places(),
            "MPLBACKEND": "agg",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    lines = queue.Queue()
    threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
    i, patience = left[0][0] if left else None, START
    try:
        with process.stdin as stream:
            stream.write(json.dumps(left).encode())
        for i, _, _ in left:
            error = json.loads(lines.get(timeout=patience))
            patience = seconds
            if cells[i]["role"] == "test":
                points = cells[i]["metadata"]["nbgrader"]["points"]
                verdicts[_id(cells[i])] = _judged(error, points)
            elif error:
                cells[i]["outputs"] = [_error(*error)]
    except (queue.Empty, OSError, ValueError):
        return i
    finally:
        process.kill()
        process.wait()
    return None


def _places():
    return os.pathsep.join(entry for entry in sys.path if entry and Path(entry).is_dir())


def _listen(stream, lines):
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _judged(error, points):
    if not error:
        return _verdict("PASS", points)
    name, words = error
    verdict = "FAIL" if name == "AssertionError" else "ERROR"
    return {**_verdict(verdict, 0, f"{name}: {words}" if words else name), "name": name}


def main():
    """Run the cells that come on standard input; write how each ended, one line each."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    own, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None
    with os.fdopen(own, "w", encoding="utf-8") as out:
        for _, _, source in json.loads(sys.stdin.read()):
            done = shell.run_cell(source)
            error = done.error_before_exec or done.error_in_exec
            print(json.dumps(error and [type(error).__name__, str(error)]), file=out, flush=True)


if __name__ == "__main__":
    main()
