"""What card payments tell: a transaction was tried, decided, and later known to be fraud or not."""

from dataclasses import replace

from krn.contracts.contract import Body, Check, Contract, Field, Kind
from krn.contracts.reasons import Reason
from krn.harmless import is_card_number

LABELS = ("fraud", "genuine", "dispute")
DECLINE_REASONS = ("insufficient_funds", "do_not_honor", "expired", "suspected_fraud", "other")


def _names_a_card_in_clear(data: Body) -> bool:
    return is_card_number(data.get("card_id", ""))


_NO_CARD_NUMBER = Check(Reason.PAN_LEAK, ("card_id",), _names_a_card_in_clear)
_TRANSACTION_ID = Field("transaction_id", Kind.ID, "The transaction.", required=True)
_AMOUNT = Field("amount", Kind.MONEY, "What is to be paid.", required=True)
_CURRENCY = Field("currency", Kind.CURRENCY, "Of the amount.", required=True)
_CARD_ID = Field("card_id", Kind.ID, "A token of the card, never its number.", pii="P2")

TRANSACTION_INITIATED = Contract(
    type="transaction.initiated",
    version=1,
    key=("transaction_id",),
    doc="Somebody wants to pay with a card.",
    fields=(
        _TRANSACTION_ID,
        replace(_CARD_ID, required=True),
        Field("merchant_id", Kind.ID, "Who is to be paid.", required=True),
        _AMOUNT,
        _CURRENCY,
        Field("customer_id", Kind.ID, "Whose card it is.", pii="P2"),
        Field("terminal_id", Kind.ID, "The till, or the shop's page, where the card was used."),
        Field("channel", Kind.TEXT, "How: at a till, online and so on."),
        Field("mcc", Kind.TEXT, "The merchant's category code."),
        Field("device_id", Kind.ID, "The buyer's device, in an online payment.", pii="P2"),
        Field("ip", Kind.TEXT, "The buyer's address on the internet; blank = not said.", pii="P1"),
        Field("country", Kind.TEXT, "Where the card was used."),
        Field(
            "lat", Kind.NUMBER, "Where the card was used, north is positive.", unit="degrees", minimum=-90, maximum=90
        ),
        Field(
            "lon", Kind.NUMBER, "Where the card was used, east is positive.", unit="degrees", minimum=-180, maximum=180
        ),
        Field("entry_mode", Kind.TEXT, "How the card was read: chip, contactless, keyed and so on."),
        Field("order_id", Kind.ID, "The order it pays for."),
    ),
    entity_keys=("transaction_id", "card_id", "customer_id", "device_id", "order_id"),
    checks=(_NO_CARD_NUMBER,),
)

TRANSACTION_APPROVED = Contract(
    type="transaction.approved",
    version=1,
    key=("transaction_id",),
    doc="The card's bank will pay.",
    fields=(
        _TRANSACTION_ID,
        _AMOUNT,
        _CURRENCY,
        _CARD_ID,
        Field("authorization_code", Kind.TEXT, "The bank's number for its promise."),
    ),
    entity_keys=("transaction_id", "card_id"),
    checks=(_NO_CARD_NUMBER,),
)

TRANSACTION_DECLINED = Contract(
    type="transaction.declined",
    version=1,
    key=("transaction_id",),
    doc="The card's bank will not pay.",
    fields=(
        _TRANSACTION_ID,
        _AMOUNT,
        _CURRENCY,
        _CARD_ID,
        Field("decline_reason", Kind.TEXT, "Why.", values=DECLINE_REASONS),
        Field("risk_score", Kind.NUMBER, "How risky the bank found it, on a scale of its own."),
    ),
    entity_keys=("transaction_id", "card_id"),
    checks=(_NO_CARD_NUMBER,),
)

TRANSACTION_LABELLED = Contract(
    type="transaction.labelled",
    version=1,
    key=("transaction_id", "time"),
    doc="It became known what a transaction was; the event's time is when.",
    fields=(
        _TRANSACTION_ID,
        Field("label", Kind.TEXT, "What it was.", required=True, values=LABELS),
        _CARD_ID,
        Field("reason", Kind.TEXT, "How that is known: a chargeback, a call and so on."),
        Field("amount", Kind.MONEY, "The part of the transaction that is in question; absent = all of it."),
    ),
    entity_keys=("transaction_id", "card_id"),
    checks=(_NO_CARD_NUMBER,),
)
