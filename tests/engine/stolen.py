"""Rows of two months of card payments, some by thieves: what the notebook on fraud is tested with."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Rows = list[dict[str, Any]]

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAYS = 60
LIMIT, MANY_CARDS, TRAVEL = "amount_over_limit", "many_cards", "impossible_travel"


def day(n: int) -> dict[str, Any]:
    return {"business_date": (START + timedelta(n)).date(), "currency": "EUR", "transactions": 100}


def score(name: str, n: int, score: int, *rules: str, currency: str = "EUR") -> dict[str, Any]:
    hits = [{"rule": rule, "version": 1, "points": score, "observed": 1.0, "threshold": 0.0} for rule in rules]
    told = {"transaction_id": f"{name}{n}", "card_id": f"{name}{n}", "score": score, "hits": hits}
    return {**day(n), **told, "amount": Decimal(100), "currency": currency}


def fraud(name: str, n: int, after: int, decision: str = "approved", currency: str = "EUR") -> dict[str, Any]:
    """A label that became known so many days after the payment."""
    at = START + timedelta(n)
    known = {"initiated_at": at, "known_at": at + timedelta(after), "is_latest": True, "label": "fraud"}
    paid = {"transaction_id": f"{name}{n}", "decision": decision, "amount": Decimal(100), "currency": currency}
    return {"business_date": at.date(), **known, **paid}


def alert(name: str, n: int, rank: int, outcome: str, *rules: str, is_within: bool = True) -> dict[str, Any]:
    told = {"card_id": f"{name}{n}", "rank": rank, "score": 100 - rank, "reasons": list(rules), "outcome": outcome}
    return {**day(n), **told, "amount_at_risk": Decimal(100), "is_within_capacity": is_within}


def model_score(name: str, n: int, probability: float, feature: str) -> dict[str, Any]:
    contributions = [{"feature": feature, "contribution": probability, "value": 1.0}]
    told = {"transaction_id": f"{name}{n}", "card_id": f"{name}{n}", "probability": probability}
    return {**day(n), **told, "contributions": contributions}


def burst(device: str, cards: int, *minutes: int) -> tuple[Rows, Rows]:
    """Features and transactions of a device: as many cards within the hour of the last one, the first one approved."""
    at = [START + timedelta(minutes=minute) for minute in minutes]
    names = [f"{device}{n}" for n in range(len(at))]
    seen = [{"transaction_id": names[n], "device_id": device, "initiated_at": at[n]} for n in range(len(at))]
    features = [{**row, "device_cards_1h": max(1, cards - len(at) + n + 1)} for n, row in enumerate(seen)]
    return features, [{**row, "decision": "declined" if n else "approved"} for n, row in enumerate(seen)]


def a_town() -> Mapping[str, Rows]:
    """A day has one payment over the limit, one far away that is declined, and one that no rule hits.

    Days 0 to 51 are matured. Over the limit every 2nd is fraud, far away every 4th, of the rest every 5th.
    """
    devices = [burst("d $1", 4, 0, 1, 2, 50), burst("e", 3, 0, 100, 110, 120), burst("f", 2, 0, 1)]
    days = range(DAYS)
    return {
        "gold.fraud_daily": [day(n) for n in days],
        "gold.fraud_scores": [
            *(score("limit", n, 90, LIMIT, *([MANY_CARDS] if n % 2 else [])) for n in days),
            *(score("far", n, 60, TRAVEL) for n in days),
            *(score("quiet", n, 0) for n in days),
        ],
        "silver.labels": [
            *(fraud("limit", n, after=3) for n in days[::2]),
            *(fraud("far", n, after=10, decision="declined") for n in days[::4]),
            *(fraud("quiet", n, after=1) for n in days[::5]),
            fraud("dollars", 1, after=40, currency="US$"),
            {**fraud("limit", 1, after=1), "is_latest": False, "label": "dispute"},
        ],
        "gold.fraud_alerts": [
            *(alert("limit", n, 1, "open" if n % 2 else "fraud", LIMIT) for n in days),
            *(alert("far", n, 2, "open" if n % 4 else "fraud", TRAVEL) for n in days),
            alert("too_much", DAYS - 1, 3, "open", TRAVEL, is_within=False),
        ],
        "gold.fraud_model_scores": [
            model_score("limit", DAYS - 2, 1.0, "amount"),
            model_score("limit", DAYS - 1, 0.25, "amount"),
            model_score("far", DAYS - 1, 0.75, "kmh"),
            model_score("quiet", DAYS - 1, 0.9, "amount"),
        ],
        "gold.transaction_features": [row for features, _ in devices for row in features],
        "silver.transactions": [row for _, transactions in devices for row in transactions],
    }


def a_payment() -> Mapping[str, Rows]:
    """One on the only day: far away, and fraud."""
    features, transactions = burst("d", 1, 0)
    return {
        "gold.fraud_daily": [day(0)],
        "gold.fraud_scores": [score("far", 0, 60, TRAVEL)],
        "silver.labels": [fraud("far", 0, after=0)],
        "gold.fraud_alerts": [alert("far", 0, 1, "fraud", TRAVEL)],
        "gold.transaction_features": features,
        "silver.transactions": transactions,
    }


def nothing() -> Mapping[str, Rows]:
    return {table: [] for table in a_payment()}
