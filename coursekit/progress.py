"""What a learner predicted, wrote, answered and solved, in one small file per person.

The file is `~/.coursekit/progress.json`; the environment variable COURSEKIT_HOME names another
folder. Nothing in it is graded and nothing leaves the machine.
"""

import contextlib
import json
import os
import tempfile
import threading
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows; there each write is atomic but two at once are not kept apart
    fcntl = None

VERSION = 1
SECTIONS = ("predictions", "reasons", "quiz", "work")
# What is known of a question of an exercise: the best points, tries that did not pass, hints taken.
WORK = {"points": 0.0, "most": 0.0, "passed": False, "tries": 0, "hints": 0, "answer": ""}

_turn = threading.RLock()  # JupyterLab may call two widgets of a notebook at once
_unsaved = {}  # (section, key) -> value that no file took
_notices = []
_told = set()


def folder():
    """Return the folder of the file."""
    chosen = os.environ.get("COURSEKIT_HOME")
    return Path(chosen) if chosen else Path.home() / ".coursekit"


def notice():
    """Return what the learner should be told about the file, once; empty if all is well."""
    words = " ".join(_notices)
    _notices.clear()
    return words


def read():
    """Return everything stored, as `{"version": 1, section: {key: value}}`.

    A damaged file is set aside as `progress.damaged-<n>.json`; see `notice`.

    Returns
    -------
    dict
        With every section of `SECTIONS`, empty or not.
    """
    with _turn:
        try:
            content = _load()
        except OSError as error:
            content = {}
            _tell(f"Your stored answers could not be read ({_why(error)}).")
        return _merged(content, _unsaved)


def store(section, key, value):
    """Keep `value` under `key` of `section`.

    What another notebook wrote meanwhile stays. If the folder cannot be written, the value is
    kept until the kernel stops; see `notice`.

    Parameters
    ----------
    section : str
        One of `SECTIONS`.
    key : str
        For example "01-environment.users-2007".
    value : str, int, float, bool, or a dict of them

    Raises
    ------
    ValueError
        If `section` is not one of `SECTIONS`.
    """
    if section not in SECTIONS:
        raise ValueError(f"section is {section!r}; choose one of {', '.join(SECTIONS)}.")
    with _turn:
        _unsaved[section, key] = value
        _save()


def work(key):
    """Return what is known of a question of an exercise, with the keys of `WORK`.

    Parameters
    ----------
    key : str
        For example "01-environment.cagr".
    """
    return {**WORK, **read()["work"].get(key, {})}


def checked(key, *, points, most, passed, answer):
    """Keep what a check said of a question; an answer that was checked before is no other try.

    Parameters
    ----------
    key : str
        For example "01-environment.cagr".
    points, most : float
    passed : bool
    answer : str
        What tells one answer from another; empty if there is none yet.
    """
    with _turn:
        known = work(key)
        found = {**known, "points": max(points, known["points"]), "most": most}
        found["passed"] = passed or known["passed"]
        if answer and answer != known["answer"]:
            found["answer"] = answer
            found["tries"] += not passed
        if found != known:
            store("work", key, found)


def hinted(key):
    """Keep that one hint more of a question was taken."""
    with _turn:
        known = work(key)
        store("work", key, {**known, "hints": known["hints"] + 1})


def text():
    """Return everything stored as the text of a file that `restore` takes."""
    return json.dumps(read(), ensure_ascii=False, indent=1)


def restore(raw):
    """Bring back what an earlier file holds; nothing that is here is lost or overwritten.

    Parameters
    ----------
    raw : bytes
        Of a file that `text` made.

    Returns
    -------
    int
        How many entries came back.

    Raises
    ------
    ValueError
        If the file is damaged or of another version; then nothing is changed.
    """
    try:
        content = _parsed(raw)
    except ValueError as error:
        raise ValueError(f"This is no progress file, or it is damaged ({error}).") from None
    if content.get("version") != VERSION:
        raise ValueError(
            f"This file has version {content.get('version')!r}; this course reads {VERSION}."
        )
    with _turn:
        here = read()
        found = {
            (section, key): _better(here["work"][key], value) if key in here[section] else value
            for section in SECTIONS
            for key, value in content.get(section, {}).items()
            if section == "work" or key not in here[section]
        }
        changed = {at: value for at, value in found.items() if here[at[0]].get(at[1]) != value}
        _unsaved.update(changed)
        _save()
    return len(changed)


def _better(one, other):
    """Return the best of what two files know of a question."""
    one, other = {**WORK, **one}, {**WORK, **other}
    return {
        key: one[key] or other[key] if key == "answer" else max(one[key], other[key])
        for key in WORK
    }


def _save():
    """Write what is unsaved into the file."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with _locked():
            _write(_merged(_load(locked=True), _unsaved))
    except OSError as error:
        _tell(
            "Your answers are kept only until the kernel stops, because the folder for them "
            f"cannot be used ({_why(error)}); set COURSEKIT_HOME to a folder of yours."
        )
    else:
        _unsaved.clear()


def _path():
    return folder() / "progress.json"


def _why(error):
    return error.strerror or str(error)


def _tell(words):
    """Put `words` among the notices, unless they were told in this session."""
    if words not in _told:
        _told.add(words)
        _notices.append(words)


def _merged(content, extra):
    """Return `content` with all sections and the values of `extra` in it."""
    merged = {"version": VERSION, **content}
    for section in SECTIONS:
        merged[section] = dict(merged.get(section, {}))
    for (section, key), value in extra.items():
        merged[section][key] = value
    return merged


def _load(locked=False):
    """Return the content of the file; set the file aside if it is damaged."""
    try:
        content = _parsed(_path().read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        if locked:
            return _set_aside()
        with _locked():  # another notebook may have mended it meanwhile
            return _load(locked=True)
    if content.get("version", VERSION) != VERSION:
        raise OSError(f"version {content['version']!r}, this course reads version {VERSION}")
    return content


def _parsed(raw):
    """Return the content of `raw`, or raise ValueError."""
    content = json.loads(raw.decode("utf-8"))
    if not isinstance(content, dict):
        raise ValueError("not an object")
    for section in SECTIONS:
        if not isinstance(content.get(section, {}), dict):
            raise ValueError(f"{section} is not an object")
    for key, known in content.get("work", {}).items():
        if not isinstance(known, dict) or not all(map(_fits, known, known.values())):
            raise ValueError(f"work of {key} is not what a check writes")
    return content


def _fits(name, value):
    """Tell whether a value of what is known of a question is of its type."""
    usual = WORK.get(name)
    kinds = (float, int) if isinstance(usual, float) else (type(usual),)
    return name not in WORK or type(value) in kinds


def _set_aside():
    """Rename the damaged file and return an empty content."""
    count = 1
    while (aside := folder() / f"progress.damaged-{count}.json").exists():
        count += 1
    os.replace(_path(), aside)
    _tell(
        f"The file with your earlier answers was damaged; it is kept as {aside.name} and a "
        "fresh one begins."
    )
    return {}


@contextlib.contextmanager
def _locked():
    """Hold the folder's lock, where the system has one."""
    with open(folder() / "progress.lock", "w") as file:
        if fcntl:
            with contextlib.suppress(OSError):  # some network disks have no locks
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(content):
    """Replace the file in one step, so that no reader meets half of it."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder(), prefix="progress.", suffix=".tmp", delete=False
    ) as file:
        try:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(file.name, _path())
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise
