"""A second opinion: what a test says in one process with the student's code.

Between two processes values are copied, so that a test can see other than it would in one. Where that may
decide, the submission runs again in a jail of its own with its tests, as nbgrader alone runs it. What comes of
it is never believed, for the student's code could forge it: it only says where a person must look. Its outputs
are thrown away, and a student is not told what it says of a hidden test.
"""

import time

from coursekit.grading.remote import Trouble

WORDS = "In one process with your code this test ends otherwise. A person will look at this test."


class Opinion:
    """A process in which cells and tests run one after another.

    Parameters
    ----------
    remote : coursekit.grading.remote.Remote
        The line to a new process of the student's.
    cells : list of dict
        The notebook's cells in order.
    seconds : float
        For all cells together.
    """

    def __init__(self, remote, cells, seconds):
        self.remote, self.cells, self.at = remote, cells, 0
        self.until = time.monotonic() + seconds

    def passes(self, i):
        """Tell whether the cell of this place ends without an error; None if that is not known."""
        well = None
        try:
            while self.at <= i:
                cell = self.cells[self.at]
                self.at += 1
                if cell["cell_type"] == "code" and cell["source"].strip():
                    asked = self.remote.ask("ends_well", self.until, code=cell["source"])
                    well = asked.get("well")
        except Trouble:
            self.remote.kill()
        return well if self.remote.alive and isinstance(well, bool) else None
