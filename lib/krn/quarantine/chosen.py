"""Chosen: which quarantined rows a person means, in SQL that Spark and the reader without Spark both understand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from krn.contracts.reasons import Reason
from krn.errors import UsageError

#: What stands in the SQL between quotes, which nothing in it may end; a type that krn doesn't know is any text.
_NAME = re.compile(r"[^'\\\x00-\x1f\x7f]{1,200}")
_REASONS = frozenset(reason.word for reason in Reason)


@dataclass(frozen=True)
class Chosen:
    """Rows that match all that is told; nothing told = every one. `since` is an instant of receipt."""

    source: str | None = None
    type: str | None = None
    reason: str | None = None
    since: datetime | None = None
    row_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for told in (self.source, self.type):
            if told is not None and not _NAME.fullmatch(told):
                raise UsageError(f"{told!r} is no name of a source or a type.", "krn quarantine shows their names")
        if self.reason is not None and self.reason not in _REASONS:
            raise UsageError(f"There is no reason {self.reason!r}.", "see docs/reference/reasons.md")

    @property
    def is_every_row(self) -> bool:
        return self == Chosen()

    @property
    def sql(self) -> str:
        """The condition over rows of silver.deliveries."""
        return " AND ".join(("verdict = 'quarantined'", *self._told()))

    def _told(self) -> Iterator[str]:
        if self.source is not None:
            yield f"source = '{self.source}'"
        if self.type is not None:
            yield f"type = '{self.type}'"
        if self.reason is not None:
            yield f"array_contains(reasons, '{self.reason}')"
        if self.since is not None:
            yield f"received_at >= TIMESTAMP '{self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}'"
        if self.row_ids:
            yield f"row_id IN ({', '.join(map(str, map(int, self.row_ids)))})"
