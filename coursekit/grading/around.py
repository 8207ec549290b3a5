"""What a test sets up around a student's call and expects to hold in it: seeds, replaced functions, warnings.

The student's process is told; what it cannot be told ends the test and goes to a person. The source of a
student's function is read from the cells that were handed in.
"""

import ast
import functools
import inspect
import random
import re
import sys
import types
import warnings

MOST_WARNINGS = 200
ACTIONS = ("always", "error", "ignore")  # the examiner itself says "default" before each test
STREAMS = {("sys", "stdout"), ("sys", "stderr")}  # what a student's code prints is written to them


class Around:
    """What tests have replaced at the moment.

    Parameters
    ----------
    fail : callable
        Called with words about what cannot cross; returns the exception to raise.
    """

    def __init__(self, fail):
        self.fail, self.patches, self.assigned = fail, [], {}

    def watch(self):
        """Notice from now on what mock and pytest replace."""
        mock = sys.modules.get("unittest.mock")
        if mock is not None:
            for kind in (mock._patch, mock._patch_dict):
                _also(kind, "__enter__", self.patches.append)
                _also(kind, "__exit__", self._ended)
        if "pytest" in sys.modules:
            for name in ("setattr", "setitem", "setenv", "delattr", "delitem", "chdir"):
                _also(sys.modules["pytest"].MonkeyPatch, name, self._begun)

    def _begun(self, patch):
        if patch not in self.patches:
            self.patches.append(patch)

    def _ended(self, patch):
        self.patches[:] = [one for one in self.patches if one is not patch]

    def begin(self, tree, space):
        """Begin a test: forget what earlier ones replaced, look at what this one assigns to modules."""
        self.patches.clear()
        self.assigned = {}
        for module, name in assigned(tree):
            held = space.get(module)
            if isinstance(held, types.ModuleType):
                self.assigned[held.__name__, name] = getattr(held, name, None)
        if names_notebook(tree):
            raise self.fail("The test names a part of your notebook as a text")

    def replaced(self):
        """Return (module, name, value) of all that is replaced now and must hold in a student's call."""
        found = [place for patch in self.patches for place in self._places(patch)]
        found += [(sys.modules[module], name) for module, name in self.assigned]
        values = []
        for module, name in found:
            if not isinstance(module, types.ModuleType):
                raise self.fail(f"The test replaces {name!r} of an object")
            value, own = getattr(module, name, None), self.assigned.get((module.__name__, name))
            if (module.__name__, name) not in STREAMS and value is not own:
                values.append((module.__name__, name, value))
        return values

    def _places(self, patch):
        if hasattr(patch, "attribute"):
            return [(patch.target, patch.attribute)]
        if hasattr(patch, "_setattr") and not (patch._setitem or patch._cwd):
            return [(target, name) for target, name, _ in patch._setattr]
        raise self.fail("The test replaces parts of a dictionary, or the folder")

    def action(self):
        """Return what a test wants of every warning, or None if it has said nothing."""
        if not warnings.filters:
            return None
        action, message, kind, module, line = warnings.filters[0]
        whole = message is None and module is None and line == 0 and kind is Warning
        return action if whole and action in ACTIONS else None


def _also(kind, name, tell):
    """Let a method tell that it was called."""
    own = getattr(kind, name)

    def method(self, *args, **kwargs):
        value = own(self, *args, **kwargs)
        tell(self)
        return value

    setattr(kind, name, method)


@functools.lru_cache(maxsize=2000)
def assigned(tree):
    """Return the (name, attribute) pairs that code assigns to, at any depth."""
    return {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, (ast.Store, ast.Del))
        and isinstance(node.value, ast.Name)
    }


@functools.lru_cache(maxsize=2000)
def names_notebook(tree):
    """Tell whether code names a part of the notebook as a text, as `mock.patch` takes it."""
    return any(
        isinstance(node, ast.Constant) and str(node.value).startswith("__main__.")
        for node in ast.walk(tree)
    )


def forward_seeds(remote_of):
    """Let `random.seed` and `numpy.random.seed` in a test seed the student's process as well."""
    own = random.seed

    def seed(a=None, version=2):
        own(a, version)
        remote_of("random", a)

    random.seed = seed
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        first = numpy.random.seed

        def seed_numpy(seed=None):
            first(seed)
            remote_of("numpy", seed)

        numpy.random.seed = seed_numpy


def guard_queries(may_call):
    """Let the texts that pandas evaluates call only what `may_call` allows: a student may have written them."""
    expressions = sys.modules.get("pandas.core.computation.expr")
    if expressions is None:
        return
    own = expressions.BaseExprVisitor.visit_Call

    def visit_Call(self, node, *args, **kwargs):
        may_call(getattr(node.func, "attr", getattr(node.func, "id", "")))
        return own(self, node, *args, **kwargs)

    expressions.BaseExprVisitor.visit_Call = visit_Call


def forward_sources(source_of):
    """Let `inspect.getsource` in a test return the text that the student handed in."""
    own, lines = inspect.getsource, inspect.getsourcelines

    def getsource(object):
        found = source_of(object)
        return own(object) if found is None else found

    def getsourcelines(object):
        found = source_of(object)
        return lines(object) if found is None else (found.splitlines(keepends=True), 1)

    inspect.getsource, inspect.getsourcelines = getsource, getsourcelines


def source(name, codes, parse):
    r"""Return the text of a top-level function or class as the last cell that binds its name has it, or None.

    Examples
    --------
    >>> source("f", ["f = 1", "def f():\n    return 2"], ast.parse)
    'def f():\n    return 2\n'
    >>> source("f", ["def f():\n    return 2", "f = 1"], ast.parse)
    """
    for code in reversed(codes):
        code = re.sub(r"\A(?:[ \t]*\n)+", "", code)
        tree = parse(code)
        for node in reversed(tree.body if tree is not None else []):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                if node.name == name:
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    return "\n".join(code.split("\n")[first - 1 : node.end_lineno]) + "\n"
            elif any(isinstance(n, ast.Name) and n.id == name for n in _stores(node)):
                return None
    return None


def _stores(node):
    return (n for n in ast.walk(node) if isinstance(getattr(n, "ctx", None), ast.Store))
