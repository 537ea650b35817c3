"""Parcels in, the rows of shipping out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from krn.simulate.gold_shipping import LanePerformance, PromiseKept, ShippingDaily
from krn.simulate.hours import percentile
from krn.simulate.money import ratio
from krn.simulate.parcels import Parcel

PERCENTS = (50, 90, 95)
WINDOWS: dict[str, int | None] = {"28d": 28, "90d": 90, "all": None}
Key = TypeVar("Key")


def shipping_daily(parcels: Iterable[Parcel]) -> tuple[ShippingDaily, ...]:
    """By the day they were shipped; a parcel of which only a carrier told is not in it."""
    shipped = [(parcel, parcel.shipped_on) for parcel in parcels if parcel.shipped_on]
    by_lane = _grouped(((on, each.carrier, each.origin, each.destination), each) for each, on in shipped)
    return tuple(sorted(_shipped(*key, group) for key, group in by_lane.items()))


def _shipped(shipped_on: date, carrier: str, origin: str, destination: str, group: Sequence[Parcel]) -> ShippingDaily:
    n, delivered, rated, late = _rated(group)
    exceptions = sum(parcel.has_exception for parcel in group)
    first_attempt_rate = ratio(sum(parcel.is_first_attempt for parcel in group), delivered)
    return ShippingDaily(
        shipped_on,
        carrier,
        origin,
        destination,
        n,
        delivered,
        rated,
        late,
        exceptions,
        first_attempt_rate,
        *_times(group),
    )


def _rated(group: Sequence[Parcel]) -> tuple[int, int, int, int]:
    """How many parcels there are, how many of them were delivered, rated, late."""
    delivered = sum(parcel.delivered_on is not None for parcel in group)
    return len(group), delivered, sum(parcel.is_rated for parcel in group), sum(parcel.is_late for parcel in group)


def _times(group: Sequence[Parcel]) -> list[Decimal | None]:
    measures: tuple[Callable[[Parcel], timedelta | None], ...] = (
        lambda parcel: parcel.handling,
        lambda parcel: parcel.transit,
        lambda parcel: parcel.total,
    )
    return [percentile(map(measure, group), percent) for measure in measures for percent in PERCENTS]


def promise_kept(parcels: Iterable[Parcel], today: date) -> tuple[PromiseKept, ...]:
    """By the day they were promised for, up to `today`; what is lost or under way is due like the rest."""
    due = [(parcel, parcel.promised_on) for parcel in parcels if parcel.promised_on and parcel.promised_on <= today]
    return tuple(sorted(_kept(on, group) for on, group in _grouped((on, each) for each, on in due).items()))


def _kept(promised_on: date, group: Sequence[Parcel]) -> PromiseKept:
    due, delivered, _, late = _rated(group)
    on_time = delivered - late
    return PromiseKept(promised_on, due, on_time, late, due - delivered, ratio(on_time, due))


def lane_performance(parcels: Sequence[Parcel], today: date) -> tuple[LanePerformance, ...]:
    """Of the parcels shipped in the last days up to `today`, or ever until then."""
    return tuple(sorted(row for window, days in WINDOWS.items() for row in _lanes(parcels, window, days, today)))


def _lanes(parcels: Iterable[Parcel], window: str, days: int | None, today: date) -> Iterable[LanePerformance]:
    first = today - timedelta(days=days - 1) if days else date.min
    shipped = [parcel for parcel in parcels if parcel.shipped_on and first <= parcel.shipped_on <= today]
    for lane, group in _grouped(((each.origin, each.destination, each.carrier), each) for each in shipped).items():
        n, delivered, rated, late = _rated(group)
        yield LanePerformance(*lane, window, n, delivered, rated, late, ratio(late, rated))


def _grouped(parcels: Iterable[tuple[Key, Parcel]]) -> dict[Key, list[Parcel]]:
    groups: defaultdict[Key, list[Parcel]] = defaultdict(list)
    for key, parcel in parcels:
        groups[key].append(parcel)
    return groups
