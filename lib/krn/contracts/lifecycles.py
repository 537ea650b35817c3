"""How the life of an order and of a parcel goes, told by what contradicts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from krn.contracts.contract import Contract
from krn.contracts.orders import ORDER_CANCELLED
from krn.contracts.payments import PAYMENT_RECEIVED
from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED


@dataclass(frozen=True)
class Contradiction:
    """An event brought the state `then` after another had brought `state`: one of the two is wrong, or came too late.

    At one instant there is no before and after, so nothing is contradicted, unless it is `even_at_once`.
    """

    kind: str
    state: str
    then: str
    doc: str
    even_at_once: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """The states of an entity, each with the contract of the events that bring it, and what may not follow what."""

    entity: str
    states: Mapping[str, Contract]
    contradictions: tuple[Contradiction, ...]


SHIPPED_BEFORE_PAID = Contradiction(
    "shipped_before_paid", "shipped", "paid", "the first parcel left before the payment that made the order paid"
)
PAID_TWICE = Contradiction(
    "paid_twice",
    "paid",
    "paid_again",
    "a payment came when the order was already paid, and more than a cent beyond its total; what was refunded in "
    "between is not looked at",
    even_at_once=True,
)
SHIPPED_AFTER_CANCELLED = Contradiction(
    "shipped_after_cancelled", "cancelled", "shipped", "a parcel left after the last unit of the order was cancelled"
)
CANCELLED_AFTER_DELIVERY = Contradiction(
    "cancelled_after_delivery", "delivered", "cancelled", "the last unit was cancelled after the first parcel came"
)
DELIVERED_BEFORE_SHIPPED = Contradiction(
    "delivered_before_shipped", "delivered", "shipped", "the parcel came before it left"
)
TRACKED_AFTER_DELIVERY = Contradiction(
    "tracked_after_delivery", "delivered", "on_its_way", "a carrier saw the parcel on its way after it had come"
)
#: Not a contradiction of two events, but of an event and the one that is missing.
NEVER_CREATED = "never_created"

#: What a carrier can't say of a parcel that was delivered; it may still have an exception, or come back.
ON_ITS_WAY = ("info_received", "in_transit", "out_for_delivery", "attempt_failed", "available_for_pickup")

ORDER = Lifecycle(
    "order",
    states={
        "paid": PAYMENT_RECEIVED,
        "paid_again": PAYMENT_RECEIVED,
        "shipped": ORDER_SHIPPED,
        "delivered": ORDER_DELIVERED,
        "cancelled": ORDER_CANCELLED,
    },
    contradictions=(SHIPPED_BEFORE_PAID, PAID_TWICE, SHIPPED_AFTER_CANCELLED, CANCELLED_AFTER_DELIVERY),
)
SHIPMENT = Lifecycle(
    "shipment",
    states={"shipped": ORDER_SHIPPED, "delivered": ORDER_DELIVERED, "on_its_way": SHIPMENT_TRACKED},
    contradictions=(DELIVERED_BEFORE_SHIPPED, TRACKED_AFTER_DELIVERY),
)
LIFECYCLES = (ORDER, SHIPMENT)
