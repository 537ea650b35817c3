"""A suite: what a table must keep to before readers see it, in Great Expectations' own words."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from krn.errors import UsageError
from krn.gate import yaml12
from krn.gate.limits import Limits

SEVERITIES = ("critical", "warning", "info")
PARAMETER = "$PARAMETER"
SUITE_KEYS = ("table", "expectations", "numbers", "reconcile", "waived")
_NUMBER_KEYS = {"of", "expression"}
KEYS = ("type", "kwargs", "severity", "description", "notes", "meta")


@dataclass(frozen=True)
class Expectation:
    """One statement. `description` says what holds, `notes` why a reviewer should care.

    An argument `{$PARAMETER: usual_low}` or `usual_high` is filled from `limits`, which a run takes from the journal.
    """

    id: str
    type: str
    kwargs: Mapping[str, Any]
    severity: str
    description: str = ""
    notes: str = ""
    unknown: tuple[str, ...] = ()  # keys of the file that mean nothing; lint names them
    limits: Limits | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The arguments whose values are asked for by a name, and the names."""
        asked = {name: value for name, value in self.kwargs.items() if is_parameter(value)}
        return {name: value[PARAMETER] for name, value in asked.items()}

    @property
    def statement(self) -> str:
        """A hash of what can change its verdict: another one is another statement, whatever its id."""
        return _digest(_said(self))


def is_parameter(value: object) -> bool:
    return isinstance(value, dict) and list(value) == [PARAMETER]


@dataclass(frozen=True)
class Number:
    """A named number to reconcile: an SQL aggregate over the whole table (`of: this`) or over one of its inputs."""

    name: str
    of: str
    expression: str


@dataclass(frozen=True)
class Suite:
    """The expectations of one table: over its rows, and (`reconcile`) over one row of exact, named numbers."""

    table: str
    expectations: tuple[Expectation, ...]
    numbers: tuple[Number, ...] = ()
    reconcile: tuple[Expectation, ...] = ()
    unknown: tuple[str, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)  # columns that nobody judges, each with the reason
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", _hash(self))


def load(path: Path) -> Suite:
    """Read a suite file. It may still break a rule (`lint` says which), but it has the shape of a suite."""
    try:
        document = yaml12.read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such suite; a table without one is not published.", "write the suite") from None
    except ValueError as error:  # also of bytes that are no text
        raise UsageError(f"{path}: not YAML: {error}", "mend the file") from None
    if not isinstance(document, dict):
        raise UsageError(f"{path}: not a mapping of {', '.join(SUITE_KEYS)}.", "mend the file")
    return _suite(document, str(path))


def _suite(document: Mapping[str, Any], where: str) -> Suite:
    return Suite(
        table=str(document.get("table", "")),
        expectations=_expectations(document, "expectations", where),
        numbers=_numbers(document, where),
        reconcile=_expectations(document, "reconcile", where),
        unknown=tuple(str(key) for key in document if key not in SUITE_KEYS),
        waived=_waived(document, where),
    )


def _waived(document: Mapping[str, Any], where: str) -> Mapping[str, str]:
    entries = document.get("waived") or {}
    if not isinstance(entries, dict):
        raise UsageError(f"{where}: waived is `column: why nothing of it is judged`.", "mend the file")
    return {str(name): str(reason or "") for name, reason in entries.items()}


def _numbers(document: Mapping[str, Any], where: str) -> tuple[Number, ...]:
    entries = document.get("numbers") or {}
    if not isinstance(entries, dict) or any(
        not isinstance(n, dict) or set(n) != _NUMBER_KEYS for n in entries.values()
    ):
        raise UsageError(
            f"{where}: numbers are `name: {{of: this or an input, expression: an SQL aggregate}}`.", "mend the file"
        )
    return tuple(Number(str(name), str(n["of"]), str(n["expression"])) for name, n in entries.items())


def _expectations(document: Mapping[str, Any], part: str, where: str) -> tuple[Expectation, ...]:
    entries = document.get(part) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{where}: {part} is not a list of expectations.", "mend the file")
    return tuple(_expectation(entry, f"{where}: {part}[{i}]") for i, entry in enumerate(entries))


def _expectation(entry: Mapping[str, Any], where: str) -> Expectation:
    kwargs, meta = entry.get("kwargs") or {}, entry.get("meta") or {}
    if not isinstance(kwargs, dict) or not isinstance(meta, dict):
        raise UsageError(f"{where}: kwargs and meta are mappings.", "mend the file")
    if odd := next(_odd_names(kwargs), None):
        raise UsageError(f"{where}: {odd} is no name of an argument: names are text.", "mend the file")
    text: dict[str, Any] = {key: str(entry.get(key) or "") for key in ("type", "severity", "description", "notes")}
    unknown = [str(key) for key in entry if key not in KEYS] + [f"meta.{key}" for key in meta if key != "id"]
    return Expectation(id=str(meta.get("id") or ""), kwargs=kwargs, unknown=tuple(unknown), **text)


def _odd_names(value: object) -> Iterator[str]:
    """Names that are no text, in a mapping or in what it holds."""
    if isinstance(value, dict):
        yield from (repr(name) for name in value if not isinstance(name, str))
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _odd_names(each)


def _hash(suite: Suite) -> str:
    """Changes with anything that can change a verdict; not with prose, comments or the order of arguments."""
    parts = [[_said(expectation) for expectation in part] for part in (suite.expectations, suite.reconcile)]
    return _digest([suite.table, *parts, [(n.name, n.of, n.expression) for n in suite.numbers]])


def _said(expectation: Expectation) -> tuple[object, ...]:
    return expectation.id, expectation.type, expectation.kwargs, expectation.severity


def _digest(said: object) -> str:
    text = json.dumps(said, sort_keys=True, default=lambda value: [type(value).__name__, str(value)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
