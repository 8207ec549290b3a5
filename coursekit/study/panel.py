"""The button in an exercise: check, points and messages, hints, and the solution once it is due."""

import html
import json
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import ipywidgets

from coursekit import progress, widgets
from coursekit.study import questions
from coursekit.study.checking import STATES, merged, record, saved_words

TRIES = 3  # before the solution, beside all hints
PATIENCE = 900  # seconds for a whole check, endless loops in every question among them
SIGNS = {"passed": "✓", "visible passed": "✓", "partly": "◐", "failed": "✗"}
_STYLE = """<style>
.coursekit-work .coursekit-line { align-items: center; flex-flow: row wrap; column-gap: 1em;
  border-top: 1px solid var(--jp-border-color2, #ddd); padding: .25em .25em .25em 0; }
.coursekit-work .coursekit-line > .widget-html { flex: 1 1 20rem; width: auto; }
.coursekit-work .widget-html:has(> .widget-html-content:empty) { margin: 0; }
.coursekit-work table { border-collapse: collapse; font-size: 13px; margin: .2em 0 .4em; width: 100%; }
.coursekit-work :is(th, td) { text-align: left; vertical-align: top; padding: .2em .8em .2em 0;
  white-space: normal; }
.coursekit-work td:nth-child(1) { min-width: 7rem; }
.coursekit-work td:nth-child(2) { white-space: nowrap; }
.coursekit-work td:last-child { min-width: 16rem; overflow-wrap: anywhere; }
.coursekit-work .coursekit-title { font-weight: 600; }
.coursekit-work pre { font-size: 12px; overflow-x: auto; background: var(--jp-layout-color2, #eee);
  padding: .6em; }
</style>"""
SAVE_FIRST = "The check reads the file on disk: save first, with Ctrl+S (on a Mac, Command+S)."


class Panel(widgets._Part):
    """The questions of an exercise with what a check said of them; see `coursekit.study.check_work`."""

    def __init__(self, exercise):
        self.exercise, self.path, self._ended = exercise, path_of(exercise), -math.inf
        self.button = ipywidgets.Button(description="Check my work", button_style="primary")
        self.button.on_click(self._check)
        self.summary = widgets._words(widgets._paragraphs(SAVE_FIRST), live=True)
        source = questions.source_of(exercise, [Path.cwd()])
        self.rows = [Row(exercise, asked) for asked in self._asked(source)]
        if source is None:
            self._say(SAVE_FIRST, "Hints and hidden tests need the course's folder.")
        style = widgets._hidden(ipywidgets.HTML(_STYLE))
        parts = [style, ipywidgets.HBox([self.button]), self.summary, *self.rows]
        super().__init__(parts, "coursekit-work")

    def page(self):
        """Return what stands for the button where nothing runs."""
        return widgets._paragraphs("Run this cell: a button checks your work and gives hints.")

    def _asked(self, source):
        try:
            return questions.read(source or self.path)
        except (OSError, TypeError, ValueError):
            return []

    def _say(self, *sentences):
        self.summary.value = widgets._paragraphs(*sentences, progress.notice())

    @widgets._in_turn
    def _check(self, _):
        if time.monotonic() - self._ended < 0.2:  # pressed again while the check ran
            return
        self.button.disabled = True
        self._say("Checking, a few seconds ...")
        try:
            result = run(self.path)
            record(result)
            self._show(result)
        except ValueError as error:
            self._say(str(error))
        except KeyboardInterrupt:
            self._say("The check was stopped.")
        finally:
            self.button.disabled = False
            self._ended = time.monotonic()

    def _show(self, result):
        found = {question["name"]: question for question in result["questions"]}
        for row in self.rows:
            if row.asked.name in found:
                row.show(found[row.asked.name])
        self._say(
            f"{result['points']:g} of {result['most']:g} points that tests give. "
            f"Checked as saved at {saved_words(result['saved'])}.",
            unsaved(self.path, list(found)),
            *result["told"],
        )


class Row(ipywidgets.VBox):
    """One question: its state, the tests that failed, hints."""

    def __init__(self, exercise, asked):
        self.asked, self.key = asked, f"{exercise}.{asked.name}"
        self.title = widgets._words()
        self.tests = widgets._words()
        self.help = widgets._words(kind="coursekit-reveal", live=True)
        self.button = ipywidgets.Button()
        self.button.on_click(self._help)
        line = [self.title, self.button] if asked.hints else [self.title]
        head = ipywidgets.HBox(line).add_class("coursekit-line")
        super().__init__([head, self.tests, self.help])
        known = progress.work(self.key)
        best = f"best so far {known['points']:g} of {asked.most:g}" if known["points"] else ""
        self._head("passed" if known["passed"] else "", best or f"{asked.most:g} points")
        self._taken()
        self._label()

    def _head(self, state, points):
        words = STATES.get(state, "") if self.asked.tests else STATES["by a reader"]
        self.title.value = (
            f'<p><span aria-hidden="true">{SIGNS.get(state, "")} </span><span class="coursekit-title">'
            f"{html.escape(self.asked.title)}</span> {', '.join(filter(None, [points, words]))}</p>"
        )

    def show(self, found):
        """Show what a check said."""
        if found["state"] == "by a reader":
            return
        self._head(found["state"], f"{found['points']:g} of {found['most']:g} points")
        quiet = found["state"] in ("not begun", "passed")
        trouble = widgets._paragraphs(found["trouble"])
        self.tests.value = trouble + ("" if quiet else table(found["tests"]))
        self._label()

    def _number(self):
        return "Question " + self.asked.title.partition(".")[0]

    def _due(self, known):
        """Tell whether the solution may be shown."""
        taken = known["hints"] >= len(self.asked.hints) and known["tries"] >= TRIES
        return known["passed"] or taken

    def _label(self):
        known, most = progress.work(self.key), len(self.asked.hints)
        if known["passed"] or known["hints"] >= most:
            self.button.description = f"{self._number()}: solution"
        else:
            self.button.description = f"{self._number()}: hint {known['hints'] + 1} of {most}"

    @widgets._in_turn
    def _help(self, _):
        known = progress.work(self.key)
        if self._due(known):
            code = f"<pre><code>{html.escape(self.asked.solution)}</code></pre>"
            self.help.value = coded(widgets._paragraphs(self.asked.explanation)) + code
        elif known["hints"] < len(self.asked.hints):
            progress.hinted(self.key)
            self._taken()
            self._label()
        else:
            self._taken(
                f"The solution opens when the question is passed, or after {TRIES} checks of "
                f"different answers; so far {known['tries']}."
            )

    def _taken(self, more=""):
        """Show the hints that were taken."""
        taken = self.asked.hints[: progress.work(self.key)["hints"]]
        numbered = [f"Hint {i}: {hint}" for i, hint in enumerate(taken, 1)]
        self.help.value = coded(widgets._paragraphs(*numbered, more, progress.notice()))


def coded(text):
    """Return HTML with what stands between backticks as code.

    Examples
    --------
    >>> coded("<p>Use `map`.</p>")
    '<p>Use <code>map</code>.</p>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def table(tests):
    """Return the HTML table of a question's tests."""
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape(text)}</td>"
            for text in (
                test["label"],
                f"{test['points']:g} of {test['most']:g}",
                test["result"],
                test["message"],
            )
        )
        + "</tr>"
        for test in merged(tests)
    )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Test", "Points", "Result", "Message")
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def path_of(exercise):
    """Return the notebook's own file, as Jupyter told the kernel when it started; else by its name."""
    told = Path(os.environ.get("JPY_SESSION_NAME", ""))
    return told if told.suffix == ".ipynb" and told.is_file() else Path.cwd() / f"{exercise}.ipynb"


def run(path):
    """Check a notebook in a process of its own; return the result.

    Raises
    ------
    ValueError
        If it cannot be checked; the message says why and what to do.
    """
    command = [sys.executable, "-P", "-m", "coursekit", "check", "--json", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise ValueError(f"The check did not end within {PATIENCE // 60} minutes.") from None
    try:
        return json.loads(done.stdout)
    except ValueError:
        words = done.stderr.strip().split("\n")[-1].removeprefix("coursekit check: ")
        raise ValueError(words or "The check ended without a word; try it again.") from None


def unsaved(path, names):
    """Return a warning if what was last run in this kernel is not what the file holds."""
    ran = sys.modules["IPython"].get_ipython().user_ns.get("In", [])
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    saved = {"".join(cell["source"]).strip() for cell in cells}
    other = []
    for name in names:
        last = [code for code in ran if re.search(rf"^(def|class) {name}\b", code, re.M)][-1:]
        if last and last[0].strip() not in saved:
            other.append(name)
    if not other:
        return ""
    return (
        f"What you ran last for {', '.join(other)} is not what the file holds. If you have not saved "
        "since, press Ctrl+S and check again."
    )
