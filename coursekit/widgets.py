"""The shared widget parts: a picture moved by controls, a prediction gate, a quiz.

Each works by keyboard alone, names its parts for a screen reader, and carries a page of plain HTML
for places where nothing runs (a code host, a printed lesson).
"""

import functools
import html
import inspect
import io
import math
import numbers
import re
import threading
import time
import tomllib
import traceback
from pathlib import Path

import ipywidgets
from PIL import Image

from coursekit import figures, progress

_STYLE = """<style>
.coursekit { padding: 0 .3em; color: var(--jp-ui-font-color1, #222); }
.coursekit :is(.widget-inline-hbox, .widget-hbox) { max-width: 46rem; }
.coursekit .widget-html-content {
  font-family: var(--jp-content-font-family, sans-serif);
  font-size: var(--jp-content-font-size1, 14px); line-height: 1.5; }
.coursekit .widget-html-content p { margin: 0; }
.coursekit .widget-html-content p + p { margin-top: .4em; }
.coursekit-quiz > .coursekit-ask + .coursekit-ask { margin-top: 1em; }
.coursekit .widget-slider .slider .noUi-handle {
  background: var(--jp-brand-color1, #0072B2); border-color: var(--jp-brand-color1, #0072B2); }
.coursekit .coursekit-question { font-weight: 600; }
.coursekit a:any-link { color: var(--jp-content-link-color, #0072B2); text-decoration: underline; }
.coursekit .widget-html { height: auto; min-height: 0; margin-block: .25em; }
.coursekit .coursekit-reveal .widget-html-content:not(:empty) {
  border-left: 4px solid var(--jp-brand-color1, #0072B2); padding: .2em 0 .2em .8em; }
.coursekit .coursekit-error { border-left: 4px solid var(--jp-error-color1, #D55E00);
  padding: .2em 0 .2em .8em; }
.coursekit .coursekit-error pre { white-space: pre-wrap; font-size: 12px; }
.coursekit .widget-label, .coursekit .widget-readout, .coursekit .widget-radio-box label {
  font-size: var(--jp-content-font-size1, 14px); color: var(--jp-ui-font-color1, #222); }
.coursekit .widget-radio, .coursekit .widget-radio-box { width: 100%; }
.coursekit .widget-radio-box label {
  height: auto; line-height: 1.5; white-space: normal; margin: .1em 0;
  display: flex; flex-direction: row-reverse; justify-content: flex-end; gap: .3em; }
.coursekit .widget-radio-box input { flex: none; height: 1.5em; }
.coursekit .widget-button { flex: none; width: auto; height: auto; line-height: 1.5; padding: .3em 1em; }
.coursekit :is(a, button, input, .noUi-handle, .widget-readout):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #0072B2); outline-offset: 2px; }
.coursekit .coursekit-status { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
</style>"""

# ipywidgets gives its slider handles, readouts, radio groups and pictures no name that a screen
# reader can say, makes every radio button a group of its own, and leaves keys pressed on a handle
# or a button to JupyterLab. This mends it in the page.
_NAMES = """
window.coursekitKeys ??= (window.addEventListener("keydown", event => {
  const other = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
  if (event.target.closest?.(".coursekit"))
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !other);
  // Enter presses the form's button, after the kernel was sent what was typed. Enter that ends the
  // composing of a Chinese word is none of it.
  if (event.key === "Enter" && !event.isComposing && event.target.matches?.(".coursekit-form input[type=text]")) {
    event.target.dispatchEvent(new Event("change", {bubbles: true}));
    event.target.closest(".coursekit-form").querySelector("button").click();
  }
}, true), true);
(function begin(tries) {
  const root = element.closest(".coursekit");
  if (!root) { if (tries) setTimeout(() => begin(tries - 1), 50); return; }
  const put = (node, key, value) => node.getAttribute(key) === value || node.setAttribute(key, value);
  const parts = kind => [root, ...root.querySelectorAll(kind)].filter(part => part.matches(kind));
  const name = () => {
    for (const label of root.querySelectorAll('label[title="null"]')) label.removeAttribute("title");
    for (const row of root.querySelectorAll(".widget-slider")) {
      const label = row.querySelector("label").textContent;
      const handles = [...row.querySelectorAll(".noUi-handle")];
      const ends = handles.length > 1 ? [", from", ", to"] : [""];
      handles.forEach((handle, i) => put(handle, "aria-label", label + ends[i]));
      for (const readout of row.querySelectorAll(".widget-readout")) {
        put(readout, "role", "textbox");
        put(readout, "aria-label", label + ", type a value");
      }
    }
    for (const part of parts(".coursekit-ask")) {
      for (const group of part.querySelectorAll(".widget-radio-box")) {
        put(group, "role", "radiogroup");
        group.id ||= `coursekit-${Math.random()}`;
        for (const choice of group.querySelectorAll("input")) put(choice, "name", group.id);
        put(group, "aria-label", part.querySelector(".coursekit-question").textContent);
      }
    }
    for (const said of root.querySelectorAll(".coursekit-live .widget-html-content"))
      put(said, "role", "status");
    for (const part of parts(".coursekit-explore")) {
      const words = [...part.querySelectorAll(".coursekit-status [data-say]")];
      for (const picture of part.querySelectorAll("img.widget-image"))
        put(picture, "alt", words.map(word => word.textContent).join(" "));
    }
  };
  new MutationObserver(name).observe(root, {childList: true, subtree: true});
  name();
})(100);
"""

# JupyterLab sends a part's first message to the kernel's main thread and later ones to another, so
# two callbacks may run at once, and the press of a button may arrive before what was typed.
_turn = threading.RLock()
_LATE = 2  # seconds


def _in_turn(method):
    """Let only one callback of all widgets run at a time."""

    @functools.wraps(method)
    def wrapped(*arguments):
        with _turn:
            return method(*arguments)

    return wrapped


_NOT_DRAWN = "The picture could not be drawn for these values; it still shows the earlier ones."


def _hidden(widget):
    widget.layout.display = "none"
    return widget


def _script():
    """Return a part without looks that runs `_NAMES` in the page."""
    output = {
        "output_type": "display_data",
        "data": {"application/javascript": _NAMES},
        "metadata": {},
    }
    return _hidden(ipywidgets.Output(outputs=(output,)))


def _words(text="", kind="", live=False):
    """Return a widget for words; a screen reader says the words of a `live` one as they change."""
    widget = ipywidgets.HTML(text)
    if live:
        widget.add_class("coursekit-live")
    if kind:
        widget.add_class(kind)
    return widget


def _paragraphs(*texts, kind=""):
    """Return the HTML of the texts that are not empty, each a paragraph."""
    attribute = f' class="{kind}"' if kind else ""
    return "".join(f"<p{attribute}>{html.escape(text)}</p>" for text in texts if text)


def _error(error, what):
    """Return the HTML that tells of an exception, with its traceback folded."""
    first = "".join(traceback.format_exception_only(error)).strip()
    steps = "".join(traceback.format_exception(error))
    return (
        f'<div class="coursekit-error">{_paragraphs(what, first)}'
        f"<details><summary>Where</summary><pre>{html.escape(steps)}</pre></details></div>"
    )


class _Part(ipywidgets.VBox):
    """A box with the course's looks and names; `page()` stands for it where nothing runs."""

    def __init__(self, children, kind):
        super().__init__([_hidden(ipywidgets.HTML(_STYLE)), *children, _script()])
        self.add_class("coursekit")
        self.add_class(kind)

    def __repr__(self):
        # What ipywidgets would print, all traits, would change in every notebook with every style.
        return f"<{type(self).__name__}: works in JupyterLab>"

    def _repr_mimebundle_(self, **options):
        return {**super()._repr_mimebundle_(**options), "text/html": self.page()}


def _look(artist):
    """Return the colours and strokes of an artist, in a form that can be compared."""
    asked = ("color", "facecolor", "edgecolor", "linestyle", "linewidth", "marker", "alpha")
    getters = [getattr(artist, f"get_{name}", None) for name in asked]
    return [str(getter()) for getter in getters if getter]


class Canvas:
    """One figure that a plot function draws on again and again, quickly.

    What is slow and seldom changes (axes, ticks, their labels, the grid, the legend) is drawn once
    and kept as pixels; the rest is drawn over it. The axes keep their place, so nothing flickers.

    Parameters
    ----------
    plot : callable
        `plot(ax, **values)`; it draws named artists of `coursekit.figures`.
    size : (float, float)
        Width and height in inches of 96 pixels.
    columns : int
        How many axes stand side by side; `plot` is given them all if there are two or more.
    """

    def __init__(self, plot, size, columns=1):
        self.figure, self.axes = figures.new(size, columns)
        self.plot = plot
        self.pixels = tuple(round(side * figures.PIXELS_PER_INCH) for side in size)
        self._unnamed = None
        self._kept = None
        self._background = None

    def draw(self, **values):
        """Draw the plot for `values`.

        Returns
        -------
        bytes
            A PNG of `size`.

        Raises
        ------
        ValueError
            If the plot function piles up artists from call to call.
        """
        self.plot(self.axes, **values)
        self._refuse_pile()
        moving = self._moving()
        canvas = self.figure.canvas
        if self._still() == self._kept:
            canvas.restore_region(self._background)
        else:
            self._draw_background()
            self._kept = self._still()
        for artist in moving:
            artist.draw(canvas.get_renderer())
        return self._png()

    def title(self):
        """Return the titles of the axes as one line."""
        titles = [ax.get_title(where) for ax in self.figure.axes for where in ("left", "center")]
        return " ".join(" ".join(titles).split())

    def _moving(self):
        """Return what is drawn each time, in order, marked so that the background leaves it out."""
        found = []
        for ax in self.figure.axes:
            still = (ax.patch, ax.xaxis, ax.yaxis, ax.get_legend())
            parts = [part for part in ax.get_children() if part not in still]
            found += sorted(parts, key=lambda part: part.get_zorder())
        for artist in found:
            artist.set_animated(True)
        return found

    def _still(self):
        """Return what the background shows; equal values mean equal backgrounds."""
        state = [(words.get_text(), words.get_position()) for words in self.figure.texts]
        for ax in self.figure.axes:
            state += [ax.axison, ax.get_facecolor(), ax.get_position().bounds]
            for axis in (ax.xaxis, ax.yaxis):
                ticks = axis.get_majorticklocs()
                labels = axis.get_major_formatter().format_ticks(ticks)
                state += [axis.get_scale(), *axis.get_view_interval(), axis.get_visible()]
                state += [axis.get_label_text(), *ticks, *labels]
            if legend := ax.get_legend():
                state += [words.get_text() for words in legend.get_texts()]
                state += [_look(handle) for handle in legend.legend_handles]
        return state

    def _draw_background(self):
        """Draw and keep the background; the axes move only if a label would be cut off."""
        self.figure.canvas.draw()
        self.figure.set_layout_engine("none")
        if self._overflows():
            self.figure.set_layout_engine("constrained")
            self.figure.canvas.draw()
            self.figure.set_layout_engine("none")
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)

    def _overflows(self):
        """Return whether a tick or axis label leaves the figure."""
        renderer = self.figure.canvas.get_renderer()
        boxes = [
            axis.get_tightbbox(renderer) for ax in self.figure.axes for axis in (ax.xaxis, ax.yaxis)
        ]
        width, height = self.figure.bbox.size
        return any(
            box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height for box in boxes if box
        )

    def _refuse_pile(self):
        unnamed = [a for ax in self.figure.axes for a in ax.get_children() if a.get_gid() is None]
        count = len(self.figure.axes) + len(unnamed)
        if self._unnamed is not None and count > self._unnamed:
            raise ValueError(
                f"plot left {count - self._unnamed} artists more than before; draw through the "
                "named artists of coursekit.figures, for example line(ax, 'users', x, y)."
            )
        self._unnamed = count

    def _png(self):
        canvas = self.figure.canvas
        size = canvas.get_width_height()
        picture = Image.frombuffer("RGBX", size, canvas.buffer_rgba(), "raw", "RGBX", 0, 1)
        stream = io.BytesIO()
        # Measured: runs only (type 3) at level 1 is the quickest way that keeps every pixel.
        picture.convert("RGB").save(stream, "png", compress_level=1, compress_type=3)
        return stream.getvalue()


class Explorer(_Part):
    """A plot with controls; see `explore`."""

    def __init__(self, plot, alt, size, columns, controls):
        self.canvas = Canvas(plot, size, columns)
        self.controls = controls
        self.alt = alt
        width, _ = self.canvas.pixels
        self.picture = ipywidgets.Image(
            format="png", layout={"width": f"{width}px", "max_width": "100%", "height": "auto"}
        )
        self.status = _words(kind="coursekit-status", live=True)
        self.trouble = _words(live=True)
        self._draw()
        longest = max(len(control.description) for control in controls.values())
        for control in controls.values():
            control.style.description_width = f"{min(longest, 40) + 1}ch"
            control.layout.width = "100%"
            control.observe(self._move, "value")
        rows = ipywidgets.VBox(list(controls.values()))
        super().__init__([rows, self.trouble, self.picture, self.status], "coursekit-explore")

    @_in_turn
    def page(self):
        """Return the picture as HTML, for where nothing runs."""
        return figures.static_html(self.canvas.figure, f"{self.canvas.title()}. {self.alt}")

    def _draw(self):
        values = {name: control.value for name, control in self.controls.items()}
        self.picture.value = self.canvas.draw(**values)
        title = html.escape(self.canvas.title())
        self.status.value = (
            f"<span data-say>{title}.</span><span data-say hidden>{html.escape(self.alt)}</span>"
        )

    @_in_turn
    def _move(self, change):
        try:
            self._draw()
            self.trouble.value = ""
        except Exception as error:
            self.trouble.value = _error(error, _NOT_DRAWN)


def explore(plot, *, alt, size=(7.5, 4.2), columns=1, **controls):
    """Return a plot whose controls redraw it at once.

    Parameters
    ----------
    plot : callable
        `plot(ax, **values)`; it draws named artists of `coursekit.figures`, so that a second call
        on the same axes moves what is there. Its title should say the result in numbers.
    alt : str
        What a reader who cannot see the picture should know. The title is said before it.
    size : (float, float)
        Width and height in inches of 96 pixels.
    columns : int
        How many axes stand side by side; `plot` is given them all if there are two or more.
    **controls : ipywidgets with a value and a description
        One for each argument of `plot` after `ax`.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        If `alt` is empty, or a control has no description, shares it with another, or does not fit
        the arguments of `plot`.

    Examples
    --------
    >>> def plot_power(ax, power):
    ...     figures.line(ax, "power", [0, 1, 2], [0, 1, 2**power])
    ...     ax.set_title(f"2 to the power of {power} is {2**power}")
    ...     return ax
    >>> slider = ipywidgets.IntSlider(2, 1, 5, description="Power")
    >>> explorer = explore(plot_power, alt="A curve that bends upwards.", power=slider)
    >>> slider.value = 3
    >>> explorer.canvas.title()
    '2 to the power of 3 is 8'
    """
    if not alt.strip():
        raise ValueError("alt is empty; say in a sentence what the picture shows.")
    _check_controls(plot, controls)
    return Explorer(plot, alt, size, columns, controls)


def _check_controls(plot, controls):
    arguments = list(inspect.signature(plot).parameters.values())[1:]
    open_ended = any(argument.kind is argument.VAR_KEYWORD for argument in arguments)
    names = [argument.name for argument in arguments if argument.kind is not argument.VAR_KEYWORD]
    for name, control in controls.items():
        if name not in names and not open_ended:
            raise ValueError(
                f"control {name!r} is no argument of {plot.__name__}; it takes {', '.join(names)}."
            )
        if not hasattr(control, "value") or not getattr(control, "description", ""):
            raise ValueError(
                f"control {name!r} is {control!r}; give a widget with a value and a description, "
                f'for example IntSlider(5, 1, 10, description="{name.title()}").'
            )
    for argument in arguments:
        needed = argument.default is argument.empty and argument.kind is not argument.VAR_KEYWORD
        if needed and argument.name not in controls:
            raise ValueError(
                f"{plot.__name__} needs {argument.name!r}; give a control of that name."
            )
    said = [control.description for control in controls.values()]
    if len(set(said)) < len(said) or not said:
        raise ValueError(
            f"controls are described as {said}; give at least one, each its own words."
        )


def _number(text, unit):
    """Return the number typed as `text`, or None."""
    bare = text.strip().removesuffix(unit).replace("，", ",").strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", bare):
        return None
    return float(bare)


def _shown(number, unit=""):
    return f"{number:,.6g} {unit}".strip()


def _distance(said, answer, unit):
    """Return in words how far `said` is from `answer`."""
    if said == answer:
        return "exactly right"
    side = "too low" if said < answer else "too high"
    if unit.startswith("%"):
        return f"{abs(said - answer):,.3g} points {side}"
    if answer == 0 or said * answer < 0:
        return f"{_shown(abs(said - answer), unit)} {side}"
    share = abs(said - answer) / abs(answer)
    if share < 0.01:
        return f"less than 1 % {side}"
    if share >= 10:
        return f"{side}, about {share + 1:,.0f} times as much"
    if 0.99 < share < 1:  # 99.6 % must not be told as 100
        share = 0.99
    return f"{share * 100:.0f} % {side}"


class Gate(_Part):
    """A question that opens what follows once a prediction is made; see `predict`."""

    def __init__(self, name, question, answer, unit, choices, because, opens):
        self.name, self.question, self.answer = name, question, answer
        self.unit, self.choices, self.because, self.opens = unit, choices, because, opens
        if choices:
            self.entry = ipywidgets.RadioButtons(options=choices, index=None)
            line = [self.entry]
        else:
            self.entry = ipywidgets.Text(
                description="Your prediction",
                continuous_update=False,
                style={"description_width": "initial"},
                layout={"width": "18rem"},
            )
            line = [self.entry, _words(html.escape(unit))]
        self.entry.observe(self._correct, "value")
        self.button = ipywidgets.Button(description="Store my prediction", button_style="primary")
        self.button.on_click(self._predict)
        self.projector = ipywidgets.Button(description="Show without predicting (for a projector)")
        self.projector.on_click(self._project)
        self.note = _words(live=True)
        self.reveal = _words(kind="coursekit-reveal", live=True)
        self.ask = ipywidgets.VBox(
            [
                _words(_paragraphs(question, kind="coursekit-question")),
                ipywidgets.HBox(line, layout={"align_items": "center"}),
                ipywidgets.HBox([self.button, self.projector], layout={"flex_flow": "row wrap"}),
            ]
        )
        self.ask.add_class("coursekit-ask").add_class("coursekit-form")
        self.reason = ipywidgets.Text(
            description="Why was it different?",
            continuous_update=False,
            placeholder="One sentence; you may leave it empty",
            style={"description_width": "initial"},
            layout={"flex": "1 1 auto"},
        )
        self.keep = ipywidgets.Button(description="Keep my sentence")
        self.keep.on_click(self._keep_reason)
        self._pressed = -math.inf
        self.why = ipywidgets.HBox([]).add_class("coursekit-form")
        self.after = ipywidgets.VBox([])
        parts = [self.ask, self.reveal, self.why, self.note, self.after]
        super().__init__(parts, "coursekit-gate")
        self._restore()
        self.reason.observe(self._keep_reason, "value")

    @property
    def is_open(self):
        """Whether the gate is open."""
        return bool(self.reveal.value)

    def page(self):
        """Return the question as HTML, with the answer folded, for where nothing runs."""
        opened = self.after.children[0] if self.after.children else self._opened()
        picture = opened.page() if isinstance(opened, _Part) else ""
        choices = "".join(f"<li>{html.escape(choice)}</li>" for choice in self.choices or ())
        return (
            _paragraphs(self.question)
            + (f"<ul>{choices}</ul>" if choices else "")
            + "<p><em>Run this cell to store your prediction; what follows then opens.</em></p>"
            + "<details><summary>Without running: the answer, and the picture</summary>"
            + _paragraphs(f"It was {self._said(self.answer)}.", self.because)
            + f"{picture}</details>"
        )

    def _restore(self):
        """Open the gate at once if a prediction is stored."""
        stored = progress.read()
        said = stored["predictions"].get(self.name)
        if said in self.choices if self.choices else _is_number(said):
            self.reason.value = str(stored["reasons"].get(self.name, ""))
            self._open(self._verdict(said), ask_why=True)
        self._note()

    def _note(self, words=""):
        self.note.value = _paragraphs(words, progress.notice())

    @_in_turn
    def _project(self, _):
        self._open(f"It was {self._said(self.answer)}.")

    @_in_turn
    def _predict(self, _):
        if self.is_open:  # what was typed opened it already
            return
        said = self._entered()
        if said is None:
            self._pressed = time.monotonic()
            help_ = "Type a number with digits and a point, for example 12.5; a guess is enough."
            self._note("Choose one of the answers first." if self.choices else help_)
            return
        progress.store("predictions", self.name, said)
        self._open(self._verdict(said), ask_why=True)
        self.reason.focus()

    def _entered(self):
        """Return what was chosen or typed, or None."""
        return self.entry.value if self.choices else _number(self.entry.value, self.unit)

    @_in_turn
    def _correct(self, change):
        """Take what was entered before the press of the button but arrives after it."""
        said = self._entered()
        if said is None:
            return
        if not self.is_open and time.monotonic() - self._pressed < _LATE:
            self._predict(None)
        elif self.why.children:
            progress.store("predictions", self.name, said)
            self.reveal.value = _paragraphs(self._verdict(said), self.because)

    def _said(self, answer):
        """Return an answer as it stands in a sentence."""
        return f"\u201c{answer}\u201d" if self.choices else _shown(answer, self.unit)

    def _verdict(self, said):
        was = f"it was {self._said(self.answer)}"
        if self.choices:
            was = ", and so it was" if said == self.answer else f"; {was}"
            return f"You said {self._said(said)}{was}."
        return f"You said {_shown(said)}; {was}: {_distance(said, self.answer, self.unit)}."

    def _open(self, verdict, ask_why=False):
        self.ask.children = self.ask.children[:1]
        self.reveal.value = _paragraphs(verdict, self.because)
        self.why.children = [self.reason, self.keep] if ask_why else []
        self._note()
        try:
            opened = self._opened()
        except Exception as error:
            opened = _words(_error(error, "What follows could not be opened."))
        self.after.children = [] if opened is None else [opened]

    def _opened(self):
        return self.opens() if callable(self.opens) else self.opens

    @_in_turn
    def _keep_reason(self, _):
        said = self.reason.value.strip()
        progress.store("reasons", self.name, said)
        self._note("Kept." if said else "There is no sentence yet.")


def predict(name, question=None, *, answer=None, unit="", choices=None, because=None, opens=None):
    """Return a question that opens what follows once a prediction is stored.

    A wrong prediction opens it too. It is stored for the person, not graded, and shown again when
    the notebook is run another time.

    Parameters
    ----------
    name : str
        Lesson and question, for example "01-environment.users-2007"; each only once in the course.
    question : str, optional
        What to predict. Without it, everything but `opens` comes from the lesson's file: here
        `[prediction.users-2007]` of `lessons/01-environment.toml`.
    answer : float, or one of `choices`
    unit : str
        Unit of a number, for example "million".
    choices : list of str, optional
        Answers to choose from instead of a number.
    because : str
        Why the answer is what it is, shown after the prediction.
    opens : widget, or function that returns one, optional
        What opens.

    Returns
    -------
    Gate

    Raises
    ------
    ValueError
        If `name` has no lesson or is not in its file, `because` is empty, `choices` repeat or lack
        `answer`, or `answer` is no number.

    Examples
    --------
    >>> gate = predict(
    ...     "00-welcome.doctest", "How many?", answer=210, unit="million", because="It grew."
    ... )
    >>> gate.is_open
    False
    """
    if not re.fullmatch(r"[\w-]+\.[\w-]+", name):
        raise ValueError(f'name is {name!r}; write it as "01-environment.users-2007".')
    if question is None:
        return _predict_from_file(name, opens)
    if not (because or "").strip():
        raise ValueError("because is empty; say why the answer is what it is.")
    if choices is not None:
        choices = list(choices)
        if len(set(choices)) < max(len(choices), 2):
            raise ValueError(f"choices are {choices}; give at least two, all different.")
        if answer not in choices:
            raise ValueError(f"answer is {answer!r}; choose one of choices: {choices}.")
    elif not _is_number(answer):
        raise ValueError(f"answer is {answer!r}; give a finite number, or choices to choose from.")
    return Gate(name, question, answer, unit, choices, because, opens)


def _predict_from_file(name, opens):
    lesson, key = name.split(".")
    path = _lessons() / f"{lesson}.toml"
    entries = _lesson_file(path).get("prediction", {})
    if key not in entries:
        known = ", ".join(f"{lesson}.{known}" for known in entries) or "none"
        raise ValueError(f"name is {name!r}; {path.name} has {known}.")
    where = f"{path.name}, prediction.{key}"
    kinds = {"question": str, "answer": object, "because": str}
    _check(where, entries[key], kinds, {"unit": str, "choices": list})
    try:
        return predict(name, **entries[key], opens=opens)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


class Question(_Part):
    """One question with a reason for every choice; part of a `Quiz`."""

    def __init__(self, key, number, text, choices):
        self.key, self.choices = key, choices
        self.options = ipywidgets.RadioButtons(
            options=[choice["text"] for choice in choices], index=None
        )
        self.verdict = _words(kind="coursekit-reveal", live=True)
        heading = _words(_paragraphs(f"{number}. {text}", kind="coursekit-question"))
        super().__init__([heading, self.options, self.verdict], "coursekit-ask")
        stored = progress.read()["quiz"].get(key)
        if stored in self.options.options:
            self.options.value = stored
            self._show()
        self.options.observe(self._choose, "value")

    @_in_turn
    def _choose(self, change):
        progress.store("quiz", self.key, self.options.value)
        self._show()

    def _show(self):
        choice = self.choices[self.options.index]
        self.verdict.value = _paragraphs(_judged(choice), progress.notice())


def _judged(choice):
    return f"{'Right.' if choice['right'] else 'Not yet.'} {choice['reason']}"


class Quiz(_Part):
    """Questions to check oneself; see `quiz`."""

    def __init__(self, stem, entries):
        self.entries = entries
        self.questions = [
            Question(f"{stem}.{number}", number, entry["text"], entry["choice"])
            for number, entry in enumerate(entries, 1)
        ]
        super().__init__(self.questions, "coursekit-quiz")

    def page(self):
        """Return the questions with folded reasons as HTML, for where nothing runs."""
        parts = []
        for number, entry in enumerate(self.entries, 1):
            rows = "".join(
                f"<li>{html.escape(choice['text'])}<details><summary>Reason</summary>"
                f"{html.escape(_judged(choice))}</details></li>"
                for choice in entry["choice"]
            )
            parts.append(f"<p><b>{number}. {html.escape(entry['text'])}</b></p><ul>{rows}</ul>")
        return "".join(parts)


def quiz(name):
    """Return the questions of a file, each choice with its reason.

    Parameters
    ----------
    name : str or Path
        A lesson, for example "01-environment", whose file is `lessons/01-environment.toml`; or the
        path of such a file. It holds `[[question]]` with `text`, and in each `[[question.choice]]`
        with `text`, `right` (true for exactly one) and `reason`.

    Returns
    -------
    Quiz

    Raises
    ------
    ValueError
        If there is no such file, or an entry of it is wrong; the message names both.
    """
    path = Path(name) if Path(name).suffix == ".toml" else _lessons() / f"{name}.toml"
    return Quiz(path.stem, _questions(path))


def _lesson_file(path):
    """Return the content of a lesson's file of predictions and questions."""
    if not path.is_file():
        found = ", ".join(sorted(file.name for file in path.parent.glob("*.toml")))
        raise ValueError(f"There is no {path.name}; the folder has {found or 'none'}.")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name} is no TOML file: {error}.") from None
    _check(path.name, content, {}, {"prediction": dict, "question": list})
    return content


def _lessons():
    """Return the lessons folder: beside the package, or in or above the working folder."""
    here = Path.cwd()
    for place in (Path(__file__).parents[1], here, *here.parents):
        if (place / "lessons").is_dir():
            return place / "lessons"
    raise ValueError("There is no lessons folder here or above; start in the course's folder.")


def _questions(path):
    """Return the checked questions of a lesson's file."""
    content = _lesson_file(path)
    if "question" not in content:
        raise ValueError(f"{path.name}: has no [[question]].")
    for number, entry in enumerate(content["question"], 1):
        where = f"{path.name}, question {number}"
        _check(where, entry, {"text": str, "choice": list})
        for place, choice in enumerate(entry["choice"], 1):
            kinds = {"text": str, "right": bool, "reason": str}
            _check(f"{where}, choice {place}", choice, kinds)
        texts = [choice["text"] for choice in entry["choice"]]
        if len(set(texts)) < max(len(texts), 2):
            raise ValueError(f"{where}: choices are {texts}; give at least two, all different.")
        right = sum(choice["right"] for choice in entry["choice"])
        if right != 1:
            raise ValueError(f"{where}: {right} choices are right; exactly one must be.")
    return content["question"]


def _check(where, entry, kinds, optional=None):
    """Raise ValueError unless `entry` has these keys with values of these types, none empty."""
    kinds, needed = {**kinds, **(optional or {})}, set(kinds)
    if not isinstance(entry, dict) or not needed <= set(entry) <= set(kinds):
        has = sorted(entry) if isinstance(entry, dict) else repr(entry)
        raise ValueError(f"{where}: has {has}; it needs {sorted(needed)}, of {sorted(kinds)}.")
    for key, value in entry.items():
        if not isinstance(value, kinds[key]) or value in ("", []):
            kind = kinds[key].__name__
            raise ValueError(f"{where}: {key} is {value!r}; it needs a {kind}, not empty.")
