"""The rows that must come out: the key first, then the measures, in the order of the columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from krn.simulate.gold_fraud import CardCounts, Fraud, FraudDaily
from krn.simulate.gold_shipping import LanePerformance, PromiseKept, ShippingDaily


@dataclass(frozen=True, slots=True, order=True)
class SalesDaily:
    business_date: date
    currency: str
    channel: str
    orders: int
    units: int
    gross_sales: Decimal
    discounts: Decimal
    returns: Decimal
    net_sales: Decimal
    tax: Decimal
    shipping: Decimal
    total_sales: Decimal
    refunds_paid: Decimal
    aov: Decimal | None
    new_customers: int
    returning_customers: int


@dataclass(frozen=True, slots=True, order=True)
class SalesByCountry:
    business_date: date
    country: str
    currency: str
    orders: int
    units: int
    gross_sales: Decimal
    returned_units: int
    returns: Decimal
    net_sales: Decimal


@dataclass(frozen=True, slots=True, order=True)
class SalesByProduct:
    business_date: date
    product_id: str
    currency: str
    orders: int
    units: int
    gross_sales: Decimal
    returned_units: int
    returns: Decimal
    net_sales: Decimal


@dataclass(frozen=True, slots=True, order=True)
class PaymentMix:
    business_date: date
    method: str
    currency: str
    payments: int
    orders: int
    amount: Decimal
    failed: int
    failure_rate: Decimal | None
    mean_installments: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class OrderState:
    """How an order stands in silver.orders; orders that were never created have no row here."""

    order_id: str
    status: str
    currency: str
    order_total: Decimal
    amount_paid: Decimal
    amount_refunded: Decimal
    units: int
    over_returned: bool
    n_shipments: int
    n_delivered: int


@dataclass(frozen=True, slots=True, order=True)
class OrderCohortDaily:
    """How many orders took each step, and the median hours that it took them; the rest is money."""

    order_date: date
    currency: str
    orders: int
    gross_sales: Decimal
    discounts: Decimal
    cancelled: Decimal
    returned: Decimal
    net_sales: Decimal
    paid: int
    shipped: int
    delivered: int
    median_paid_h: Decimal | None
    median_shipped_h: Decimal | None
    median_delivered_h: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class OpenOrder:
    order_id: str
    stage: str
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True, order=True)
class CustomerVersions:
    """How many rows silver.customers has of a customer."""

    customer_id: str
    versions: int


@dataclass(frozen=True, slots=True, order=True)
class ProductVersions:
    """How many rows silver.products has of a product."""

    product_id: str
    versions: int


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """An event that contradicts an earlier one; `earlier_event_id` is None where that is missing."""

    kind: str
    entity: str
    entity_id: str
    event_id: str
    earlier_event_id: str | None


@dataclass(frozen=True, slots=True, order=True)
class SequenceGap:
    """Numbers that a source counted, within its partition where it has some, and never told."""

    event_source: str
    partition_key: str | None
    first_missing: int
    last_missing: int


Row = (
    SalesDaily
    | SalesByCountry
    | SalesByProduct
    | PaymentMix
    | OrderState
    | OrderCohortDaily
    | ShippingDaily
    | PromiseKept
    | LanePerformance
    | OpenOrder
    | CustomerVersions
    | ProductVersions
    | Finding
    | SequenceGap
    | FraudDaily
    | CardCounts
    | Fraud
)


@dataclass(frozen=True, slots=True)
class Truth:
    """All rows of every table that the shop vouches for, sorted by key.

    promise_kept, lane_performance and open_orders are as of one day; all that was ever told is in them.
    """

    sales_daily: tuple[SalesDaily, ...]
    sales_by_country: tuple[SalesByCountry, ...]
    sales_by_product: tuple[SalesByProduct, ...]
    payment_mix: tuple[PaymentMix, ...]
    orders: tuple[OrderState, ...]
    order_cohort_daily: tuple[OrderCohortDaily, ...]
    shipping_daily: tuple[ShippingDaily, ...]
    promise_kept: tuple[PromiseKept, ...]
    lane_performance: tuple[LanePerformance, ...]
    open_orders: tuple[OpenOrder, ...]
    customer_versions: tuple[CustomerVersions, ...]
    product_versions: tuple[ProductVersions, ...]
    findings: tuple[Finding, ...]
    sequence_gaps: tuple[SequenceGap, ...]
    fraud_daily: tuple[FraudDaily, ...]
    card_counts: tuple[CardCounts, ...]
    frauds: tuple[Fraud, ...]
