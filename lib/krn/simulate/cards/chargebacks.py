"""What becomes known of a payment, days and weeks later: mostly of fraud, some of it wrong, some of it never."""

from datetime import datetime, timedelta
from random import Random

from krn.simulate.cards.facts import Initiated, Labelled
from krn.simulate.stamps import CHARGEBACKS, stamp

FRAUD, GENUINE, DISPUTE = "fraud", "genuine", "dispute"
Said = dict[tuple[str, ...], int]
#: What is said of a payment, one label after the other, with shares of those of which anything is said.
OF_FRAUD: Said = {
    (FRAUD,): 80, (DISPUTE, FRAUD): 12, (GENUINE,): 3, (GENUINE, FRAUD): 2, (DISPUTE,): 2, (DISPUTE, GENUINE): 1,
}  # fmt: skip
OF_GENUINE: Said = {
    (GENUINE,): 80,
    (DISPUTE,): 6,
    (DISPUTE, GENUINE): 9,
    (FRAUD,): 3,
    (FRAUD, GENUINE): 2,
}
OF_NOTHING_PAID: Said = {(GENUINE,): 1}
REASONS = {
    FRAUD: ("card not present", "counterfeit", "lost or stolen", None),
    DISPUTE: ("not recognized", "goods not received", "charged twice", None),
    GENUINE: ("reviewed", None),
}


def labels(rng: Random, paid: Initiated, is_fraud: bool, is_approved: bool) -> tuple[Labelled, ...]:
    """Earliest first; the last one holds."""
    known_at, told = paid.stamp.at, []
    for label in _said(rng, is_fraud, is_approved):
        known_at += _days(rng)
        told.append(_labelled(rng, paid, label, known_at))
    return tuple(told)


def _said(rng: Random, is_fraud: bool, is_approved: bool) -> tuple[str, ...]:
    """Where nothing was paid, holders seldom complain; of honest payments a few are reviewed, and fewer disputed."""
    if is_fraud:
        is_told, said = rng.random() < (0.9 if is_approved else 0.5), OF_FRAUD
    else:
        is_told = rng.random() < (0.006 if is_approved else 0.02)
        said = OF_GENUINE if is_approved else OF_NOTHING_PAID
    return rng.choices(list(said), list(said.values()))[0] if is_told else ()


def _days(rng: Random) -> timedelta:
    """Half within eight days, hardly any beyond two months."""
    return timedelta(milliseconds=round(86_400_000 * rng.lognormvariate(2.1, 0.7)))


def _labelled(rng: Random, paid: Initiated, label: str, known_at: datetime) -> Labelled:
    card_id = paid.card_id if rng.random() < 0.8 else None
    amount = paid.amount if rng.random() < 0.3 else None
    reason = rng.choice(REASONS[label])
    return Labelled(stamp(rng, known_at, CHARGEBACKS), paid.transaction_id, label, card_id, reason, amount)
