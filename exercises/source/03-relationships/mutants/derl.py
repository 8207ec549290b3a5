# ruff: noqa: D100, D103, F811, F821

# %% right: with_the_closed_form
def derl(a, b, renewals, interest):
    k = renewals
    first = (b + k) / (a + b + k)
    return first * special.hyp2f1(1, b + k + 1, a + b + k + 1, 1 / (1 + interest))


# %% right: with_a_loop
def derl(a, b, renewals, interest):
    stays, total = 1.0, 0.0
    for j in range(5000):
        t = renewals + 1 + j
        stays *= (b + t - 1) / (a + b + t - 1)
        total += stays / (1 + interest) ** j
        if stays / (1 + interest) ** j < 1e-12:
            break
    return total


# %% wrong: one_renewal_too_few
# fails: derl_worked_case, derl_hidden_published, derl_hidden_cases
# says: due at once
def derl(a, b, renewals, interest):
    j = np.arange(2000)
    later = special.betaln(a, b + renewals + j) - special.betaln(a, b + renewals - 1)
    return float(np.exp(later - j * np.log(1 + interest)).sum())


# %% wrong: last_payment_counted_again
# fails: derl_worked_case, derl_hidden_published, derl_hidden_cases
# says: Which payment comes first
def derl(a, b, renewals, interest):
    j = np.arange(2000)
    later = special.betaln(a, b + renewals + j) - special.betaln(a, b + renewals)
    return float(np.exp(later - j * np.log(1 + interest)).sum())


# %% wrong: first_payment_discounted
# fails: derl_worked_case, derl_hidden_published, derl_hidden_cases
# says: by how much is it discounted
def derl(a, b, renewals, interest):
    j = np.arange(2000)
    later = special.betaln(a, b + renewals + 1 + j) - special.betaln(a, b + renewals)
    return float(np.exp(later - (j + 1) * np.log(1 + interest)).sum())


# %% wrong: not_given_that_one_renewed
# fails: derl_loyal, derl_hidden_published, derl_hidden_cases
# says: Divide by S(k)
def derl(a, b, renewals, interest):
    j = np.arange(2000)
    later = special.betaln(a, b + renewals + 1 + j) - special.betaln(a, b)
    return float(np.exp(later - j * np.log(1 + interest)).sum())


# %% wrong: one_rate_for_all
# fails: derl_worked_case, derl_loyal, derl_hidden_published, derl_hidden_cases
# says: is probably loyal
def derl(a, b, renewals, interest):
    stay = b / (a + b)
    return stay * (1 + interest) / (1 + interest - stay)


# %% wrong: ten_years_only
# fails: derl_worked_case, derl_hidden_published, derl_hidden_cases
# says: Are there enough terms
def derl(a, b, renewals, interest):
    j = np.arange(10)
    later = special.betaln(a, b + renewals + 1 + j) - special.betaln(a, b + renewals)
    return float(np.exp(later - j * np.log(1 + interest)).sum())


# %% wrong: undiscounted
# fails: derl_worked_case, derl_hidden_published, derl_hidden_cases
# says: by how much is it discounted
def derl(a, b, renewals, interest):
    j = np.arange(2000)
    later = special.betaln(a, b + renewals + 1 + j) - special.betaln(a, b + renewals)
    return float(np.exp(later).sum())
