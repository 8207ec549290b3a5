# ruff: noqa: D100, D103, E402, F811, F821

# %% right: with_the_waiting_recursion
def erlang_c(agents, load):
    if load >= agents:
        return 1
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1 + n / load * inverse
    b = 1 / inverse
    return agents * b / (agents - load * (1 - b))


# %% right: with_logarithms
from scipy.special import gammaln, logsumexp


def erlang_c(agents, load):
    if load / agents >= 1:
        return np.float64(1)
    k = np.arange(agents)
    rest = logsumexp(k * np.log(load) - gammaln(k + 1))
    last = agents * np.log(load) - gammaln(agents + 1) + np.log(agents / (agents - load))
    return np.exp(last - np.logaddexp(rest, last))


# %% wrong: overflow
# fails: erlang_c_hidden_large
# says: which needs no factorial
def erlang_c(agents, load):
    if load >= agents:
        return 1.0
    last = float(load) ** agents / math.factorial(agents) * agents / (agents - load)
    return last / (sum(load**k / math.factorial(k) for k in range(agents)) + last)


# %% wrong: erlang_b
# fails: erlang_c_worked_case, erlang_c_hidden_call_centre, erlang_c_hidden_large
# says: not the chance to be turned away
def erlang_c(agents, load):
    if load >= agents:
        return 1.0
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


# %% wrong: one_step_short
# fails: erlang_c_worked_case, erlang_c_hidden_call_centre, erlang_c_hidden_large
# says: as many steps as there are agents
def erlang_c(agents, load):
    if load >= agents:
        return 1.0
    blocked = 1.0
    for n in range(1, agents):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / agents * (1 - blocked))


# %% wrong: no_word_on_overload
# fails: erlang_c_hidden_overload
# says: The load is not below the number of agents
def erlang_c(agents, load):
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / agents * (1 - blocked))


# %% wrong: load_as_occupancy
# fails: erlang_c_worked_case, erlang_c_hidden_call_centre, erlang_c_hidden_large
# says: Expected the formula for C
def erlang_c(agents, load):
    return min(1.0, load / agents)


# %% wrong: prints_instead_of_returning
# fails: erlang_c_one_number, erlang_c_worked_case, erlang_c_hidden_call_centre, erlang_c_hidden_large, erlang_c_hidden_overload
# says: `return`
def erlang_c(agents, load):
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    print(blocked)
