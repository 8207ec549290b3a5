# ruff: noqa: D100, D103, E402, F811, F821

# %% right: with_own_level
def agents_needed(calls, talk, within, goal, shrinkage):
    load = calls * talk / 1800
    for raw in range(1, 10_000):
        spare = raw - load
        if spare > 0:
            late = service.erlang_c(raw, load) * np.exp(-spare * within / talk)
            if 1 - late >= goal:
                break
    return [raw, int(np.ceil(np.round(raw / (1 - shrinkage), 9)))]


# %% right: with_next
import itertools


def agents_needed(calls, talk, within, goal, shrinkage):
    load = calls / 1800 * talk
    enough = (n for n in itertools.count(1) if service.service_level(n, load, talk, within) >= goal)
    raw = next(enough)
    present = round(100 * (1 - shrinkage))
    return np.array([raw, -(-100 * raw // present)])


# %% wrong: ceil_of_the_load
# fails: agents_needed_worked_case, agents_needed_hidden_desks, agents_needed_hidden_roster
# says: the load alone is not enough
def agents_needed(calls, talk, within, goal, shrinkage):
    raw = math.ceil(calls * talk / 1800)
    return raw, math.ceil(round(raw / (1 - shrinkage), 9))


# %% wrong: times_the_share_present
# fails: agents_needed_two_numbers, agents_needed_worked_case, agents_needed_hidden_roster
# says: never fewer on the roster
def agents_needed(calls, talk, within, goal, shrinkage):
    raw = service.agents_needed(calls * talk / 1800, talk, within, goal)
    return raw, math.ceil(round(raw * (1 - shrinkage), 9))


# %% wrong: times_one_and_shrinkage
# fails: agents_needed_worked_case, agents_needed_hidden_roster
# says: the quotient by the share
def agents_needed(calls, talk, within, goal, shrinkage):
    raw = service.agents_needed(calls * talk / 1800, talk, within, goal)
    return raw, math.ceil(round(raw * (1 + shrinkage), 9))


# %% wrong: one_more_by_float
# fails: agents_needed_worked_case, agents_needed_hidden_roster
# says: rounded up after rounding
def agents_needed(calls, talk, within, goal, shrinkage):
    raw = service.agents_needed(calls * talk / 1800, talk, within, goal)
    return raw, math.ceil(raw / (1 - shrinkage) + 1e-12)


# %% wrong: chance_not_to_wait_at_all
# fails: agents_needed_hidden_desks, agents_needed_hidden_roster
# says: the smallest number of agents whose level
def agents_needed(calls, talk, within, goal, shrinkage):
    load = calls * talk / 1800
    raw = int(load) + 1
    while 1 - service.erlang_c(raw, load) < goal:
        raw += 1
    return raw, math.ceil(round(raw / (1 - shrinkage), 9))


# %% wrong: calls_of_an_hour
# fails: agents_needed_worked_case, agents_needed_hidden_desks, agents_needed_hidden_roster
# says: the smallest one that reaches the goal
def agents_needed(calls, talk, within, goal, shrinkage):
    raw = service.agents_needed(calls * talk / 3600, talk, within, goal)
    return raw, math.ceil(round(raw / (1 - shrinkage), 9))
