"""The look of every figure: named artists, Chinese labels, alternative text."""

import io
import logging

import matplotlib as mpl
import pytest
from conftest import ROOT
from fontTools.ttLib import TTFont
from PIL import Image

from coursekit import figures

DRAWN = {
    "line": lambda ax, k: figures.line(ax, "a", [1, 2], [k, 2]),
    "points": lambda ax, k: figures.points(ax, "a", [1, 2], [k, 2]),
    "band": lambda ax, k: figures.band(ax, "a", [1, 2], [0, k], [2, 3 + k]),
    "bars": lambda ax, k: figures.bars(ax, "a", [1, 2], [k, 2], color=[figures.BLUE, figures.SKY]),
    "text": lambda ax, k: figures.text(ax, "a", 1, k, f"here {k}"),
    "picture": lambda ax, k: figures.picture(
        ax, "a", [[k, 1], [2, 3]], (0, 1, 0, 1), vmin=0, vmax=5
    ),
}


def pixels(ax):
    ax.figure.canvas.draw()
    return bytes(ax.figure.canvas.buffer_rgba())


@pytest.mark.parametrize("kind", DRAWN)
def test_second_call_moves_the_artist_to_where_a_first_call_puts_it(kind):
    _, moved = figures.new()
    _, fresh = figures.new()
    for ax in (moved, fresh):
        ax.set(xlim=(0, 3), ylim=(0, 6))
    DRAWN[kind](moved, 1)
    count, before = len(moved.get_children()), pixels(moved)
    DRAWN[kind](moved, 3)
    DRAWN[kind](fresh, 3)
    if kind == "picture":
        for ax in (moved, fresh):
            ax.set(xlim=(0, 1), ylim=(0, 1))
    assert len(moved.get_children()) == count
    assert pixels(moved) != before
    assert pixels(moved) == pixels(fresh)


def test_bars_do_not_change_their_number():
    _, ax = figures.new()
    figures.bars(ax, "a", [1, 2], [1, 2])
    with pytest.raises(ValueError):
        figures.bars(ax, "a", [1, 2, 3], [1, 2, 3])


def test_font_has_all_of_gb2312():
    font = TTFont(ROOT / "coursekit" / "fonts" / "NotoSansSC.otf")
    signs = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            signs |= set(bytes([high, low]).decode("gb2312", errors="ignore"))
    assert len(signs) >= 6763
    assert signs <= {chr(code) for code in font.getBestCmap()}


def test_chinese_labels_draw_without_a_word_of_warning(caplog):
    _, ax = figures.new()
    ax.set_title("Growth 增长 of users 网民")
    ax.set_xlabel("年份, ¥ 7,000, n²")
    with caplog.at_level(logging.WARNING):
        figures.static_html(ax, alt="Empty axes with Chinese labels.")
    assert not caplog.records


def test_chinese_is_drawn_by_the_bundled_font():
    _, ax = figures.new()
    words = ax.set_title("网")
    with_font = pixels(ax)
    words.set_fontfamily("DejaVu Sans")
    with pytest.warns(UserWarning, match="missing from font"):
        assert pixels(ax) != with_font


def test_colours_differ_for_colour_blind_readers():
    # Viénot's matrix for red-green blindness (deuteranopia), on linear RGB.
    colours = [
        figures.BLUE,
        figures.ORANGE,
        figures.GREEN,
        figures.SKY,
        figures.AMBER,
        figures.BLACK,
    ]
    seen = []
    for colour in colours:
        r, g, b = (channel**2.2 for channel in mpl.colors.to_rgb(colour))
        seen.append((0.29275 * r + 0.70725 * g, b - 0.02234 * r + 0.02234 * g))
    for i, one in enumerate(seen):
        for other in seen[:i]:
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 0.04


def test_static_html_has_alternative_text_that_cannot_break_out():
    _, ax = figures.new()
    page = figures.static_html(ax, alt='A "quoted" <b>claim</b>')
    assert 'alt="A &quot;quoted&quot; &lt;b&gt;claim&lt;/b&gt;"' in page
    assert page.count("<") == 1


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_figure_without_alternative_text_is_refused(alt):
    _, ax = figures.new()
    with pytest.raises(ValueError, match="alt is empty; say in a sentence"):
        figures.static_html(ax, alt=alt)


def test_show_refuses_what_is_not_a_figure():
    with pytest.raises(TypeError, match="figure is list; give a matplotlib Figure or Axes"):
        figures.show([1, 2], alt="A list is no figure.")


def test_stored_picture_is_sharp_and_as_wide_as_said():
    import base64
    import re

    figure, _ = figures.new(size=(5, 3))
    page = figures.static_html(figure, alt="Empty axes.")
    png = Image.open(io.BytesIO(base64.b64decode(re.search('base64,([^"]+)', page)[1])))
    assert 'width="480"' in page
    assert png.size == (720, 432)
