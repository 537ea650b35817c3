"""Upkeep: compact, purge and vacuum the tables, and move the cursors along so that nobody reads a file that is gone."""

from dataclasses import replace

import structlog

from krn import cursors
from krn.cursors import Cursor, Seen
from krn.store import Store

log = structlog.get_logger()


def maintain(store: Store, names: list[str]) -> list[str]:
    """Tidy the tables that exist; content stays as it is. The caller holds every lock. Returns what was tidied."""
    present = [name for name in names if store.exists(name)]
    for name in present:
        before = store.head(name)
        store.compact(name)
        _follow(store, name, names, before)
        store.vacuum(name)
        log.info("tidied", table=name, version=store.head(name))
    return present


def _follow(store: Store, name: str, names: list[str], before: int | None) -> None:
    """Whoever had read all of the table has read all of its compacted version, which holds the same rows.

    Nobody has where a killed run left a version that no cursor knows: then the next run catches up, as after any crash.
    """
    own, head = cursors.load(store.root, name), store.head(name)
    if own is None or head is None or own.version != before:
        return
    known = [found for found in (cursors.load(store.root, other) for other in names) if found is not None]
    for cursor in known:
        cursors.save(store.root, _moved(cursor, own, head))


def _moved(cursor: Cursor, own: Cursor, head: int) -> Cursor:
    seen = {n: Seen(head, s.id) if (n, s.version) == (own.table, own.version) else s for n, s in cursor.inputs.items()}
    version = head if cursor.table == own.table else cursor.version
    is_root = own.table == "silver.deliveries" and cursor.through == own.through
    return replace(cursor, version=version, through=head if is_root else cursor.through, inputs=seen)
