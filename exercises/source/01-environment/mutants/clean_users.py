# ruff: noqa: D100, D103, F811, F821

# %% right: with_a_loop
def clean_users(raw):
    per_unit = {"wan": 10_000 / 1_000_000, "million": 1}
    found = {}
    for row in raw.to_dict("records"):
        year, half = row["half_year"].split()
        month, day = (6, 30) if half == "H1" else (12, 31)
        date = pd.Timestamp(int(year), month, day)
        if date not in found:
            found[date] = row["users"] * per_unit[row["unit"]]
    dates = sorted(found)
    return pd.DataFrame({"date": dates, "users_million": [found[date] for date in dates]})


# %% right: with_groups
def clean_users(raw):
    people = np.where(raw["unit"] == "wan", raw["users"] * 1e4, raw["users"] * 1e6)
    ends = raw["half_year"].str.replace(" H1", "-06-30").str.replace(" H2", "-12-31")
    table = pd.DataFrame({"date": pd.to_datetime(ends), "users_million": people / 1e6})
    return table.groupby("date", as_index=False).first()


# %% wrong: thousand_for_wan
# fails: clean_users_units, clean_users_one_row_each, clean_users_hidden_keeps_first
# says: How many people are a wan
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.001})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    clean = clean.drop_duplicates("date").sort_values("date")
    return clean[["date", "users_million"]]


# %% wrong: wan_left_as_it_is
# fails: clean_users_units, clean_users_one_row_each, clean_users_hidden_keeps_first
# says: Expected both in million
def clean_users(raw):
    clean = raw.rename(columns={"users": "users_million"})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    clean = clean.drop_duplicates("date").sort_values("date")
    return clean[["date", "users_million"]]


# %% wrong: years_for_half_years
# fails: clean_users_half_years, clean_users_one_row_each, clean_users_hidden_keeps_first
# says: Expected the last day of each half-year
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + "-12-31")
    clean = clean.drop_duplicates("date").sort_values("date")
    return clean[["date", "users_million"]]


# %% wrong: first_day_of_the_half_year
# fails: clean_users_half_years
# says: Expected the last day of each half-year
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    day = clean["half_year"].str[-2:].map({"H1": "-01-01", "H2": "-07-01"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + day)
    clean = clean.drop_duplicates("date").sort_values("date")
    return clean[["date", "users_million"]]


# %% wrong: duplicate_kept
# fails: clean_users_one_row_each, clean_users_hidden_keeps_first
# says: Expected one row for each half-year
def clean_users(raw):
    clean = raw.drop_duplicates().copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    return clean.sort_values("date")[["date", "users_million"]]


# %% wrong: duplicates_added_up
# fails: clean_users_one_row_each, clean_users_hidden_keeps_first
# says: Expected each half-year's own figure
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    return clean.groupby("date", as_index=False)["users_million"].sum()


# %% wrong: last_row_kept
# fails: clean_users_hidden_keeps_first
# says: another row was kept than the first
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    clean = clean.drop_duplicates("date", keep="last").sort_values("date")
    return clean[["date", "users_million"]]


# %% wrong: not_sorted
# fails: clean_users_one_row_each, clean_users_hidden_keeps_first
# says: oldest first
def clean_users(raw):
    clean = raw.copy()
    clean["users_million"] = clean["users"] * clean["unit"].map({"million": 1, "wan": 0.01})
    last_day = clean["half_year"].str[-2:].map({"H1": "-06-30", "H2": "-12-31"})
    clean["date"] = pd.to_datetime(clean["half_year"].str[:4] + last_day)
    return clean.drop_duplicates("date")[["date", "users_million"]]
