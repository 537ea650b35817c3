"""A town of card holders and tills, after the public simulation of the Fraud Detection Handbook (Le Borgne, Bontempi).

Written anew from its description. 5,000 customers and 10,000 terminals lie on a square of 100 by 100. A customer pays
at the terminals less than 5 away, a Poisson number of times a day (its mean drawn from 0 to 4), at a time about noon
(6 hours' deviation; what falls out of the day is dropped), an amount about a mean drawn from 5 to 100, of half of that
deviation. Three kinds of fraud: amounts above 220; all that two terminals more a day take for 28 days; and a third of
what three customers more a day pay for 14 days, at five times the amount.
"""

import numpy as np
import pandas as pd
from numpy.random import Generator

CUSTOMERS, TERMINALS, DAYS = 5_000, 10_000, 183
SIDE, NEAR = 100, 5
A_DAY = 86_400  # seconds
TOO_MUCH = 220
TERMINALS_A_DAY, TERMINAL_DAYS = 2, 28
CUSTOMERS_A_DAY, CUSTOMER_DAYS, TIMES = 3, 14, 5


def paid(seed: int, days: int = DAYS) -> pd.DataFrame:
    """One row per transaction in the order of time: customer, terminal, day, second, amount, is_fraud."""
    chance = np.random.default_rng(seed)
    made = _honest(chance, days)
    amount, fraud = made["amount"].to_numpy(copy=True), made["amount"].to_numpy() > TOO_MUCH
    for day in range(days):
        taken = chance.choice(TERMINALS, TERMINALS_A_DAY, replace=False)
        fraud |= made["terminal"].isin(taken).to_numpy() & _within(made, day, TERMINAL_DAYS)
    for day in range(days):
        leaked = chance.choice(CUSTOMERS, CUSTOMERS_A_DAY, replace=False)
        theirs = np.flatnonzero(made["customer"].isin(leaked).to_numpy() & _within(made, day, CUSTOMER_DAYS))
        stolen = chance.choice(theirs, len(theirs) // 3, replace=False)
        amount[stolen] *= TIMES
        fraud[stolen] = True
    return made.assign(amount=amount.round(2), is_fraud=fraud)


def _within(made: pd.DataFrame, day: int, days: int) -> np.ndarray:
    return made["day"].between(day, day + days - 1).to_numpy()


def _honest(chance: Generator, days: int) -> pd.DataFrame:
    homes, tills = chance.uniform(0, SIDE, (CUSTOMERS, 2)), chance.uniform(0, SIDE, (TERMINALS, 2))
    means, often = chance.uniform(5, 100, CUSTOMERS), chance.uniform(0, 4, CUSTOMERS)
    frames = []
    for customer, home in enumerate(homes):
        near = np.flatnonzero(np.hypot(*(tills - home).T) < NEAR)
        day = np.repeat(np.arange(days), chance.poisson(often[customer], days))
        second = chance.normal(A_DAY / 2, 20_000, len(day)).astype(int)
        amount = chance.normal(means[customer], means[customer] / 2, len(day))
        below = amount < 0
        amount[below] = chance.uniform(0, 2 * means[customer], below.sum())
        if len(near):
            terminal = chance.choice(near, len(day))
            frame = pd.DataFrame({"day": day, "second": second, "terminal": terminal, "amount": amount.round(2)})
            frames.append(frame[(second > 0) & (second < A_DAY)].assign(customer=customer))
    made = pd.concat(frames, ignore_index=True)
    return made.sort_values(["day", "second", "customer"], kind="stable", ignore_index=True)
