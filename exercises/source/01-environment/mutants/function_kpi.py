# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
import math


def function_kpi(visits, orders):
    asked = quick = brand = generic = shown = answered = 0
    for visit in visits.to_dict("records"):
        if visit["asked"]:
            asked += 1
            quick += not math.isnan(visit["reply_minutes"]) and visit["reply_minutes"] <= 10
        brand += visit["source"] == "brand search"
        generic += visit["source"] == "generic search"
        shown += visit["survey"] in ("shown", "answered")
        answered += visit["survey"] == "answered"
    site = counter = on_time = coupons = rated = bad = 0
    times = {}
    for order in orders.sort_values("ordered_at").to_dict("records"):
        if order["place"] == "site":
            site += 1
            wait = order["shipped_at"] - order["ordered_at"]
            on_time += not pd.isna(wait) and wait.total_seconds() <= 48 * 3600
        else:
            counter += 1
            coupons += order["coupon"]
        if not pd.isna(order["stars"]):
            rated += 1
            bad += order["stars"] in (1, 2)
        if not pd.isna(order["customer_id"]):
            times.setdefault(order["customer_id"], []).append(order["ordered_at"])
    end = orders["ordered_at"].max()
    old = [t for t in times.values() if (end - t[0]).total_seconds() >= 180 * 86400]
    again = [t for t in old if len(t) > 1 and (t[1] - t[0]).total_seconds() <= 180 * 86400]
    rows = []
    for name, top, below in [
        ("competition", quick, asked),
        ("processes", on_time, site),
        ("relations", len(again), len(old)),
        ("sales", coupons, counter),
        ("brand", brand, brand + generic),
        ("research", answered, shown),
        ("reputation", bad, rated),
    ]:
        rows.append([name, top, below, top / below if below else None])
    return pd.DataFrame(rows, columns=["function", "numerator", "denominator", "rate"])


# %% right: with_a_helper
def share(name, cases):
    return {"function": name, "numerator": cases.sum(), "denominator": len(cases)}


def function_kpi(visits, orders):
    asked = visits.query("asked")
    site = orders.query("place == 'site'")
    hours = (site["shipped_at"] - site["ordered_at"]) / pd.Timedelta(hours=1)
    by_customer = orders.sort_values("ordered_at").groupby("customer_id")["ordered_at"]
    firsts = by_customer.min()
    firsts = firsts[firsts <= orders["ordered_at"].max() - pd.Timedelta(days=180)]
    rank = by_customer.cumcount()
    seconds = orders.loc[rank[rank == 1].index].dropna(subset=["customer_id"])
    seconds = seconds.set_index("customer_id")["ordered_at"]
    gaps = (seconds.reindex(firsts.index) - firsts) / pd.Timedelta(days=1)
    searches = visits.loc[visits["source"].isin(["brand search", "generic search"]), "source"]
    surveys = visits.loc[visits["survey"] != "none", "survey"]
    table = pd.DataFrame(
        [
            share("competition", asked["reply_minutes"].le(10)),
            share("processes", hours.le(48)),
            share("relations", gaps.le(180)),
            share("sales", orders.loc[orders["place"] == "counter", "coupon"]),
            share("brand", searches.eq("brand search")),
            share("research", surveys.eq("answered")),
            share("reputation", orders["stars"].dropna().lt(3)),
        ]
    )
    return table.assign(rate=table["numerator"].div(table["denominator"].replace(0, np.nan)))


# %% wrong: counts_without_denominator
# fails: function_kpi_rows, function_kpi_small_shop, function_kpi_hidden_reply_limit, function_kpi_hidden_shipping_limit, function_kpi_hidden_relations, function_kpi_hidden_no_cases, function_kpi_hidden_other_shop
# says: A rate lies between 0 and 1
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), 1],
        ["processes", on_time.sum(), 1],
        ["relations", again.sum(), 1],
        ["sales", counter["coupon"].sum(), 1],
        ["brand", brand, 1],
        ["research", answered, 1],
        ["reputation", bad, 1],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: everything_per_visit
# fails: function_kpi_small_shop, function_kpi_hidden_reply_limit, function_kpi_hidden_shipping_limit, function_kpi_hidden_relations, function_kpi_hidden_no_cases, function_kpi_hidden_other_shop
# says: All cases that could have counted belong to it
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), len(visits)],
        ["processes", on_time.sum(), len(visits)],
        ["relations", again.sum(), len(visits)],
        ["sales", counter["coupon"].sum(), len(visits)],
        ["brand", brand, len(visits)],
        ["research", answered, len(visits)],
        ["reputation", bad, len(visits)],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: only_answered_questions_below
# fails: function_kpi_small_shop, function_kpi_hidden_reply_limit
# says: the denominator of competition
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["reply_minutes"].notna().sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: less_than_ten_minutes
# fails: function_kpi_small_shop, function_kpi_hidden_reply_limit
# says: the numerator of competition
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] < 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: only_shipped_orders_below
# fails: function_kpi_small_shop, function_kpi_hidden_shipping_limit
# says: the denominator of processes
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), site["shipped_at"].notna().sum()],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: whole_days_to_shipping
# fails: function_kpi_hidden_shipping_limit
# says: above those shipped within 48 hours
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = (site["shipped_at"] - site["ordered_at"]).dt.days <= 2
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: all_orders_below
# fails: function_kpi_small_shop, function_kpi_hidden_shipping_limit, function_kpi_hidden_no_cases, function_kpi_hidden_other_shop
# says: the denominator of processes
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(orders)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(orders)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, len(orders)],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: young_customers_below_too
# fails: function_kpi_small_shop, function_kpi_hidden_relations
# says: later ones had no half-year yet
def function_kpi(visits, orders):
    orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    again = second - first <= half_year
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), len(first)],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: second_order_at_any_time
# fails: function_kpi_small_shop, function_kpi_hidden_relations
# says: whose second order came 180 days or less
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & second.notna()
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: generic_searches_below
# fails: function_kpi_small_shop, function_kpi_hidden_other_shop
# says: the denominator of brand
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: shown_without_answered
# fails: function_kpi_small_shop, function_kpi_hidden_other_shop
# says: the denominator of research
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: stars_of_one_only
# fails: function_kpi_small_shop, function_kpi_hidden_other_shop
# says: the numerator of reputation
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] < 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"]
    return table


# %% wrong: zero_where_nothing_happened
# fails: function_kpi_hidden_no_cases
# says: nothing over nothing is no rate
def function_kpi(visits, orders):
    end = orders["ordered_at"].max()
    known = orders.dropna(subset=["customer_id"]).sort_values("ordered_at")
    number = known.groupby("customer_id").cumcount()
    first = known[number == 0].set_index("customer_id")["ordered_at"]
    second = known[number == 1].set_index("customer_id")["ordered_at"].reindex(first.index)
    half_year = pd.Timedelta(days=180)
    site = orders[orders["place"] == "site"]
    counter = orders[orders["place"] == "counter"]
    quick = visits["asked"] & (visits["reply_minutes"] <= 10)
    on_time = site["shipped_at"] - site["ordered_at"] <= pd.Timedelta(hours=48)
    old = end - first >= half_year
    again = old & (second - first <= half_year)
    brand = (visits["source"] == "brand search").sum()
    generic = (visits["source"] == "generic search").sum()
    answered = (visits["survey"] == "answered").sum()
    shown = answered + (visits["survey"] == "shown").sum()
    bad = (orders["stars"] <= 2).sum()
    rows = [
        ["competition", quick.sum(), visits["asked"].sum()],
        ["processes", on_time.sum(), len(site)],
        ["relations", again.sum(), old.sum()],
        ["sales", counter["coupon"].sum(), len(counter)],
        ["brand", brand, brand + generic],
        ["research", answered, shown],
        ["reputation", bad, orders["stars"].notna().sum()],
    ]
    table = pd.DataFrame(rows, columns=["function", "numerator", "denominator"])
    table["rate"] = table["numerator"] / table["denominator"].clip(lower=1)
    return table
