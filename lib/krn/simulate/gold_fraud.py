"""The rows of card payments that must come out: the key first, then the measures, in the order of the columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class FraudDaily:
    """`frauds` are those whose newest label says so; a rate of declines is one of decisions."""

    business_date: date
    currency: str
    transactions: int
    amount: Decimal
    approved: int
    declined: int
    decline_rate: Decimal | None
    frauds: int
    fraud_amount: Decimal
    fraud_bps: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class CardCounts:
    """How many rows silver has; `transactions` with those of which the beginning was never told."""

    transactions: int
    complete: int
    pending: int
    labels: int
    cards: int


@dataclass(frozen=True, slots=True, order=True)
class Fraud:
    """A payment that was a thief's, whether anybody found out or not; all others were honest."""

    transaction_id: str
    kind: str
    episode_id: str
