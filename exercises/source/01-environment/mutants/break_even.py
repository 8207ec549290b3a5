# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
import math


def break_even(orders, products, fixed_cost, fee_rate):
    cost = dict(zip(products["product_id"], products["cost_yuan"], strict=True))
    total = 0
    for order in orders.to_dict("records"):
        total -= order["quantity"] * cost[order["product_id"]]
        if not order["returned"]:
            total += order["revenue_yuan"] - fee_rate * order["revenue_yuan"]
    if total <= 0:
        return math.inf
    return math.ceil(fixed_cost * len(orders) / total)


# %% right: with_a_merge
def break_even(orders, products, fixed_cost, fee_rate):
    table = orders.merge(products[["product_id", "cost_yuan"]], on="product_id", how="left")
    kept = table["revenue_yuan"].where(~table["returned"], 0).sum()
    mean = (kept * (1 - fee_rate) - (table["quantity"] * table["cost_yuan"]).sum()) / len(table)
    return np.ceil(fixed_cost / mean) if mean > 0 else float("inf")


# %% wrong: ignores_returned_goods
# fails: break_even_worked_case, break_even_exactly, break_even_hidden_never, break_even_hidden_shop
# says: what does the returned one add
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * (1 - fee_rate) - goods).mean()
    return int(np.ceil(fixed_cost / mean)) if mean > 0 else np.inf


# %% wrong: drops_returned_orders
# fails: break_even_worked_case, break_even_exactly, break_even_hidden_never, break_even_hidden_shop
# says: what does the returned one add
def break_even(orders, products, fixed_cost, fee_rate):
    orders = orders[~orders["returned"]]
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * (1 - fee_rate) - goods).mean()
    return int(np.ceil(fixed_cost / mean)) if mean > 0 else np.inf


# %% wrong: returned_goods_sold_again
# fails: break_even_worked_case, break_even_exactly, break_even_hidden_never, break_even_hidden_shop
# says: Compare the contribution of each order
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = ((orders["revenue_yuan"] * (1 - fee_rate) - goods) * ~orders["returned"]).mean()
    return int(np.ceil(fixed_cost / mean)) if mean > 0 else np.inf


# %% wrong: forgets_the_fee
# fails: break_even_worked_case, break_even_exactly, break_even_hidden_shop
# says: what does the fee take
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * ~orders["returned"] - goods).mean()
    return int(np.ceil(fixed_cost / mean)) if mean > 0 else np.inf


# %% wrong: rounds_down
# fails: break_even_worked_case, break_even_hidden_shop
# says: rounded up
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * (1 - fee_rate) * ~orders["returned"] - goods).mean()
    return int(fixed_cost / mean) if mean > 0 else np.inf


# %% wrong: one_too_many
# fails: break_even_exactly
# says: none more
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * (1 - fee_rate) * ~orders["returned"] - goods).mean()
    return int(fixed_cost / mean) + 1 if mean > 0 else np.inf


# %% wrong: negative_orders
# fails: break_even_hidden_never
# says: No number of orders pays the costs
def break_even(orders, products, fixed_cost, fee_rate):
    cost_of_piece = products.set_index("product_id")["cost_yuan"]
    goods = orders["product_id"].map(cost_of_piece) * orders["quantity"]
    mean = (orders["revenue_yuan"] * (1 - fee_rate) * ~orders["returned"] - goods).mean()
    return int(np.ceil(fixed_cost / mean))
