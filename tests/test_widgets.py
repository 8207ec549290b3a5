import io
import re
import threading
import time

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from coursekit import figures, progress, widgets

QUIZ = """
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

[[question]]
text = "Is 5 < 7?"
[[question.choice]]
text = "Yes"
right = true
reason = "Seven is more."
[[question.choice]]
text = "No"
right = false
reason = "Count again."
"""


pytestmark = pytest.mark.usefixtures("home")


def plot_growth(ax, rate, top=500):
    year = np.linspace(0, 20, 50)
    users = 100 * (1 + rate / 100) ** year
    figures.band(ax, "range", year, users * 0.9, users * 1.1)
    figures.line(ax, "growth", year, users, label="with growth")
    figures.bars(ax, "start", [2, 4], [rate, 3 * rate], color=figures.ORANGE)
    figures.text(ax, "end", 20, users[-1], f"{users[-1]:.0f}", ha="right")
    ax.set(xlim=(0, 20), ylim=(0, top), xlabel="Year", ylabel="Users in million")
    ax.set_title(f"{rate} % a year gives {users[-1]:.0f} million")
    ax.legend(loc="upper left")
    return ax


def rate(value=3):
    return ipywidgets.IntSlider(value, 0, 8, description="Growth a year in %")


def explorer(**changed):
    return widgets.explore(plot_growth, **{"alt": "A curve.", "rate": rate(), **changed})


def gate(**changed):
    given = {"answer": 210, "unit": "million", "because": "Broadband became cheap."}
    return widgets.predict("01-test.users", "How many users?", **{**given, **changed})


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def words(box):
    """Return the visible text of an HTML part."""
    return re.sub(r"<[^>]+>", " ", box.value).split()


def said(box):
    return " ".join(words(box))


# The canvas


def test_the_picture_depends_on_the_values_and_on_nothing_else():
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    first, other, again = canvas.draw(rate=3), canvas.draw(rate=5), canvas.draw(rate=3)
    assert first != other
    assert first == again
    assert first == widgets.Canvas(plot_growth, (7.5, 4.2)).draw(rate=3)


def test_a_second_drawing_adds_no_artist():
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    canvas.draw(rate=3)
    before = len(canvas.axes.get_children())
    canvas.draw(rate=5)
    assert len(canvas.axes.get_children()) == before


def test_the_picture_has_its_size_and_is_whole():
    shown = pixels(widgets.Canvas(plot_growth, (6, 3)).draw(rate=4))
    assert shown.shape == (288, 576, 3)


@pytest.mark.parametrize("moves", [[3], [3, 5, 8]])
def test_the_quick_picture_equals_a_whole_drawing(moves):
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    for value in moves:
        quick = pixels(canvas.draw(rate=value))
    for artist in canvas.axes.get_children():
        artist.set_animated(False)
    canvas.figure.canvas.draw()
    whole = np.asarray(canvas.figure.canvas.buffer_rgba())[..., :3]
    assert np.abs(quick.astype(int) - whole).max() <= 1


def test_the_background_is_kept_until_what_it_shows_changes(monkeypatch):
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    drawn = []
    whole = canvas.figure.canvas.draw
    monkeypatch.setattr(canvas.figure.canvas, "draw", lambda: drawn.append(1) or whole())
    canvas.draw(rate=3)
    once = len(drawn)
    for value in range(8):
        canvas.draw(rate=value)
    assert len(drawn) == once
    low = pixels(canvas.draw(rate=3, top=500))
    high = pixels(canvas.draw(rate=3, top=900))
    assert len(drawn) > once
    assert (low[:, :60] != high[:, :60]).any(), "the tick labels did not follow the limits"


@pytest.mark.parametrize(
    "change",
    [
        lambda ax, on: ax.set_xlabel("Months" if on else "Years"),
        lambda ax, on: ax.set(yscale="log" if on else "linear", ylim=(1, 1000)),
        lambda ax, on: ax.legend(["after" if on else "before"]),
        lambda ax, on: ax.legend([figures.line(ax, "a", [1], [1], color="r" if on else "b")], "a"),
        lambda ax, on: ax.set_xticks([1, 2], ["one", "two"] if on else ["I", "II"]),
        lambda ax, on: ax.set_axis_off() if on else ax.set_axis_on(),
        lambda ax, on: ax.set_facecolor("0.9" if on else "white"),
    ],
)
def test_every_still_part_follows_its_change(change):
    def plot(ax, on):
        figures.line(ax, "a", [1, 2], [1, 2])
        change(ax, on)

    moved, fresh = widgets.Canvas(plot, (4, 3)), widgets.Canvas(plot, (4, 3))
    off = moved.draw(on=False)
    assert moved.draw(on=True) != off
    assert moved.draw(on=False) == off == fresh.draw(on=False)


def test_the_axes_keep_their_place_while_the_labels_fit():
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    canvas.draw(rate=3, top=5000)
    place = canvas.axes.get_position().bounds
    canvas.draw(rate=8, top=900)
    assert canvas.axes.get_position().bounds == place
    canvas.draw(rate=8, top=9_000_000)
    renderer = canvas.figure.canvas.get_renderer()
    assert canvas.axes.yaxis.get_tightbbox(renderer).x0 >= 0, "a tick label is cut off"


def test_a_plot_that_piles_up_is_refused():
    canvas = widgets.Canvas(lambda ax, top: ax.plot([0, 1], [0, top]), (4, 3))
    canvas.draw(top=1)
    with pytest.raises(ValueError, match="plot left 1 artists more than before; draw through"):
        canvas.draw(top=2)


def test_words_of_the_picture_are_readable_at_full_size():
    canvas = widgets.Canvas(plot_growth, (7.5, 4.2))
    canvas.draw(rate=3)
    ax = canvas.axes
    shown = [ax.title, ax.xaxis.label, *ax.get_xticklabels(), *ax.get_legend().get_texts()]
    assert min(words.get_fontsize() for words in shown) * figures.PIXELS_PER_INCH / 72 >= 11


# The explorer


def test_a_move_changes_picture_and_words():
    control = rate()
    shown = explorer(rate=control)
    first = shown.picture.value
    assert said(shown.status) == "3 % a year gives 181 million. A curve."
    control.value = 7
    assert shown.picture.value != first
    assert said(shown.status) == "7 % a year gives 387 million. A curve."
    control.value = 3
    assert shown.picture.value == first


def test_a_burst_of_messages_ends_with_the_newest_picture():
    control = rate()
    shown = explorer(rate=control)
    for value in [4, 5, 6, 7, 6]:
        control.set_state({"value": value})
    assert shown.picture.value == explorer(rate=rate(6)).picture.value


def test_two_controls_moved_at_once_draw_one_after_the_other():
    busy, together = [], []

    def plot(ax, a, b):
        together.append(len(busy))
        busy.append(1)
        figures.line(ax, "a", [0, 1], [a, b])
        ax.set(ylim=(0, 10))
        time.sleep(0.01)
        busy.pop()

    sliders = {name: ipywidgets.IntSlider(0, 0, 9, description=name) for name in "ab"}
    shown = widgets.explore(plot, alt="A line.", **sliders)

    def move(slider):
        for value in range(1, 10):
            slider.set_state({"value": value})

    threads = [threading.Thread(target=move, args=(slider,)) for slider in sliders.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(together) == 0
    assert shown.picture.value == widgets.Canvas(plot, (7.5, 4.2)).draw(a=9, b=9)


def test_the_size_of_the_picture_is_fixed():
    assert explorer(size=(6, 3)).picture.layout.width == "576px"


def test_an_error_of_the_plot_is_shown_and_goes_again():
    def plot(ax, share):
        figures.line(ax, "a", [0, 1], [0, 1 / (3 - share)])

    control = ipywidgets.IntSlider(1, 1, 5, description="Share")
    shown = widgets.explore(plot, alt="A line.", share=control)
    before = shown.picture.value
    control.value = 3
    assert "could not be drawn" in shown.trouble.value
    assert "ZeroDivisionError: division by zero" in shown.trouble.value
    assert shown.picture.value == before
    control.value = 2
    assert shown.trouble.value == ""
    assert shown.picture.value != before


def test_an_error_at_the_start_stops_the_cell():
    with pytest.raises(ZeroDivisionError):
        widgets.explore(lambda ax, rate: 1 / 0, alt="None.", rate=rate())


def plain(ax, rate):
    return ax


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"alt": " "}, "alt is empty"),
        ({"speed": rate()}, "control 'speed' is no argument of plot_growth; it takes rate, top"),
        ({"rate": 5}, r"control 'rate' is 5; give a widget"),
        ({"rate": ipywidgets.IntSlider()}, "control 'rate' is IntSlider"),
        ({"rate": rate(), "top": rate()}, "controls are described as"),
    ],
)
def test_impossible_controls_are_refused_by_name(given, message):
    with pytest.raises(ValueError, match=message):
        explorer(**given)


def test_a_missing_control_is_named():
    with pytest.raises(ValueError, match="plot_growth needs 'rate'"):
        widgets.explore(plot_growth, alt="A curve.", top=rate())


def test_a_plot_may_take_any_name():
    def plot(ax, **values):
        figures.line(ax, "a", [0, 1], [0, values["anything"]])

    shown = widgets.explore(plot, alt="A line.", anything=rate())
    assert shown.picture.value


def test_the_page_of_an_explorer_is_its_picture_with_words():
    bundle = explorer()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    page = bundle["text/html"]
    assert 'alt="3 % a year gives 181 million. A curve."' in page
    assert "data:image/png;base64," in page
    assert bundle["text/plain"] == "<Explorer: works in JupyterLab>"
    assert page == explorer()._repr_mimebundle_()["text/html"]


def test_showing_the_page_leaves_the_live_picture_as_it_was():
    control = rate()
    shown = explorer(rate=control)
    before = shown.picture.value
    shown.page()
    control.value = 4
    control.value = 3
    assert shown.picture.value == before


# The gate


def test_a_gate_is_locked_and_its_follower_is_not_made():
    made = []
    locked = gate(opens=lambda: made.append(1) or explorer())
    assert not locked.is_open
    assert made == []
    assert locked.after.children == ()
    locked.entry.value = "160"
    locked.button.click()
    assert made == [1]
    assert isinstance(locked.after.children[0], widgets.Explorer)


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("160", "You said 160; it was 210 million: 24 % too low."),
        (" 210 million ", "You said 210; it was 210 million: exactly right."),
        ("1,092", "You said 1,092; it was 210 million: 420 % too high."),
        ("２１１", "You said 211; it was 210 million: less than 1 % too high."),
        ("1，092.5", "You said 1,092.5; it was 210 million: 420 % too high."),
        (
            "21000",
            "You said 21,000; it was 210 million: too high, about 100 times as much.",
        ),
        ("1", "You said 1; it was 210 million: 99 % too low."),
        ("0", "You said 0; it was 210 million: 100 % too low."),
        ("-5", "You said -5; it was 210 million: 215 million too low."),
    ],
)
def test_a_number_opens_the_gate_however_wrong(typed, verdict):
    opened = gate()
    opened.entry.value = typed
    opened.button.click()
    assert opened.is_open
    assert said(opened.reveal) == f"{verdict} Broadband became cheap."


@pytest.mark.parametrize(
    ("answer", "unit", "typed", "distance"),
    [
        (53.3, "%", "40 %", "13.3 points too low"),
        (165, "% above", "100", "65 points too low"),
        (0, "yuan", "12", "12 yuan too high"),
        (-8713, "yuan", "1", "8,714 yuan too high"),
        (-4, "yuan", "-2", "50 % too high"),
    ],
)
def test_the_distance_suits_the_unit(answer, unit, typed, distance):
    opened = gate(answer=answer, unit=unit)
    opened.entry.value = typed
    opened.button.click()
    assert distance in said(opened.reveal)


@pytest.mark.parametrize("typed", ["", "many", "0,5", "1 2", "nan", "inf", "1e", "million"])
def test_no_number_gets_a_sentence_and_nothing_is_stored(typed):
    locked = gate()
    locked.entry.value = typed
    locked.button.click()
    assert said(locked.note).startswith("Type a number with digits and a point")
    assert not locked.is_open
    assert progress.read()["predictions"] == {}


def test_words_that_arrive_after_the_press_of_the_button_count():
    """JupyterLab may deliver the press of a button before what was typed."""
    late = gate(opens=explorer)
    late.button.click()
    assert said(late.note).startswith("Type a number")
    late.entry.value = "160"
    assert late.is_open
    assert list(progress.read()["predictions"].values()) == [160]
    picture = late.after.children
    late.button.click()
    assert late.after.children is picture, "the press that came late opened it again"
    late.keep.click()
    assert said(late.note) == "There is no sentence yet."
    late.reason.value = "I forgot broadband."
    assert said(late.note) == "Kept."
    assert list(progress.read()["reasons"].values()) == ["I forgot broadband."]


def test_a_number_typed_long_after_an_empty_press_waits_for_its_own_press(monkeypatch):
    locked = gate()
    locked.button.click()
    later = time.monotonic() + 60
    monkeypatch.setattr(widgets.time, "monotonic", lambda: later)
    locked.entry.value = "160"
    assert not locked.is_open


def test_a_prediction_and_its_reason_survive():
    first = gate()
    first.entry.value = "160"
    first.button.click()
    first.reason.value = " I forgot broadband. "
    first.keep.click()
    assert said(first.note) == "Kept."
    again = gate(opens=explorer)
    assert again.is_open
    assert "You said 160; it was 210 million" in said(again.reveal)
    assert again.reason.value == "I forgot broadband."
    assert isinstance(again.after.children[0], widgets.Explorer)
    assert again.button not in again.ask.children


def test_the_projector_opens_without_storing():
    shown = gate(opens=explorer)
    shown.projector.click()
    assert said(shown.reveal) == "It was 210 million. Broadband became cheap."
    assert shown.after.children
    assert shown.why.children == ()
    assert progress.read()["predictions"] == {}
    assert not gate().is_open


def test_a_choice_is_predicted():
    chosen = gate(answer="rise", choices=["rise", "fall"])
    chosen.button.click()
    assert said(chosen.note) == "Choose one of the answers first."
    chosen.entry.value = "fall"
    chosen.button.click()
    assert said(chosen.reveal).startswith("You said “fall”; it was “rise”.")
    right = gate(answer="fall", choices=["rise", "fall"])
    assert said(right.reveal).startswith("You said “fall”, and so it was.")


def test_a_choice_that_comes_late_counts():
    chosen = gate(answer="rise", choices=["rise", "fall"])
    chosen.entry.value = "fall"
    chosen.button.click()
    chosen.entry.value = "rise"
    assert said(chosen.reveal).startswith("You said “rise”, and so it was.")
    assert progress.read()["predictions"] == {"01-test.users": "rise"}


@pytest.mark.parametrize("stored", ["stay", 3, True, None, ["fall"]])
def test_a_stored_answer_that_no_longer_fits_keeps_the_gate_locked(stored):
    progress.store("predictions", "01-test.users", stored)
    assert not gate(answer="rise", choices=["rise", "fall"]).is_open


@pytest.mark.parametrize("stored", ["many", None, True, [3]])
def test_a_stored_number_that_is_none_keeps_the_gate_locked(stored):
    progress.store("predictions", "01-test.users", stored)
    assert not gate().is_open


def test_a_follower_that_fails_is_told_of():
    opened = gate(opens=lambda: 1 / 0)
    opened.entry.value = "160"
    opened.button.click()
    assert opened.is_open
    assert "division by zero" in opened.after.children[0].value


def test_a_learner_is_told_when_answers_cannot_be_kept(home):
    home.write_text("a file where the folder should be")
    told = gate()
    told.entry.value = "160"
    told.button.click()
    assert told.is_open
    assert "only until the kernel stops" in said(told.note)
    assert gate().is_open


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"answer": "up", "choices": ["rise", "fall"]}, "answer is 'up'; choose one of choices"),
        ({"answer": "up"}, "answer is 'up'; give a finite number"),
        ({"answer": float("nan")}, "answer is nan"),
        ({"answer": True}, "answer is True"),
        ({"answer": "a", "choices": ["a", "a"]}, "choices are .*; give at least two"),
        ({"answer": "a", "choices": ["a"]}, "choices are .*; give at least two"),
        ({"because": ""}, "because is empty"),
    ],
)
def test_impossible_predictions_are_refused_by_name(given, message):
    with pytest.raises(ValueError, match=message):
        gate(**given)


def test_a_gate_needs_a_lesson_in_its_name():
    with pytest.raises(ValueError, match=r"name is 'users'; write it as .01-environment.users"):
        widgets.predict("users", "How many?", answer=1, because="So.")


def test_the_page_of_a_gate_is_its_question_with_the_answer_folded():
    page = gate(answer="a < b", choices=["a < b", "a > b"])._repr_mimebundle_()["text/html"]
    assert "How many users?" in page
    assert "a &lt; b" in page
    before, _, folded = page.partition("<details>")
    assert "Broadband" not in before
    assert "It was “a &lt; b”." in folded


FILE = """
[prediction.users]
question = "How many users?"
answer = 210
unit = "million"
because = "Broadband."

[prediction.way]
question = "Which way?"
answer = "up"
choices = ["up", "down"]
because = "Broadband."
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    path = tmp_path / "lessons" / "03-test.toml"
    path.parent.mkdir()
    path.write_text(FILE)
    monkeypatch.setattr(widgets, "_lessons", lambda: path.parent)
    return path


def test_predictions_are_read_from_the_lesson_s_file(lesson):
    users, way = widgets.predict("03-test.users"), widgets.predict("03-test.way", opens=explorer)
    assert (users.answer, users.unit, users.choices) == (210, "million", None)
    assert (way.answer, way.choices, way.opens) == ("up", ["up", "down"], explorer)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("prediction.users", "prediction.user", "03-test.toml has 03-test.user, 03-test.way"),
        ("because", "becaus", r"03-test.toml, prediction.users: has .*'becaus'.*; it needs"),
        ('"million"', "3", "03-test.toml, prediction.users: unit is 3; it needs a str"),
        ("= 210", '= "many"', "03-test.toml, prediction.users: answer is 'many'; give a finite"),
    ],
)
def test_a_wrong_prediction_in_a_file_is_named(lesson, old, new, message):
    lesson.write_text(FILE.replace(old, new))
    with pytest.raises(ValueError, match=message):
        widgets.predict("03-test.users")


# The quiz


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lessons" / "03-test.toml"
    path.parent.mkdir()
    path.write_text(QUIZ)
    return path


def test_a_choice_shows_its_reason_and_is_stored(file):
    first = widgets.quiz(file).questions[0]
    assert first.verdict.value == ""
    first.options.value = "A count"
    assert said(first.verdict) == "Not yet. A count grows with the shop."
    first.options.value = "A numerator and a denominator"
    assert said(first.verdict).startswith("Right. Without the denominator")
    assert progress.read()["quiz"] == {"03-test.1": "A numerator and a denominator"}
    again = widgets.quiz(file)
    assert said(again.questions[0].verdict).startswith("Right.")
    assert again.questions[1].verdict.value == ""


def test_a_stored_choice_that_is_gone_is_forgotten(file):
    progress.store("quiz", "03-test.1", "A percentage")
    assert widgets.quiz(file).questions[0].verdict.value == ""


def test_a_quiz_is_found_by_its_name(file, monkeypatch):
    monkeypatch.setattr(widgets, "__file__", str(file.parents[1] / "elsewhere" / "p" / "w.py"))
    (file.parent / "deep").mkdir()
    monkeypatch.chdir(file.parent / "deep")
    assert len(widgets.quiz("03-test").questions) == 2
    with pytest.raises(ValueError, match=r"no 04-other.toml; the folder has 03-test.toml"):
        widgets.quiz("04-other")


def test_the_page_of_a_quiz_folds_its_reasons(file):
    page = widgets.quiz(file)._repr_mimebundle_()["text/html"]
    assert page.count("<details>") == 4
    assert "2. Is 5 &lt; 7?" in page
    assert "Not yet. A count grows with the shop." in page


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[question]]", "[[question", "03-test.toml is no TOML file"),
        ("reason", "reson", r"question 1, choice 1: has .*'reson'.*; it needs"),
        ("right = true", "right = false", "question 1: 0 choices are right; exactly one must be"),
        ("right = false", "right = true", "question 1: 2 choices are right"),
        ("right = true", 'right = "yes"', "question 1, choice 2: right is 'yes'; it needs a bool"),
        ('"No"', '"Yes"', r"question 2: choices are \['Yes', 'Yes'\]; give at least two"),
        ('text = "Is 5 < 7?"', "", "question 2: has "),
        ('"Count again."', '""', "question 2, choice 2: reason is ''"),
        (QUIZ, "question = []", "question is \\[\\]"),
        (QUIZ, "question = [3]", "question 1: "),
        (QUIZ, "", r"03-test.toml: has no \[\[question"),
        (QUIZ, "title = 1", r"03-test.toml: has \['title'\]"),
    ],
)
def test_a_malformed_quiz_names_file_and_entry(file, old, new, message):
    file.write_text(QUIZ.replace(old, new))
    with pytest.raises(ValueError, match=message) as caught:
        widgets.quiz(file)
    assert "03-test.toml" in str(caught.value)
    assert str(file.parent) not in str(caught.value)
