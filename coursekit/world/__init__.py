"""The simulated world of the course: a milk thistle farm's shop, drawn from a seed.

Each part draws from a generator of its own, so that adding a part changes no other.
"""

from coursekit.world import desk, farm, log, relations
from coursekit.world.farm import Shop, Truth, shop

__all__ = ["Shop", "Truth", "shop", "write"]

PARTS = (farm, relations, desk, log)


def write(folder):
    """Write the tables of all parts for the default seed, the same bytes every time.

    Parameters
    ----------
    folder : str or pathlib.Path
        An existing folder; the files `shop_*` in it are replaced.
    """
    for part in PARTS:
        part.write(folder)
