# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
def segment_scorecard(people, market, cost):
    rows = []
    for segment in sorted(people["segment"].unique()):
        spend = people.loc[people["segment"] == segment, "spend"].to_numpy()
        n = len(spend)
        low = spend.mean() - 1.96 * spend.std(ddof=1) / n**0.5 if n > 1 else float("nan")
        worth = low * 0.3 * market * n / len(people)
        rows.append([segment, n, spend.mean(), low, worth, bool(n >= 30 and worth > cost)])
    return pd.DataFrame(rows, columns=["segment", "people", "mean", "low", "worth", "passed"])


# %% right: with_the_standard_error
def segment_scorecard(people, market, cost):
    by = people.groupby("segment")["spend"]
    table = pd.DataFrame({"people": by.count(), "mean": by.mean()})
    table["low"] = table["mean"] - 1.96 * by.sem()
    table["worth"] = 0.3 * table["low"] * (market * table["people"] / table["people"].sum())
    table["passed"] = table["worth"].gt(cost) & table["people"].ge(30)
    return table.reset_index()


# %% wrong: passes_three_people
# fails: segment_scorecard_three_people, segment_scorecard_hidden_verdict
# says: Expected the three to fail
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["low"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = table["worth"] > cost
    return table.drop(columns="std").reset_index()


# %% wrong: trusts_the_mean
# fails: segment_scorecard_hidden_worth, segment_scorecard_hidden_verdict
# says: Expected the cautious low end
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["mean"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: divides_by_n
# fails: segment_scorecard_low, segment_scorecard_hidden_worth
# says: Which standard deviation does the text ask for
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(
        people="size", mean="mean", std=lambda s: s.std(ddof=0)
    )
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["low"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: forgets_the_root
# fails: segment_scorecard_low, segment_scorecard_hidden_worth, segment_scorecard_hidden_verdict
# says: by what is it divided
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / table["people"]
    table["worth"] = table["low"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: spread_of_the_people
# fails: segment_scorecard_low, segment_scorecard_hidden_worth
# says: by what is it divided
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"]
    table["worth"] = table["low"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: whole_market_for_each
# fails: segment_scorecard_hidden_worth, segment_scorecard_hidden_verdict
# says: the segment's part of the market
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["low"] * 0.3 * market
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: forgets_what_is_left
# fails: segment_scorecard_hidden_worth, segment_scorecard_hidden_verdict
# says: the share that is left
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["low"] * market * table["people"] / len(people)
    table["passed"] = (table["people"] >= 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()


# %% wrong: more_than_thirty
# fails: segment_scorecard_hidden_verdict
# says: Thirty people and enough worth
def segment_scorecard(people, market, cost):
    table = people.groupby("segment")["spend"].agg(["size", "mean", "std"])
    table = table.rename(columns={"size": "people"})
    table["low"] = table["mean"] - 1.96 * table["std"] / np.sqrt(table["people"])
    table["worth"] = table["low"] * 0.3 * market * table["people"] / len(people)
    table["passed"] = (table["people"] > 30) & (table["worth"] > cost)
    return table.drop(columns="std").reset_index()
