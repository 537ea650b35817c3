"""The bronze end of ingest: fit to be written before anything is received, and commits whose fate is known."""

from collections.abc import Mapping
from tempfile import TemporaryFile

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from krn.errors import KrnError, LostCommit, Unreachable, Unreadable
from krn.failpoints import reached
from krn.sources.plan import Plan
from krn.store import Store
from krn.tables.bronze.deliveries import TABLE


class NotCommitted(KrnError):
    """Spark could not write a batch, and the log shows that it did not."""


def check(store: Store) -> None:
    """A broken sink must fail here: a receive that leads nowhere moves messages towards the dead-letter queue."""
    try:
        store.root.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=store.root) as file:
            file.write(b"\0")
    except OSError as refused:
        raise Unreachable(
            f"The warehouse {store.root} cannot be written: {refused.strerror}.", "mend it, then run again"
        ) from refused
    if store.exists(TABLE.name) and _shape(store.schema(TABLE.name)) != _shape(TABLE.schema):
        raise Unreadable(
            f"{TABLE.name} has other columns than this version of krn writes.",
            "use the version of krn that made it, or a new warehouse",
        )


def awake(store: Store) -> None:
    """Start Spark before anything is received; an empty queue needs none."""
    _ = store.spark


def next_batch(store: Store) -> int:
    """The number of the next commit; the caller holds the ingest lock."""
    return store.max(TABLE.name, "batch", 0) + 1


def append(store: Store, frame: DataFrame, commit: Mapping[str, object]) -> int:
    """Append to bronze and return the version. An error may come after the commit, so the log decides, not the error.

    Raises NotCommitted when the rows are not there, LostCommit when they were there and another writer replaced them.
    """
    reached("pre_commit")
    try:
        version = store.append(TABLE, frame, commit)
    except (PySparkException, Py4JError) as unknown:
        version = _found(store, commit, unknown)
    reached("post_commit")
    return version


def _found(store: Store, commit: Mapping[str, object], unknown: Exception) -> int:
    try:
        return store.read_back(TABLE.name, commit)
    except LostCommit:
        state = f"Batch {commit['batch']} of {commit['source']} could not be written; nothing of it was committed."
        raise NotCommitted(state, "see the error above, then run again: the source still has everything") from unknown


def rows_of(store: Store, plan: Plan) -> int:
    """Rows of a plan that are there. By source and run too: another source may have taken the batch number since."""
    if not store.exists(TABLE.name):
        return 0
    mine = (F.col("batch") == plan.batch) & (F.col("source") == plan.source) & (F.col("run_id") == plan.run_id)
    return store.read(TABLE.name).where(mine).count()


def _shape(schema: StructType) -> list[tuple[str, object]]:
    return [(field.name, field.dataType) for field in schema]
