"""Measure how long a slider takes from mouse press to new picture, in a real browser.

The same plot, in the same run: once through `coursekit.widgets.explore`, once through
`ipywidgets.interact` with the inline backend.

Example
-------
    python benchmarks/sliders.py --moves 40 --check
"""

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import Notebook, browser, lab

LEAST_RATIO = 2.5
OURS, PLAIN = "explore", "interact + inline"
PLOT = """
import ipywidgets
import numpy as np
from matplotlib import pyplot as plt
from coursekit import figures, widgets

def plot_growth(ax, rate, years=20):
    year = np.linspace(0, years, 200)
    users = 100 * (1 + rate / 100) ** year
    figures.band(ax, "range", year, users * 0.9, users * 1.1)
    figures.line(ax, "growth", year, users, label="with growth")
    figures.line(ax, "none", year, 100 + 0 * year, color=figures.GREY, label="without")
    figures.text(ax, "end", years, users[-1], f"{users[-1]:.0f}", ha="right")
    ax.set(xlim=(0, 20), ylim=(0, 500), xlabel="Year", ylabel="Users in million")
    ax.set_title(f"{rate} % a year for {years} years gives {users[-1]:.0f} million")
    ax.legend(loc="upper left")
    return ax

def slider():
    return ipywidgets.IntSlider(3, 0, 8, description="Growth a year in %")
"""
EXPLORE = """widgets.explore(plot_growth, alt="A curve that bends upwards.", rate=slider())"""
INTERACT = """
def draw(rate):
    figure, ax = plt.subplots(figsize=(7.5, 4.2), dpi=96)
    plot_growth(ax, rate)
    plt.show()
ipywidgets.interact(draw, rate=slider());
"""
# Both put a picture into the cell: one changes the address of the image it has, the other brings
# a new image. The time is taken when the picture is ready to be painted.
WATCH = """
window.sliderTimes = [];
let pressed = null;
document.addEventListener("mousedown", () => { pressed = performance.now(); }, true);
new MutationObserver(async records => {
  const seen = records.flatMap(r => r.type === "attributes" ? [r.target] : [...r.addedNodes]);
  const found = seen.flatMap(node => node.matches?.("img") ? [node] :
                                     [...(node.querySelectorAll?.("img") ?? [])]);
  if (pressed === null || !found.length) return;
  const start = pressed;
  pressed = null;
  await found.at(-1).decode();
  window.sliderTimes.push(performance.now() - start);
}).observe(document.querySelector(".jp-Notebook"),
           {childList: true, subtree: true, attributes: true, attributeFilter: ["src"]});
"""


def _move(page, slider, share):
    """Press the mouse at `share` of the slider's length; return the milliseconds to the picture."""
    count = page.evaluate("window.sliderTimes.length")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_function(f"window.sliderTimes.length > {count}", polling=5)
    page.wait_for_timeout(400)  # the handle slides for 300 ms and takes no press meanwhile
    return page.evaluate("window.sliderTimes.at(-1)")


def measure(moves=40, warm_up=5):
    """Move both sliders in a browser.

    Parameters
    ----------
    moves : int
        Counted moves of each slider.
    warm_up : int
        Moves before, not counted.

    Returns
    -------
    dict of str to list of float
        For `OURS` and `PLAIN`, the milliseconds of each move.
    """
    times = {OURS: [], PLAIN: []}
    with lab() as server, browser() as chromium:
        name = server.write("sliders.ipynb", PLOT, EXPLORE, INTERACT)
        notebook = Notebook(chromium, server, name, size=(1280, 1800))
        notebook.run_all()
        if problems := notebook.problems():
            raise RuntimeError("; ".join(problems))
        page = notebook.page
        page.wait_for_function("document.querySelectorAll('.noUi-target').length === 2")
        page.evaluate(WATCH)
        sliders = page.locator(".noUi-target").all()
        count = warm_up + moves // 2
        for turn in range(2):  # in turns, so that a noisy minute meets both
            for name, slider in zip(times, sliders, strict=True):
                slider.scroll_into_view_if_needed()
                steps = range(turn * count, (turn + 1) * count)
                taken = [_move(page, slider, 0.1 + 0.8 * (3 * i % 8) / 7) for i in steps]
                times[name] += taken[warm_up:]
    return times


def percentile(values, share):
    """Return the value below which `share` per cent of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def table(times):
    """Return the measured times as lines of text, with the ratio of the medians last."""
    lines = [f"{'mousedown to new picture':26}{'p50 ms':>8}{'p95 ms':>8}{'moves':>7}"]
    for name, values in times.items():
        p50, p95 = percentile(values, 50), percentile(values, 95)
        lines.append(f"{name:26}{p50:8.0f}{p95:8.0f}{len(values):7}")
    return "\n".join([*lines, f"{'ratio of p50':26}{ratio(times):8.1f}"])


def ratio(times):
    """Return how many times quicker our median is."""
    return percentile(times[PLAIN], 50) / percentile(times[OURS], 50)


def main():
    """Measure, print, and with --check judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moves", type=int, default=40, help="moves of each slider (40)")
    parser.add_argument(
        "--check", action="store_true", help=f"fail if the ratio is below {LEAST_RATIO}"
    )
    options = parser.parse_args()
    times = measure(options.moves)
    print(table(times))
    if options.check and ratio(times) < LEAST_RATIO:
        sys.exit(f"explore is only {ratio(times):.1f} times quicker; {LEAST_RATIO} is the least.")


if __name__ == "__main__":
    main()
