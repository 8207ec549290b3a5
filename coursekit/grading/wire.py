"""The wire: JSON in frames of limited size, with bytes beside it; nothing is unpickled.

A frame is its length and its body. A body is JSON; or, where the value holds bytes, a zero byte, the length
of the JSON, the JSON with `{"blob": length}` in the place of each piece of bytes, and all pieces.
"""

import datetime as dt
import json
import re
import socket
import struct
import time
import zoneinfo

MOST_BYTES = 32 * 2**20
MOST_ITEMS = 4_000_000


class NotPlain(TypeError):
    """A value has no copy on the other side; the message names its type."""


class Malformed(Exception):
    """A message is not what the other side could honestly have sent."""


class Closed(Exception):
    """The other side has ended."""


class TooLarge(Exception):
    """A message is larger than the wire carries."""


class Late(Exception):
    """The other side did not answer in time."""


class Channel:
    """Send and receive values of JSON and bytes over a stream socket, each behind its length."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, value, seconds=None):
        """Send one value, within so many seconds if given; one too large raises TooLarge and sends nothing."""
        body = dumps(value)
        if len(body) > MOST_BYTES:
            raise TooLarge(f"{len(body) >> 20} MB; the wire carries {MOST_BYTES >> 20} MB")
        try:
            self.sock.settimeout(seconds)
            self.sock.sendall(struct.pack(">I", len(body)) + body)
        except TimeoutError as error:
            raise Late("the other side does not read") from error
        except OSError as error:
            raise Closed("the other side has ended") from error
        finally:
            self.sock.settimeout(None)

    def receive(self, seconds=None):
        """Return the next value, within so many seconds if given."""
        until = None if seconds is None else time.monotonic() + seconds
        (size,) = struct.unpack(">I", self._read(4, until))
        if size > MOST_BYTES:
            raise TooLarge(f"a message of {size} bytes; the wire carries {MOST_BYTES >> 20} MB")
        return loads(self._read(size, until))

    def _read(self, size, until):
        parts = bytearray()
        while len(parts) < size:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    raise Late("no answer in time")
                self.sock.settimeout(left)
            try:
                part = self.sock.recv(min(size - len(parts), 2**20))
            except TimeoutError as error:
                raise Late("no answer in time") from error
            except OSError as error:
                raise Closed("the other side has ended") from error
            finally:
                self.sock.settimeout(None)
            if not part:
                raise Closed("the other side has ended")
            parts += part
        return bytes(parts)

    def close(self):
        """Close the socket."""
        self.sock.close()


def pair():
    """Return a channel and the socket of its other end."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs


def dumps(value):
    r"""Return the body that stands for a value of JSON's types and bytes.

    Examples
    --------
    >>> dumps(["a", b"xyz"])
    b'\x00\x00\x00\x00\x10["a",{"blob":3}]xyz'
    """
    pieces = []

    def take(piece):
        if not isinstance(piece, bytes):
            raise TypeError(f"{type(piece).__name__} does not cross the wire")
        pieces.append(piece)
        return {"blob": len(piece)}

    text = json.dumps(value, separators=(",", ":"), default=take).encode()
    if not pieces:
        return text
    return b"".join([b"\0", struct.pack(">I", len(text)), text, *pieces])


def loads(body):
    r"""Parse a body; each piece of bytes is used once, in order, so that nothing is multiplied.

    Examples
    --------
    >>> loads(b'\x00\x00\x00\x00\x10["a",{"blob":3}]xyz')
    ['a', b'xyz']
    """
    if body[:1] != b"\0":
        return _parse(body)
    at = 5 + int.from_bytes(body[1:5], "big")
    text = body[5:at]

    def put(node):
        nonlocal at
        if len(node) != 1 or "blob" not in node:
            return node
        size = node["blob"]
        if type(size) is not int or not 0 <= size <= len(body) - at:
            raise Malformed("bytes that are not there")
        at += size
        return body[at - size : at]

    value = _parse(text, put)
    if at != len(body):
        raise Malformed("bytes that belong to nothing")
    return value


def _parse(text, put=None):
    if text.count(b",") + text.count(b"[") + text.count(b"{") > MOST_ITEMS:
        raise TooLarge(f"a message of more than {MOST_ITEMS} items")
    try:
        return json.loads(text, object_hook=put)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None


# What the modules of values share


def listed(value):
    """Return a list as it is; anything else is malformed."""
    if not isinstance(value, list):
        raise Malformed("expected a list")
    return value


def zone_name(value):
    """Return the name of a time zone, or None if it has none that both sides know."""
    if value is None:
        return ""
    if isinstance(value, dt.timezone):
        offset, name = value.utcoffset(None), value.tzname(None)
        given = f" {name}" if name != dt.timezone(offset).tzname(None) else ""
        return f"{offset.total_seconds():.6f}{given}"
    key = getattr(value, "key", None)
    if isinstance(key, str):
        return key
    raise NotPlain(f"a time zone of type {type(value).__name__} is not plain data")


def zone(name):
    """Return the time zone of a name, or None for no name."""
    if not isinstance(name, str):
        raise Malformed("not a time zone")
    if name == "":
        return None
    if found := re.fullmatch(r"(?s)(-?\d{1,5}\.\d{6})(?: (.*))?", name):
        offset = dt.timedelta(seconds=float(found[1]))
        return dt.timezone(offset) if found[2] is None else dt.timezone(offset, found[2])
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,2}", name):
        raise Malformed("not a time zone")
    return zoneinfo.ZoneInfo(name)
