"""Check an exercise as it stands on disk, with the grader's own engine.

The work is the learner's own, on the learner's own computer, so it runs without the jail that
holds other people's submissions.
"""

import hashlib
import re
import sys
import time
from pathlib import Path

from coursekit import progress
from coursekit.study import questions

SECONDS, MEMORY = 10, 700  # a cell's time; MB for the learner's process
ENGINE_MB = 450  # what the grader's engine takes; with less free, a check would end the session
WITHOUT_HIDDEN = (
    "Only the visible tests were run: the course's sources, which hold the hidden ones, are not on "
    "this computer."
)
WITH_HIDDEN = "All tests were run, the hidden ones too."
IN_ONE_PROCESS = (
    "The grader's engine could not run here (it needs Linux and 450 MB of free memory), so the same "
    "tests ran in one process with your code."
)
STUB = "raise NotImplementedError()"


def check(path):
    """Check a notebook.

    Parameters
    ----------
    path : str or Path
        An exercise, done as far as it is.

    Returns
    -------
    dict
        Plain data: `exercise`, `saved` (seconds since 1970), `points`, `most`, `questions` in order,
        `told` (sentences about the check itself).
        A question has `name`, `title`, `points`, `most`, `state` (passed, partly, failed, not begun,
        visible passed, by a reader), `trouble`, `answer` (a short hash) and `tests`, each with
        `name`, `label`, `points`, `most`, `verdict`, `result` (the verdict in words) and `message`.

    Raises
    ------
    ValueError
        If the file is missing, unreadable, or no exercise; the message says what to do.
    """
    from coursekit.grading import schema

    path = Path(path)
    body, saved = _body(path)
    source = _source(path, body)
    asked = questions.read(source or path)
    scheme = schema.of_file(source or path)
    result, by_engine = _score(path, body, scheme)
    found = [_question(one, result, scheme) for one in asked]
    told = [*result["repairs"], WITH_HIDDEN if source else WITHOUT_HIDDEN]
    if not by_engine:
        told.append(IN_ONE_PROCESS)
    tested = [one for one in found if one["tests"]]
    return {
        "exercise": scheme["notebook"],
        "saved": saved,
        "points": sum(one["points"] for one in tested),
        "most": sum(one["most"] for one in tested),
        "questions": found,
        "told": told,
    }


def _body(path):
    """Return the bytes of a notebook file and when it was saved."""
    from coursekit.grading import repair

    try:
        body, saved = path.read_bytes(), path.stat().st_mtime
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read ({error.strerror}); name the notebook's file, for example "
            "exercises/release/01-environment/01-environment.ipynb."
        ) from None
    try:
        repair.read(body)
    except repair.Unreadable as error:
        raise ValueError(
            f"{path.name} is damaged: {error}. If it is open in JupyterLab, save it again with "
            "Ctrl+S; or go back with the menu File, Revert Notebook to Checkpoint; or fetch a "
            "fresh copy of the exercise and paste your answers into it."
        ) from None
    return body, saved


def _source(path, body):
    """Return the source of the exercise that a notebook is of: by its name, else by its contents."""
    from coursekit.grading import repair, schema

    near = [path.resolve().parent]
    named = questions.source_of(path.stem, near) or questions.source_of(near[0].name, near)
    known = sorted((questions.ROOT / "exercises" / "source").glob("*/*.ipynb"))
    ranked = [(repair.overlap(body, schema.of_file(one)), one) for one in filter(None, [named])]
    if not ranked or ranked[0][0] <= 0:
        ranked = [(repair.overlap(body, schema.of_file(one)), one) for one in known]
    count, best = max(ranked, default=(0, None))
    return best if count > 0 else None


def _score(path, body, scheme):
    """Return the verdicts, and whether the grader's engine reached them, not one process."""
    if sys.platform == "linux" and free_mb() > ENGINE_MB:
        from coursekit.grading import jail, scorer

        try:
            limits = jail.Limits(seconds=SECONDS, memory=MEMORY)
            with scorer.Scorer(limits, walls=False) as engine:
                result = engine.score(body, _files(path, scheme), {}, scheme)
            if any(found["verdict"] != "CRASH" for found in result["verdicts"].values()):
                return result, True
        except (OSError, RuntimeError):
            pass
    from coursekit.study import one_process

    return one_process.score(body, scheme, path.resolve().parent, SECONDS), False


def free_mb(root=Path("/")):
    """Return how many MB this machine, or the container it is, can still give (Linux)."""
    free = [int(_line(root / "proc/meminfo", "MemAvailable:") or 0) * 1024]
    for folder, most, used in (
        ("sys/fs/cgroup", "memory.max", "memory.current"),
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit = _line(root / folder / most)
        if limit and limit != "max":
            given_back = int(_line(root / folder / "memory.stat", "inactive_file") or 0)
            free.append(int(limit) - int(_line(root / folder / used)) + given_back)
    return min(free) / 2**20


def _line(path, start=""):
    """Return the first word after `start` in a file of the system's, or None."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((line[len(start) :].split()[0] for line in lines if line.startswith(start)), None)


def _files(path, scheme):
    """Return the files that would be handed in with the notebook: those of the exercise's folder."""
    from coursekit.grading import scorer

    folder = path.resolve().parent
    if folder.name != scheme["assignment"]:
        return {}
    files, _ = scorer.gather(folder, lambda name: ".ipynb" in name)
    return files


def _question(asked, result, scheme):
    """Return what is told about one question."""
    from coursekit.grading.words import WORDS, message

    tests = []
    for name, test in asked.tests.items():
        found = result["verdicts"][name]
        if not test.here:
            found = {"verdict": "NOT RUN", "points": 0, "message": "A hidden test, not here."}
        tests.append(
            {
                "name": name,
                "label": name.removeprefix(f"{asked.name}_").replace("_", " "),
                "points": found["points"],
                "most": test.most,
                "verdict": found["verdict"],
                "result": WORDS.get(found["verdict"], "not run"),
                "message": message(found, False).removeprefix("AssertionError: "),
            }
        )
    points = sum(test["points"] for test in tests)
    answer, trouble, begun = _answer(asked.name, result, scheme, points == asked.most)
    state = "by a reader"
    if tests:
        ran = [test for test in tests if test["verdict"] != "NOT RUN"]
        state = "failed" if points == 0 else "partly"
        if all(test["verdict"] == "PASS" for test in ran):
            state = "passed" if len(ran) == len(tests) else "visible passed"
        elif not begun:
            state = "not begun"
    return {
        "name": asked.name,
        "title": asked.title,
        "points": points,
        "most": asked.most,
        "state": state,
        "trouble": trouble,
        "answer": hashlib.sha256(answer.encode()).hexdigest()[:12],
        "tests": tests,
    }


def _answer(name, result, scheme, passed):
    """Return the code of an answer, what is wrong with its cell itself, and whether it was begun."""
    cells = [
        cell
        for cell in result["notebook"]["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    ]
    if not cells:
        return "", "", False
    code = cells[0]["source"]
    stub = next(cell["source"] for cell in scheme["cells"] if cell["grade_id"] == name)
    if STUB in stub and code.strip() == stub.strip():
        return code, "", False
    for output in cells[0].get("outputs", []):
        if output["output_type"] == "error":
            words = re.sub(r"\(<[^>]*>, line", "(line", output["evalue"].split("\n")[0])
            return code, f"The cell itself stops: {output['ename']}: {words}", True
    if STUB in code and not passed:
        return code, f"The line `{STUB}` is still in the cell: replace it by your code.", True
    return code, "", True


def record(result):
    """Keep what a check found in the learner's progress."""
    for question in result["questions"]:
        if question["tests"]:
            progress.checked(
                f"{result['exercise']}.{question['name']}",
                points=question["points"],
                most=question["most"],
                passed=question["state"] == "passed",
                answer=question["answer"] if question["state"] != "not begun" else "",
            )


STATES = {
    "passed": "passed",
    "visible passed": "visible tests passed",
    "partly": "partly right",
    "failed": "not right yet",
    "not begun": "not begun",
    "by a reader": "read by a person",
}


def saved_words(saved):
    """Return in words when a file was saved.

    Examples
    --------
    >>> saved_words(time.time() - 125)[-15:]
    '(2 minutes ago)'
    """
    minutes = int((time.time() - saved) // 60)
    ago = "just now" if minutes < 1 else f"{minutes} minutes ago"
    for size, unit in ((60, "hours"), (24 * 60, "days")):
        if minutes >= 2 * size:
            ago = f"{minutes // size} {unit} ago"
    return f"{time.strftime('%H:%M:%S', time.localtime(saved))} ({ago})"


def told(result):
    """Return a result as lines for a terminal."""
    lines = [f"{result['exercise']}, as saved at {saved_words(result['saved'])}", ""]
    for question in result["questions"]:
        points = f"{question['points']:g} of {question['most']:g}"
        if question["state"] == "by a reader":
            points = f"{question['most']:g}"
        lines.append(f"{question['title'][:45]:45} {points:>8} points  {STATES[question['state']]}")
        if question["trouble"]:
            lines.append(f"      {question['trouble']}")
        if question["state"] in ("not begun", "by a reader"):
            continue
        for test in merged(question["tests"]):
            if test["verdict"] not in ("PASS", "NOT RUN"):
                lines.append(f"   {test['label']}: {test['result']}. {test['message']}")
    lines += [
        "",
        f"{result['points']:g} of {result['most']:g} points that tests give.",
        *result["told"],
    ]
    return "\n".join(lines)


def merged(tests):
    """Return tests with those in a row that say the same made one.

    Examples
    --------
    >>> late = {"points": 0, "most": 1, "verdict": "TIMEOUT", "message": "Too slow."}
    >>> merged([{"label": "one", **late}, {"label": "two", **late}])[0]["label"]
    'one, two'
    """
    found = []
    for test in tests:
        last = found[-1] if found else {"verdict": ""}
        if test["message"] and all(test[key] == last.get(key) for key in ("verdict", "message")):
            last["label"] += f", {test['label']}"
            last["points"], last["most"] = (
                last["points"] + test["points"],
                last["most"] + test["most"],
            )
        else:
            found.append(dict(test))
    return found
