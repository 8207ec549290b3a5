"""The welcome notebook: is everything here, a first picture to move, and how far one has come."""

import base64
import functools
import html
import importlib.util
import tempfile
import time

import ipywidgets
import numpy as np
from ipywidgets import IntSlider

from coursekit import data, figures, progress, widgets
from coursekit.study import overview

PACKAGES = ("IPython", "ipywidgets", "matplotlib", "nbgrader", "numpy", "pandas", "scipy")


def _packages():
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"lack {', '.join(missing)}; close JupyterLab and run `make lab` in the course folder"
        )


def _data():
    try:
        data.internet_statistics(), data.orders()
    except ValueError as error:
        return str(error)


def _answers():
    try:
        progress.folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=progress.folder()):
            return None
    except OSError as error:
        return (
            f"cannot be kept in {progress.folder()} ({error.strerror}); you can work all the same, "
            "but predictions are forgotten when you stop"
        )


CHECKS = {
    "Packages": _packages,
    "Data": _data,
    "Your answers": _answers,
}


def check_environment():
    """Print one line for each thing the course needs: fine, or what to do.

    Returns
    -------
    bool
        Whether all is fine.
    """
    problems = {name: check() for name, check in CHECKS.items()}
    for name, problem in problems.items():
        print(f"{name}: {problem or 'fine'}")
    return not any(problems.values())


@functools.lru_cache
def _ordered():
    """Return for each visit whether it ended in an order; read once, for a slider asks often."""
    return data.visits()["order_id"].notna().to_numpy()


def plot_visits(ax, visits=100):
    """Draw the shop's first visits as dots, with those that ended in an order in orange.

    Parameters
    ----------
    ax : matplotlib axes
    visits : int
        How many visits are shown, 1 to 1,000.

    Returns
    -------
    the axes
    """
    ordered = _ordered()[:visits]
    place = np.arange(1000)
    x, y = place % 50, place // 50
    shown = {"no order": ~ordered, "order": ordered}
    styles = {
        "no order": {"color": figures.SKY, "markersize": 4},
        "order": {"color": figures.ORANGE, "markersize": 9},
    }
    for name, chosen in shown.items():
        where = place[:visits][chosen]
        figures.points(ax, name, x[where], y[where], label=name, **styles[name])
    ax.set(xlim=(-1, 50), ylim=(20, -1), xticks=[], yticks=[])
    ax.grid(False)
    ax.set_xlabel("Each dot is one visit to the (simulated) shop, in order of time")
    ax.legend(loc="lower right", ncols=2)
    share = ordered.mean()
    ax.set_title(f"{visits} visits, {ordered.sum()} orders: {share:.1%}")
    return ax


def explore_visits():
    """Return the widget of `plot_visits`."""
    return widgets.explore(
        plot_visits,
        alt="Rows of dots, one for each visit; a few large orange dots are orders.",
        visits=IntSlider(100, min=10, max=1000, step=10, description="Visits"),
    )


COLUMNS = (
    ("predictions", "Predictions", 0),
    ("questions", "Quiz", 7.5),
    ("solved", "Exercise", 15),
)
BAR, BAR_LENGTH = 25, 6  # where the bar of points begins, and how long it is, in squares


def plot_progress(ax, rows):
    """Draw what is done in each lesson: a filled square for each prediction, question, solved task.

    Parameters
    ----------
    ax : matplotlib axes
    rows : list of dict
        What `coursekit.study.overview.overview` returns.

    Returns
    -------
    the axes
    """
    squares = [
        (x + i, y, i < row[part][0])
        for y, row in enumerate(rows)
        for part, _, x in COLUMNS
        for i in range(row[part][1])
    ]
    for name, filled in (("done", figures.BLUE), ("open", "white")):
        where = [(x, y) for x, y, done in squares if done == (name == "done")]
        x, y = zip(*where, strict=True) if where else ((), ())
        style = {"markersize": 10, "markeredgecolor": figures.BLUE, "markerfacecolor": filled}
        figures.points(ax, name, x, y, marker="s", **style)
    for y, row in enumerate(rows):
        earned, most = row["points"]
        if most:
            ends = [BAR, BAR + BAR_LENGTH * earned / most]
            whole = {"linewidth": 9, "solid_capstyle": "butt"}
            figures.line(ax, f"most {y}", [BAR, BAR + BAR_LENGTH], [y, y], color="#DDDDDD", **whole)
            figures.line(ax, f"points {y}", ends, [y, y], color=figures.BLUE, **whole)
            figures.text(
                ax, f"told {y}", BAR + BAR_LENGTH + 0.5, y, f"{earned:g} of {most:g}", va="center"
            )
    ax.set(xlim=(-1, BAR + BAR_LENGTH + 5.5), ylim=(len(rows) - 0.4, -0.6))
    ax.set_yticks(range(len(rows)), [("✓ " if row["read"] else "") + row["title"] for row in rows])
    heads = [*((x, head) for _, head, x in COLUMNS), (BAR, "Points of tests")]
    ax.set_xticks([x - 0.4 for x, _ in heads], [head for _, head in heads], ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    words = overview.summary(rows).split(", ")
    ax.set_title(f"{', '.join(words[:2])}\n{', '.join(words[2:])}")
    return ax


def show_progress():
    """Show how far the learner has come, as a picture."""
    rows = overview.overview()
    _, ax = figures.new((8, 1.4 + 0.42 * len(rows)))
    figures.show(
        plot_progress(ax, rows), alt=f"{overview.summary(rows)}. {' '.join(overview.told(rows))}"
    )


class Keeper(widgets._Part):
    """Take the progress file along, and bring it back; see `keep_progress`."""

    def __init__(self):
        self.take = ipywidgets.Button(description="Prepare my progress file")
        self.take.on_click(self._take)
        self.bring = ipywidgets.FileUpload(
            description="Bring a progress file back", accept=".json", layout={"width": "auto"}
        )
        self.bring.observe(self._bring, "value")
        self.words = widgets._words(live=True)
        row = ipywidgets.HBox([self.take, self.bring], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.words], "coursekit-keep")

    def page(self):
        """Return what stands for the buttons where nothing runs."""
        return widgets._paragraphs(
            "Run this cell: its buttons give you your progress file, and take it back."
        )

    def _say(self, words):
        self.words.value = widgets._paragraphs(words, progress.notice())

    @widgets._in_turn
    def _take(self, _):
        code = base64.b64encode(progress.text().encode()).decode()
        words = html.escape(overview.summary(overview.overview()))
        self.words.value = (
            f'<p><a download="progress.json" href="data:application/json;base64,{code}">'
            f"Download progress.json</a>, as it is at {time.strftime('%H:%M')}: {words}.</p>"
        )

    @widgets._in_turn
    def _bring(self, change):
        for file in change["new"]:
            try:
                count = progress.restore(bytes(file["content"]))
            except ValueError as error:
                self._say(f"{error} Nothing was changed.")
            else:
                words = overview.summary(overview.overview())
                self._say(
                    f"{count} entries came back: {words}. Run the cell above for the picture."
                )


def keep_progress():
    """Return two buttons: one gives the learner the progress file, one takes it back."""
    return Keeper()
