"""A page about a graded class: scores, tests, messages, time, repairs; without names unless asked for."""

import html
import re
from collections import Counter
from pathlib import Path

import numpy as np

from coursekit import figures
from coursekit.grading import grades
from coursekit.grading.words import WORDS

MOST_MESSAGES = 15
STYLE = """
body { font: 16px/1.5 sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #555; padding-bottom: .25rem; }
"""


def main(options):
    """Run the command: a page, or grades as CSV."""
    from nbgrader.api import MissingEntry

    from coursekit.grading import batch

    converter = batch.open_course(options.assignment)
    with converter.gradebook() as gradebook:
        try:
            most = gradebook.find_assignment(options.assignment).max_score
        except MissingEntry:
            words = f"the gradebook has no assignment {options.assignment!r}; generate it first"
            raise ValueError(words) from None
        found = grades.rows(gradebook, options.assignment)
        if not found:
            words = f"coursekit autograde {options.assignment}"
            raise ValueError(f"nobody's {options.assignment} is graded yet; first run: {words}")
        if options.csv:
            kind, path = options.csv
            grades.write(kind, path, found, options.assignment, most)
        else:
            path = options.to or f"report-{options.assignment}.html"
            graded = collect(converter, gradebook, options.assignment, found)
            text = page(options.assignment, most, graded, options.names)
            Path(path).write_text(text, encoding="utf-8")
    waiting = sum(row["waiting"] for row in found)
    print(f"wrote {path}: {len(found)} students, {waiting} of them wait for a grade by hand")


def collect(converter, gradebook, assignment, found):
    """Return each student's row with what the graded notebooks record.

    Parameters
    ----------
    converter : coursekit.grading.converter.HonestAutograde
    gradebook : nbgrader.api.Gradebook
    assignment : str
    found : list of dict
        What `coursekit.grading.grades.rows` returned.

    Returns
    -------
    list of dict
        Each row with verdicts (by test: verdict, points, most, message), repairs and seconds.
    """
    books = [book.name for book in gradebook.find_assignment(assignment).notebooks]
    graded = []
    for row in found:
        verdicts, repairs, seconds = {}, [], None
        for name in books:
            book = converter.recorded(assignment, row["student"], name)
            if book is None:
                continue
            record = book["metadata"]["coursekit"]
            own = [cell["metadata"].get("nbgrader", {}) for cell in book["cells"]]
            most = {meta["grade_id"]: meta.get("points") for meta in own if "grade_id" in meta}
            for test, verdict in record["verdicts"].items():
                verdicts[test] = {**verdict, "most": float(most[test])}
            repairs += [nameless(line, most) for line in record["repairs"]]
            seconds = record["seconds"]
        graded.append({**row, "verdicts": verdicts, "repairs": repairs, "seconds": seconds})
    return graded


def nameless(sentence, known):
    """Return a sentence about a repair without names that a student chose: of files, or of kernels.

    Examples
    --------
    >>> nameless("The notebook was called 'lin.ipynb'; it was taken for shapes.ipynb.", {"area"})
    "The notebook was called '...'; it was taken for shapes.ipynb."
    >>> nameless("The cell 'area' was deleted; it was put back.", {"area"})
    "The cell 'area' was deleted; it was put back."
    """
    quoted = r"'([^']*)'|\"([^\"]*)\""
    return re.sub(quoted, lambda m: m[0] if (m[1] or m[2]) in known else "'...'", sentence)


def items(graded):
    """Return each test's difficulty and discrimination.

    Parameters
    ----------
    graded : list of dict
        What `collect` returned.

    Returns
    -------
    list of dict
        test; most: its points; solved: share of its points that the class got, 0-1; separates:
        correlation of its points with the points of all other tests, None where either is the same
        for all (Crocker and Algina 1986, chapter 14, item-rest correlation).

    Examples
    --------
    >>> one = lambda *p: {"verdicts": {n: {"points": x, "most": 1} for n, x in zip("ab", p)}}
    >>> items([one(1, 1), one(1, 0), one(0, 0)])[1]["separates"]
    0.5
    """
    tests = list(dict.fromkeys(test for row in graded for test in row["verdicts"]))
    whole = [row["verdicts"] for row in graded if row["verdicts"]]
    nothing = {"points": 0.0}
    points = np.array([[v.get(t, nothing)["points"] for t in tests] for v in whole], dtype=float)
    found = []
    for i, test in enumerate(tests):
        most = next(v[test]["most"] for v in whole if test in v)
        mine, rest = points[:, i], points.sum(axis=1) - points[:, i]
        varies = mine.std() > 0 and rest.std() > 0
        separates = round(float(np.corrcoef(mine, rest)[0, 1]), 10) if varies else None
        solved = float(mine.mean() / most) if most else 0.0
        found.append({"test": test, "most": most, "solved": solved, "separates": separates})
    return found


def messages(graded):
    """Return the most common messages of tests that failed, as (test, verdict, message, students)."""
    counts = Counter(
        (test, verdict["verdict"], verdict["message"] or verdict.get("line", ""))
        for row in graded
        for test, verdict in row["verdicts"].items()
        if verdict["verdict"] != "PASS"
    )
    return [(*key, count) for key, count in counts.most_common(MOST_MESSAGES)]


# Pictures


def plot_scores(ax, scores, most):
    """Draw how many students got how many points; return `ax`."""
    edges = np.linspace(0, most, 11)
    heights, _ = np.histogram(np.clip(scores, 0, most), edges)
    middles = (edges[:-1] + edges[1:]) / 2
    figures.bars(ax, "students", middles, heights, width=0.9 * most / 10, color=figures.BLUE)
    ax.axvline(np.median(scores), color=figures.ORANGE, gid="median")
    words = f" median {np.median(scores):g}"
    figures.text(
        ax, "median in words", np.median(scores), max(heights) * 1.02, words, color=figures.ORANGE
    )
    ax.set(title="Scores", xlabel=f"points of {most:g}", ylabel="students", xlim=(0, most))
    ax.yaxis.get_major_locator().set_params(integer=True)
    return ax


def plot_items(ax, found):
    """Draw for each test which share of its points the class got; return `ax`."""
    places = np.arange(len(found))[::-1]
    ax.barh(places, [100 * one["solved"] for one in found], color=figures.BLUE, gid="solved")
    ax.set_yticks(places, [one["test"] for one in found])
    ax.set(title="How much of each test was solved", xlabel="% of its points", xlim=(0, 100))
    ax.grid(axis="y", visible=False)
    return ax


def plot_separates(ax, found):
    """Draw how well each test separates strong from weak work; return `ax`."""
    known = [one for one in found if one["separates"] is not None]
    x, y = [100 * one["solved"] for one in known], [one["separates"] for one in known]
    colours = [figures.ORANGE if value < 0.2 else figures.BLUE for value in y]
    ax.scatter(x, y, c=colours, gid="tests")
    for one, place, height in zip(known, x, y, strict=True):
        if height < 0.2:
            ax.annotate(one["test"], (place, height), xytext=(5, 4), textcoords="offset points")
    ax.axhline(0.2, color=figures.GREY, linestyle=":")
    ax.set(
        title="Difficulty and discrimination",
        xlabel="% of its points that the class got",
        ylabel="correlation with all other tests",
        xlim=(-2, 102),
        ylim=(min([-0.05, *y]) - 0.05, 1.05),
    )
    return ax


def plot_seconds(ax, seconds):
    """Draw how long submissions took; return `ax`."""
    heights, edges = np.histogram(seconds, bins=min(20, max(5, len(seconds) // 3)))
    middles, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    figures.bars(ax, "submissions", middles, heights, width=0.9 * width, color=figures.GREEN)
    ax.set(title="Time used", xlabel="seconds for a submission", ylabel="submissions")
    ax.yaxis.get_major_locator().set_params(integer=True)
    return ax


# The page


def page(assignment, most, graded, names=False):
    """Return the whole page as HTML that loads nothing.

    Parameters
    ----------
    assignment : str
    most : float
        The points that can be had.
    graded : list of dict
        What `collect` returned.
    names : bool
        Whether to name the students who need a look.
    """
    scores = [row["score"] for row in graded]
    found = items(graded)
    title = f"{assignment}: {len(graded)} students"
    waiting = sum(row["waiting"] for row in graded)
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>Median {np.median(scores):g} of {most:g} points, from {min(scores):g} to {max(scores):g}. "
        f"{waiting} wait for a grade by hand; their score will rise.</p>",
        _picture(plot_scores, (7.5, 3.6), _said_scores(scores, most), scores, most),
        "<h2>Tests</h2>",
    ]
    if found:
        parts += [
            _picture(plot_items, (7.5, 1.2 + 0.28 * len(found)), _said_items(found), found),
            _picture(plot_separates, (7.5, 4.2), _said_separates(found), found),
            "<p>A test that separates well is solved by those who do well elsewhere. Below the dotted "
            "line (0.2) it may ask something else, or be wrong.</p>",
            _items_table(found),
        ]
    parts += ["<h2>Most common messages</h2>", _messages_table(messages(graded))]
    parts += ["<h2>Time used</h2>", _time(graded), "<h2>Repairs and reviews</h2>"]
    parts.append(_attention(graded, names))
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _picture(plot, size, alt, *values):
    figure, ax = figures.new(size)
    plot(ax, *values)
    return f"<p>{figures.static_html(figure, alt)}</p>"


def _said_scores(scores, most):
    low, middle, high = np.percentile(scores, [25, 50, 75])
    return (
        f"Histogram of scores out of {most:g}: half of the class lies between {low:g} and {high:g} "
        f"points, the median is {middle:g}."
    )


def _said_items(found):
    low, high = min(found, key=lambda o: o["solved"]), max(found, key=lambda o: o["solved"])
    return (
        f"Bars of {len(found)} tests: from {low['test']}, {100 * low['solved']:.0f} % of its points, "
        f"to {high['test']}, {100 * high['solved']:.0f} %."
    )


def _said_separates(found):
    weak = [o["test"] for o in found if o["separates"] is not None and o["separates"] < 0.2]
    words = ", ".join(weak) or "none"
    return f"Each test's difficulty against its discrimination. Below 0.2: {words}."


def _items_table(found):
    rows = [
        [
            f"<code>{html.escape(one['test'])}</code>",
            f"{one['most']:g}",
            f"{100 * one['solved']:.0f} %",
            "the same for all" if one["separates"] is None else f"{one['separates']:.2f}",
        ]
        for one in found
    ]
    heads = ["Test", "Points", "Solved", "Discrimination"]
    return _table("Share of points, and correlation with all other tests", heads, rows, {1, 2, 3})


def _messages_table(found):
    if not found:
        return "<p>No test failed.</p>"
    rows = [
        [
            f"{count}",
            f"<code>{html.escape(test)}</code>",
            html.escape(WORDS.get(verdict, verdict)),
            html.escape(" ".join(message.split())[:300]),
        ]
        for test, verdict, message, count in found
    ]
    return _table("Students by message", ["Students", "Test", "Verdict", "Message"], rows, {0})


def _table(caption, heads, rows, numbers):
    def cells(tag, values):
        return "".join(
            f'<{tag} class="n">{value}</{tag}>' if i in numbers else f"<{tag}>{value}</{tag}>"
            for i, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>\n" for row in rows)
    return f"<table><caption>{caption}</caption>\n<tr>{cells('th', heads)}</tr>\n{body}</table>"


def _time(graded):
    seconds = [row["seconds"] for row in graded if row["seconds"] is not None]
    if not seconds:
        return "<p>No time was recorded.</p>"
    late = sum(v["verdict"] == "TIMEOUT" for row in graded for v in row["verdicts"].values())
    said = (
        f"Median {np.median(seconds):.1f} s for a submission, {max(seconds):.1f} s at most, "
        f"{sum(seconds):.0f} s in all; {late} tests took too long."
    )
    alt = f"Histogram of the seconds that {len(seconds)} submissions took. {said}"
    return _picture(plot_seconds, (7.5, 3.2), alt, seconds) + f"<p>{said}</p>"


def _attention(graded, names):
    repaired = [row for row in graded if row["repairs"]]
    review = [row for row in graded if _reviewed(row)]
    said = (
        f"<p>{len(repaired)} notebooks were repaired before grading, {len(review)} have tests that a "
        f"person should look at.</p>"
    )
    kinds = Counter(" ".join(line.split())[:200] for row in graded for line in row["repairs"])
    rows = [[f"{n}", html.escape(line)] for line, n in kinds.most_common(MOST_MESSAGES)]
    if rows:
        said += _table("Repairs", ["Students", "Repair"], rows, {0})
    if names:
        rows = [
            [html.escape(row["student"]), f"{row['score']:g}", html.escape("; ".join(_odd(row)))]
            for row in graded
        ]
        said += _table("Students", ["Student", "Points", "Look at"], rows, {1})
    return said


def _reviewed(row):
    return [test for test, verdict in row["verdicts"].items() if verdict["review"]]


def _odd(row):
    tests = _reviewed(row)
    return [*row["repairs"], *([f"look at {', '.join(tests)}"] if tests else [])]
