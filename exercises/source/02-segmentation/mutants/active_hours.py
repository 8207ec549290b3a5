# ruff: noqa: D100, D103, E402, F811, F821

# %% right: with_complex_numbers
def active_hours(times):
    minutes = times.dt.hour * 60 + times.dt.minute + 480
    arrow = np.exp(2j * np.pi * minutes.to_numpy() / 1440).mean()
    return (np.angle(arrow) / (2 * np.pi) * 24) % 24, abs(arrow)


# %% right: with_a_loop
import math


def active_hours(times):
    c = s = 0.0
    for time in times:
        local = time + pd.Timedelta(hours=8)
        angle = math.radians(15 * (local.hour + local.minute / 60))
        c, s = c + math.cos(angle) / len(times), s + math.sin(angle) / len(times)
    hour = math.degrees(math.atan2(s, c)) / 15
    return [hour if hour >= 0 else hour + 24, math.hypot(c, s)]


# %% wrong: arithmetic_mean
# fails: active_hours_around_midnight
# says: On a clock, what lies between them
def active_hours(times):
    hours = (times.dt.hour + times.dt.minute / 60 + 8) % 24
    return hours.mean(), abs(np.exp(2j * np.pi * hours.to_numpy() / 24).mean())


# %% wrong: hours_of_utc
# fails: active_hours_around_midnight, active_hours_minutes, active_hours_hidden_range
# says: Expected the hour in China
def active_hours(times):
    arrow = np.exp(2j * np.pi * (times.dt.hour + times.dt.minute / 60).to_numpy() / 24).mean()
    return np.angle(arrow) * 12 / np.pi % 24, abs(arrow)


# %% wrong: eight_hours_back
# fails: active_hours_around_midnight, active_hours_minutes, active_hours_hidden_range
# says: Expected the hour in China
def active_hours(times):
    arrow = np.exp(2j * np.pi * (times.dt.hour + times.dt.minute / 60 - 8).to_numpy() / 24).mean()
    return np.angle(arrow) * 12 / np.pi % 24, abs(arrow)


# %% wrong: forgets_the_minutes
# fails: active_hours_minutes, active_hours_hidden_range, active_hours_hidden_strength
# says: with its minutes as a fraction
def active_hours(times):
    arrow = np.exp(2j * np.pi * (times.dt.hour + 8).to_numpy() / 24).mean()
    return np.angle(arrow) * 12 / np.pi % 24, abs(arrow)


# %% wrong: negative_hours
# fails: active_hours_hidden_range
# says: from 0 up to 24
def active_hours(times):
    hours = times.dt.hour + times.dt.minute / 60 + 8
    arrow = np.exp(2j * np.pi * hours.to_numpy() / 24).mean()
    return np.angle(arrow) * 12 / np.pi, abs(arrow)


# %% wrong: arctan_of_the_quotient
# fails: active_hours_minutes, active_hours_hidden_range
# says: from 0 up to 24
def active_hours(times):
    angle = 2 * np.pi * (times.dt.hour + times.dt.minute / 60 + 8) / 24
    c, s = np.cos(angle).mean(), np.sin(angle).mean()
    return np.arctan(s / c) * 12 / np.pi % 24, np.sqrt(c**2 + s**2)


# %% wrong: strength_squared
# fails: active_hours_hidden_strength
# says: length of the mean arrow
def active_hours(times):
    hours = times.dt.hour + times.dt.minute / 60 + 8
    arrow = np.exp(2j * np.pi * hours.to_numpy() / 24).mean()
    return np.angle(arrow) * 12 / np.pi % 24, abs(arrow) ** 2


# %% wrong: angle_in_degrees
# fails: active_hours_minutes, active_hours_hidden_range
# says: Expected the hour in China
def active_hours(times):
    hours = times.dt.hour + times.dt.minute / 60 + 8
    arrow = np.exp(2j * np.pi * hours.to_numpy() / 24).mean()
    return np.degrees(np.angle(arrow)) % 360, abs(arrow)
