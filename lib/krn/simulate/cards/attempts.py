"""Somebody tries to pay: who, where, when, how much, by whose hand, and whether the issuer lets them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from krn.simulate.cards.facts import Episode
from krn.simulate.cards.holders import Holder, exchanged, money
from krn.simulate.cards.tills import Till


@dataclass(frozen=True, slots=True)
class Attempt:
    """`episode` is a thief's, None where the holder pays; a device is known on the net only."""

    at: datetime
    holder: Holder
    till: Till
    amount: Decimal
    currency: str
    is_approved: bool
    device_id: str | None = None
    ip: str | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """A thief's: what it pays with on the net, and the chance that an issuer declines."""

    episode: Episode
    distrust: float
    device_id: str | None = None
    ip: str | None = None


def honest(rng: Random, at: datetime, holder: Holder, till: Till) -> Attempt:
    """The holder pays what such things cost, and on the net from their own device."""
    amount, currency = _there(holder.usual * till.prices * rng.lognormvariate(0, holder.spread), holder, till)
    is_approved = rng.random() >= 0.025
    if till.place:
        return Attempt(at, holder, till, amount, currency, is_approved)
    return Attempt(at, holder, till, amount, currency, is_approved, holder.device_id, holder.ip)


def stolen(rng: Random, hand: Hand, at: datetime, holder: Holder, till: Till, times_usual: float) -> Attempt:
    """Somebody else pays with the holder's card."""
    amount, currency = _there(holder.usual * times_usual, holder, till)
    is_approved = rng.random() >= hand.distrust
    return Attempt(at, holder, till, amount, currency, is_approved, hand.device_id, hand.ip, hand.episode)


def _there(spent: float, holder: Holder, till: Till) -> tuple[Decimal, str]:
    """The amount in the currency of the place; on the net everybody pays in their own."""
    own = holder.home.currency
    currency = till.place.currency if till.place else own
    return money(exchanged(spent, own, currency), currency), currency
