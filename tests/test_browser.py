"""The widgets in real JupyterLab, and every lesson from locked gates to moved sliders.

Screenshots are kept in tests/artefacts/ to be looked at.
"""

import contextlib
import json
import time

import nbformat
import pytest
from browser import Notebook, browser, lab
from conftest import need

from coursekit import figures, notebooks

PLOT = """
import ipywidgets
from coursekit import figures, widgets

def plot_growth(ax, rate, years):
    if rate == 8:
        raise ValueError("eight is too fast")
    year = [years * i / 50 for i in range(51)]
    users = [100 * (1 + rate / 100) ** t for t in year]
    figures.line(ax, "growth", year, users, label="with growth")
    ax.set(xlim=(0, 20), ylim=(0, 500), xlabel="Year", ylabel="Users in million")
    ax.set_title(f"{rate} % a year for {years} years gives {users[-1]:.0f} million")
    ax.legend(loc="upper left")
    return ax

def explore_growth():
    return widgets.explore(
        plot_growth,
        alt="A curve that bends upwards.",
        rate=ipywidgets.IntSlider(3, 0, 8, description="Growth a year in %"),
        years=ipywidgets.IntSlider(10, 1, 20, description="Years"),
    )
"""
EXPLORE = "explore_growth()"
NUMBER = """
widgets.predict(
    "00-test.users",
    "China had 137 million users at the end of 2006. How many at the end of 2007?",
    answer=210,
    unit="million",
    because="Broadband became cheap, and users grew by 53 %.",
    opens=explore_growth,
)
"""
CHOICE = """
widgets.predict(
    "00-test.law",
    "Which law fits the years after 2015?",
    answer="The square of users",
    choices=["The number of users", "The square of users", "Two to the power of users"],
    because="The same authors found the third power eight years later.",
)
"""
QUIZ = """widgets.quiz("test.toml")"""
FIGURE = (
    """figures.show(plot_growth(figures.new()[1], 3, 10), alt="A line that ends at 134 million.")"""
)
QUESTIONS = """
[[question]]
text = "What does a rate need?"
[[question.choice]]
text = "A count"
right = false
reason = "A count grows with the shop."
[[question.choice]]
text = "A numerator and a denominator"
right = true
reason = "Without the denominator nothing can be compared."
"""
NEED_NAMES = {"slider", "textbox", "radio", "radiogroup", "button", "image", "combobox", "checkbox"}


@pytest.fixture(scope="module")
def server():
    need("chromium", "chromium")
    with lab() as running:
        (running.folder / "test.toml").write_text(QUESTIONS)
        yield running


@pytest.fixture(scope="module")
def chromium(server):
    with browser() as running:
        yield running


@pytest.fixture
def opened(server, chromium):
    """Return a function that opens a notebook for somebody who has stored nothing yet."""
    server.progress.unlink(missing_ok=True)
    notebooks_open = []

    def open_(name, *cells):
        if cells:
            server.write(name, *cells)
        notebooks_open.append(Notebook(chromium, server, name))
        return notebooks_open[-1]

    yield open_
    for notebook in notebooks_open:
        notebook.close()
        assert notebook.outside == []


def ran(notebook):
    notebook.run_all()
    assert notebook.problems() == []
    return notebook.page


def picture(image):
    """Return what an image shows, in a form that can be compared."""
    return image.evaluate(
        """async image => {
            const bytes = await (await fetch(image.src)).arrayBuffer();
            const hash = await crypto.subtle.digest("SHA-256", bytes);
            return [...new Uint8Array(hash)].join();
        }"""
    )


def until_changed(image, before, seconds=20):
    """Wait until `image` shows something else than `before`; return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (now := picture(image)) != before:
            return now
        image.page.wait_for_timeout(50)
    raise AssertionError("the picture did not change")


def move(handle, image, before):
    """Move a slider by keys, a little and if need be to its ends, until the picture changes."""
    for key in ("PageUp", "PageDown", "End", "Home"):
        handle.press(key)
        with contextlib.suppress(AssertionError):
            return until_changed(image, before, seconds=6)
    raise AssertionError(f"{handle.get_attribute('aria-label')!r} never changes the picture")


def focused(page):
    return page.evaluate(
        """() => { const node = document.activeElement;
                   return node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent
                          ?? node.textContent; }"""
    )


def nameless(notebook, part):
    return [role for role, name in notebook.names(part) if role in NEED_NAMES and not name.strip()]


def test_a_prediction_opens_the_gate_and_survives_the_kernel(opened, server):
    notebook = opened("gate.ipynb", PLOT, NUMBER)
    page = ran(notebook)
    gate = page.locator(".coursekit-gate")
    box = gate.get_by_label("Your prediction")
    box.wait_for()
    assert gate.locator("img").count() == 0, "the plot is there before the prediction"
    gate.get_by_role("button", name="Store my prediction").click()
    gate.get_by_text("Type a number with digits and a point").wait_for()
    notebook.screenshot("gate-locked", gate)
    box.fill("160")
    box.press("Enter")
    gate.get_by_text("You said 160; it was 210 million: 24 % too low.").wait_for()
    gate.locator("img").wait_for()
    gate.get_by_label("Why was it different?").fill("I forgot broadband.")
    gate.get_by_role("button", name="Keep my sentence").click()
    gate.get_by_text("Kept.").wait_for()
    notebook.screenshot("gate-open", gate)
    stored = json.loads(server.progress.read_text())
    assert stored["predictions"] == {"00-test.users": 160}
    assert stored["reasons"] == {"00-test.users": "I forgot broadband."}
    notebook.restart()
    ran(notebook)
    gate.get_by_text("You said 160; it was 210 million").wait_for()
    assert gate.get_by_label("Why was it different?").input_value() == "I forgot broadband."
    assert gate.get_by_role("button", name="Store my prediction").count() == 0


def test_the_projector_opens_without_storing(opened, server):
    page = ran(opened("projector.ipynb", PLOT, NUMBER))
    page.get_by_role("button", name="Show without predicting").click()
    page.get_by_text("It was 210 million.").wait_for()
    page.locator(".coursekit-gate img").wait_for()
    assert not server.progress.exists()


def test_a_click_on_the_slider_changes_the_picture_in_its_place(opened):
    notebook = opened("moves.ipynb", PLOT, EXPLORE)
    page = ran(notebook)
    image = page.locator("img.widget-image")
    image.wait_for()
    before = picture(image)
    image.evaluate(
        """image => {
            window.first = image;
            window.sizes = new Set();
            new ResizeObserver(() => window.sizes.add(image.offsetWidth + "x" + image.offsetHeight))
                .observe(image);
        }"""
    )
    for share in (0.8, 0.4, 0.6):
        box = page.locator(".noUi-target").first.bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        before = until_changed(image, before)
        page.wait_for_timeout(400)  # the handle slides for 300 ms and takes no press meanwhile
    assert image.evaluate("image => image === window.first"), "another image took its place"
    assert page.evaluate("[...window.sizes]") == ["720x403"]
    notebook.screenshot("explorer", page.locator(".coursekit-explore"))


def test_a_burst_of_moves_ends_at_once_with_the_newest(opened):
    page = ran(opened("burst.ipynb", PLOT, EXPLORE))
    image = page.locator("img.widget-image")
    image.wait_for()
    drawn = page.evaluate(
        """async () => {
            const image = document.querySelector("img.widget-image");
            const handle = document.querySelectorAll(".noUi-handle")[1];
            let drawn = 0;
            image.addEventListener("load", () => { drawn += 1; });
            for (let i = 0; i < 40; i++) {
                const key = i < 30 ? (i % 2 ? "ArrowLeft" : "ArrowRight") : "ArrowRight";
                handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
                await new Promise(done => setTimeout(done, 5));
            }
            await new Promise(done => setTimeout(done, 1500));
            return drawn;
        }"""
    )
    assert 1 <= drawn < 30, f"{drawn} pictures for 40 moves"
    assert "3 % a year for 20 years" in image.get_attribute("alt")


def test_the_keyboard_is_enough(opened, server):
    page = ran(opened("keys.ipynb", PLOT, EXPLORE, NUMBER, CHOICE, QUIZ))
    cells = page.locator(".jp-Cell").count()
    image = page.locator("img.widget-image").first
    image.wait_for()
    before = picture(image)
    page.locator(".noUi-handle").first.focus()
    for key in ("ArrowRight", "ArrowUp", "Home"):
        page.keyboard.press(key)
        before = until_changed(image, before)
    page.keyboard.press("a")  # in command mode JupyterLab would add a cell
    page.keyboard.press("Tab")
    assert focused(page) == "Growth a year in %, type a value"
    page.keyboard.press("Tab")
    assert focused(page) == "Years"
    page.keyboard.press("ArrowLeft")
    before = until_changed(image, before)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Your prediction"
    page.keyboard.type("many")
    page.keyboard.press("Tab")
    assert focused(page) == "Store my prediction"
    page.keyboard.press("Enter")
    page.get_by_text("Type a number with digits and a point").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("210")
    page.keyboard.press("Enter")
    page.get_by_text("You said 210; it was 210 million: exactly right.").wait_for()
    page.wait_for_function(
        "document.activeElement.closest('.coursekit-gate')?.querySelector('.noUi-handle')"
    )
    assert focused(page) == "Why was it different?"
    page.keyboard.type("It was not.")
    page.keyboard.press("Tab")
    assert focused(page) == "Keep my sentence"
    page.keyboard.press("Space")
    page.get_by_text("Kept.").wait_for()
    for part in (".noUi-handle", ".widget-readout", ".noUi-handle", ".widget-readout", "input"):
        page.keyboard.press("Tab")
        assert page.evaluate("part => document.activeElement.matches(part)", part), part
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    assert focused(page) == "Store my prediction"
    page.keyboard.press("Space")
    page.get_by_text("You said “The square of users”, and so it was.").wait_for()
    page.get_by_label("A count").focus()
    page.keyboard.press("Space")
    page.get_by_text("Not yet. A count grows with the shop.").wait_for()
    page.keyboard.press("ArrowDown")
    page.get_by_text("Right. Without the denominator").wait_for()
    stored = json.loads(server.progress.read_text())
    assert stored["quiz"] == {"test.1": "A numerator and a denominator"}
    assert page.locator(".jp-Cell").count() == cells, "a key meant for a widget reached JupyterLab"


def test_a_screen_reader_gets_a_name_for_every_part(opened):
    notebook = opened("names.ipynb", PLOT, EXPLORE, NUMBER, CHOICE, QUIZ, FIGURE)
    page = ran(notebook)
    page.locator("img.widget-image[alt]").wait_for()
    alt = "3 % a year for 10 years gives 134 million. A curve that bends upwards."
    names = notebook.names("document.querySelector('.jp-Notebook')")
    expected = {
        ("slider", "Growth a year in %"),
        ("textbox", "Growth a year in %, type a value"),
        ("image", alt),
        ("textbox", "Your prediction"),
        ("button", "Store my prediction"),
        ("button", "Show without predicting (for a projector)"),
        ("radiogroup", "Which law fits the years after 2015?"),
        ("radio", "The square of users"),
        ("radiogroup", "1. What does a rate need?"),
        ("radio", "A numerator and a denominator"),
        ("image", "A line that ends at 134 million."),
    }
    assert expected <= set(names)
    assert nameless(notebook, "document.querySelector('.coursekit-explore')") == []
    page.locator(".noUi-handle").first.press("ArrowRight")
    status = page.locator(".coursekit-status [role=status]")
    status.get_by_text("4 % a year for 10 years").wait_for()
    assert ("image", alt.replace("3 %", "4 %").replace("134", "148")) in notebook.names(
        "document.querySelector('.coursekit-explore')"
    )


def test_an_error_of_the_plot_is_told_in_the_widget(opened):
    notebook = opened("error.ipynb", PLOT, EXPLORE)
    page = ran(notebook)
    page.locator("img.widget-image").wait_for()
    page.locator(".noUi-handle").first.press("End")
    page.get_by_text("ValueError: eight is too fast").first.wait_for()
    notebook.screenshot("explorer-error", page.locator(".coursekit-explore"))
    page.locator(".noUi-handle").first.press("ArrowLeft")
    page.get_by_text("ValueError: eight is too fast").first.wait_for(state="detached")


def test_the_widgets_suit_the_dark_theme(opened):
    notebook = opened("dark.ipynb", PLOT, NUMBER, CHOICE, QUIZ)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    page = ran(notebook)
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    page.get_by_label("A count").check()
    page.get_by_text("Not yet.").wait_for()
    notebook.screenshot("dark", page.locator(".jp-Notebook"))
    light, dark = page.evaluate(
        """() => [".coursekit-question", ".jp-Notebook"].map((kind, i) => {
            const style = getComputedStyle(document.querySelector(kind));
            const colour = i ? style.backgroundColor : style.color;
            return colour.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3;
        })"""
    )
    assert light - dark > 128, "words and background are too much alike"
    notebook.command("apputils:change-theme", theme="JupyterLab Light")
    page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")


def test_a_page_nobody_trusts_keeps_pictures_words_and_folds(opened, server):
    _, ax = figures.new()
    figures.line(ax, "a", [0, 1], [0, 1])
    html = (
        figures.static_html(ax, "A line that rises.")
        + "<details><summary>Why</summary><p>So.</p></details>"
    )
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    server.write("page.ipynb", "1")
    page_path = server.folder / "page.ipynb"
    notebook = nbformat.read(page_path, as_version=4)
    notebook.cells[0].outputs = [output]
    nbformat.write(notebook, page_path)
    shown = opened("page.ipynb")
    shown.page.get_by_alt_text("A line that rises.").wait_for()
    assert not shown.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.widgets[0].model.trusted"
    )
    assert ("image", "A line that rises.") in shown.names("document.querySelector('.jp-Notebook')")
    image = shown.page.get_by_alt_text("A line that rises.")
    assert image.evaluate("image => image.naturalWidth") > 0
    assert image.bounding_box()["width"] == 720
    shown.page.get_by_text("Why", exact=True).click()
    shown.page.get_by_text("So.", exact=True).wait_for()


def open_gate(gate):
    """Predict something in a gate, whatever it asks for."""
    if gate.get_by_label("Your prediction").count():
        gate.get_by_label("Your prediction").fill("150")
    else:
        gate.get_by_role("radio").first.check()
    gate.get_by_role("button", name="Store my prediction").click()
    gate.get_by_text("You said").first.wait_for()


@pytest.mark.parametrize("path", notebooks.lessons(), ids=lambda path: path.stem)
def test_a_lesson_runs_opens_and_moves(opened, path):
    notebook = opened(f"lessons/{path.name}")
    page = ran(notebook)
    gates = page.locator(".coursekit-gate")
    assert gates.count() == sum(
        "widgets.predict(" in cell.source for cell in notebooks.read(path).cells
    )
    for number, gate in enumerate(gates.all(), 1):
        assert gate.locator("img").count() == 0, f"gate {number} is open before the prediction"
        open_gate(gate)
        image = gate.locator("img.widget-image")
        image.wait_for()
        notebook.screenshot(f"{path.stem}-widget-{number}", gate)
        before = picture(image)
        for handle in gate.locator(".noUi-handle").all():
            before = move(handle, image, before)
        for menu in gate.locator("select").all():
            last = menu.locator("option").count() - 1
            menu.select_option(index=0 if menu.evaluate("menu => menu.selectedIndex") else last)
            before = until_changed(image, before)
        assert gate.locator(".coursekit-error").count() == 0
        part = f"document.querySelectorAll('.coursekit-gate')[{number - 1}]"
        assert nameless(notebook, part) == []
    for question in page.locator(".coursekit-quiz .coursekit-ask").all():
        question.get_by_role("radio").first.check()
        question.get_by_text("Right.").or_(question.get_by_text("Not yet.")).wait_for()
    notebook.screenshot(f"{path.stem}-quiz", page.locator(".coursekit-quiz"))
    assert notebook.problems() == []
