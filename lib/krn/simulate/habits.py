"""How often the shop's customers do what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of all orders, but `more_lines`: the mean number of lines beyond the first.

    `sent` and `on_account` (sent before it is paid) are shares of the orders that could be sent, `told` is the share
    of customers and products that the shop tells of, `changes` the share of those that change. `lapses` is the share
    of the orders with which the shop does what its own rules forbid, `skips` the share of counted events before which
    numbers are lost.
    """

    more_lines: float = 1.5
    guests: float = 0.12
    empty: float = 0.01
    samples: float = 0.01
    wrong_totals: float = 0.005
    tried_to_pay: float = 0.93
    reversed: float = 0.18
    strays: float = 0.01
    elsewhere: float = 0.08
    sent: float = 0.92
    on_account: float = 0.05
    told: float = 0.95
    changes: float = 0.25
    lapses: float = 0.02
    skips: float = 0.01


USUAL = Habits()
MOSTLY_ORDERS = Habits(more_lines=0.9, tried_to_pay=0.15, reversed=0.05, strays=0.001, sent=0, told=0, lapses=0)
