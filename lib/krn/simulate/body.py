"""The data of an event, and how its values are spelled in JSON."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Body:
    """`key` names the field that makes the business key, together with the event's time if `has_time_in_key`."""

    type: str
    key: str | None
    data: Fields
    has_time_in_key: bool = False


def text(amount: Decimal | None) -> object:
    return None if amount is None else f"{amount:f}"


def number(amount: Decimal | None) -> object:
    return None if amount is None else float(amount)


def day(on: date | None) -> object:
    return None if on is None else on.isoformat()


def units(lines: tuple[tuple[int, int], ...] | None) -> object:
    return None if lines is None else [{"line_no": no, "quantity": quantity} for no, quantity in lines]
