# ruff: noqa: D100, D103, F811, F821

# %% right: with_itertools
import itertools


def rules(baskets, least_support=0.0):
    baskets = [set(basket) for basket in baskets]
    count, both = {}, {}
    for basket in baskets:
        for a in basket:
            count[a] = count.get(a, 0) + 1
        for pair in itertools.permutations(basket, 2):
            both[pair] = both.get(pair, 0) + 1
    n, rows = len(baskets), []
    for (a, b), together in both.items():
        if together / n >= least_support:
            confidence = together / count[a]
            lift = together * n / (count[a] * count[b])
            rows.append(
                {"a": a, "b": b, "support": together / n, "confidence": confidence, "lift": lift}
            )
    rows.sort(key=lambda row: (-round(row["lift"], 9), row["a"], row["b"]))
    return pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])


# %% right: with_a_matrix
def rules(baskets, least_support=0.0):
    products = sorted({product for basket in baskets for product in basket})
    has = np.array([[p in basket for p in products] for basket in baskets], float)
    together, share = has.T @ has / len(has), has.mean(axis=0)
    rows = [
        (a, b, together[i, j], together[i, j] / share[i], together[i, j] / share[i] / share[j])
        for i, a in enumerate(products)
        for j, b in enumerate(products)
        if i != j and together[i, j] > 0 and together[i, j] >= least_support - 1e-12
    ]
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    key = -table["lift"].round(9)
    return table.iloc[np.lexsort((table["b"], table["a"], key))]


# %% wrong: ranked_by_confidence
# fails: rules_order, rules_hidden_order_of_equals
# says: seen together more often than chance would do
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > 0 and both >= least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[b]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    return table.sort_values(["confidence", "a", "b"], ascending=[False, True, True])


# %% wrong: ranked_by_support
# fails: rules_order, rules_hidden_order_of_equals
# says: Expected the pair that is seen together
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > 0 and both >= least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[b]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    return table.sort_values(["support", "a", "b"], ascending=[False, True, True])


# %% wrong: confidence_out_of_all
# fails: rules_numbers, rules_order, rules_repetitions, rules_hidden_nine_baskets
# says: Of the three baskets with product 1
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > 0 and both >= least_support:
                rows.append((a, b, both, both, both / share[b]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    return table.sort_values(["lift", "a", "b"], ascending=[False, True, True])


# %% wrong: divided_by_the_share_of_a
# fails: rules_numbers, rules_order, rules_hidden_nine_baskets
# says: share of all baskets that have product 2
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > 0 and both >= least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[a]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    return table.sort_values(["lift", "a", "b"], ascending=[False, True, True])


# %% wrong: counts_repetitions
# fails: rules_repetitions
# says: each product to count once a basket
def rules(baskets, least_support=0.0):
    n = len(baskets)
    products = sorted({p for basket in baskets for p in basket})
    count = {a: sum(basket.count(a) for basket in baskets) for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in baskets)
            if a != b and both > 0 and both / n >= least_support:
                rows.append((a, b, both / n, both / count[a], both / count[a] / (count[b] / n)))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    order = table.assign(lift=-table["lift"].round(9)).sort_values(["lift", "a", "b"]).index
    return table.loc[order]


# %% wrong: one_direction_only
# fails: rules_order, rules_hidden_nine_baskets, rules_hidden_order_of_equals
# says: both directions
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for i, a in enumerate(products):
        for b in products[i + 1 :]:
            both = sum(a in basket and b in basket for basket in sets) / n
            if both > 0 and both >= least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[b]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    return table.sort_values(["lift", "a", "b"], ascending=[False, True, True])


# %% wrong: more_than_the_least_support
# fails: rules_hidden_nine_baskets
# says: with that support *or more*
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[b]))
    table = pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
    order = table.assign(lift=-table["lift"].round(9)).sort_values(["lift", "a", "b"]).index
    return table.loc[order]


# %% wrong: in_the_order_found
# fails: rules_order, rules_hidden_order_of_equals
# says: the smaller a, then the smaller b
def rules(baskets, least_support=0.0):
    sets = [set(basket) for basket in baskets]
    n = len(sets)
    products = sorted(set().union(*sets))
    share = {a: sum(a in basket for basket in sets) / n for a in products}
    rows = []
    for a in products:
        for b in products:
            both = sum(a in basket and b in basket for basket in sets) / n
            if a != b and both > 0 and both >= least_support:
                rows.append((a, b, both, both / share[a], both / share[a] / share[b]))
    return pd.DataFrame(rows, columns=["a", "b", "support", "confidence", "lift"])
