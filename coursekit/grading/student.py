"""The student's process: it runs the student's cells and answers for the student's objects.

It holds no test, no expected value and no solution. Nothing that it says is believed without a
check by the examiner; a student who rewrites this module while it runs gains nothing.
"""

import base64
import builtins
import contextlib
import importlib
import inspect
import os
import random
import shutil
import sys
import types
import warnings

from coursekit.grading import around, jail, opening, pictures, plain, server
from coursekit.grading.sink import Full, Sink, Tap
from coursekit.grading.stand import DELEGATED
from coursekit.grading.wire import Channel, NotPlain, TooLarge, dumps


def warm():
    """Start IPython once; every fork has it."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    quiet = Config(
        {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    )
    shell = InteractiveShell.instance(config=quiet)
    shell.enable_gui = lambda gui=None: None
    return shell


class Process:
    """Cells in, outputs out; calls in, plain data or references out."""

    def __init__(self, channel, limits):
        from IPython.core.interactiveshell import InteractiveShell

        self.channel, self.sink, self.pid = channel, Sink(limits.output), os.getpid()
        self.objects, self.numbers, self.shown = {}, {}, {}
        shell = self.shell = InteractiveShell.instance()
        sys.stdout, sys.stderr = Tap("stdout", self.sink), Tap("stderr", self.sink)
        shell.display_pub.publish = self.publish
        shell.displayhook.write_output_prompt = lambda: None
        shell.displayhook.write_format_data = self.result
        shell.displayhook.finish_displayhook = lambda: None
        shell._showtraceback = self.error
        shell.user_ns["__name__"] = "__main__"
        sys.modules["__main__"] = shell.user_module
        if sys.path[0] != "":
            sys.path.insert(0, "")
        opening.seed()
        opening.restore(opening.SEEDED)

    # Cells

    def publish(self, data, metadata=None, **_):
        """Take what `display` shows."""
        self.sink.show("display_data", _texts(data), metadata)

    def result(self, data, metadata=None):
        """Take a cell's last value."""
        self.sink.show("execute_result", _texts(data), metadata)

    def error(self, kind, value, lines):
        """Take a traceback."""
        self.failed = {
            "output_type": "error",
            "ename": kind.__name__,
            "evalue": str(value)[:5000],
            "traceback": [line[:5000] for line in lines][:60],
        }

    def run(self, message):
        """Run one cell as a notebook does."""
        self.failed = None
        self.shell.run_cell(message["code"], store_history=False, silent=False)
        outputs = self.sink.take()
        full = self.failed is not None and self.failed["ename"] == "Full"
        if self.failed is not None:
            outputs.append(self.failed)
        return {"outputs": outputs, "full": full}

    def ends_well(self, message):
        """Run one cell and tell only whether it ended without an error; to draw up errors takes long."""
        self.sink.clear()
        self.shell.showtraceback = self.shell.showsyntaxerror = lambda *_, **__: None
        done = self.shell.run_cell(message["code"], store_history=False, silent=False)
        return {"well": done.success}

    # Objects

    def fetch(self, message):
        """Return the values of names; those that are not defined are left out."""
        space = self.shell.user_ns
        return {
            "values": {name: self.encode(space[name]) for name in message["names"] if name in space}
        }

    def seed(self, message):
        """Seed a random generator as the test did."""
        value = self.decode(message["value"])
        if message["which"] == "random":
            random.seed(value)
        elif "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(value)
        return {}

    def file(self, message):
        """Return a file of the working folder, or nothing."""
        with contextlib.suppress(OSError), open(message["name"], "rb") as file:
            return {"value": plain.encode(file.read(8 * 2**20))}
        return {"value": None}

    def do(self, message):
        """Do one thing to one object; report its value, changed arguments, and what it printed."""
        self.sink.clear()
        pictures.open_figures(message["pyplot"], self.decode)
        nodes = [*message["args"], *(node for _, node in message["kwargs"])]
        given = [self.decode(node) for node in nodes]
        before = [self.state(item) for item in given]
        count = len(message["args"])
        named = {key: item for (key, _), item in zip(message["kwargs"], given[count:], strict=True)}
        answer = {}
        try:
            target = self.objects[message["target"]]
            with self.as_the_test_has_it(message, answer):
                value = DEEDS[message["what"]](target, *given[:count], **named)
            answer["value"] = self.same(value, given) or self.encode(value)
            answer["again"] = self.shown_again(value)
        except NotPlain:
            raise
        except StopIteration as stop:
            answer["stop"] = self.encode(stop.value)
        except BaseException as error:
            answer["raise"] = self.raised(error)
        after = [self.state(item) for item in given]
        answer["changed"] = [
            [i, self.encode(item)]
            for i, item in enumerate(given)
            if before[i] is not None and after[i] != before[i]
        ]
        answer["outputs"] = self.sink.take()
        answer["pyplot"] = self.pyplot()
        return answer

    @contextlib.contextmanager
    def as_the_test_has_it(self, message, answer):
        """Replace what the test replaced, and note warnings for it, while a call runs."""
        kept = []
        for module, name, node in message.get("replaced") or []:
            held = importlib.import_module(module)
            kept.append((held, name, getattr(held, name)))
            setattr(held, name, self.decode(node))
        try:
            with warnings.catch_warnings(record=True) as noted:
                if message.get("warn"):
                    warnings.simplefilter(message["warn"])
                yield
        finally:
            for held, name, value in kept:
                setattr(held, name, value)
            answer["warnings"] = [
                [self.kinds(note.category), str(note.message)[:2000]]
                for note in noted[: around.MOST_WARNINGS]
            ]

    def same(self, value, given):
        """Return a mention of the argument that a value is, or None."""
        for i, item in enumerate(given):
            if value is item and type(value).__name__ in plain.MUTABLE:
                return {"t": "argument", "v": i}
        return None

    def shown_again(self, value):
        """Tell whether a container was returned before: two names of a test would share it in one process."""
        if type(value) not in (list, dict, set) or len(self.shown) > 200:
            return False
        again = id(value) in self.shown
        self.shown[id(value)] = value
        return again

    def state(self, item):
        """Return what an argument looks like, if it can be changed in place."""
        name = type(item).__name__
        if name not in plain.MUTABLE:
            return None
        if name in ("DataFrame", "Series") and not _holds_objects(item):
            return Table(item)
        return dumps(self.encode(item))

    def pyplot(self):
        """Describe the figures that are open in pyplot, or say that one has no description."""
        try:
            return pictures.describe_open(self.encode)
        except Exception as error:
            return {"notplain": str(error)}

    def raised(self, error):
        """Describe an exception."""
        return {
            "kinds": self.kinds(type(error)),
            "text": _safely(lambda: str(error))[:5000],
            "args": [self.encode_or_text(item) for item in _safely(lambda: error.args, ())[:20]],
            "attributes": {
                name: self.encode_or_text(value)
                for name, value in list(_safely(lambda: vars(error), {}).items())[:20]
            },
            "full": isinstance(error, Full),
        }

    def encode_or_text(self, value):
        """Return the form of a plain value, or the text of another."""
        try:
            return plain.encode(value)
        except Exception:
            return _safely(lambda: str(value))[:500]

    # References

    def number(self, value):
        """Return the number by which the examiner names an object."""
        key = id(value)
        if key not in self.numbers:
            self.numbers[key] = len(self.objects) + 1
            self.objects[self.numbers[key]] = value
        return self.numbers[key]

    def encode(self, value):
        """Return the form of any value."""
        return plain.encode(value, self.refer)

    def refer(self, value):
        """Describe what is not plain: a module by name, a figure, or a reference."""
        if isinstance(value, Host):
            return {"t": "host", "v": value._number}
        if isinstance(value, types.ModuleType):
            return {"t": "module", "v": value.__name__}
        if "matplotlib.figure" in sys.modules:
            picture = pictures.describe(value, self.encode)
            if picture is not None:
                return picture
        kind = type(value)
        if kind is type and value.__module__ == "builtins" and value.__name__ in plain.TYPES:
            return {"t": "builtin", "v": value.__name__}
        if isinstance(value, type):
            return {**self.about(value), "t": "class", "kinds": self.kinds(value)}
        return {**self.about(value), "t": "object", "kinds": self.kinds(kind)}

    def kinds(self, kind):
        """Return the names and numbers of a class and its ancestors."""
        return [
            [each.__name__, each.__module__ == "builtins", self.number(each)]
            for each in kind.__mro__
            if each is not object
        ]

    def about(self, value):
        """Describe an object: what it is called and what it can do."""
        kind = type(value)
        known = {name for each in kind.__mro__ if each is not object for name in vars(each)}
        about = {
            "number": self.number(value),
            "type": kind.__name__,
            "deeds": sorted(set(DEEDS) & known),
            "iterates": hasattr(kind, "__next__"),
        }
        for key in ("__name__", "__doc__"):
            found = _safely(lambda key=key: getattr(value, key, None), None)
            if isinstance(found, str):
                about[key] = found[:2000]
        if callable(value):
            about["signature"] = self.signature(value)
        return about

    def signature(self, value):
        """Describe the parameters of a callable, if they can be known."""
        try:
            found = inspect.signature(value)
            return [
                [p.name, int(p.kind), p.default is not p.empty, self.encode_or_text(p.default)]
                for p in found.parameters.values()
            ]
        except Exception:
            return None

    def decode(self, node):
        """Return the value of a form that came from the examiner."""
        return plain.decode(node, self.resolve)

    def resolve(self, node):
        """Return what the examiner's message refers to."""
        if node["t"] == "reference":
            return self.objects[node["v"]]
        if node["t"] == "host":
            return Host(self, node["v"])
        if node["t"] == "name":
            found = importlib.import_module(node["module"])
            for part in node["name"].split("."):
                found = getattr(found, part)
            return found
        return pictures.rebuild(node, self.decode)

    # Callbacks

    def ask(self, number, args, kwargs):
        """Call a function of the examiner's, for instance a helper that a test passes on."""
        self.channel.send(
            {
                "callback": number,
                "args": [self.encode(item) for item in args],
                "kwargs": [[key, self.encode(item)] for key, item in kwargs.items()],
                "pyplot": self.pyplot(),
            }
        )
        while True:
            message = self.channel.receive()
            if "back" in message:
                break
            self.answer(message)
        pictures.open_figures(message["pyplot"], self.decode)
        if "raise" in message:
            kind = getattr(builtins, message["raise"][0], Exception)
            raise kind(message["raise"][1])
        return self.decode(message["back"])

    def answer(self, message):
        """Answer one message; a process that the student's code forked has nothing to say."""
        try:
            answer = getattr(self, message["op"])(message)
        except NotPlain as error:
            answer = {"notplain": str(error)}
        except BaseException as error:
            answer = {"raise": self.raised(error)}
        if os.getpid() != self.pid:
            os._exit(0)
        try:
            self.channel.send({"id": message["id"], **answer})
        except TooLarge as error:
            self.channel.send({"id": message["id"], "notplain": str(error)})


class Table:
    """What a frame or series looked like; pandas copies on write, so that keeping it costs little."""

    def __init__(self, table):
        self.table = table.copy(deep=False)

    def __eq__(self, other):
        ours, theirs = self.table, other.table
        return (
            ours.index.identical(theirs.index)
            and (
                ours.columns.identical(theirs.columns)
                if ours.ndim == 2
                else [ours.name] == [theirs.name]
            )
            and (self.shares(other) or ours.equals(theirs))
        )

    def shares(self, other):
        """Tell whether nothing was written since: pandas would have written into new memory."""
        ours, theirs = (
            [(block.dtype, _memory(block.values)) for block in one.table._mgr.blocks]
            for one in (self, other)
        )
        return ours == theirs and all(place for _, place in ours)


def _holds_objects(table):
    """Tell whether a table has objects in it, which can be changed where they are."""
    return any(block.dtype == "O" for block in table._mgr.blocks)


def _memory(values):
    """Return where an array's items lie and how; None if it is not all in one place."""
    return getattr(getattr(values, "_ndarray", values), "__array_interface__", None)


class Host:
    """A function of the examiner's, callable from here."""

    def __init__(self, process, number):
        self._process, self._number = process, number

    def __call__(self, *args, **kwargs):
        """Call the function over there."""
        return self._process.ask(self._number, args, kwargs)


def _safely(action, otherwise=""):
    try:
        return action()
    except BaseException:
        return otherwise


def _texts(data):
    """Return mime data with all values as text."""
    return {
        str(key): base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in data.items()
        if isinstance(value, (str, bytes))
    }


def _operator(name):
    def deed(target, *args):
        found = getattr(type(target), name)(target, *args)
        if found is NotImplemented:
            raise TypeError(f"{type(target).__name__} does not support {name} with this value")
        return found

    return deed


DEEDS = {name: _operator(name) for name in DELEGATED}
DEEDS |= {
    "__call__": lambda target, *args, **kwargs: target(*args, **kwargs),
    "__exit__": lambda target: type(target).__exit__(target, None, None, None),
    "getattr": getattr,
    "setattr": setattr,
    "send": lambda target, value: target.send(value),
}


def prepare(wish):
    """Load an assignment's modules and run its opening, before the forks.

    Parameters
    ----------
    wish : dict
        imports; cells: sources of the opening, or none; files and home: what they find and where;
        limits.

    Returns
    -------
    dict
        outputs: those of each cell.

    Raises
    ------
    coursekit.grading.opening.Unsound
        If submissions must run these cells themselves.
    """
    server.preload(wish["imports"])
    if not wish["cells"]:
        return {"outputs": []}
    shutil.rmtree(os.path.join(wish["home"], "work"), ignore_errors=True)  # another assignment's
    server.place_files(wish)
    limits, streams = jail.Limits(**wish["limits"]), (sys.stdout, sys.stderr)
    try:
        return {
            "outputs": opening.run(
                wish["cells"], os.getcwd(), limits.seconds, lambda: Process(None, limits)
            )
        }
    finally:
        sys.stdout, sys.stderr = streams
        os.chdir("/")


def serve(sock, limits):
    """Answer the examiner's messages until it closes the channel."""
    for fd in range(3):
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    channel = Channel(sock)
    process = Process(channel, limits)
    while True:
        try:
            process.answer(channel.receive())
        except KeyboardInterrupt:
            continue
