"""How often the shop's customers do what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of all orders, but `more_lines`: the mean number of lines beyond the first."""

    more_lines: float = 1.5
    guests: float = 0.12
    empty: float = 0.01
    samples: float = 0.01
    wrong_totals: float = 0.005
    tried_to_pay: float = 0.93
    reversed: float = 0.18
    strays: float = 0.01


USUAL = Habits()
MOSTLY_ORDERS = Habits(more_lines=0.9, tried_to_pay=0.15, reversed=0.05, strays=0.001)
