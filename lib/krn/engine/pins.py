"""What a build reads: every input at one version, all reflecting the same deliveries, or else it waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from krn import cursors
from krn.contracts.contract import Contract
from krn.cursors import Cursor, Seen
from krn.store import Store
from krn.tables.silver import deliveries
from krn.tables.table import Input, Table


@dataclass(frozen=True)
class Pins:
    """The inputs' versions by table name, and the version of silver.deliveries that all of them reflect."""

    seen: dict[str, Seen]
    through: int


@dataclass(frozen=True)
class Waits:
    """Why a table can't be built now, naming the inputs it waits for."""

    why: str


def source_of(given: Input) -> str:
    """The table that an input is read from; events of a contract live in silver.deliveries."""
    return deliveries.TABLE.name if isinstance(given.of, Contract) else given.of.name


def pin(table: Table, store: Store) -> Pins | Waits:
    """The inputs at the versions their own cursors record, never at the head: a crash may have left a newer one."""
    names = sorted({source_of(i) for i in table.reads.values()})
    found = {name: cursors.load(store.root, name) for name in names}
    missing = [name for name, cursor in found.items() if cursor is None]
    if missing:
        return Waits(f"not built yet: {', '.join(missing)}")
    built = [cursor for cursor in found.values() if cursor is not None]
    judged = cursors.load(store.root, deliveries.TABLE.name)
    through = max(cursor.through for cursor in (*built, *([judged] if judged else [])))
    behind = [cursor.table for cursor in built if cursor.through != through]
    if behind:
        return Waits(f"not yet at version {through} of {deliveries.TABLE.name}: {', '.join(behind)}")
    return Pins({c.table: Seen(c.version, c.id) for c in built}, through)


def unread(table: Table, store: Store, pins: Pins, cursor: Cursor) -> tuple[str, ...]:
    """The inputs (parameter names) with rows that the table has not consumed."""
    newer = {name for name, seen in pins.seen.items() if seen.version != cursor.inputs[name].version}
    if not newer:
        return ()
    types = _types_since(store, pins, cursor) if deliveries.TABLE.name in newer else frozenset()
    reads = table.reads.items()
    return tuple(
        name for name, i in reads if source_of(i) in newer and (not isinstance(i.of, Contract) or i.of.type in types)
    )


def _types_since(store: Store, pins: Pins, cursor: Cursor) -> frozenset[str]:
    """The event types that judge accepted since the cursor, as its commits say; maintenance commits say none."""
    name = deliveries.TABLE.name
    versions = range(cursor.inputs[name].version + 1, pins.seen[name].version + 1)
    return frozenset(t for v in versions for t in _types(store.metadata(name, v)))


def _types(metadata: dict[str, object]) -> Iterable[str]:
    types = metadata.get("types", ())
    return [str(t) for t in types] if isinstance(types, list) else ()
