# ruff: noqa: D100, D103, F811, F821

# %% right: sorted_by_length
def region_of(address, networks):
    rows = sorted(
        zip(networks["network"], networks["region"], strict=True),
        key=lambda row: -ip_network(row[0]).prefixlen,
    )
    for network, region in rows:
        if ip_address(address) in ip_network(network):
            return region


# %% right: with_pandas
def region_of(address, networks):
    nets = networks["network"].map(ip_network)
    holding = networks[[ip_address(address) in net for net in nets]]
    if holding.empty:
        return None
    longest = holding["network"].str.split("/").str[1].astype(int).idxmax()
    return holding["region"][longest]


# %% wrong: string_prefix
# fails: region_of_worked_case, region_of_numbers_not_texts, region_of_none, region_of_hidden_any_order, region_of_hidden_version_six
# says: Compare addresses as numbers
def region_of(address, networks):
    best, found = -1, None
    for network, region in zip(networks["network"], networks["region"], strict=True):
        start = network.split("/")[0].rstrip("0")
        if address.startswith(start) and len(start) > best:
            best, found = len(start), region
    return found


# %% wrong: first_that_holds
# fails: region_of_worked_case, region_of_hidden_any_order, region_of_hidden_version_six
# says: which of those is the longest
def region_of(address, networks):
    for network, region in zip(networks["network"], networks["region"], strict=True):
        if ip_address(address) in ip_network(network):
            return region
    return None


# %% wrong: last_that_holds
# fails: region_of_worked_case, region_of_hidden_any_order
# says: which of those is the longest
def region_of(address, networks):
    found = None
    for network, region in zip(networks["network"], networks["region"], strict=True):
        if ip_address(address) in ip_network(network):
            found = region
    return found


# %% wrong: shortest_prefix
# fails: region_of_worked_case, region_of_hidden_any_order, region_of_hidden_version_six
# says: which of those is the longest
def region_of(address, networks):
    best, found = 999, None
    for network, region in zip(networks["network"], networks["region"], strict=True):
        length = ip_network(network).prefixlen
        if ip_address(address) in ip_network(network) and length < best:
            best, found = length, region
    return found


# %% wrong: word_for_unknown
# fails: region_of_none
# says: Expected None
def region_of(address, networks):
    best, found = -1, "unknown"
    for network, region in zip(networks["network"], networks["region"], strict=True):
        length = ip_network(network).prefixlen
        if ip_address(address) in ip_network(network) and length > best:
            best, found = length, region
    return found


# %% wrong: nearest_network
# fails: region_of_none
# says: to guess is to invent
def region_of(address, networks):
    nets = [ip_network(text) for text in networks["network"]]
    regions = networks["region"].tolist()
    holding = [i for i, net in enumerate(nets) if ip_address(address) in net]
    if holding:
        return regions[max(holding, key=lambda i: nets[i].prefixlen)]
    same = [i for i, net in enumerate(nets) if net.version == ip_address(address).version]
    return regions[min(same, key=lambda i: abs(int(nets[i][0]) - int(ip_address(address))))]


# %% wrong: longest_text
# fails: region_of_hidden_any_order
# says: wherever its row stands
def region_of(address, networks):
    best, found = -1, None
    for network, region in zip(networks["network"], networks["region"], strict=True):
        if ip_address(address) in ip_network(network) and len(network) >= best:
            best, found = len(network), region
    return found
