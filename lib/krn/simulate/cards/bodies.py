"""What the gateway, the issuers and the chargeback desk say of card payments."""

from krn.simulate.body import Body, Fields, text
from krn.simulate.cards.facts import Decided, Initiated, Labelled


def initiated(fact: Initiated) -> Body:
    data: Fields = {
        "transaction_id": fact.transaction_id,
        "card_id": fact.card_id,
        "customer_id": fact.customer_id,
        "merchant_id": fact.merchant_id,
        "terminal_id": fact.terminal_id,
        "amount": text(fact.amount),
        "currency": fact.currency,
        "channel": fact.channel,
        "mcc": fact.mcc,
        "device_id": fact.device_id,
        "ip": fact.ip,
        "country": fact.country,
        "lat": fact.lat,
        "lon": fact.lon,
        "entry_mode": fact.entry_mode,
    }
    return Body("transaction.initiated", "transaction_id", data)


def decided(fact: Decided) -> Body:
    data: Fields = {
        "transaction_id": fact.transaction_id,
        "amount": text(fact.amount),
        "currency": fact.currency,
        "card_id": fact.card_id,
    }
    if fact.is_approved:
        told: Fields = {"authorization_code": fact.authorization_code}
        return Body("transaction.approved", "transaction_id", data | told)
    why: Fields = {"decline_reason": fact.decline_reason, "risk_score": fact.risk_score}
    return Body("transaction.declined", "transaction_id", data | why)


def labelled(fact: Labelled) -> Body:
    data: Fields = {
        "transaction_id": fact.transaction_id,
        "label": fact.label,
        "card_id": fact.card_id,
        "reason": fact.reason,
        "amount": text(fact.amount),
    }
    return Body("transaction.labelled", "transaction_id", data, has_time_in_key=True)
