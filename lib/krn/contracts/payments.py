"""What a payment service says: money that came in, and attempts that failed."""

from krn.contracts.contract import Contract, Field, Kind

_PAYMENT = (
    Field("payment_id", Kind.ID, "The attempt to pay.", required=True),
    Field("order_id", Kind.ID, "The order it pays for.", required=True),
    Field("amount", Kind.MONEY, "What was paid or tried.", required=True),
    Field("currency", Kind.CURRENCY, "Of the amount.", required=True),
    Field("method", Kind.TEXT, "Card, voucher, transfer and so on, in the producer's words.", required=True),
)

PAYMENT_RECEIVED = Contract(
    type="payment.received",
    version=1,
    key=("payment_id",),
    doc="Money for an order came in.",
    fields=(
        *_PAYMENT,
        Field("installments", Kind.INT, "In how many parts the buyer pays; 0 = not counted.", minimum=0),
        Field("provider", Kind.TEXT, "Who moved the money."),
    ),
    entity_keys=("payment_id", "order_id"),
)

PAYMENT_FAILED = Contract(
    type="payment.failed",
    version=1,
    key=("payment_id",),
    doc="An attempt to pay for an order failed.",
    fields=(*_PAYMENT, Field("reason", Kind.TEXT, "Why, in the provider's words.")),
    entity_keys=("payment_id", "order_id"),
)
