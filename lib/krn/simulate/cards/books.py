"""The town's own books of its card payments."""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from krn.simulate.cards.chargebacks import FRAUD
from krn.simulate.cards.facts import Initiated, Purchase
from krn.simulate.gold_fraud import CardCounts, Fraud, FraudDaily
from krn.simulate.money import half_up, ratio

BASIS_POINTS = 10_000
Day = tuple[date, str]


@dataclass(slots=True)
class Sums:
    transactions: int = 0
    amount: Decimal = Decimal(0)
    approved: int = 0
    declined: int = 0
    frauds: int = 0
    fraud_amount: Decimal = Decimal(0)


@dataclass(slots=True)
class CardBooks:
    """Running sums; a payment is added once, when all of it is known."""

    days: defaultdict[Day, Sums] = field(default_factory=lambda: defaultdict(Sums))
    frauds: list[Fraud] = field(default_factory=list)
    cards: set[str] = field(default_factory=set)
    transactions: int = 0
    complete: int = 0
    pending: int = 0
    labels: int = 0

    def add(self, purchase: Purchase, zone: ZoneInfo) -> None:
        self.labels += len(purchase.labels)
        self.transactions += bool(purchase.initiated or purchase.decisions)
        if purchase.initiated:
            self.complete += 1
            self.pending += not purchase.decisions
            self._pay(purchase.initiated, purchase, zone)

    def copy(self) -> "CardBooks":
        other = copy(self)
        other.days = defaultdict(Sums, {day: copy(sums) for day, sums in self.days.items()})
        other.frauds, other.cards = list(self.frauds), set(self.cards)
        return other

    def daily(self) -> tuple[FraudDaily, ...]:
        return tuple(sorted(_daily(day, sums) for day, sums in self.days.items()))

    def counts(self) -> tuple[CardCounts, ...]:
        """One row, or none where nobody pays by card."""
        if not (self.transactions or self.labels):
            return ()
        return (CardCounts(self.transactions, self.complete, self.pending, self.labels, len(self.cards)),)

    def _pay(self, paid: Initiated, purchase: Purchase, zone: ZoneInfo) -> None:
        self.cards.add(paid.card_id)
        if purchase.episode:
            self.frauds.append(Fraud(paid.transaction_id, purchase.episode.kind, purchase.episode.episode_id))
        sums = self.days[paid.stamp.at.astimezone(zone).date(), paid.currency]
        sums.transactions += 1
        sums.amount += paid.amount
        if purchase.decisions:
            is_approved = min(purchase.decisions, key=lambda decided: decided.stamp).is_approved
            sums.approved += is_approved
            sums.declined += not is_approved
        if purchase.labels and max(purchase.labels, key=lambda labelled: labelled.stamp).label == FRAUD:
            sums.frauds += 1
            sums.fraud_amount += paid.amount


def _daily(day: Day, sums: Sums) -> FraudDaily:
    return FraudDaily(
        *day,
        sums.transactions,
        half_up(sums.amount),
        sums.approved,
        sums.declined,
        ratio(sums.declined, sums.approved + sums.declined),
        sums.frauds,
        half_up(sums.fraud_amount),
        ratio(BASIS_POINTS * sums.fraud_amount, sums.amount),
    )
