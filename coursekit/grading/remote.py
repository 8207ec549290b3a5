"""The line to a student's process: requests out; plain data, stand-ins, changes and exceptions back.

Whatever comes over it is checked; what no honest process would have said ends the test.
"""

import builtins
import contextlib
import importlib
import inspect
import itertools
import sys
import time
import types
import warnings

from coursekit.grading import around, ordinary, pictures, plain
from coursekit.grading.stand import DELEGATED, ITERATORS, Stand, build, type_name
from coursekit.grading.wire import Closed, Late, Malformed, NotPlain, TooLarge, dumps, listed

GRACE = 2.0  # seconds that an interrupted process has to come back


class Trouble(BaseException):
    """A test cannot go on: its verdict, a message for people, and whether a person must look.

    It is no Exception, so that `except Exception` in a test does not swallow it.
    """

    def __init__(self, verdict, message, review=False):
        super().__init__(message)
        self.verdict, self.message, self.review = verdict, message, review


class Remote:
    """One student's process: its control line, its channel, and the objects it has shown."""

    def __init__(self, control, channel, owner):
        self.control, self.channel, self.owner = control, channel, owner
        self.last, self.outstanding, self.alive = 0, None, True
        self.exceptions, self.hosts = {}, []
        self.begin(False)

    def begin(self, changes):
        """Begin a test; `changes` says whether its code changes any object in place."""
        self.trouble, self.changes = None, changes
        self.shown = None  # the figures that both sides have open
        self.given, self.parted, self.judged = [], False, False
        # Whether only copies went over the line that cannot be told from what they are copies of.
        self.exact, self.values, self.functions = True, set(), set()

    # The line

    def ask(self, op, until, **fields):
        """Send a request and return its answer; anything but an honest answer is Trouble."""
        if not self.alive:
            raise self.fail("CRASH", "Your code had ended its process before this test.")
        self.last += 1
        self.outstanding = self.last
        try:
            message = {"op": op, "id": self.last, **fields}
            self.channel.send(message, max(0.01, until - time.monotonic()))
            answer = self._answer(until)
        except Late:
            raise self.fail("TIMEOUT", self.owner.late_words()) from None
        except TooLarge as error:
            raise self.fail(
                "OUTPUT_LIMIT", f"Your code sent too much: {error}.", ends=True
            ) from None
        except NotPlain as error:
            self.outstanding = None
            raise self.fail(
                "FAIL", f"{error}. A person will look at this test.", review=True
            ) from None
        except (Malformed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            words = f"The messages of your code's process are not well formed ({error})."
            raise self.fail("TAMPERED", words[:300], ends=True) from None
        except Closed:
            raise self.ended() from None
        self.outstanding = None
        return answer

    def _answer(self, until):
        while True:
            message = self.channel.receive(until - time.monotonic())
            if not isinstance(message, dict):
                raise Malformed("not a message")
            if "callback" in message:
                self._call_back(message)
                continue
            if message.get("id") != self.last:
                raise Malformed("an answer to another question")
            if "notplain" in message:
                raise NotPlain(str(message["notplain"])[:300])
            return message

    def _call_back(self, message):
        number = message["callback"]
        if type(number) is not int or not 0 <= number < len(self.hosts):
            raise Malformed("a call of an unknown function")
        self.exact = False
        self._draw(message.get("pyplot") or pictures.NONE_OPEN)
        args = [self.decode(node) for node in message["args"]]
        kwargs = {str(key): self.decode(node) for key, node in message["kwargs"]}
        asked, until = self.last, self.owner.until
        try:
            value = self.hosts[number](*args, **kwargs)
        except Exception as error:
            back = {"back": None, "raise": [type(error).__name__, str(error)[:500]]}
        else:
            back = {"back": self.encode(value)}
        self.channel.send({**back, "pyplot": self._drawn()})
        self.last = self.outstanding = asked
        self.owner.until = until

    def fail(self, verdict, message, review=False, ends=False):
        """Remember the first trouble of this test and return it."""
        found = Trouble(verdict, message, review)
        self.trouble = self.trouble or found
        if ends:
            self.kill()
        return found

    def ended(self):
        """Return the trouble of a process that has ended, by what its keeper says."""
        self.alive = False
        try:
            end = self.control.receive(5)["end"]
        except Exception:
            end = "unknown"
        if end in ("memory", "exit 3"):
            return self.fail("MEMORY", f"Your code used more than {self.owner.limits.memory} MB.")
        return self.fail("CRASH", f"Your code ended its process ({end}).")

    def interrupt(self):
        """Stop what the process is doing; kill it if it does not come back."""
        if not self.alive:
            return False
        try:
            self.control.send("interrupt")
            until = time.monotonic() + GRACE
            while self.outstanding is not None:
                message = self.channel.receive(until - time.monotonic())
                if isinstance(message, dict) and message.get("id") == self.outstanding:
                    self.outstanding = None
            return True
        except Exception:
            self.kill()
            return False

    def finish(self):
        """Let the process end by itself, else end it."""
        self.channel.close()
        if self.alive:
            with contextlib.suppress(Exception):
                self.control.receive(1)
        self.kill()

    def kill(self):
        """End the process and everything it started."""
        self.alive = False
        self.control.close()
        self.channel.close()

    # Values

    def encode(self, value):
        """Return the wire's form of a value that a test hands to the student."""
        return plain.encode(value, self._refer)

    def _refer(self, value):
        if isinstance(value, Stand):
            return {"t": "reference", "v": value._stand_number}
        for number, kind in self.exceptions.items():
            if value is kind:
                return {"t": "reference", "v": number}
        picture = pictures.describe(value, self.encode)
        if picture is not None:
            return picture
        named = _importable(value)
        if named:
            return {"t": "name", **named}
        if inspect.isroutine(value) or _is_mock(value):
            self.hosts.append(value)
            return {"t": "host", "v": len(self.hosts) - 1}
        raise NotPlain(
            f"The test hands over an object of type {type(value).__name__}, which has no copy"
        )

    def decode(self, node, trusted=False):
        """Return the value of a node that came from the student."""
        value = plain.decode(node, lambda inner: self._resolve(inner, trusted))
        self.owner.has_bytes = self.owner.has_bytes or _holds_bytes(value)
        return value

    def _resolve(self, node, trusted):
        tag = node.get("t")
        if tag in ("object", "class"):
            return self._stand(node, tag, trusted)
        if tag == "host" and type(node["v"]) is int and 0 <= node["v"] < len(self.hosts):
            return self.hosts[node["v"]]
        if tag == "builtin" and node["v"] in plain.TYPES:
            return getattr(builtins, node["v"])
        if tag == "module":
            return self.owner.module(str(node["v"]))
        return pictures.rebuild(node, self.decode)

    def _stand(self, node, tag, trusted):
        about = {key: node.get(key) for key in ("type", "__name__", "__doc__", "signature")}
        number, kinds = node["number"], _kinds(node["kinds"])
        deeds = frozenset(d for d in listed(node["deeds"]) if d in DELEGATED)
        if type(number) is not int:
            raise Malformed("not a reference")
        if tag == "class" and any(own and name == "BaseException" for name, own, _ in kinds):
            return self.exception(kinds)
        if node["iterates"] is True and tag == "object" and about["type"] in ITERATORS:
            found = self.generate(number)
            return found if about["type"] == "generator" else itertools.chain(found)
        name = type_name(about["type"])
        built = build(name, tag, deeds)
        return built(self, number, kinds, about, trusted)

    def exception(self, kinds):
        """Return the local class for a student's exception class, named by its ancestors."""
        (name, own, number), *rest = kinds
        if own:
            found = getattr(builtins, name, None)
            safe = isinstance(found, type) and issubclass(found, (Exception, SystemExit))
            if safe:
                return found
            return self.exception(rest) if rest else Exception
        if number not in self.exceptions:
            parent = self.exception(rest) if rest else Exception
            self.exceptions[number] = type(type_name(name), (parent,), {"__module__": "__main__"})
        return self.exceptions[number]

    def generate(self, number):
        """Yield what a student's iterator yields."""
        sent = None
        while True:
            what = "__next__" if sent is None else "send"
            answer = self._request(number, what, [] if sent is None else [sent], {})
            if "stop" in answer:
                return self._decoded(answer["stop"])
            sent = yield self._value(answer)

    # Deeds

    def do(self, number, what, *args, trusted=False, **kwargs):
        """Let the student's process do something to one of its objects and return the value."""
        answer = self._request(number, what, list(args), kwargs)
        if "stop" in answer:
            raise StopIteration
        node, given = answer.get("value"), [*args, *kwargs.values()]
        if (
            isinstance(node, dict)
            and node.get("t") == "argument"
            and node.get("v") in range(len(given))
        ):
            return given[node["v"]]
        return self._value(answer, trusted)

    def _value(self, answer, trusted=False):
        if "value" not in answer:
            raise self.fail(
                "TAMPERED", "An answer of your code's process lacks its value.", ends=True
            )
        return self._decoded(answer["value"], trusted)

    def _decoded(self, node, trusted=False):
        with self._reading("A value of your code"):
            return self.decode(node, trusted)

    @contextlib.contextmanager
    def _reading(self, what):
        """Turn what cannot be read of an answer into the trouble that it means."""
        try:
            yield
        except NotPlain as error:
            raise self.fail(
                "FAIL", f"{error}. A person will look at this test.", review=True
            ) from None
        except Warning:  # wanted as an error by the test, and some are ValueErrors
            raise
        except (Malformed, KeyError, TypeError, ValueError, AttributeError) as error:
            words = f"{what} is not well formed ({error})."
            raise self.fail("TAMPERED", words[:300], ends=True) from None

    def _request(self, number, what, args, kwargs):
        try:
            nodes = [self.encode(item) for item in args]
            named = [[key, self.encode(item)] for key, item in kwargs.items()]
            drawn = self._drawn()
        except NotPlain as error:
            raise self.fail(
                "ERROR", f"{error}. A person will look at this test.", review=True
            ) from None
        fields = {"args": nodes, "kwargs": named, "pyplot": drawn, **self._around()}
        answer = self.ask("do", self.owner.until, target=number, what=what, **fields)
        given = [*nodes, *(node for _, node in named)]
        odd = fields["replaced"] or answer.get("changed") or answer.get("again")
        odd = odd or what != "__call__" or any(map(ordinary.hides_changes, given))
        self.exact = self.exact and not odd and ordinary.is_exact(given, given=True)
        self.exact = self.exact and ordinary.is_exact(answer.get("value"))
        self._effects(answer, [*args, *kwargs.values()])
        if "raise" in answer:
            raise self.error(answer["raise"])
        return answer

    def _drawn(self):
        """Return the open figures; those that the test has not changed stay as they are over there."""
        drawn = pictures.describe_open(self.encode)
        return pictures.unchanged(drawn) if dumps(drawn) == self.shown else drawn

    def _draw(self, node):
        """Open the figures that the student's process has open, and remember what both have."""
        try:
            pictures.open_figures(node, self.decode)
        except NotPlain:
            if self.owner.sees_figures:
                raise
            # A figure that the test does not look at costs it nothing.
            pictures.open_figures(pictures.NONE_OPEN, self.decode)
        self.shown = dumps(pictures.describe_open(self.encode))

    def note(self, value):
        """Remember a value of the student's that the test may change in place."""
        if self.changes and type(value).__name__ in plain.MUTABLE:
            with contextlib.suppress(NotPlain):
                self.given.append((value, dumps(self.encode(value))))

    def may_differ(self):
        """Tell whether in one process this test may have seen otherwise: something was shared there."""
        with contextlib.suppress(NotPlain, RecursionError):
            return self.parted or any(
                dumps(self.encode(value)) != form for value, form in self.given
            )
        return True

    def _around(self):
        """Return what the test has set up around this call: replaced functions, a wish about warnings."""
        try:
            replaced = [
                [module, name, self.encode(value)]
                for module, name, value in self.owner.around.replaced()
            ]
        except NotPlain as error:
            raise self.cannot(str(error)) from None
        return {"replaced": replaced, "warn": self.owner.around.action()}

    def cannot(self, words):
        """Return the trouble of a test that needs in the student's process what cannot go there."""
        words = (
            f"{words}; that does not reach your code's process. A person will look at this test."
        )
        return self.fail("ERROR", words, review=True)

    def _effects(self, answer, given):
        """Bring back what a call printed, warned of, changed in place and drew."""
        with self._reading("What your code changed"):
            for output in answer.get("outputs") or []:
                if output.get("output_type") == "stream":
                    stream = sys.stdout if output.get("name") == "stdout" else sys.stderr
                    stream.write(str(output["text"]))
            self.parted = self.parted or answer.get("again") is True
            for index, node in answer.get("changed") or []:
                if type(index) is not int or not 0 <= index < len(given):
                    raise Malformed("a change of no argument")
                self.parted = self.parted or _nested(given[index])
                change(given[index], self.decode(node))
            self._draw(answer.get("pyplot") or pictures.NONE_OPEN)
            for kinds, text in listed(answer.get("warnings") or [])[: around.MOST_WARNINGS]:
                kind = self.exception(_kinds(kinds))
                if not issubclass(kind, Warning):
                    raise Malformed("a warning of no kind of warning")
                warnings.warn_explicit(str(text)[:2000], kind, "<your code>", 1)

    def error(self, raised):
        """Return the local exception for one that the student's code raised."""
        try:
            if raised.get("full") is True:
                words = f"Your code printed more than {self.owner.limits.output} characters."
                return self.fail("OUTPUT_LIMIT", words)
            kind = self.exception(_kinds(raised["kinds"]))
            text, args = str(raised["text"])[:5000], [self.decode(node) for node in raised["args"]]
            attributes = {name: self.decode(node) for name, node in raised["attributes"].items()}
        except (Malformed, NotPlain, KeyError, TypeError, ValueError, AttributeError) as error:
            words = f"An exception of your code is not well formed ({error})."
            return self.fail("TAMPERED", words[:300], ends=True)
        error = kind.__new__(kind)
        error.args = tuple(args) if args else (text,)
        if kind.__str__ is not BaseException.__str__ and str(error) != text:
            error.args = (text,)
        error.__dict__.update(attributes)
        error.raised_by_student = True
        return error

    def file(self, name):
        """Return the bytes of a file in the student's folder, or None."""
        until = time.monotonic() + self.owner.limits.seconds
        return self._decoded(self.ask("file", until, name=name).get("value"))

    def fetch(self, names, trusted):
        """Return the student's values of names, without those that are not defined."""
        values = self.ask("fetch", self.owner.until, names=sorted(names)).get("values")
        if not isinstance(values, dict):
            raise self.fail("TAMPERED", "Your code's process gave no names.", ends=True)
        found = {
            # A module by its own name: the test's author wrote it, so that the student chooses nothing.
            name: importlib.import_module(name)
            if node == {"t": "module", "v": name}
            and name in {*sys.modules, *sys.stdlib_module_names}
            else self._decoded(node, name in trusted)
            for name, node in values.items()
            if name in names
        }
        for name, value in found.items():
            self.note(value)
            if isinstance(value, Stand):
                object.__setattr__(value, "_stand_asked", name)
            if isinstance(value, Stand) and value._stand_about["type"] == "function":
                self.functions.add(name)
            elif not isinstance(value, types.ModuleType):
                self.values.add(name)
                self.exact = self.exact and ordinary.is_exact(values[name])
        return found


def _kinds(nodes):
    """Check the list of a class and its ancestors."""
    kinds = []
    for name, own, number in listed(nodes)[:50]:
        if not isinstance(name, str) or not isinstance(own, bool) or type(number) is not int:
            raise Malformed("not a class")
        kinds.append((name, own, number))
    return kinds


def _holds_bytes(value):
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(_holds_bytes, value))
    if isinstance(value, dict):
        return any(map(_holds_bytes, value.values()))
    return isinstance(value, (bytes, bytearray))


def _nested(value):
    """Tell whether a container has containers inside."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, (list, dict, set)) for item in inner)


def _is_mock(value):
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)


def _importable(value):
    """Return where the student's process can import a library's function or class from."""
    if not (isinstance(value, type) or callable(value)):
        return None
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    name = name or getattr(value, "__name__", None)
    if module is None and type(value).__name__ == "ufunc":
        module = "numpy"
    loaded = sys.modules.get(module) if isinstance(module, str) else None
    if loaded is None or module == "__main__" or module.startswith("coursekit.grading"):
        return None
    found = loaded
    for part in str(name).split("."):
        found = getattr(found, part, None)
    return {"module": module, "name": name} if found is value else None


def change(old, new):
    """Give an argument the contents it was given in the student's process."""
    if type(old) is not type(new):
        raise Malformed("an argument changed its type")
    kind = type(old).__name__
    if kind in ("list", "bytearray"):
        old[:] = new
    elif kind in ("dict", "set", "Counter", "OrderedDict", "defaultdict"):
        old.clear()
        old.update(new)
    elif kind == "deque":
        old.clear()
        old.extend(new)
    elif kind == "ndarray":
        if old.shape != new.shape or old.dtype != new.dtype:
            raise NotPlain("an array that changes its shape or type has no copy")
        old[...] = new
    elif kind in ("DataFrame", "Series"):
        if kind == "Series":
            old.name = new.name
        old._update_inplace(new)
    else:
        pictures.change(old, new)
