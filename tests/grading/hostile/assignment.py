"""The assignment that the hostile submissions attack: 15 points, three questions."""

SET_UP = """\
import numpy as np
import pandas as pd

rates = {"tea": 0.13, "oil": 0.09}


def close(a, b):
    return abs(a - b) < 1e-9
"""
TOTAL = "def total(values):\n    raise NotImplementedError()\n"
TOTAL_VISIBLE = "assert total([1, 2, 3]) == 6\nassert close(total([0.5]), 0.5)\n"
TOTAL_HIDDEN = """\
# Many values (hidden).
### BEGIN HIDDEN TESTS
secret = [7, 11, 13, 17]
assert total(list(secret)) == 48, "the sum of more values"
assert np.isclose(total([0.25] * 8), 2.0)
### END HIDDEN TESTS
"""
TAX = "def with_tax(table):\n    raise NotImplementedError()\n"
TAX_VISIBLE = """\
table = pd.DataFrame({"kind": ["tea", "oil"], "price": [100.0, 200.0]})
got = with_tax(table)
np.testing.assert_allclose(got["price"], [113, 218])
assert rates == {"tea": 0.13, "oil": 0.09}
"""
TAX_HIDDEN = """\
# Other prices (hidden).
### BEGIN HIDDEN TESTS
table = pd.DataFrame({"kind": ["oil", "oil"], "price": [10.0, 20.0]})
pd.testing.assert_frame_equal(with_tax(table), table.assign(price=[10.9, 21.8]))
### END HIDDEN TESTS
"""
STACK = "class Stack:\n    pass\n"
STACK_VISIBLE = """\
s = Stack()
s.push(4)
s.push(5)
assert len(s) == 2 and s.pop() == 5
"""
STACK_HIDDEN = """\
# An empty stack (hidden).
### BEGIN HIDDEN TESTS
s = Stack()
try:
    s.pop()
except IndexError:
    pass
else:
    raise AssertionError("expected IndexError from an empty stack")
assert len(s) == 0
### END HIDDEN TESTS
"""
CELLS = [
    ("set_up", "locked", SET_UP, None),
    ("total", "answer", TOTAL, None),
    ("total_visible", "test", TOTAL_VISIBLE, 2),
    ("total_hidden", "test", TOTAL_HIDDEN, 3),
    ("tax", "answer", TAX, None),
    ("tax_visible", "test", TAX_VISIBLE, 2),
    ("tax_hidden", "test", TAX_HIDDEN, 3),
    ("stack", "answer", STACK, None),
    ("stack_visible", "test", STACK_VISIBLE, 2),
    ("stack_hidden", "test", STACK_HIDDEN, 3),
]
RIGHT = {
    "total": "def total(values):\n    return sum(values)\n",
    "tax": 'def with_tax(table):\n    factor = 1 + table["kind"].map(rates)\n'
    '    return table.assign(price=table["price"] * factor)\n',
    "stack": "class Stack:\n    def __init__(self):\n        self.items = []\n\n"
    "    def push(self, x):\n        self.items.append(x)\n\n"
    "    def pop(self):\n        return self.items.pop()\n\n"
    "    def __len__(self):\n        return len(self.items)\n",
}
WRONG = {
    "total": "def total(values):\n    return -1\n",
    "tax": "def with_tax(table):\n    return table\n",
    "stack": "class Stack:\n    def push(self, x):\n        pass\n\n"
    "    def pop(self):\n        return None\n\n    def __len__(self):\n        return 9\n",
}
