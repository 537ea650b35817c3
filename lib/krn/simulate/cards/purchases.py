"""Every card payment's whole life in order of time, the same for the same seed."""

from collections.abc import Iterator
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from krn.simulate.cards.attempted import attempted
from krn.simulate.cards.attempts import Attempt
from krn.simulate.cards.chargebacks import labels
from krn.simulate.cards.days import Town, honest_days
from krn.simulate.cards.facts import Initiated, Purchase
from krn.simulate.cards.holders import holders
from krn.simulate.cards.issuer import decisions
from krn.simulate.cards.tills import tills
from krn.simulate.stamps import GATEWAY, stamp

A_DAY_PER_CARD, A_DAY_PER_TERMINAL = 0.7, 5


def purchases(seed: int, n: int, start: date, days: int, zone: ZoneInfo) -> Iterator[Purchase]:
    """`n` honest ones over `days` local days, and what thieves add; what banks say has a chance of its own."""
    streets, banks = Random(f"streets {seed}"), Random(f"banks {seed}")
    places = tills(streets, n // days // A_DAY_PER_TERMINAL)
    town = Town(places, holders(streets, places, max(30, int(n / days / A_DAY_PER_CARD)), days))
    honest = honest_days(streets, town, n, start, days, zone)
    for number, attempt in enumerate(attempted(Random(f"thieves {seed}"), town, honest, n), 1):
        yield _purchase(banks, attempt, f"X{number:08d}")


def _purchase(rng: Random, attempt: Attempt, transaction_id: str) -> Purchase:
    """Of a few, the gateway's own event is lost for good."""
    paid = _initiated(rng, attempt, transaction_id)
    decided = decisions(rng, attempt, paid)
    labelled = labels(rng, paid, attempt.episode is not None, attempt.is_approved)
    is_lost = bool(decided) and rng.random() < 0.0005
    return Purchase(None if is_lost else paid, decided, labelled, attempt.episode)


def _initiated(rng: Random, attempt: Attempt, transaction_id: str) -> Initiated:
    """Gateways differ in what they tell."""
    holder, till = attempt.holder, attempt.till
    draw = rng.random()
    has_place = till.place is not None and draw < 0.97
    return Initiated(
        stamp(rng, attempt.at, GATEWAY),
        transaction_id,
        holder.card_id,
        till.merchant_id,
        attempt.amount,
        attempt.currency,
        holder.customer_id if draw < 0.93 else None,
        till.terminal_id,
        till.channel,
        till.mcc if draw < 0.98 else None,
        attempt.device_id if draw < 0.95 else None,
        attempt.ip if draw < 0.96 else None,
        till.place.country if till.place else None,
        till.lat if has_place else None,
        till.lon if has_place else None,
        _entry_mode(rng, attempt),
    )


def _entry_mode(rng: Random, attempt: Attempt) -> str | None:
    if attempt.till.place is None:
        return "ecommerce"
    return rng.choices(("contactless", "chip", "stripe", None), (1, 2, 6, 1) if attempt.episode else (70, 26, 2, 2))[0]
