"""What the student's process puts out: printed, displayed, up to a limit."""

import io


class Full(Exception):
    """A cell wrote more than the limit."""


class Tap(io.TextIOBase):
    """A standard stream that fills a list of outputs, up to a limit."""

    def __init__(self, name, sink):
        self.name, self.sink = name, sink

    encoding = "utf-8"

    def writable(self):
        """Tell that this stream can be written."""
        return True

    def write(self, text):
        """Take a text."""
        self.sink.stream(self.name, str(text))
        return len(text)

    def fileno(self):
        """Refuse: there is no file behind."""
        raise io.UnsupportedOperation("fileno")


class Sink:
    """What one cell or one call put out."""

    def __init__(self, limit):
        self.limit = limit
        self.clear()

    def clear(self):
        """Forget all outputs."""
        self.outputs, self.size = [], 0

    def count(self, size):
        """Count characters towards the limit."""
        self.size += size
        if self.size > self.limit:
            raise Full(f"more than {self.limit} characters of output")

    def stream(self, name, text):
        """Take a text of a standard stream."""
        room = max(0, self.limit - self.size)
        kept, last = text[:room], self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(kept)
        elif kept:
            self.outputs.append({"output_type": "stream", "name": name, "parts": [kept]})
        self.count(len(text))

    def show(self, kind, data, metadata=None):
        """Take a displayed value."""
        self.count(sum(len(value) for value in data.values() if isinstance(value, (str, bytes))))
        self.outputs.append({"output_type": kind, "data": data, "metadata": metadata or {}})

    def take(self):
        """Return the outputs as a notebook holds them, and forget them."""
        taken = []
        for output in self.outputs:
            if "parts" in output:
                text = "".join(output["parts"])
                output = {"output_type": "stream", "name": output["name"], "text": text}
            taken.append(output)
        self.clear()
        return taken
