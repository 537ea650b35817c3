"""What happened to a card payment, as those who made it know it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from krn.simulate.facts import Stamp


@dataclass(frozen=True, slots=True)
class Initiated:
    """Somebody tried to pay; what is None is not told."""

    stamp: Stamp
    transaction_id: str
    card_id: str
    merchant_id: str
    amount: Decimal
    currency: str
    customer_id: str | None = None
    terminal_id: str | None = None
    channel: str | None = None
    mcc: str | None = None
    device_id: str | None = None
    ip: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    entry_mode: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The card's issuer approved, or declined: for a reason and at a risk that it may keep to itself."""

    stamp: Stamp
    transaction_id: str
    amount: Decimal
    currency: str
    is_approved: bool
    card_id: str | None = None
    authorization_code: str | None = None
    decline_reason: str | None = None
    risk_score: int | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a payment turned out to be, from the stamp's instant on: fraud, genuine or, so far, a dispute."""

    stamp: Stamp
    transaction_id: str
    label: str
    card_id: str | None = None
    reason: str | None = None
    amount: Decimal | None = None


CardFact = Initiated | Decided | Labelled


@dataclass(frozen=True, slots=True)
class Episode:
    """What a thief did, over one payment or many."""

    episode_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """All that happened to one payment; it is fraud if it is part of an `episode`, whatever its labels say.

    `initiated` is None where nobody told of it, or not yet.
    """

    initiated: Initiated | None
    decisions: tuple[Decided, ...] = ()
    labels: tuple[Labelled, ...] = ()
    episode: Episode | None = None

    def facts(self) -> Iterator[CardFact]:
        if self.initiated:
            yield self.initiated
        yield from self.decisions
        yield from self.labels

    def without(self, unknown: set[Stamp]) -> "Purchase":
        """The same payment before the facts with these stamps became known."""
        return replace(
            self,
            initiated=None if self.initiated and self.initiated.stamp in unknown else self.initiated,
            decisions=tuple(fact for fact in self.decisions if fact.stamp not in unknown),
            labels=tuple(fact for fact in self.labels if fact.stamp not in unknown),
        )
