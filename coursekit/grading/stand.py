"""Stand-ins: what a test holds in place of a student's object.

A stand-in forwards calls, attributes and iteration; what comes back is plain data, another stand-in, or
a figure built anew. It never lets the student's code judge the test's values: comparing it with plain
data, or computing with both, ends the test as "not plain data" and asks for manual review. Only an
object of a class that the exercise itself asks for may answer to operators.
"""

import inspect
import re

from coursekit.grading import plain

ITERATORS = {"generator", "map", "filter", "zip", "enumerate", "reversed", "list_iterator"}
ITERATORS |= {"tuple_iterator", "set_iterator", "range_iterator", "dict_keyiterator", "islice"}
ITERATORS |= {"chain", "count", "cycle", "permutations", "combinations", "product", "accumulate"}


def _deeds(*words):
    return {f"__{word}__" for word in words}


# What any object may be asked; what only one of a class that the exercise asks for.
FREE = _deeds("call", "len", "getitem", "iter", "next", "bool", "int", "float", "index", "complex")
FREE |= _deeds("str", "repr", "enter", "exit")
STATEFUL = _deeds("setitem", "delitem", "contains", "round", "abs", "neg", "pos", "invert")
STATEFUL |= _deeds("reversed", "format")
ARITHMETIC = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
)
BINARY = _deeds(*(side + word for side in ("", "r", "i") for word in ARITHMETIC))
ORDER = _deeds("lt", "le", "gt", "ge")
DELEGATED = FREE | STATEFUL | BINARY | ORDER | _deeds("eq", "ne")
RESULTS = {
    "__len__": int,
    "__bool__": bool,
    "__int__": int,
    "__float__": float,
    "__index__": int,
    "__complex__": complex,
    "__str__": str,
    "__repr__": str,
    "__format__": str,
    "__contains__": bool,
}
CARRIED = {"__defaults__", "__kwdefaults__", "__annotations__"}
INSIDE = {"__code__", "__closure__", "__globals__"}


def type_name(text):
    """Return the name of a student's type if it is a plain one."""
    return text if isinstance(text, str) and re.fullmatch(r"\w{1,80}", text) else "object"


class Stand:
    """What all stand-ins share: attributes, and refusal to be compared with plain data."""

    def __init__(self, remote, number, kinds, about, trusted):
        for key, value in (
            ("_stand_remote", remote),
            ("_stand_number", number),
            ("_stand_kinds", kinds),
            ("_stand_about", about),
            ("_stand_trusted", trusted),
            ("_stand_asked", None),
            ("_stand_judges", False),
        ):
            object.__setattr__(self, key, value)
        for key in ("__name__", "__doc__"):
            if isinstance(about[key], str):
                object.__setattr__(self, key, about[key])
        if isinstance(about["__name__"], str):
            object.__setattr__(self, "__qualname__", about["__name__"])
        signature = _signature(remote, about["signature"])
        if signature is not None:
            object.__setattr__(self, "__signature__", signature)

    def __getattr__(self, name):
        if name.startswith("__") or name.startswith("_stand"):
            if name in CARRIED and self._stand_about["type"] == "function":
                return self._stand_do("getattr", name)
            if name in INSIDE and self._stand_about["type"] == "function":
                raise self._stand_remote.cannot(f"The test looks at {name} of your function")
            if name == "__dataclass_fields__":
                raise self._stand_remote.cannot("The test looks into an object of a dataclass")
            raise AttributeError(f"{self._stand_about['type']} object has no attribute {name!r}")
        value, kind = self._stand_do("getattr", name), self._stand_about["type"]
        classes = self._stand_remote.owner.scheme["classes"]
        if isinstance(value, Stand) and kind not in ("function", "type", *classes):
            object.__setattr__(value, "_stand_judges", True)
        return value

    def __setattr__(self, name, value):
        self._stand_do("setattr", name, value)

    def _stand_do(self, what, *args, **kwargs):
        remote = self._stand_remote
        if not remote.alive:
            raise remote.fail("CRASH", "Your code had ended its process before this test.")
        value = remote.do(self._stand_number, what, *args, **kwargs)
        remote.note(value)
        remote.judged = remote.judged or (
            self._stand_judges and what == "__call__" and value is True
        )
        if self._stand_about["type"] != "function":
            self._stand_lend(args, kwargs)
        wanted = RESULTS.get(what)
        if wanted is not None and type(value) is not wanted:
            raise self._stand_refuse(what)
        return value

    def _stand_lend(self, args, kwargs):
        """Note that an object may keep what it is given, which the test then holds as well."""
        if any(type(item).__name__ in plain.MUTABLE for item in (*args, *kwargs.values())):
            self._stand_remote.parted = True

    def _stand_refuse(self, what):
        kind = self._stand_about["type"]
        words = (
            f"Your code gave an object of type {type_name(kind)} where the test expects plain data "
            f"such as a number, a text, a list or a table ({what}). A person will look at this test."
        )
        return self._stand_remote.fail("FAIL", words, review=True)

    def _stand_class(self):
        return self._stand_kinds[0][2] if self._stand_kinds else None

    def __eq__(self, other):
        if other is self:
            return True
        if other is None:
            return False
        if isinstance(other, Stand):
            if "__eq__" in type(self)._stand_deeds and self._stand_trusted:
                return self._stand_do("__eq__", other) is True
            return self._stand_number == other._stand_number
        raise self._stand_refuse("==")

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._stand_number)

    def __repr__(self):
        if "__repr__" in type(self)._stand_deeds:
            return self._stand_do("__repr__")
        name = self._stand_about["__name__"]
        return (
            f"<{type_name(self._stand_about['type'])} {name}>"
            if name
            else f"<{type(self).__name__}>"
        )

    def __str__(self):
        if "__str__" in type(self)._stand_deeds:
            return self._stand_do("__str__")
        return repr(self)

    def __format__(self, how):
        if "__format__" in type(self)._stand_deeds and self._stand_trusted:
            return self._stand_do("__format__", how)
        return format(str(self), how)

    def __reduce_ex__(self, protocol):
        raise self._stand_remote.cannot("The test copies an object of your code")


class StandClass(Stand):
    """The stand-in of a student's class."""

    def __call__(self, *args, **kwargs):
        """Make an object of the class."""
        self._stand_lend(args, kwargs)
        return self._stand_remote.do(
            self._stand_number, "__call__", *args, trusted=self._stand_trusted, **kwargs
        )

    def __mro_entries__(self, bases):
        raise self._stand_remote.cannot("The test makes a class of yours a parent")

    def __instancecheck__(self, instance):
        return isinstance(instance, Stand) and self._stand_number in {
            number for _, _, number in instance._stand_kinds
        }

    def __subclasscheck__(self, other):
        return isinstance(other, StandClass) and self._stand_number in {
            number for _, _, number in other._stand_kinds
        }


def _signature(remote, nodes):
    """Return the signature that the student's process describes, or None."""
    if not isinstance(nodes, list) or len(nodes) > 100:
        return None
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    str(name),
                    list(inspect._ParameterKind)[int(kind)],
                    default=plain.decode(default) if given is True else inspect.Parameter.empty,
                )
                for name, kind, given, default in nodes
            ]
        )
    except Exception:
        return None


def _free(name):
    def deed(self, *args, **kwargs):
        return self._stand_do(name, *args, **kwargs)

    return deed


def _leave(self, kind, error, trace):
    if error is not None:
        raise self._stand_remote.cannot("The test raises an exception inside your `with`")
    return self._stand_do("__exit__")


def _iterate(self):
    inner = self._stand_do("__iter__")
    if isinstance(inner, Stand) and "__next__" in type(inner)._stand_deeds:
        return inner._stand_remote.generate(inner._stand_number)
    return iter(inner)


def _guarded(name):
    def deed(self, *args):
        operands = all(isinstance(item, (Stand, int, float, complex, str)) for item in args)
        free = name in STATEFUL or operands
        if not self._stand_trusted or not free:
            raise self._stand_refuse(name)
        remote = self._stand_remote
        value = remote.do(self._stand_number, name, *args, trusted=True)
        if isinstance(value, Stand) and value._stand_class() != self._stand_class():
            object.__setattr__(value, "_stand_trusted", False)
        wanted = RESULTS.get(name)
        if wanted is not None and type(value) is not wanted:
            raise self._stand_refuse(name)
        return value

    return deed


def _ordered(name):
    def deed(self, other):
        if not (self._stand_trusted and isinstance(other, Stand)):
            raise self._stand_refuse(name)
        return self._stand_do(name, other) is True

    return deed


def _refused(name):
    def deed(self, *args):
        raise self._stand_refuse(name)

    return deed


BUILT = {}


def build(name, tag, deeds):
    """Return the class of stand-ins for a type's name and what the type can do."""
    key = name, tag, deeds
    if key not in BUILT:
        base = StandClass if tag == "class" else Stand
        methods = {"_stand_deeds": deeds, "__slots__": ()}
        for deed in BINARY:
            methods[deed] = _guarded(deed) if deed in deeds else _refused(deed)
        if tag == "class":
            methods = {"_stand_deeds": frozenset()}
        else:
            for deed in deeds & FREE - {"__str__", "__repr__"}:
                methods[deed] = _free(deed)
            for deed in deeds & STATEFUL - {"__format__"}:
                methods[deed] = _guarded(deed)
            for deed in ORDER:
                methods[deed] = _ordered(deed) if deed in deeds else _refused(deed)
            if "__iter__" in deeds:
                methods["__iter__"] = _iterate
            if "__exit__" in deeds:
                methods["__exit__"] = _leave
            for deed in {"__abs__", "__neg__", "__pos__", "__round__", "__contains__"} - deeds:
                methods[deed] = _refused(deed)
        methods.pop("__slots__", None)
        BUILT[key] = type(name, (base,), methods)
    return BUILT[key]
