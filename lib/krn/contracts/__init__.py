"""The contracts krn knows: what each event type must say."""

from krn.contracts.contract import Contract
from krn.contracts.masters import CUSTOMER_UPSERTED, PRODUCT_UPSERTED
from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED, ORDER_REFUNDED
from krn.contracts.payments import PAYMENT_FAILED, PAYMENT_RECEIVED
from krn.contracts.shipping import ORDER_DELIVERED, ORDER_SHIPPED, SHIPMENT_TRACKED
from krn.contracts.transactions import (
    TRANSACTION_APPROVED,
    TRANSACTION_DECLINED,
    TRANSACTION_INITIATED,
    TRANSACTION_LABELLED,
)

CONTRACTS: tuple[Contract, ...] = (
    ORDER_CREATED,
    ORDER_CANCELLED,
    ORDER_REFUNDED,
    PAYMENT_RECEIVED,
    PAYMENT_FAILED,
    ORDER_SHIPPED,
    SHIPMENT_TRACKED,
    ORDER_DELIVERED,
    CUSTOMER_UPSERTED,
    PRODUCT_UPSERTED,
    TRANSACTION_INITIATED,
    TRANSACTION_APPROVED,
    TRANSACTION_DECLINED,
    TRANSACTION_LABELLED,
)
