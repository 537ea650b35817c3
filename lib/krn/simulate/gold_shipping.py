"""The rows of shipping that must come out: the key first, then the measures, in the order of the columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class ShippingDaily:
    shipped_on: date
    carrier: str
    origin: str
    destination: str
    shipped: int
    delivered: int
    rated: int
    late: int
    exceptions: int
    first_attempt_rate: Decimal | None
    handling_p50_h: Decimal | None
    handling_p90_h: Decimal | None
    handling_p95_h: Decimal | None
    transit_p50_h: Decimal | None
    transit_p90_h: Decimal | None
    transit_p95_h: Decimal | None
    total_p50_h: Decimal | None
    total_p90_h: Decimal | None
    total_p95_h: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class PromiseKept:
    promised_on: date
    due: int
    on_time: int
    late: int
    not_delivered: int
    on_time_rate: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class LanePerformance:
    origin: str
    destination: str
    carrier: str
    window: str
    n: int
    delivered: int
    rated: int
    late: int
    late_rate: Decimal | None
