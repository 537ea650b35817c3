"""A draft of a suite from what is published: bounds with slack, and beside each the rows that it was taken from.

It knows what was, not what must be: whoever takes it over reads each bound, says why it matters and what it does. No
text of the data gets into it but codes that many rows share, and none of a personal column.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor, isfinite, sqrt
from pathlib import Path
from typing import Any

import yaml

from krn.gate import yaml12
from krn.profile import ColumnProfile, Profile, profiled
from krn.tables.table import Table

Entry = dict[str, Any]

_SHARED = 5  # a code is of several rows,
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,24}")  # and looks like one
_SLACK = 0.5  # of what was seen between lowest and highest, on either side


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Quotes what suites would read as another value: to PyYAML, which is of YAML 1.1, 1e5 and 0o17 are text."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        is_clear = "\n" in data or yaml12.is_text(data)
        return self.represent_scalar("tag:yaml.org,2002:str", data, None if is_clear else "'")


_Dumper.add_representer(str, _Dumper.represent_str)


def draft(root: Path, table: Table) -> str:
    """The text of a suite file for a published table; it passes the check, and what is published passes it."""
    profile = profiled(root, table)
    entries = [_grain(table), *(entry for column in profile.columns for entry in _column(column, profile))]
    named = {entry["kwargs"].get("column") for entry in entries} | set(table.key)
    waived = {c.name: f"Null in all {_evidence(profile)}: decide." for c in profile.columns if c.name not in named}
    document = {"table": table.name, "expectations": entries} | ({"waived": waived} if waived else {})
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)
    return f"{_head(table, profile)}{text}"


def _head(table: Table, profile: Profile) -> str:
    return (
        f"# A draft for {table.name} from {_evidence(profile)}, not a suite yet. Bounds have slack of half the range\n"
        "# seen. Read each: drop it, or say in notes why it matters and what to look at, and choose its severity.\n"
    )


def _evidence(profile: Profile) -> str:
    return f"{profile.rows:,} rows of version {profile.version} ({profile.version + 1} so far)"


def _grain(table: Table) -> Entry:
    what = f"One row for each {', '.join(table.key)}."
    notes = "The key that is declared; two rows of one key are counted twice by whoever reads them."
    return _entry("expect_key_to_be_unique", {"columns": list(table.key)}, what, notes, "grain", "critical")


def _column(column: ColumnProfile, profile: Profile) -> Iterator[Entry]:
    """What was true of the column; nothing of one that was always null."""
    if column.nulls == profile.rows:
        return
    yield _present(column, profile)
    yield from _ranged(column, profile)
    if column.codes and all(_is_code(code, n) for code, n in column.codes):
        values = [code for code, _ in column.codes]
        seen = f"{len(values)} codes, the rarest in {min(n for _, n in column.codes):,}"
        kwargs = {"column": column.name, "value_set": values, "mostly": 0.99}
        what = f"{column.name} is one of {len(values)} codes, but for 1 % of the rows."
        yield _entry("expect_column_values_to_be_in_set", kwargs, what, _notes(seen, profile), f"{column.name}-known")


def _is_code(code: str, n: int) -> bool:
    return n >= _SHARED and bool(_CODE.fullmatch(code))


def _present(column: ColumnProfile, profile: Profile) -> Entry:
    seen = _notes(f"{column.nulls:,} nulls", profile)
    if not column.nulls:
        kind, what = "expect_column_values_to_not_be_null", f"Every row has its {column.name}."
        return _entry(kind, {"column": column.name}, what, seen, f"{column.name}-present")
    share = 1 - column.nulls / profile.rows
    least = max(0.001, floor((share - 3 * sqrt(share * (1 - share) / profile.rows) - 0.05) * 1000) / 1000)
    kind = "expect_column_proportion_of_non_null_values_to_be_between"
    what = f"{column.name} is there in at least {least:.1%} of the rows."
    return _entry(kind, {"column": column.name, "min_value": least}, what, seen, f"{column.name}-mostly-present")


def _ranged(column: ColumnProfile, profile: Profile) -> Iterator[Entry]:
    bounds = _bounds(column.low, column.high)
    if not bounds:
        return
    kwargs = {"column": column.name, **bounds, "mostly": 0.99}
    between = " to ".join(f"{bound}" for bound in bounds.values())
    what = f"{column.name} lies {'within' if len(bounds) > 1 else 'from'} {between}, but for 1 % of the rows."
    about = f"; 5 % up to {column.p05:g}, 95 % up to {column.p95:g}" if column.p05 is not None else ""
    seen = f"from {column.low} to {column.high}, about {column.distinct:,} distinct{about}"
    kind = "expect_column_values_to_be_between"
    yield _entry(kind, kwargs, what, _notes(seen, profile), f"{column.name}-range")


def _bounds(low: Any, high: Any) -> Entry:
    """A range with slack; what was never negative stays so, and days go on, so they have no upper bound."""
    if isinstance(low, (date, datetime)):
        slack = max(timedelta(days=30), (high - low) * _SLACK)
        least = datetime.min.replace(tzinfo=low.tzinfo) if isinstance(low, datetime) else date.min
        return {"min_value": max(low, least + slack) - slack}
    if not isinstance(low, (int, float, Decimal)) or not (isfinite(low) and isfinite(high)):
        return {}
    slack = max(abs(float(high - low)), abs(float(high)), 1) * _SLACK
    return {"min_value": 0 if low >= 0 else floor(float(low) - slack), "max_value": ceil(float(high) + slack)}


def _notes(seen: str, profile: Profile) -> str:
    return f"Seen in {_evidence(profile)}: {seen}. Say here why it matters."


def _entry(kind: str, kwargs: Entry, description: str, notes: str, name: str, severity: str = "warning") -> Entry:
    """An expectation; but for the key it warns: what should hold the table is for a person to say."""
    said = {"severity": severity, "description": description, "notes": notes}
    return {"type": kind, "kwargs": kwargs, **said, "meta": {"id": name.replace("_", "-")}}
