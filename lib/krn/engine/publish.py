"""The one commit that makes a candidate visible."""

from krn.engine.candidate import Candidate
from krn.engine.scope import Scope
from krn.store import Store


def publish(candidate: Candidate, scope: Scope, store: Store, commit: dict[str, object], *, retyped: bool) -> int | None:
    """Publish in the cheapest way that is exact; None when nothing changed. A first build commits even an empty table."""
    table, spark = candidate.table, store.spark
    if not store.exists(table.name):
        return store.append(table, candidate.visible(spark), commit)
    if retyped:
        return store.overwrite(table, candidate.visible(spark), commit, retyped=True)
    if candidate.n_changed == 0:
        return None
    if candidate.n_changed == candidate.rows["insert"]:
        return store.append(table, candidate.read(spark, "insert").drop("_change"), commit)
    if table.scope is None:
        return store.overwrite(table, candidate.visible(spark), commit, retyped=False)
    if scope.dates is not None:
        return store.replace(table, candidate.visible(spark), scope.dates, commit)
    return store.merge(table, candidate.read(spark, "insert", "update", "delete"), commit)
