"""The welcome notebook: is everything here, and a first picture to move."""

import functools
import importlib.util
import tempfile

import numpy as np
from ipywidgets import IntSlider

from coursekit import data, figures, progress, widgets

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
