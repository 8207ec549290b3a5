"""Figures on the wire: the student's side describes axes, the examiner's builds real ones anew.

So a test reads labels, lines, bars, points, texts, limits and legends through matplotlib's own getters,
on objects that trusted code made.
"""

import contextlib
import sys

from coursekit.grading.wire import Malformed, NotPlain, dumps

MOST_ARTISTS = 5000
SIDES = ("left", "right", "bottom", "top")


def describe(value, encode):
    """Return the description of a figure or axes, or None for anything else."""
    module = sys.modules.get("matplotlib.figure")
    if module is None or not hasattr(module, "Figure"):
        return None
    from matplotlib.axes import Axes

    if type(value) is module.Figure:
        return {"t": "figure", "v": _figure(value, encode), "name": id(value)}
    if isinstance(value, Axes) and type(value).__module__.startswith("matplotlib."):
        figure = value.get_figure()
        if figure is None or value not in figure.axes:
            return None
        return {
            "t": "axes",
            "v": _figure(figure, encode),
            "index": figure.axes.index(value),
            "name": id(figure),
        }
    return None


def rebuild(node, decode):
    """Build the figure or axes of a description."""
    if node.get("t") not in ("figure", "axes"):
        raise Malformed(f"unknown tag {str(node.get('t'))[:40]!r}")
    figure = _known(node, decode)
    if node["t"] == "figure":
        return figure
    axes = figure.axes
    if type(node["index"]) is not int or not 0 <= node["index"] < len(axes):
        raise Malformed("no such axes")
    return axes[node["index"]]


NONE_OPEN = {"figures": [], "current": [0, -1]}
RECENT, OPEN = {}, {}  # figures of the last messages; open ones by the other side's number


def _known(node, decode):
    """Return one figure for all mentions of it in a message."""
    if node.get("name") in OPEN:
        return OPEN[node["name"]]
    key = (node.get("name"), dumps(node["v"]))
    if key not in RECENT:
        if len(RECENT) > 8:
            RECENT.clear()
        RECENT[key] = _build(node["v"], decode)
    return RECENT[key]


def forget():
    """Forget the figures of earlier messages."""
    RECENT.clear()
    OPEN.clear()


def describe_open(encode):
    """Describe the figures that are open in pyplot, oldest first."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums") or not pyplot.get_fignums():
        return NONE_OPEN
    current = pyplot.gcf().number
    return {
        "figures": [
            [number, _figure(pyplot.figure(number), encode), id(pyplot.figure(number))]
            for number in pyplot.get_fignums()
        ],
        "current": [current, _current_axes(pyplot.figure(current))],
    }


def _current_axes(figure):
    current = figure._axstack.current()
    return figure.axes.index(current) if current in figure.axes else -1


def unchanged(described):
    """Return, in place of a description of open figures, the names alone by which a message mentions them."""
    return {"same": [[number, name] for number, _, name in described["figures"]]}


def open_figures(node, decode):
    """Open in pyplot the figures of a description; those already open are brought up to it.

    Raises
    ------
    coursekit.grading.wire.NotPlain
        If one of them has no copy.
    """
    if "notplain" in node:
        raise NotPlain(str(node["notplain"])[:300])
    if "same" in node:
        _rename(node["same"])
        return
    figures = node["figures"]
    if not figures and "matplotlib.pyplot" not in sys.modules:
        return
    import matplotlib.pyplot as plt

    if len(figures) > 50:
        raise NotPlain("more than 50 open figures have no copy")
    wanted = {int(number): (description, name) for number, description, name in figures}
    for number in set(plt.get_fignums()) - set(wanted):
        plt.close(number)
    OPEN.clear()
    for number, (description, name) in wanted.items():
        _fill(plt.figure(number), description, decode)
        OPEN[name] = plt.figure(number)
    number, index = node["current"]
    if number in wanted:
        figure = plt.figure(number)
        if type(index) is int and 0 <= index < len(figure.axes):
            plt.sca(figure.axes[index])


def _rename(names):
    """Let the other side's names stand for the open figures of these numbers."""
    OPEN.clear()
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_fignums():
        current = pyplot.gcf().number
        OPEN.update({name: pyplot.figure(n) for n, name in names if pyplot.fignum_exists(n)})
        pyplot.figure(current)


def change(old, new):
    """Draw in an open figure or axes what the student's process drew."""
    from matplotlib.figure import Figure

    decode = _same
    if isinstance(old, Figure):
        _fill(old, _figure(new, _same), decode)
    else:
        _draw(old, _axes(new, _same), decode)


def _same(value):
    return value


def _figure(figure, encode):
    if sum(len(axes.get_children()) for axes in figure.axes) > MOST_ARTISTS:
        raise NotPlain(f"a figure of more than {MOST_ARTISTS} parts has no copy")
    return {
        "size": [float(n) for n in figure.get_size_inches()],
        "suptitle": figure.get_suptitle(),
        "axes": [_axes(axes, encode) for axes in figure.axes],
    }


def _axes(axes, encode):
    from matplotlib.collections import PathCollection, PolyCollection
    from matplotlib.colors import is_color_like, to_hex
    from matplotlib.container import BarContainer
    from matplotlib.patches import Rectangle, Wedge

    def colour(value):
        try:
            return to_hex(value, keep_alpha=True)
        except (ValueError, TypeError):
            return "none"

    def word(value):
        """Keep the word by which a colour was chosen."""
        return value if isinstance(value, str) and is_color_like(value) else colour(value)

    def common(artist):
        return {
            "label": str(artist.get_label()),
            "gid": artist.get_gid(),
            "alpha": None if artist.get_alpha() is None else float(artist.get_alpha()),
            "visible": bool(artist.get_visible()),
            "zorder": float(artist.get_zorder()),
        }

    def data(values):
        import numpy as np

        values = np.asarray(values)
        return encode(
            values if values.dtype.kind in "biufMmU" else np.asarray(values.tolist(), "O")
        )

    bars = (
        {id(patch): i for i, c in enumerate(axes.containers) for patch in c.patches}
        if all(isinstance(c, BarContainer) for c in axes.containers)
        else {}
    )
    patches = []
    for patch in axes.patches:
        if isinstance(patch, Rectangle):
            shape = [patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()]
        elif isinstance(patch, Wedge):
            shape = [*patch.center, patch.r, patch.theta1, patch.theta2]
        else:
            continue
        patches.append(
            {
                **common(patch),
                "shape": encode([float(n) for n in shape]),
                "face": colour(patch.get_facecolor()),
                "edge": colour(patch.get_edgecolor()),
                "group": bars.get(id(patch), -1),
            }
        )
    legend = axes.get_legend()
    return {
        "place": [float(n) for n in axes.get_position().bounds],
        "scales": [axes.get_xscale(), axes.get_yscale()],
        "limits": encode([*map(float, axes.get_xlim()), *map(float, axes.get_ylim())]),
        "words": [axes.get_xlabel(), axes.get_ylabel()]
        + [axes.get_title(loc=side) for side in ("center", "left", "right")],
        "visible": [bool(axes.get_visible()), bool(axes.axison)],
        "spines": [side in axes.spines and axes.spines[side].get_visible() for side in SIDES],
        "ticks": [
            _ticks(axes.xaxis, encode),
            _ticks(axes.yaxis, encode),
        ],
        "lines": [
            {
                **common(line),
                "x": data(line.get_xdata(orig=True)),
                "y": data(line.get_ydata(orig=True)),
                "color": word(line.get_color()),
                "style": str(line.get_linestyle()),
                "width": float(line.get_linewidth()),
                "marker": str(line.get_marker()),
            }
            for line in axes.lines
        ],
        "patches": patches,
        "groups": [
            str(c.get_label()) for c in axes.containers if bars or not getattr(c, "patches", ())
        ],
        "points": [
            {
                **common(points),
                "at": data(
                    points.get_offsets().filled(float("nan"))
                    if hasattr(points.get_offsets(), "filled")
                    else points.get_offsets()
                ),
                "sizes": data(points.get_sizes()),
                "faces": [colour(face) for face in points.get_facecolor()][:MOST_ARTISTS],
            }
            for points in axes.collections
            if isinstance(points, PathCollection)
        ],
        "areas": [
            {
                **common(area),
                "corners": [data(path.vertices) for path in area.get_paths()],
                "faces": [colour(face) for face in area.get_facecolor()][:MOST_ARTISTS],
            }
            for area in axes.collections
            if isinstance(area, PolyCollection)
        ],
        "texts": [
            {
                **common(text),
                "at": encode([float(n) for n in text.get_position()]),
                "text": text.get_text(),
            }
            for text in axes.texts
            if all(isinstance(n, (int, float)) for n in text.get_position())
        ],
        "images": [data(image.get_array()) for image in axes.images],
        "legend": None
        if legend is None
        else {
            "texts": [t.get_text() for t in legend.get_texts()],
            "title": legend.get_title().get_text(),
        },
    }


def _ticks(axis, encode):
    """Return fixed ticks, as those of categories are, and their labels; None where matplotlib chooses them."""
    from matplotlib.category import StrCategoryLocator
    from matplotlib.ticker import FixedLocator, ScalarFormatter

    if not isinstance(axis.get_major_locator(), (FixedLocator, StrCategoryLocator)):
        return None
    labels = None
    if not isinstance(axis.get_major_formatter(), ScalarFormatter):
        labels = [label.get_text() for label in axis.get_ticklabels()]
    return {"at": encode([float(n) for n in axis.get_majorticklocs()]), "labels": labels}


def _build(node, decode):
    from matplotlib.figure import Figure

    figure = Figure()
    _fill(figure, node, decode)
    return figure


@contextlib.contextmanager
def _drawing():
    """Send to a person what matplotlib does not draw again from its description."""
    try:
        yield
    except (Malformed, NotPlain, KeyError, MemoryError):
        raise
    except Exception as error:
        raise NotPlain(f"a figure has no copy ({str(error)[:200]})") from None


@_drawing()
def _fill(figure, node, decode):
    """Make a figure what a description says."""
    width, height = (float(n) for n in node["size"])
    if not (0 < width < 200 and 0 < height < 200):
        raise Malformed("not the size of a figure")
    figure.set_size_inches(width, height)
    if node["suptitle"]:
        figure.suptitle(_text(node["suptitle"]))
    described = node["axes"]
    if not isinstance(described, list) or len(described) > 200:
        raise Malformed("not the axes of a figure")
    for axes in figure.axes[len(described) :]:
        axes.remove()
    for i, inner in enumerate(described):
        there = figure.axes
        axes = there[i] if i < len(there) else figure.add_axes([float(n) for n in inner["place"]])
        _draw(axes, inner, decode)


def _text(value):
    if not isinstance(value, str) or len(value) > 10_000:
        raise Malformed("not a text of a figure")
    return value


def _floats(values, most):
    values = [float(n) for n in values]
    if len(values) > most:
        raise Malformed("too many numbers")
    return values


@_drawing()
def _draw(axes, node, decode):
    from matplotlib.collections import PolyCollection
    from matplotlib.container import BarContainer
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle, Wedge

    def common(artist, inner):
        artist.set_label(_text(inner["label"]))
        artist.set_gid(inner["gid"] if inner["gid"] is None else _text(inner["gid"]))
        artist.set_alpha(None if inner["alpha"] is None else float(inner["alpha"]))
        artist.set_visible(inner["visible"] is True)
        artist.set_zorder(float(inner["zorder"]))
        return artist

    axes.clear()
    for axis, scale in zip("xy", node["scales"], strict=True):
        if scale in ("linear", "log", "symlog", "logit"):
            getattr(axes, f"set_{axis}scale")(scale)
    for inner in node["lines"]:
        x, y = decode(inner["x"]), decode(inner["y"])
        for axis, values in ((axes.xaxis, x), (axes.yaxis, y)):
            if values.dtype.kind in "UO":  # categories, which only the axis can place
                axis.update_units(values)
        line = Line2D(
            x,
            y,
            color=_text(inner["color"]),
            linewidth=float(inner["width"]),
        )
        for setter, value in (
            (line.set_linestyle, inner["style"]),
            (line.set_marker, inner["marker"]),
        ):
            try:
                setter(_text(value))
            except ValueError:
                continue
        common(line, inner)
        label = line.get_label()
        axes.add_line(line)
        line.set_label(label)
    groups = {}
    for inner in node["patches"]:
        shape = _floats(decode(inner["shape"]), 5)
        if len(shape) == 4:
            patch = Rectangle(shape[:2], *shape[2:])
        else:
            patch = Wedge(shape[:2], *shape[2:])
        patch.set(facecolor=_text(inner["face"]), edgecolor=_text(inner["edge"]))
        common(patch, inner)
        label = patch.get_label()
        axes.add_patch(patch)
        patch.set_label(label)
        if inner["group"] != -1:
            groups.setdefault(int(inner["group"]), []).append(patch)
    for i, label in enumerate(node["groups"][:MOST_ARTISTS]):
        axes.add_container(BarContainer(groups.get(i, []), label=_text(label)))
    for inner in node["points"]:
        at = decode(inner["at"])
        points = axes.scatter(at[:, 0], at[:, 1], s=decode(inner["sizes"]))
        points.set_facecolor([_text(face) for face in inner["faces"]])
        common(points, inner)
    for inner in node["areas"]:
        area = PolyCollection([decode(corners) for corners in inner["corners"]])
        area.set_facecolor([_text(face) for face in inner["faces"]])
        axes.add_collection(common(area, inner), autolim=False)
    for inner in node["texts"]:
        common(axes.text(*_floats(decode(inner["at"]), 2), _text(inner["text"])), inner)
    for inner in node["images"]:
        axes.imshow(decode(inner))
    _frame(axes, node, decode)


def _frame(axes, node, decode):
    """Set words, ticks, limits and legend."""
    from matplotlib.lines import Line2D

    across, up, *titles = (_text(word) for word in node["words"])
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    for side, title in zip(("center", "left", "right"), titles, strict=True):
        axes.set_title(title, loc=side)
    for axis, ticks in zip((axes.xaxis, axes.yaxis), node["ticks"], strict=True):
        if ticks is not None:
            labels = ticks["labels"]
            labels = labels if labels is None else [_text(label) for label in labels]
            axis.set_ticks(_floats(decode(ticks["at"]), MOST_ARTISTS), labels=labels)
    left, right, bottom, top = _floats(decode(node["limits"]), 4)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    shown, framed = node["visible"]
    axes.set_visible(shown is True)
    if framed is not True:
        axes.set_axis_off()
    for side, seen in zip(SIDES, node["spines"], strict=True):
        if side in axes.spines:
            axes.spines[side].set_visible(seen is True)
    if node["legend"] is not None:
        texts = [_text(text) for text in node["legend"]["texts"]][:200]
        handles = [Line2D([], [], label=text) for text in texts]
        axes.legend(handles, texts, title=_text(node["legend"]["title"]) or None)
