"""The assignment as the gradebook and the source know it: cells, points, order, whose names are whose."""

import ast
import contextlib
import functools
import json
import re
import symtable
from pathlib import Path

# Modules by the short names everybody gives them; in a test these names are never the student's.
USUAL = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "sp": "scipy",
    "sm": "statsmodels.api",
    "dt": "datetime",
}
# Functions that look at all names of a notebook at once.
PEEKS = {"globals", "locals", "vars", "dir", "eval", "exec", "get_ipython"}
MUTATORS = set(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "add",
        "discard",
    ]
)


def read(gradebook, assignment, notebook, source=None, delimiters=()):
    """Read what the graders must know of one notebook of an assignment.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The open gradebook; its cells are the truth.
    assignment, notebook : str
        Their names.
    source : pathlib.Path, optional
        The instructor's notebook with solutions, if it is at hand: it gives the order of the cells
        and the reference answers.
    delimiters : list of tuple, optional
        The marks (begin, end) around what students do not get: hidden tests, mark schemes.

    Returns
    -------
    dict
        Plain data: `cells` in order, `kernelspec`, `imports`, `classes`, `changed` and `modules`.
    """
    found = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: float(cell.max_score) for cell in [*found.grade_cells, *found.task_cells]}
    grades = {cell.name for cell in found.grade_cells}
    tasks = {cell.name for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    cells = [
        {
            "grade_id": cell.name,
            "type": cell.cell_type,
            "source": cell.source or "",
            "released": without(cell.source or "", delimiters),
            "checksum": cell.checksum,
            "locked": bool(cell.locked),
            "grade": cell.name in grades,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "points": points.get(cell.name),
        }
        for cell in found.source_cells
    ]
    reference, order = _reference(source)
    place = {grade_id: i for i, (grade_id, _) in enumerate(order)}
    ids = dict(order)
    cells.sort(key=lambda cell: place.get(cell["grade_id"], len(place)))
    for cell in cells:
        cell["id"] = ids.get(cell["grade_id"])
    kernelspec = json.loads(found.kernelspec) if found.kernelspec else None
    return {
        "assignment": assignment,
        "notebook": notebook,
        "kernelspec": kernelspec,
        "cells": cells,
        **names(cells, reference),
    }


def without(source, delimiters):
    r"""Return a cell's source without the regions between the marks.

    Examples
    --------
    >>> without("a\n### BEGIN\nb\n### END\nc", [("BEGIN", "END")])
    'a\nc'
    """
    kept, inside = [], False
    for line in source.split("\n"):
        if any(begin in line for begin, _ in delimiters):
            inside = True
        elif any(end in line for _, end in delimiters):
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def is_test(cell):
    """Tell whether the examiner runs a cell of the schema."""
    return cell["type"] == "code" and cell["grade"] and not cell["solution"]


def _reference(source):
    """Return the code cells of the instructor's notebook that are not locked, and all cells' ids."""
    if source is None or not Path(source).is_file():
        return [], []
    notebook = json.loads(Path(source).read_text(encoding="utf-8"))
    codes, order = [], []
    for cell in notebook["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        text = "".join(cell["source"])
        if meta.get("grade_id"):
            order.append((meta["grade_id"], cell.get("id")))
        locked = meta.get("locked") or (meta.get("grade") and not meta.get("solution"))
        if cell["cell_type"] == "code" and not locked:
            codes.append(text)
    return codes, order


@functools.lru_cache(maxsize=2000)
def tree_of(code):
    """Parse a cell's code, with IPython's magics made Python; None if it is not valid."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(code))
    except (SyntaxError, ValueError, RecursionError):
        return None


def names(cells, reference):
    """Work out whose names are whose, from trusted code alone.

    Returns
    -------
    dict
        imports: modules that locked cells import; tested: those that tests import; modules: what names of
        imported modules stand for;
        classes: classes that the student is asked for; changed: names that right answers store to or change.
    """
    locked = [tree_of(c["source"]) for c in cells if c["type"] == "code" and c["locked"]]
    asked = [tree_of(c["source"]) for c in cells if c["type"] == "code" and c["solution"]]
    asked += [tree_of(code) for code in reference]
    locked, asked = ([tree for tree in trees if tree is not None] for trees in (locked, asked))
    modules = dict(USUAL)
    for tree in [*asked, *locked]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    modules[name] = alias.name if alias.asname else name
    opening = [
        tree_of(c["source"])
        for c in cells
        if c["type"] == "code" and c["locked"] and not c["grade"]
    ]
    tests = [tree_of(c["source"]) for c in cells if is_test(c)]
    classes = {n.name for tree in asked for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    changed = set().union(*(stored(tree) | mutated(tree) for tree in asked))
    return {
        "imports": _imported(opening),
        "tested": _imported(tests),
        "modules": modules,
        "classes": sorted(classes),
        "changed": sorted(changed),
    }


def _imported(trees):
    """Return the modules that code imports, at any depth."""
    found = []
    for tree in filter(None, trees):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return list(dict.fromkeys(found))


@functools.lru_cache(maxsize=2000)
def stored(tree):
    """Return the names that code assigns at the top level of a cell."""
    found = set()

    class Visitor(ast.NodeVisitor):
        def visit_FunctionDef(self, node):
            found.add(node.name)
            found.update(
                n for inner in ast.walk(node) if isinstance(inner, ast.Global) for n in inner.names
            )

        visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

        def visit_Lambda(self, node):
            return None

        visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda

        def visit_Name(self, node):
            if isinstance(node.ctx, (ast.Store, ast.Del)):
                found.add(node.id)

        def visit_alias(self, node):
            found.add((node.asname or node.name).partition(".")[0])

        def visit_ExceptHandler(self, node):
            if node.name:
                found.add(node.name)
            self.generic_visit(node)

    Visitor().visit(tree)
    return frozenset(found)


def mutated(tree):
    """Return the names whose objects code visibly changes: item, attribute, or a method that does."""
    found = set()
    for base in changed(tree):
        while isinstance(base, (ast.Subscript, ast.Attribute)):
            base = base.value
        if isinstance(base, ast.Name):
            found.add(base.id)
    return found & loaded(tree)


@functools.lru_cache(maxsize=2000)
def mutates(tree):
    """Tell whether code visibly changes any object in place."""
    return any(True for _ in changed(tree))


def changed(tree):
    """Yield the expressions whose objects code visibly changes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inplace = any(
                word.arg == "inplace" and getattr(word.value, "value", None) is True
                for word in node.keywords
            )
            if inplace or node.func.attr in MUTATORS:
                yield node.func.value


@functools.lru_cache(maxsize=2000)
def named_in_texts(tree):
    """Return the names in code's texts, as in `'answer' in globals()`; none if it asks for no such thing."""
    if not loaded(tree) & PEEKS:
        return frozenset()
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return frozenset(
        name for text in texts if isinstance(text, str) for name in re.findall(r"[^\W\d]\w*", text)
    )


@functools.lru_cache(maxsize=2000)
def loaded(tree):
    r"""Return the names that code takes from its module, at any depth.

    Examples
    --------
    >>> sorted(loaded(ast.parse("def f(x):\n    y = x\n    return g(y) + z")))
    ['g', 'z']
    """
    found, todo = set(), [symtable.symtable(ast.unparse(tree), "<cell>", "exec")]
    while todo:
        table = todo.pop()
        todo += table.get_children()
        top = table.get_type() == "module"
        found.update(
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (top or symbol.is_global())
        )
    return frozenset(found)


@functools.lru_cache(maxsize=2000)
def looks_at_identity(tree):
    """Tell whether code asks if two objects are one, or lets a library look for tests in the notebook."""
    if loaded(tree) & {"doctest", "unittest"}:
        return True
    return any(
        isinstance(op, (ast.Is, ast.IsNot)) and not isinstance(right, ast.Constant)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for op, right in zip(node.ops, node.comparators, strict=True)
    )


@functools.lru_cache(maxsize=2000)
def compiled(tree, name):
    """Return the code of a parsed cell: what is run, and its last expression's, or None."""
    body, last = list(tree.body), None
    if body and isinstance(body[-1], ast.Expr):
        last = compile(ast.Expression(body.pop().value), name, "eval")
    return compile(ast.Module(body, []), name, "exec"), last


@functools.lru_cache(maxsize=2000)
def is_quiet(code):
    """Tell whether IPython shows no value of a cell, for its last expression ends in a semicolon."""
    from IPython.core.displayhook import DisplayHook

    return DisplayHook.semicolon_at_end_of_expression(code)


@functools.lru_cache(maxsize=2000)
def literal_codes(tree):
    """Return the codes of the texts that stand in code, as `eval` and `exec` make them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for mode in ("eval", "exec"):
                with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
                    found.add(compile(node.value, "<string>", mode))
    return found


@functools.lru_cache(maxsize=2000)
def called_in_texts(tree):
    r"""Return the names that code's texts call, as in `orders.query("kind.str.contains('tea')")`.

    Examples
    --------
    >>> called_in_texts(ast.parse("orders.query('kind.str.len() > 3')"))
    frozenset({'len'})
    """
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return frozenset(
        name for text in texts if isinstance(text, str) for name in re.findall(r"(\w+)\(", text)
    )


@functools.lru_cache(maxsize=2000)
def files(tree):
    """Return the texts in code that look like files of the working folder."""
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(
            r"(?!.*\.\.)[\w\-][\w\- ./]{0,100}\.(?:csv|txt|json|png|jpg|svg|tsv|md|html|xlsx|db|npy|npz|dat)",
            node.value,
        )
    )


SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
MARKS = [
    ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"),
    ("BEGIN MARK SCHEME", "END MARK SCHEME"),
]
STUBS = {"code": "# YOUR CODE HERE\nraise NotImplementedError()", "markdown": "YOUR ANSWER HERE"}


def of_file(path):
    """Build the schema without a gradebook: from an instructor's notebook, or from a released one.

    Parameters
    ----------
    path : pathlib.Path
        With solutions and hidden tests if it is the instructor's; else tests as they stand there.

    Returns
    -------
    dict
        As `read` returns it.
    """
    path = Path(path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [
        _cell_of(cell)
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id")
    ]
    reference, _ = _reference(path)
    return {
        "assignment": path.parent.name,
        "notebook": path.stem,
        "kernelspec": notebook["metadata"].get("kernelspec"),
        "cells": cells,
        **names(cells, reference),
    }


def _cell_of(cell):
    """Return a cell of the schema, its solution replaced by nbgrader's stub."""
    meta, kind = cell["metadata"]["nbgrader"], cell["cell_type"]
    source = "".join(cell["source"])
    if meta.get("solution"):
        source = stubbed(source, kind)
    return {
        "grade_id": meta["grade_id"],
        "id": cell.get("id"),
        "type": kind,
        "source": source,
        "released": without(source, MARKS),
        "checksum": meta.get("checksum"),
        "locked": bool(meta.get("locked")),
        "grade": bool(meta.get("grade")),
        "solution": bool(meta.get("solution")),
        "task": bool(meta.get("task")),
        "points": float(meta["points"]) if "points" in meta else None,
    }


def stubbed(source, kind="code"):
    r"""Return a cell's source with nbgrader's stub in place of the solution.

    Examples
    --------
    >>> stubbed("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION")
    'def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    """
    begin, end = SOLUTION
    kept, inside = [], False
    for line in source.split("\n"):
        if begin in line:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in STUBS[kind].split("\n")]
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
