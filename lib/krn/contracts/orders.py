"""What a shop says of its orders: created, cancelled, refunded."""

from decimal import Decimal

from krn.contracts.contract import Body, Check, Contract, Field, Kind
from krn.contracts.processed import ORDER_PROCESSED
from krn.contracts.reasons import Reason

MOST_LINES = 10_000  # of one event: with 32-bit quantities no sum of units overflows, and folds end
AMOUNT_LIMIT = 10**14  # of DECIMAL(18,4), so that no fold of one event overflows

_NOTHING = Decimal()
_HEADER_AMOUNTS = ("order_total", "items_total", "discount_total", "tax_total", "freight_total")
_LINE_AMOUNTS = ("discount", "tax", "freight")

ORDER_ID = Field("order_id", Kind.ID, "The order.", required=True)
CURRENCY = Field("currency", Kind.CURRENCY, "Of every amount in the event.", required=True)
LINE_NO = Field("line_no", Kind.INT, "The line of the order, from 1.", required=True, minimum=1)
PRODUCT_ID = Field("product_id", Kind.ID, "The product.", required=True)
QUANTITY = Field("quantity", Kind.INT, "How many units.", required=True, minimum=1)
CUSTOMER_ID = Field("customer_id", Kind.ID, "The buyer; absent for a guest.", pii="P2")

_ORDER_LINE = (
    LINE_NO,
    PRODUCT_ID,
    QUANTITY,
    Field("unit_price", Kind.MONEY, "Price of one unit before discount and tax.", required=True),
    Field("sku", Kind.TEXT, "The stock keeping unit."),
    Field("category", Kind.TEXT, "The product's category when sold."),
    Field("description", Kind.TEXT, "The product's name when sold."),
    Field("seller_id", Kind.ID, "Who sells it, in a marketplace."),
    Field("seller_state", Kind.TEXT, "Where the seller ships from."),
    Field("discount", Kind.MONEY, "Taken off the line's value."),
    Field("tax", Kind.MONEY, "On top of the line's value."),
    Field("freight", Kind.MONEY, "For sending the line."),
)


def _lines_too_great(data: Body) -> bool:
    total = _NOTHING
    for line in data.get("lines", ()):
        total += line["quantity"] * Decimal(line["unit_price"]) + _sum(line, _LINE_AMOUNTS)
    return total >= AMOUNT_LIMIT


def _header_too_great(data: Body) -> bool:
    return _sum(data, _HEADER_AMOUNTS) >= AMOUNT_LIMIT


def _sum(body: Body, names: tuple[str, ...]) -> Decimal:
    total = _NOTHING
    for name in names:
        if name in body:
            total += Decimal(body[name])
    return total


def _has_too_many_lines(data: Body) -> bool:
    return len(data.get("lines", ())) > MOST_LINES


def _repeats_a_line_no(data: Body) -> bool:
    return len({line["line_no"] for line in data["lines"]}) < len(data["lines"])


def _has_a_total_but_no_lines(data: Body) -> bool:
    return not data["lines"] and data["order_total"] != "0"


def _cancels_nothing(data: Body) -> bool:
    return data.get("lines") == []


ORDER_CREATED = Contract(
    type="order.created",
    version=1,
    key=("order_id",),
    doc="A customer placed an order.",
    fields=(
        ORDER_ID,
        CURRENCY,
        Field("order_total", Kind.MONEY, "What the buyer owes: items - discount + tax + freight.", required=True),
        Field("lines", Kind.LIST, "What was bought; empty only with a total of 0.", required=True, of=_ORDER_LINE),
        Field("items_total", Kind.MONEY, "Value of the lines."),
        Field("discount_total", Kind.MONEY, "Taken off the whole order."),
        Field("tax_total", Kind.MONEY, "Tax on the whole order."),
        Field("freight_total", Kind.MONEY, "For sending the whole order."),
        CUSTOMER_ID,
        Field("channel", Kind.TEXT, "Where it was sold: web, shop, market place."),
        Field("country", Kind.TEXT, "The buyer's country."),
        Field("customer_zip", Kind.TEXT, "The buyer's postal code.", pii="P2"),
        Field("customer_city", Kind.TEXT, "The buyer's city."),
        Field("customer_state", Kind.TEXT, "The buyer's state or region."),
        Field("promised_delivery_date", Kind.DATE, "Local date the buyer was promised."),
    ),
    entity_keys=("order_id", "customer_id"),
    checks=(
        Check(Reason.REPEATED_LINE_NO, ("lines",), _repeats_a_line_no),
        Check(Reason.NO_LINES, ("lines", "order_total"), _has_a_total_but_no_lines),
        Check(Reason.OUT_OF_RANGE, ("lines",), _has_too_many_lines),
        Check(Reason.OUT_OF_RANGE, ("lines",), _lines_too_great),
        Check(Reason.OUT_OF_RANGE, _HEADER_AMOUNTS, _header_too_great),
    ),
    adapters=(ORDER_PROCESSED,),
)

ORDER_CANCELLED = Contract(
    type="order.cancelled",
    version=1,
    key=(),
    doc="An order, or some units of it, will not be sent.",
    fields=(
        ORDER_ID,
        Field("reason", Kind.TEXT, "Why."),
        Field("by", Kind.TEXT, "Who cancelled: buyer, shop and so on."),
        Field("lines", Kind.LIST, "The units cancelled; absent = the whole order.", of=(LINE_NO, QUANTITY)),
    ),
    entity_keys=("order_id",),
    checks=(
        Check(Reason.NO_LINES, ("lines",), _cancels_nothing),
        Check(Reason.OUT_OF_RANGE, ("lines",), _has_too_many_lines),
    ),
)

ORDER_REFUNDED = Contract(
    type="order.refunded",
    version=1,
    key=("refund_id",),
    doc="Money went back to a buyer; with lines, goods came back too.",
    fields=(
        Field("refund_id", Kind.ID, "The refund.", required=True),
        Field("amount", Kind.MONEY, "What the buyer got back.", required=True),
        CURRENCY,
        Field("order_id", Kind.ID, "The order; absent where the shop does not know it."),
        CUSTOMER_ID,
        Field("country", Kind.TEXT, "The buyer's country."),
        Field("channel", Kind.TEXT, "Where it was sold."),
        Field("reason", Kind.TEXT, "Why."),
        Field(
            "lines",
            Kind.LIST,
            "The goods that came back; absent or empty = money only.",
            of=(
                PRODUCT_ID,
                QUANTITY,
                Field(
                    "unit_price",
                    Kind.MONEY,
                    "Price of one unit before any discount, which goes back by its share.",
                    required=True,
                ),
                Field("line_no", Kind.INT, "The line of the order, where known.", minimum=1),
                Field("description", Kind.TEXT, "The product's name when sold."),
            ),
        ),
    ),
    entity_keys=("refund_id", "order_id", "customer_id"),
    checks=(
        Check(Reason.OUT_OF_RANGE, ("lines",), _has_too_many_lines),
        Check(Reason.OUT_OF_RANGE, ("lines",), _lines_too_great),
    ),
)
