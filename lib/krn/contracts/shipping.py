"""What a warehouse and its carriers say of parcels: shipped, seen on the way, delivered."""

from krn.contracts.contract import Contract, Field, Kind
from krn.contracts.orders import LINE_NO, ORDER_ID, QUANTITY

SHIPMENT_ID = Field("shipment_id", Kind.ID, "The parcel.", required=True)
CARRIER = Field("carrier", Kind.TEXT, "Who carries it; absent where unknown.")

STATUSES = (
    "info_received",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "available_for_pickup",
    "exception",
    "returned",
    "other",
)

ORDER_SHIPPED = Contract(
    type="order.shipped",
    version=1,
    key=("shipment_id",),
    doc="A parcel with all or part of an order left the shop.",
    fields=(
        SHIPMENT_ID,
        ORDER_ID,
        CARRIER,
        Field("service", Kind.TEXT, "The carrier's product: standard, express and so on."),
        Field("tracking_no", Kind.TEXT, "The carrier's number for the parcel."),
        Field("seller_id", Kind.ID, "Who sent it, in a marketplace."),
        Field("origin", Kind.TEXT, "Region it was sent from."),
        Field("destination", Kind.TEXT, "Region it goes to."),
        Field("promised_delivery_date", Kind.DATE, "Local date promised for this parcel; absent = the order's."),
        Field("cost", Kind.MONEY, "What sending it costs the shop."),
        Field("currency", Kind.CURRENCY, "Of the cost."),
        Field("weight_g", Kind.INT, "Weight.", unit="g", minimum=0),
        Field("lines", Kind.LIST, "The units in it; absent = not said.", of=(LINE_NO, QUANTITY)),
    ),
    entity_keys=("shipment_id", "order_id"),
)

SHIPMENT_TRACKED = Contract(
    type="shipment.tracked",
    version=1,
    key=("shipment_id", "time", "status"),
    doc="A carrier saw a parcel on its way.",
    fields=(
        SHIPMENT_ID,
        Field("status", Kind.TEXT, "What the carrier says.", required=True, values=STATUSES),
        Field("order_id", Kind.ID, "The order it belongs to, where the carrier knows."),
        Field("checkpoint_id", Kind.ID, "The carrier's number for this sighting."),
        Field("location", Kind.TEXT, "Where it was seen."),
        Field("reason", Kind.TEXT, "Why, of a failure or an exception."),
    ),
    entity_keys=("shipment_id", "order_id"),
)

ORDER_DELIVERED = Contract(
    type="order.delivered",
    version=1,
    key=("shipment_id",),
    doc="A parcel was handed over to the buyer.",
    fields=(
        SHIPMENT_ID,
        ORDER_ID,
        CARRIER,
        Field("attempt_no", Kind.INT, "At which attempt, from 1.", minimum=1),
    ),
    entity_keys=("shipment_id", "order_id"),
)
