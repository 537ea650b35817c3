"""What a card's issuer answers, how fast, and whether it answers at all."""

from datetime import timedelta
from random import Random

from krn.simulate.cards.attempts import Attempt
from krn.simulate.cards.facts import Decided, Initiated
from krn.simulate.facts import Stamp
from krn.simulate.stamps import ISSUER, stamp

REASONS = {"insufficient_funds": 46, "do_not_honor": 26, "expired": 8, "other": 12, None: 8}
REASONS_FOR_A_THIEF = {"suspected_fraud": 38, "do_not_honor": 36, "insufficient_funds": 16, "other": 4, None: 6}


def decisions(rng: Random, attempt: Attempt, paid: Initiated) -> tuple[Decided, ...]:
    """One as a rule; none is still pending, and of two the first holds."""
    if rng.random() < 0.004:
        return ()
    first = _decided(rng, attempt, paid, _answer(rng, paid.stamp), attempt.is_approved)
    if rng.random() >= 0.001:
        return (first,)
    return first, _decided(rng, attempt, paid, _answer(rng, first.stamp), not first.is_approved)


def _answer(rng: Random, asked: Stamp) -> Stamp:
    """In a fraction of a second; one in a hundred holders is asked first, and takes minutes."""
    seconds = rng.lognormvariate(-1.1, 0.6) if rng.random() < 0.99 else rng.uniform(8, 400)
    return stamp(rng, asked.at + timedelta(milliseconds=1 + round(1000 * seconds)), ISSUER)


def _decided(rng: Random, attempt: Attempt, paid: Initiated, at: Stamp, is_approved: bool) -> Decided:
    card_id = paid.card_id if rng.random() < 0.8 else None
    code = f"{rng.randrange(1_000_000):06d}" if is_approved and rng.random() < 0.95 else None
    reason = None if is_approved else _reason(rng, attempt)
    risk = _risk(rng, attempt) if not is_approved and rng.random() < 0.6 else None
    return Decided(at, paid.transaction_id, paid.amount, paid.currency, is_approved, card_id, code, reason, risk)


def _reason(rng: Random, attempt: Attempt) -> str | None:
    reasons = REASONS_FOR_A_THIEF if attempt.episode else REASONS
    return rng.choices(list(reasons), list(reasons.values()))[0]


def _risk(rng: Random, attempt: Attempt) -> int:
    """0 to 99, by an issuer that sees little of what a thief does."""
    return int(100 * rng.betavariate(2, 3 if attempt.episode else 8))
