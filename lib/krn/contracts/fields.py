"""What keeps an object from being what its fields say: every reason, field by field."""

import math
from collections.abc import Callable, Iterator
from decimal import Decimal

from krn.contracts.contract import Body, Field, Kind
from krn.contracts.currencies import CURRENCIES
from krn.contracts.instants import day, instant
from krn.contracts.money import amount_faults
from krn.contracts.reasons import Reason

MAX_ID = 200  # characters
INT_MIN, INT_MAX = -(2**31), 2**31 - 1


def faults(fields: tuple[Field, ...], body: Body) -> dict[str, set[Reason]]:
    """The faulty fields of `body`, each with all of its reasons; faults inside a list are the list's."""
    found: dict[str, set[Reason]] = {}
    for field in fields:
        reasons = set(field_faults(field, body.get(field.name)))
        if reasons:
            found[field.name] = reasons
    return found


def field_faults(field: Field, value: object) -> Iterator[Reason]:
    """What is wrong with one value; null is as good as absent."""
    if value is not None:
        yield from _JUDGES[field.kind](field, value)
    elif field.required:
        yield Reason.MISSING_FIELD


def is_id(text: str) -> bool:
    """Whether a text can name something: not blank, not endless."""
    return len(text) <= MAX_ID and not text.isspace() and text != ""


def _id(field: Field, value: object) -> Iterator[Reason]:
    yield from _text_as(is_id, Reason.OUT_OF_RANGE, value)


def _text_as(holds: Callable[[str], object], reason: Reason, value: object) -> Iterator[Reason]:
    """For text that must say something: `reason` where `holds` finds nothing in it."""
    if not isinstance(value, str):
        yield Reason.WRONG_TYPE
    elif not value.strip():
        yield Reason.BLANK
    elif not holds(value):
        yield reason


def _text(field: Field, value: object) -> Iterator[Reason]:
    if not isinstance(value, str):
        yield Reason.WRONG_TYPE
    elif field.required and not value.strip():
        yield Reason.BLANK
    elif field.values and value not in field.values:
        yield Reason.NOT_ALLOWED


def _money(field: Field, value: object) -> Iterator[Reason]:
    yield from amount_faults(value, field.signed)


def _currency(field: Field, value: object) -> Iterator[Reason]:
    yield from _text_as(CURRENCIES.__contains__, Reason.BAD_CURRENCY, value)


def _date(field: Field, value: object) -> Iterator[Reason]:
    yield from _text_as(day, Reason.BAD_TIME, value)


def _instant(field: Field, value: object) -> Iterator[Reason]:
    yield from _text_as(instant, Reason.BAD_TIME, value)


def _int(field: Field, value: object) -> Iterator[Reason]:
    least, most = whole_range(field)
    if isinstance(value, float):  # a strict parse leaves floats only for what is not finite
        yield Reason.NOT_FINITE
    elif isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value != value.__trunc__():
        yield Reason.WRONG_TYPE
    elif not least <= value <= most:
        yield Reason.OUT_OF_RANGE


def whole_range(field: Field) -> tuple[int, int]:
    """The least and the greatest that a whole number may be."""
    least = INT_MIN if field.minimum is None else field.minimum
    return least, INT_MAX if field.maximum is None else field.maximum


def _number(field: Field, value: object) -> Iterator[Reason]:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        yield Reason.WRONG_TYPE
    elif not math.isfinite(double := float(value)):  # a strict parse reads what no double holds as infinity
        yield Reason.NOT_FINITE
    elif not _within(field, double):
        yield Reason.OUT_OF_RANGE


def _within(field: Field, number: float) -> bool:
    return (field.minimum is None or field.minimum <= number) and (field.maximum is None or number <= field.maximum)


def _flag(field: Field, value: object) -> Iterator[Reason]:
    if not isinstance(value, bool):
        yield Reason.WRONG_TYPE


def _list(field: Field, value: object) -> Iterator[Reason]:
    if not isinstance(value, list):
        yield Reason.WRONG_TYPE
        return
    for item in value:
        if not isinstance(item, dict):
            yield Reason.WRONG_TYPE
            continue
        for reasons in faults(field.of, item).values():
            yield from reasons


_JUDGES: dict[Kind, Callable[[Field, object], Iterator[Reason]]] = {
    Kind.ID: _id,
    Kind.TEXT: _text,
    Kind.MONEY: _money,
    Kind.CURRENCY: _currency,
    Kind.INT: _int,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.FLAG: _flag,
    Kind.LIST: _list,
}
