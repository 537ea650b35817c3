"""Fix: corrected bodies enter bronze as deliveries of their own, which name the quarantined row that they repair."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from krn.asking import ask, exists
from krn.errors import UsageError
from krn.quarantine.fixes import Fix, refuse
from krn.sources import sink
from krn.sources.bronze import rows
from krn.sources.ingested import Batch, Ingested
from krn.store import Store
from krn.tables.bronze.deliveries import FIX, REPAIRS, TABLE

Row = Mapping[str, Any]

_REPAIRED = """
    SELECT b.row_id, b.source, b.source_kind, coalesce(b.sent_at, b.received_at) AS sent_at
    FROM bronze_deliveries b JOIN silver_deliveries s ON s.row_id = b.row_id
    WHERE s.verdict = 'quarantined' AND s.resolution IS NULL AND s.row_id IN ({})
"""
_KNOWN = "SELECT delivery_key FROM bronze_deliveries WHERE source_kind = 'fix' AND delivery_key IN ({})"


def take(fixes: Sequence[Fix], name: str, store: Store, run_id: str, now: Callable[[], datetime]) -> Ingested:
    """Append what is new of a file called `name` to bronze, in one commit; the caller holds the ingest lock.

    A fix is a delivery of the same source at the same time as the row it repairs, so that it is read as that one was.
    Raises UsageError as `repairing` does, and takes nothing then.
    """
    new, repaired = repairing(fixes, name, store.root)
    batches = (_append(new, name, repaired, store, run_id, now()),) if new else ()
    known = len(fixes) - len(new)
    return Ingested(FIX, FIX, run_id, "empty", batches, warnings=(f"{known} taken before",) if known else ())


def repairing(fixes: Sequence[Fix], name: str, root: Path) -> tuple[list[Fix], dict[int, Row]]:
    """The fixes that bronze does not have yet, and the rows that they repair, by row_id.

    Raises UsageError where a row is not in quarantine, was resolved, or is a fix itself.
    """
    if not (exists(root, TABLE.name) and exists(root, "silver.deliveries")):
        raise UsageError("Nothing has been judged in this warehouse yet.", "krn run")
    new = _unknown(fixes, root)
    repaired = _repaired(new, root)
    _refuse_others(name, new, repaired)
    return new, repaired


def _refuse_others(name: str, fixes: Sequence[Fix], repaired: Mapping[int, Row]) -> None:
    closed = (fix.line for fix in fixes if fix.row_id not in repaired)
    refuse(name, closed, "no open row of quarantine", "krn quarantine")
    of_fixes = (fix.line for fix in fixes if repaired[fix.row_id]["source_kind"] == FIX)
    refuse(name, of_fixes, "the row is a fix itself", "name the row that it repairs: krn quarantine show ROW_ID")


def _unknown(fixes: Sequence[Fix], root: Path) -> list[Fix]:
    """The fixes that bronze does not have: the same file a second time has none."""
    if not fixes:
        return []
    keys = ", ".join(f"'{fix.key}'" for fix in fixes)  # digits and hex
    known = set(ask(root, _KNOWN.format(keys), TABLE.name)["delivery_key"].to_pylist())
    return [fix for fix in fixes if fix.key not in known]


def _repaired(fixes: Sequence[Fix], root: Path) -> dict[int, Row]:
    if not fixes:
        return {}
    found = ask(root, _REPAIRED.format(", ".join(str(fix.row_id) for fix in fixes)), TABLE.name, "silver.deliveries")
    return {row["row_id"]: row for row in found.to_pylist()}


def staged(
    fixes: Sequence[Fix], name: str, repaired: Mapping[int, Row], batch: int, received_at: datetime, run_id: str
) -> pa.Table:
    """The fixes of a file called `name` as rows of bronze."""
    same = {"batch": batch, "source_kind": FIX, "received_at": received_at, "run_id": run_id, "path": name}
    own = {
        "source": [repaired[fix.row_id]["source"] for fix in fixes],
        "delivery_key": [fix.key for fix in fixes],
        "line": [fix.line for fix in fixes],
        "sent_at": [repaired[fix.row_id]["sent_at"] for fix in fixes],
        "attributes": [[(REPAIRS, str(fix.row_id))] for fix in fixes],
    }
    return pa.Table.from_batches([rows(pa.array([fix.body for fix in fixes], pa.binary()), 0, same, own)])


def _append(
    fixes: Sequence[Fix], name: str, repaired: Mapping[int, Row], store: Store, run_id: str, at: datetime
) -> Batch:
    sink.check(store)
    batch = Batch(sink.next_batch(store), len(fixes), sum(len(fix.body) for fix in fixes), ended="empty")
    made = staged(fixes, name, repaired, batch.batch, at, run_id)
    commit = {"run": run_id, "token": f"{FIX}/{batch.batch}", "source": FIX, "batch": batch.batch, "rows": batch.rows}
    return replace(batch, version=sink.append(store, store.spark.createDataFrame(made, TABLE.schema), commit))
