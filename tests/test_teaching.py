"""What an instructor sees: the Validate button on a release, and formgrader as `make teach` opens it."""

import re

import pytest
from browser import ARTEFACTS, Notebook, browser, lab
from conftest import ROOT, need

RELEASE = "exercises/release/01-environment/01-environment.ipynb"


@pytest.fixture(scope="module")
def chromium():
    need("chromium", "chromium")
    with browser() as running:
        yield running


def teach_options():
    """Return the options that `make teach` gives to `jupyter lab`."""
    recipe = re.search(
        r"^teach:.*\n\t@cd exercises && jupyter lab (.*) \$\(ARGS\)$",
        (ROOT / "Makefile").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return recipe[1].split()


def test_validate_button_says_which_tests_fail(chromium):
    with lab() as server:
        notebook = Notebook(chromium, server, RELEASE)
        notebook.page.get_by_role("button", name="Validate").click()
        dialog = notebook.page.locator(".jp-Dialog")
        dialog.get_by_text(re.compile("failed", re.IGNORECASE)).first.wait_for()
        notebook.screenshot("validate")
        words = dialog.inner_text()
        assert "test_cagr_worked_case" in words
        assert notebook.outside == []


def test_formgrader_opens_on_the_course_root(chromium):
    options = [option for option in teach_options() if "root_dir" not in option]
    with lab(*options, start="exercises") as server:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/formgrader/manage_assignments")
        page.get_by_role("link", name="01-environment").first.wait_for()
        page.screenshot(path=ARTEFACTS / "formgrader.png")
        page.goto(server.url)
        page.get_by_role("heading", name="Exercises: for instructors").wait_for()
        page.screenshot(path=ARTEFACTS / "teach.png")
