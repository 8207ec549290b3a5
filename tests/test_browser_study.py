"""A learner's whole way in real JupyterLab: welcome, prediction, exercise, hint, points, progress.

Screenshots are kept in tests/artefacts/ to be looked at.
"""

import json

import pytest
from browser import Notebook, browser, lab
from conftest import need
from test_browser import nameless, open_gate

from coursekit.study import questions

EXERCISE = "exercises/release/01-environment/01-environment.ipynb"
SOURCE = "exercises/source/01-environment/01-environment.ipynb"
WRONG = """def cagr(values, years_between=1.0):
    rates = [after / before - 1 for before, after in zip(values, values[1:])]
    return sum(rates) / len(rates)"""
PANEL = "document.querySelector('.coursekit-work')"


@pytest.fixture(scope="module")
def chromium():
    need("chromium", "chromium")
    with browser() as running:
        yield running


def solution(server, name):
    """Return the reference answer without its hints."""
    (asked,) = (q for q in questions.read(server.folder / SOURCE) if q.name == name)
    return asked.solution


def write(page, name, code):
    """Type `code` into the cell called `name`."""
    page.evaluate(
        """([name, code]) => window.jupyterapp.shell.currentWidget.content.widgets
            .find(cell => cell.model.id === name).model.sharedModel.setSource(code)""",
        [name, code],
    )


def run_cells(page, *names):
    """Run cells by their ids."""
    page.evaluate(
        """async names => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            for (const name of names) {
                notebook.activeCellIndex = notebook.widgets.findIndex(c => c.model.id === name);
                notebook.deselectAll();
                await window.jupyterapp.commands.execute("notebook:run-cell");
            }
        }""",
        names,
    )


def save(page):
    page.evaluate("async () => window.jupyterapp.shell.currentWidget.context.save()")


def check(page, points):
    """Press the button and wait for the points."""
    page.get_by_role("button", name="Check my work").click()
    page.get_by_text("Checking, a few seconds").wait_for()
    page.get_by_text(f"{points} of 40 points that tests give").wait_for()
    page.wait_for_timeout(500)  # a press right after a check counts as one made during it


@pytest.mark.timeout(600)
def test_the_whole_way_of_somebody_who_studies_alone(chromium, tmp_path):
    with lab() as server:
        words = learn(chromium, server, tmp_path)
        assert words.startswith("1 of ") and "lessons read, 2 of " in words
        assert "predictions made, 1 of " in words and "questions passed, 4 of " in words
    with lab() as elsewhere:
        bring_back(chromium, elsewhere, tmp_path, words)


def learn(chromium, server, folder):
    """Go the way; leave the progress file in `folder`; return the words of the picture."""
    welcome = Notebook(chromium, server, "lessons/00-welcome.ipynb")
    welcome.run_all()
    assert welcome.problems() == []
    page = welcome.page
    assert progress_words(page).startswith("0 of ")
    page.locator(".coursekit-gate").get_by_label("Your prediction").fill("10")
    page.locator(".coursekit-gate").get_by_role("button", name="Store my prediction").click()
    page.get_by_text("You said 10; it was 4 orders").wait_for()
    page.locator(".coursekit-quiz").get_by_role("radio").first.check()
    page.get_by_text("Right. A cell changes only when it is run.").wait_for()

    lesson = Notebook(chromium, server, "lessons/01-environment.ipynb")
    lesson.run_all()
    open_gate(lesson.page.locator(".coursekit-gate").first)
    lesson.close()

    exercise(chromium, server)

    run_cells(page, "progress")
    page.wait_for_function("document.querySelector('img[alt*=\" 1 of \"]')")
    words = progress_words(page)
    welcome.screenshot("study-progress", page.get_by_alt_text("lessons read"))
    page.get_by_role("button", name="Prepare my progress file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download progress.json").click()
    download.value.save_as(folder / "progress.json")
    welcome.screenshot("study-keep", page.locator(".coursekit-keep"))
    assert json.loads((folder / "progress.json").read_text()) == json.loads(
        server.progress.read_text()
    )
    assert nameless(welcome, "document.querySelector('.coursekit-keep')") == []
    welcome.close()
    assert welcome.outside + lesson.outside == []
    return words


def exercise(chromium, server):
    """Answer wrongly, read the message, take a hint, answer rightly."""
    notebook = Notebook(chromium, server, EXERCISE)
    page = notebook.page
    write(page, "cagr", WRONG)
    run_cells(page, "set_up", "check_work", "cagr")
    panel = page.locator(".coursekit-work")
    check(page, 0)
    panel.get_by_text("What you ran last for cagr is not what the file holds.").wait_for()
    save(page)
    check(page, 1)
    panel.get_by_text("Expected the compound rate: year after year").wait_for()
    assert panel.get_by_text("What you ran last").count() == 0
    hint = panel.get_by_role("button", name="Question 1: hint 1 of 3")
    hint.focus()
    page.keyboard.press("Enter")
    panel.get_by_text("Hint 1: Growth multiplies").wait_for()
    notebook.screenshot("study-wrong", panel)
    assert panel.get_by_text("Hint 2:").count() == 0
    assert panel.get_by_role("button", name="Question 1: solution").count() == 0
    write(page, "cagr", solution(server, "cagr"))
    save(page)
    check(page, 4)
    panel.get_by_text("All tests were run, the hidden ones too.").wait_for()
    panel.get_by_role("button", name="Question 1: solution").click()
    panel.get_by_text("return (values[-1] / values[0])").wait_for()
    notebook.screenshot("study-right", panel)
    assert nameless(notebook, PANEL) == []
    assert notebook.problems() == []
    save(page)
    assert "Growth multiplies, so" not in (server.folder / EXERCISE).read_text(encoding="utf-8")
    stored = json.loads(server.progress.read_text())["work"]["01-environment.cagr"]
    assert (stored["points"], stored["hints"], stored["tries"]) == (4, 1, 1)
    notebook.close()
    assert notebook.outside == []


def bring_back(chromium, server, folder, words):
    """Bring a damaged file and the good one into a fresh place."""
    welcome = Notebook(chromium, server, "lessons/00-welcome.ipynb")
    welcome.run_all()
    page = welcome.page
    assert progress_words(page).startswith("0 of ")
    keep = page.locator(".coursekit-keep")
    (folder / "broken.json").write_text('{"version": 1, "quiz"')
    for file, said in (("broken.json", "Nothing was changed."), ("progress.json", "came back")):
        with page.expect_file_chooser() as chooser:
            keep.get_by_role("button", name="Bring a progress file back").click()
        chooser.value.set_files(folder / file)
        keep.get_by_text(said).wait_for()
    run_cells(page, "progress")
    page.wait_for_function("document.querySelector('img[alt*=\" 1 of \"]')")
    assert progress_words(page) == words
    back = Notebook(chromium, server, "lessons/01-environment.ipynb")
    back.run_all()
    back.page.locator(".coursekit-gate").first.get_by_text("You said").first.wait_for()
    back.close()
    welcome.close()
    assert welcome.outside + back.outside == []


def progress_words(page):
    """Return what the picture of the progress says to somebody who cannot see it."""
    return page.get_by_alt_text("lessons read").get_attribute("alt")
