"""What a shop says of whom it knows and what it sells: the latest word on a customer, on a product."""

from krn.contracts.contract import Contract, Field, Kind
from krn.contracts.orders import PRODUCT_ID

CUSTOMER_UPSERTED = Contract(
    type="customer.upserted",
    version=1,
    key=("customer_id", "time"),
    doc="A customer became known, or something known of one changed; the event says all that is known.",
    fields=(
        Field("customer_id", Kind.ID, "The customer.", required=True, pii="P2"),
        Field("name", Kind.TEXT, "What the customer is called.", pii="P1"),
        Field("email", Kind.TEXT, "Where mail reaches the customer.", pii="P1"),
        Field("country", Kind.TEXT, "Where the customer lives."),
        Field("state", Kind.TEXT, "State or region."),
        Field("city", Kind.TEXT, "City."),
        Field("segment", Kind.TEXT, "The shop's own grouping."),
        Field("marketing_ok", Kind.FLAG, "Whether the customer may be written to."),
    ),
    entity_keys=("customer_id",),
)

PRODUCT_UPSERTED = Contract(
    type="product.upserted",
    version=1,
    key=("product_id", "time"),
    doc="A product became known, or something known of one changed; the event says all that is known.",
    fields=(
        PRODUCT_ID,
        Field("title", Kind.TEXT, "What it is called."),
        Field("category", Kind.TEXT, "What kind of thing it is."),
        Field("brand", Kind.TEXT, "Who makes it."),
        Field("list_price", Kind.MONEY, "Price of one unit before discounts."),
        Field("currency", Kind.CURRENCY, "Of the list price."),
        Field("active", Kind.FLAG, "Whether it is on sale."),
    ),
    entity_keys=("product_id",),
)
