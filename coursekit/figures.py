"""One look for every figure: colours, font, named artists, alternative text.

A plot function of the course draws through the *named* artists below. Called again on the same
axes it moves what is there instead of drawing it twice. So the same function serves a page, a
test and a slider.
"""

import base64
import dataclasses
import functools
import html
import io
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Okabe and Ito's palette: eight colours that colour-blind people can tell apart.
BLACK, GREY = "#222222", "#767676"
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, AMBER, YELLOW = "#56B4E9", "#E69F00", "#F0E442"

PIXELS_PER_INCH = 96  # of a web page at 100 %
SHARPNESS = 1.5  # stored pixels for each pixel of the page


def use_style():
    """Set matplotlib to the course's look. Importing this module does it once."""
    font = Path(__file__).parent / "fonts" / "NotoSansSC.otf"
    font_manager.fontManager.addfont(font)
    regular = font_manager.fontManager.ttflist[-1]
    # Titles are bold; without a bold entry matplotlib would log a warning into the page.
    font_manager.fontManager.ttflist.append(dataclasses.replace(regular, weight=700))
    mpl.rcParams.update(
        {
            "font.family": ["DejaVu Sans", regular.name],
            "font.size": 10.5,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlepad": 10,
            "axes.prop_cycle": mpl.cycler(color=[BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E4E4E4",
            "legend.frameon": False,
            "lines.linewidth": 2,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
        }
    )


use_style()


def new(size=(7.5, 4.2), columns=1):
    """Return a new figure and its axes, kept by nobody else.

    Parameters
    ----------
    size : (float, float)
        Width and height in inches; an inch is 96 pixels of the page.
    columns : int
        How many axes stand side by side.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes, or an array of them if `columns` is above 1

    Examples
    --------
    >>> figure, ax = new()
    >>> line(ax, "users", [2006, 2007], [137, 210]).axes is ax
    True
    """
    figure = Figure(figsize=size, dpi=PIXELS_PER_INCH)
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns)


def named(ax, name):
    """Return the artist called `name` on `ax`, or None."""
    return next((artist for artist in ax.get_children() if artist.get_gid() == name), None)


def _restyle(artist, style):
    """Give `artist` the style of this call."""
    artist.set(**style)
    return artist


def line(ax, name, x, y, **style):
    """Draw the line called `name`, or move it if `ax` has it already."""
    artist = named(ax, name)
    if artist is None:
        (artist,) = ax.plot(x, y, gid=name, **style)
        return artist
    artist.set_data(x, y)
    return _restyle(artist, style)


def points(ax, name, x, y, **style):
    """Draw the points called `name` (a line of markers), or move them."""
    return line(ax, name, x, y, **{"linestyle": "none", "marker": "o", **style})


def band(ax, name, x, low, high, **style):
    """Fill between `low` and `high` as the band called `name`, or move it."""
    artist = named(ax, name)
    if artist is None:
        return ax.fill_between(x, low, high, gid=name, **{"alpha": 0.25, "linewidth": 0, **style})
    artist.set_data(x, low, high)
    return _restyle(artist, style)


def bars(ax, name, x, heights, bottom=0, **style):
    """Draw the bars called `name`, or set their heights and feet.

    `color` is one colour or one for each bar. The number of bars stays what it was.
    """
    artist = next((group for group in ax.containers if group[0].get_gid() == name), None)
    if artist is None:
        artist = ax.bar(x, heights, bottom=bottom, **style)
        for patch in artist:
            patch.set_gid(name)
        return artist
    colours = style.get("color")
    feet = [bottom] * len(artist) if isinstance(bottom, (int, float)) else bottom
    for i, (patch, height, foot) in enumerate(zip(artist, heights, feet, strict=True)):
        patch.set(height=height, y=foot)
        if colours is not None:
            patch.set_facecolor(colours if isinstance(colours, str) else colours[i])
    return artist


def text(ax, name, x, y, words, **style):
    """Write the text called `name` at (x, y), or move and rewrite it."""
    artist = named(ax, name)
    if artist is None:
        return ax.text(x, y, words, gid=name, **style)
    artist.set(position=(x, y), text=words)
    return _restyle(artist, style)


def picture(ax, name, array, extent, **style):
    """Paint a two-dimensional array called `name` over `extent`, or repaint it."""
    artist = named(ax, name)
    if artist is None:
        settings = {"aspect": "auto", "origin": "lower", **style}
        return ax.imshow(array, extent=extent, gid=name, **settings)
    artist.set_data(array)
    artist.set_extent(extent)
    return artist


def image_html(png, alt, width):
    """Return the `<img>` that shows a PNG `width` pixels wide, with its alternative text.

    JupyterLab has no alternative text for `image/png` outputs, so figures travel as HTML.
    """
    code = base64.b64encode(png).decode("ascii")
    return f'<img alt="{html.escape(alt)}" width="{width:.0f}" src="data:image/png;base64,{code}">'


@functools.singledispatch
def _figure_of(drawn):
    message = f"figure is {type(drawn).__name__}; give a matplotlib Figure or Axes, e.g. show(ax)."
    raise TypeError(message)


_figure_of.register(Figure, lambda figure: figure)
_figure_of.register(Axes, lambda ax: ax.figure)


def static_html(drawn, alt):
    """Return the HTML picture of a figure or axes; `alt` says what there is to see.

    Raises
    ------
    ValueError
        If `alt` is empty: a reader who cannot see the figure would get nothing.

    Examples
    --------
    >>> figure, ax = new()
    >>> static_html(ax, "An empty plot")[:24]
    '<img alt="An empty plot"'
    """
    if not alt or not alt.strip():
        raise ValueError("alt is empty; say in a sentence what the figure shows, with its numbers.")
    figure = _figure_of(drawn)
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=PIXELS_PER_INCH * SHARPNESS)
    # 128 colours look the same and make the committed notebooks a third of the size.
    Image.open(drawn).convert("RGB").quantize(128).save(small, format="png", optimize=True)
    return image_html(small.getvalue(), alt, figure.get_figwidth() * PIXELS_PER_INCH)


def show(drawn, alt):
    """Show a figure (or the figure of an axes) in the notebook with its alternative text.

    Parameters
    ----------
    drawn : matplotlib Figure or Axes
    alt : str
        What a reader who cannot see the figure should know: kind, what it compares, its numbers.
    """
    from IPython.display import HTML, display

    display(HTML(static_html(drawn, alt)))
