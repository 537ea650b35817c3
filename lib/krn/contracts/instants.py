"""Times and dates as events may write them, and as krn writes them."""

import re
from datetime import UTC, date, datetime

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant(text: str) -> datetime | None:
    """An RFC 3339 time as UTC, cut to microseconds; None if it is none, has no offset or is not within 1970 to 2200.

    A leap second (`:60`) is none: neither Python nor Spark can hold it, and moving it would be a guess.
    """
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        utc = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # 30 February; the year 1 with an offset
        return None
    return utc if 1970 <= utc.year <= 2200 else None


def day(text: str) -> date | None:
    """An ISO date; None if it is none or not within 1970 to 2200."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2200 else None


def spelled(moment: datetime) -> str:
    """RFC 3339 in UTC with a `Z`, and microseconds only when there are any."""
    return moment.isoformat().replace("+00:00", "Z")
