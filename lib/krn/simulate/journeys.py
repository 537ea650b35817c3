"""What becomes of a parcel on its way: as a rule it arrives, and sometimes late, after trouble or never."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from krn.simulate.facts import Delivered, Shipped, Sighted
from krn.simulate.lanes import Lane, transit
from krn.simulate.stamps import CARRIER, stamp

Journey = tuple[tuple[Sighted, ...], tuple[Delivered, ...]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that left, and when it would arrive if all went well."""

    sent: Shipped
    due_at: datetime

    def sighted(self, rng: Random, at: datetime, status: str, reason: str | None = None) -> Sighted:
        """Two carriers in three tell whose order it is."""
        order_id = self.sent.order_id if rng.random() < 0.67 else None
        location = rng.choice((None, self.sent.destination))
        return Sighted(stamp(rng, at, CARRIER), self.sent.shipment_id, status, order_id, location, reason)

    def delivered(self, rng: Random, at: datetime, attempt_no: int | None = None) -> Delivered:
        carrier = self.sent.carrier if rng.random() < 0.8 else None
        return Delivered(stamp(rng, at, CARRIER), self.sent.shipment_id, self.sent.order_id, carrier, attempt_no)


def journey(rng: Random, sent: Shipped, lane: Lane) -> Journey:
    parcel = Parcel(sent, sent.stamp.at + transit(rng, lane))
    if rng.random() >= lane.stumbles:
        return _smoothly(rng, parcel)
    return rng.choices(list(TROUBLES), list(TROUBLES.values()))[0](rng, parcel)


def _smoothly(rng: Random, parcel: Parcel) -> Journey:
    attempt_no = rng.choice((None, None, 1))
    return tuple(_on_the_way(rng, parcel)), (parcel.delivered(rng, parcel.due_at, attempt_no),)


def _on_the_way(rng: Random, parcel: Parcel) -> Iterator[Sighted]:
    """Some carriers say little; a label may be printed before the parcel leaves."""
    left_at = parcel.sent.stamp.at
    way = parcel.due_at - left_at
    if rng.random() < 0.3:
        yield parcel.sighted(rng, left_at - timedelta(seconds=rng.randint(0, 1800)), "info_received")
    if rng.random() < 0.7:
        yield parcel.sighted(rng, _whole(left_at + way / 2), "in_transit")
    if rng.random() < 0.3:
        yield parcel.sighted(rng, _whole(left_at + way * 0.9), "out_for_delivery")


def _whole(at: datetime) -> datetime:
    """Events tell milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _nobody_at_home(rng: Random, parcel: Parcel) -> Journey:
    """Once or twice; three carriers in four count their attempts."""
    failed = _attempts(rng, parcel, rng.choice((1, 1, 2)))
    at = failed[-1].stamp.at + _a_day(rng)
    attempt_no = len(failed) + 1 if rng.random() < 0.75 else None
    return (*_on_the_way(rng, parcel), *failed), (parcel.delivered(rng, at, attempt_no),)


def _attempts(rng: Random, parcel: Parcel, times: int) -> list[Sighted]:
    days = [timedelta(days=day, seconds=rng.randint(0, 7200)) for day in range(times)]
    return [parcel.sighted(rng, parcel.due_at + day, "attempt_failed", "nobody at home") for day in days]


def _a_day(rng: Random) -> timedelta:
    return timedelta(seconds=rng.randint(70_000, 100_000))


def _an_attempt_that_was_not_told(rng: Random, parcel: Parcel) -> Journey:
    return (), (parcel.delivered(rng, parcel.due_at + _a_day(rng), 2),)


def _held_up(rng: Random, parcel: Parcel) -> Journey:
    """Storms, customs: an exception or two, and days lost."""
    held_at = [parcel.due_at + timedelta(hours=hours) for hours in rng.choice(((0,), (0, 30)))]
    held = [parcel.sighted(rng, at, "exception", rng.choice(("storm", "customs", None))) for at in held_at]
    at = held_at[-1] + rng.randint(1, 4) * _a_day(rng)
    return (*_on_the_way(rng, parcel), *held), (parcel.delivered(rng, at),)


def _waiting_at_a_shop(rng: Random, parcel: Parcel) -> Journey:
    waiting = parcel.sighted(rng, parcel.due_at, "available_for_pickup")
    return (waiting,), (parcel.delivered(rng, parcel.due_at + _a_day(rng)),)


def _lost(rng: Random, parcel: Parcel) -> Journey:
    """Half of the time somebody says so."""
    said = (parcel.sighted(rng, parcel.due_at + 5 * _a_day(rng), "exception", "lost"),) if rng.random() < 0.5 else ()
    return (*_on_the_way(rng, parcel), *said), ()


def _sent_back(rng: Random, parcel: Parcel) -> Journey:
    failed = _attempts(rng, parcel, 2)
    returned = parcel.sighted(rng, failed[-1].stamp.at + 3 * _a_day(rng), "returned")
    return (*failed, returned), ()


def _there_before_it_left(rng: Random, parcel: Parcel) -> Journey:
    """The carrier's clock is an hour slow, and the way was short."""
    return (), (parcel.delivered(rng, parcel.sent.stamp.at - timedelta(seconds=rng.randint(1, 1800))),)


TROUBLES: dict[Callable[[Random, Parcel], Journey], int] = {
    _nobody_at_home: 40, _an_attempt_that_was_not_told: 6, _held_up: 22, _waiting_at_a_shop: 8,
    _lost: 14, _sent_back: 8, _there_before_it_left: 2,
}  # fmt: skip
