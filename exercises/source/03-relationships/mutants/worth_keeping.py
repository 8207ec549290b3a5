# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
def worth_keeping(customers, interest=0.1):
    rows = []
    for one in customers.to_dict("records"):
        yearly = one["margin_yuan"] - (one["cost_yuan"] - one["our_fault_yuan"])
        value = yearly * one["retention"] / (1 + interest - one["retention"])
        rows.append((one["customer_id"], value, one["months"] < 6 or value >= 0))
    return pd.DataFrame(rows, columns=["customer_id", "value_yuan", "keep"])


# %% right: with_assign
def worth_keeping(customers, interest=0.1):
    table = customers.eval("own = margin_yuan - cost_yuan + our_fault_yuan")
    multiple = table["retention"] / (1 + interest - table["retention"])
    table = table.assign(value_yuan=table["own"] * multiple)
    table["keep"] = ~((table["value_yuan"] < 0) & (table["months"] >= 6))
    return table.loc[:, ["customer_id", "value_yuan", "keep"]]


# %% wrong: big_spenders
# fails: worth_keeping_revenue, worth_keeping_hidden_edges
# says: revenue is not value
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (customers["revenue_yuan"] >= customers["revenue_yuan"].median()) | (
        customers["months"] < 6
    )
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: revenue_as_value
# fails: worth_keeping_worked_case, worth_keeping_revenue, worth_keeping_hidden_edges, worth_keeping_hidden_values
# says: what do we charge to the customer
def worth_keeping(customers, interest=0.1):
    own = customers["revenue_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: our_fault_charged_to_the_customer
# fails: worth_keeping_worked_case, worth_keeping_hidden_fair, worth_keeping_hidden_values
# says: That is unfair
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: cost_to_serve_forgotten
# fails: worth_keeping_worked_case, worth_keeping_revenue, worth_keeping_hidden_edges, worth_keeping_hidden_values
# says: revenue is not value
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: newcomers_judged_too_early
# fails: worth_keeping_hidden_edges
# says: too early to judge
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = value >= 0
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: zero_is_let_go
# fails: worth_keeping_hidden_edges
# says: Expected to keep it
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value > 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: six_months_are_too_young
# fails: worth_keeping_hidden_edges
# says: old enough to judge
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] <= 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: one_year_only
# fails: worth_keeping_worked_case, worth_keeping_hidden_values
# says: how many yearly margins does staying give
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: interest_fixed
# fails: worth_keeping_hidden_values
# says: it needs the interest that is given
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1.1 - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)


# %% wrong: best_first
# fails: worth_keeping_revenue, worth_keeping_hidden_edges, worth_keeping_hidden_values
# says: came in another order or number
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table).sort_values("value_yuan", ascending=False)


# %% wrong: keeps_only_the_kept
# fails: worth_keeping_worked_case, worth_keeping_revenue, worth_keeping_hidden_edges, worth_keeping_hidden_fair, worth_keeping_hidden_values
# says: Expected a row for each
def worth_keeping(customers, interest=0.1):
    own = customers["margin_yuan"] - customers["cost_yuan"] + customers["our_fault_yuan"]
    r = customers["retention"]
    value = own * r / (1 + interest - r)
    keep = (value >= 0) | (customers["months"] < 6)
    table = {"customer_id": customers["customer_id"], "value_yuan": value, "keep": keep}
    return pd.DataFrame(table)[keep]
