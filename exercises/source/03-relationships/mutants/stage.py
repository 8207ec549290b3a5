# ruff: noqa: D100, D103, F811, F821

# %% right: with_days_since
def stage(events, at):
    days = (at - events["date"]).dt.days
    kinds = events["kind"]

    def count(names, span):
        return int((kinds.isin(names) & (days >= 0) & (days <= span)).sum())

    everything = kinds.unique()
    if count(everything, 10**6) == 0:
        return "unknown"
    if count(["goodbye", "letter"], 10**6) or count(everything, 90) == 0:
        return "dissolution"
    if count(["order"], 120) >= 3:
        return "commitment"
    if count(["order", "question"], 90):
        return "expansion"
    return "awareness"


# %% right: with_a_loop
def stage(events, at):
    past = [(at - row.date, row.kind) for row in events.itertuples() if row.date <= at]
    if not past:
        return "unknown"
    quarter = [kind for age, kind in past if age <= pd.Timedelta("90D")]
    if not quarter or {"goodbye", "letter"} & {kind for _, kind in past}:
        return "dissolution"
    if sum(kind == "order" and age <= pd.Timedelta("120D") for age, kind in past) > 2:
        return "commitment"
    return "expansion" if "order" in quarter or "question" in quarter else "awareness"


# %% wrong: uses_future_events
# fails: stage_hidden_future, stage_hidden_shop
# says: must not look into the future
def stage(events, at):
    past = events
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: future_goodbye_counts
# fails: stage_hidden_future, stage_hidden_shop
# says: must not look into the future
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if events["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: silence_is_not_seen
# fails: stage_silence, stage_hidden_shop
# says: nothing happened in the last 90 days
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any():
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: orders_count_for_ever
# fails: stage_silence, stage_hidden_shop
# says: older orders do not count
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: first_day_left_out
# fails: stage_silence, stage_hidden_shop
# says: first day of a span belongs to it
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] > at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: farewell_forgotten
# fails: stage_farewell, stage_hidden_shop
# says: to count for ever
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past.iloc[-1]["kind"] in ("goodbye", "letter") or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: one_span_for_all
# fails: stage_hidden_shop
# says: each with its own span of days
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=90)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: awareness_before_the_first_event
# fails: stage_hidden_future
# says: a customer nobody knows yet
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "awareness"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order", "question"]).any() else "awareness"


# %% wrong: questions_do_not_count
# fails: stage_hidden_shop
# says: Go through the five rules in order
def stage(events, at):
    past = events[events["date"] <= at]
    if past.empty:
        return "unknown"
    quarter = past[past["date"] >= at - pd.Timedelta(days=90)]
    if past["kind"].isin(["goodbye", "letter"]).any() or quarter.empty:
        return "dissolution"
    recent = past[past["date"] >= at - pd.Timedelta(days=120)]
    if (recent["kind"] == "order").sum() >= 3:
        return "commitment"
    return "expansion" if quarter["kind"].isin(["order"]).any() else "awareness"
