"""A scope as a hold records it, and as its waiver reads it again."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from krn.engine.candidate import rows_in
from krn.engine.scope import FEW, Scope
from krn.store import Store


def told(scope: Scope, folder: Path, root: Path) -> dict[str, Any]:
    """Everything, the dates, or how many keys; the keys themselves are written to `folder`, named as from `root`."""
    if scope.dates is not None:
        return {"dates": list(scope.dates)}
    if scope.keys is None:
        return {"all": True}
    if scope.has_few:  # more are written there already
        scope.keys.write.parquet(str(folder))
    return {"keys": rows_in(folder), "folder": str(folder.relative_to(root))}


def retold(record: Mapping[str, Any], store: Store) -> Scope:
    """The scope of such a record."""
    if "dates" in record:
        return Scope("released", dates=tuple(date.fromisoformat(day) for day in record["dates"]))
    if "folder" in record:
        keys = store.spark.read.parquet(str(store.root / record["folder"]))
        return Scope("released", keys=keys, has_few=record["keys"] <= FEW)
    return Scope("released")
