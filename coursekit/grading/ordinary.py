"""Code that does in two processes what it does in one: where its tests fail, no second opinion is needed.

Such code keeps nothing between two calls, changes nothing that it was not given, and asks nothing of the
world around it. What is not known to be so is not ordinary; that costs time, and nothing else.
"""

import ast
import builtins
import functools
import re
import symtable
from typing import NamedTuple

from coursekit.grading import schema

MODULES = re.compile(
    r"(?:collections|coursekit|datetime|decimal|fractions|functools|heapq|itertools|math|matplotlib|numpy"
    r"|operator|pandas|re|scipy|statistics|string|textwrap|typing|unicodedata)(?:\..*)?"
)
# Functions that reach beyond their arguments.
FAR = re.compile(
    r"breakpoint|compile|delattr|dir|eval|exec|get_ipython|getattr|globals|hash|id|input|locals|memoryview|open"
    r"|setattr|super|vars|__.*"
)
# Attributes that hold or change what all code shares, or that a copy does not keep.
SHARED = re.compile(
    r"_(?!_name__$).*|attrs|base|data|environ|filterwarnings|flags|freq|getcontext|load.*|memmap|option_context|options|"
    r"print_?options|random|rc.*|read_.*|register.*|reset_option|save.*|seed|set_\w*options?|set_state|setcontext|"
    r"seterr\w*|setlocale|simplefilter|strides|style|to_(?:clipboard|csv|excel|feather|file|hdf|html|json|latex|"
    r"markdown|parquet|pickle|sql|xml)|tofile|use"
)
OWN_RANDOM = ("default_rng", "Generator", "SeedSequence")
STRANGE = (ast.ClassDef, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await)
STRANGE += (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
# Expressions whose value is an object of its own.
NEW = (ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.BinOp)
BUILT_IN = frozenset(dir(builtins))
# Forms of values that cannot be told from their copies: nothing is shared in them.
EXACT = re.compile(
    r"array|bytes|category|complex|counter|date|datetime|decimal|dict|earray|extension|fraction|frame|frozenset|"
    r"index|int|missing|names|objects|ordered|pdelta|range|rangeindex|scalar|series|set|timedelta|timestamp|tuple|"
    r"words|zoned"
)


class Facts(NamedTuple):
    """What a cell binds and uses, if it is ordinary in itself."""

    stored: frozenset  # names that it assigns, without modules by their usual names
    values: frozenset  # names to which it gives what is no function, no module and no constant
    used: frozenset  # names that its functions take from the module
    loaded: frozenset  # names that it takes from the module at all
    passed: frozenset  # names that it does anything with but call


@functools.lru_cache(maxsize=2000)
def facts(code, by_teacher=False):
    r"""Return the facts of a cell, or None if it is not ordinary.

    Examples
    --------
    >>> facts("rate = 0.1\nrows = []\ndef f(x):\n    return rate * x").used
    frozenset({'rate'})
    >>> facts("def f():\n    global n\n    n = 1") is None
    True
    """
    tree = schema.tree_of(code)
    if tree is None:
        return None
    nodes, used, loaded = list(ast.walk(tree)), _used(tree), schema.loaded(tree)
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    if by_teacher:  # what such a cell does at its top, it does on both sides
        nodes = [node for function in functions for node in ast.walk(function)]
    reached = used if by_teacher else loaded
    if any(map(FAR.fullmatch, reached)) or not all(map(_is_plain, functions)):
        return None
    if any(map(_is_strange, nodes)) or (by_teacher and catches(nodes)):
        return None
    if _shares(nodes) or _reaches_out(tree, used) or schema.looks_at_identity(tree):
        return None
    stored = {name for node in tree.body for name in _stored(node) if not _is_usual(name, node)}
    values = {name for node in tree.body if not _settles(node) for name in _stored(node)}
    passed = {node.id for node in names if id(node) not in called}
    return Facts(*map(frozenset, (stored, values, used, loaded, passed)))


def _stored(node):
    return schema.stored.__wrapped__(ast.Module([node], []))


def _is_usual(name, node):
    """Tell whether a statement gives a name the module that everybody calls so."""
    if not isinstance(node, ast.Import):
        return False
    modules = {alias.asname or alias.name: alias.name for alias in node.names}
    return modules.get(name) in (name, schema.USUAL.get(name))


def _used(tree):
    """Return the names that functions of a cell take from the module."""
    found, todo = set(), symtable.symtable(ast.unparse(tree), "<cell>", "exec").get_children()
    while todo:
        table = todo.pop()
        todo += table.get_children()
        found |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and s.is_global()}
    return frozenset(found)


def _settles(node):
    """Tell whether a statement binds names to what nothing changes."""
    constant = isinstance(node, ast.Assign) and _is_constant(node.value)
    return constant or isinstance(node, (ast.FunctionDef, ast.Import, ast.ImportFrom))


def _is_constant(node):
    return isinstance(getattr(node, "operand", node), ast.Constant)


def _is_plain(function):
    """Tell whether a function has no decorator and no default that a call could change."""
    given = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return not function.decorator_list and all(map(_is_constant, given))


def _is_strange(node):
    """Tell whether a node is of a form that is not ordinary, or imports what is not known to be."""
    if isinstance(node, ast.Import):
        return not all(MODULES.fullmatch(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return not MODULES.fullmatch(node.module or "")
    return isinstance(node, STRANGE)


def catches(nodes):
    """Tell whether code sets something up around a call, or goes on after an error that is not Python's own."""
    nodes = list(nodes)
    kinds = [node.type for node in nodes if isinstance(node, ast.ExceptHandler)]
    own = all(
        kind is not None and _names(kind) <= BUILT_IN and not _attributes(kind) for kind in kinds
    )
    return not own or any(isinstance(node, (ast.With, ast.TryStar)) for node in nodes)


def _attributes(node):
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Attribute)]


def _shares(nodes):
    """Tell whether code mentions an attribute that all code shares."""
    found = [node for node in nodes if isinstance(node, ast.Attribute)]
    own = {id(node.value) for node in found if node.attr in OWN_RANDOM}
    own |= {id(n.func) for n in nodes if isinstance(n, ast.Call) and _last(n.func) == "random"}
    return any(SHARED.fullmatch(node.attr) and id(node) not in own for node in found)


def _last(node):
    return getattr(node, "attr", None)


def _reaches_out(tree, used):
    """Tell whether code sets an attribute at its top, or a function changes what is not its own."""
    for top in tree.body:
        for node in ast.walk(top):
            kind = isinstance(node, (ast.Attribute, ast.Subscript))
            if not kind or isinstance(node.ctx, ast.Load):
                continue
            root = _root(node)
            at_top = isinstance(node, ast.Attribute) and not isinstance(top, ast.FunctionDef)
            if at_top or root in used:
                return True
    return False


def _root(node):
    """Return the name on which an attribute or an item is looked for, or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _names(node):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


@functools.lru_cache(maxsize=2000)
def changes_only_new(tree):
    r"""Tell whether a test changes in place only what it has made, and nothing that a function still holds.

    Examples
    --------
    >>> changes_only_new(ast.parse("t = list('ab')\nt.append('c')\nassert f(t) == 3"))
    True
    >>> changes_only_new(ast.parse("t = f(3)\nt.append('c')"))
    False
    """
    nodes = list(ast.walk(tree))
    called = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    called = [call for call in called if call.func.id not in BUILT_IN]
    given = set().union(*(_names(part) for call in called for part in ast.iter_child_nodes(call)))
    bound = [(n.targets, n.value) for n in nodes if isinstance(n, ast.Assign)]
    bound += [([n.target], n.iter) for n in nodes if isinstance(n, (ast.For, ast.comprehension))]
    bound += [([n.target], n.value) for n in nodes if isinstance(n, (ast.NamedExpr, ast.AugAssign))]
    received, before = {call.func.id for call in called}, -1
    while len(received) > before:
        before = len(received)
        for targets, value in bound:
            if _names(value) & received:
                received |= set().union(*map(_names, targets))
    for changed in schema.changed(tree):
        name, line = _root(changed), changed.lineno
        if name in schema.USUAL:  # np.sort, for instance
            continue
        made = [
            value
            for targets, value in bound
            if value.lineno < line and name in {getattr(target, "id", None) for target in targets}
        ]
        latest = max(made, key=lambda value: value.lineno, default=None)
        if not isinstance(latest, NEW) or name in received:
            return False
        if name in given and any(latest.lineno < call.lineno <= line for call in called):
            return False
    return True


def is_ordinary(test, cells, earlier, values, functions):
    """Tell whether a test that fails here fails in one process with the code before it as well.

    Parameters
    ----------
    test : str
        The test's cell.
    cells : list of tuple
        Source, and whether it is the teacher's, of each code cell before it that is no test.
    earlier : set of str
        Names that earlier tests assigned.
    values, functions : set of str
        Names that this test takes from the student: copies, and functions that it calls over there.
    """
    tree, own = schema.tree_of(test), facts(test)
    found = [(facts(code, by_teacher), by_teacher) for code, by_teacher in cells]
    if own is None or any(one is None for one, _ in found):
        return False
    if catches(ast.walk(tree)) or schema.files(tree) or not changes_only_new(tree):
        return False
    students = [one for one, by_teacher in found if not by_teacher]
    teachers = [one for one, by_teacher in found if by_teacher]
    stored = {name for one in students for name in one.stored}
    loaded = {name for one in students for name in one.loaded}
    locked = {name for one in teachers for name in one.stored}
    looks = (own.loaded - own.stored).union(*(one.used for one in teachers))
    kept = {name for one, _ in found for name in one.values}
    return not (
        # a function that keeps something, or takes something from a test
        any(one.used & (kept | earlier | own.stored) for one, _ in found)
        # what the student may have changed, or has taken the name of
        or loaded & looks & locked & kept
        or stored & locked
        or stored & looks - values - functions
        or looks & earlier
        # a function that is handed on, not called
        or any(one.passed & functions for one in [own, *teachers])
    )


def is_exact(node, given=False):
    """Tell whether the form of a value stands for one that cannot be told from its copy.

    A `nan` of its own is found in a list only where it is the same object: that matters in what comes back,
    not in what is `given`.

    Examples
    --------
    >>> is_exact([1, {"t": "tuple", "v": ["a"]}]), is_exact({"t": "object", "number": 3})
    (True, False)
    """
    try:
        return _is_exact(node, given)
    except RecursionError:  # a form that no honest process sends
        return False


def _is_exact(node, given):
    if isinstance(node, list):
        return all(_is_exact(part, given) for part in node if isinstance(part, (list, dict)))
    if not isinstance(node, dict):
        return True
    if node.get("t") == "float":
        return given or node.get("v") != "nan"
    inside = [part for key, part in node.items() if key != "t"]
    return bool(EXACT.fullmatch(str(node.get("t")))) and _is_exact(inside, given)


def hides_changes(node):
    """Tell whether the form is of an argument in which nobody would notice a change: a tuple of lists, say."""
    inside = node["v"] if isinstance(node, dict) and node.get("t") == "tuple" else []
    return any(isinstance(part, (list, dict)) for part in inside)
