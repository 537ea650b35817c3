"""The rows that must come out: the key first, then the measures, in the order of the columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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


Row = SalesDaily | SalesByCountry | SalesByProduct | PaymentMix | OrderState


@dataclass(frozen=True, slots=True)
class Truth:
    """All rows of every table that the shop vouches for, sorted by key."""

    sales_daily: tuple[SalesDaily, ...]
    sales_by_country: tuple[SalesByCountry, ...]
    sales_by_product: tuple[SalesByProduct, ...]
    payment_mix: tuple[PaymentMix, ...]
    orders: tuple[OrderState, ...]
