"""The contracts krn knows: what each event type must say."""

from krn.contracts.contract import Contract
from krn.contracts.orders import ORDER_CANCELLED, ORDER_CREATED, ORDER_REFUNDED
from krn.contracts.payments import PAYMENT_FAILED, PAYMENT_RECEIVED

CONTRACTS: tuple[Contract, ...] = (ORDER_CREATED, ORDER_CANCELLED, ORDER_REFUNDED, PAYMENT_RECEIVED, PAYMENT_FAILED)
