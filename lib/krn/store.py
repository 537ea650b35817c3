"""The only module that touches Delta: reads at a version, change feeds, and commits that are read back."""

import json
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DateType, StructType, TimestampType

from krn import delta_rs, records
from krn.errors import LostCommit, Unreadable
from krn.gateway import remember_methods, setting
from krn.tables.table import Table

_USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"
#: Whether MERGE marks rows in deletion vectors, or writes the files that hold them anew.
_MARKS = "spark.databricks.delta.merge.deletionVectors.persistent"
#: Above so many rows a table's MERGE marks them. Below, files are written anew: that costs as much processor time at
#: 800,000 rows (99 against 96 s for an increment), but readers need no vectors: 112 Spark jobs instead of 212.
MANY = 2_000_000
#: Up to so many rows, plans are interpreted.
INTERPRETED = 100_000
#: Delta's folder of changed rows, below the table's own.
_CHANGES = "_change_data"
#: Columns that `max`, `count_after` and `may_hold` are asked about.
_ASKED = ("batch", "source_kind")


@dataclass(frozen=True)
class Store:
    """The Delta tables of one warehouse, by name: `silver.orders` is the folder silver/orders.

    Spark starts (6 s) when a table is first read or written with it; what the log tells needs none. One thread works
    with it at a time; another one takes a store `beside` it.
    """

    session: Callable[[], SparkSession]
    root: Path
    sums: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)  # of versions of its tables

    _started: list[SparkSession] = field(default_factory=list, init=False, repr=False, compare=False)
    _starting: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)
    _groups: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    _told: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def spark(self) -> SparkSession:
        started = self._session()
        remember_methods(started)  # of this thread: another one may have opened the session
        self._name_jobs()
        return started

    def _name_jobs(self) -> None:
        """Tell Spark the group of the jobs that this thread starts from here on, once Spark has started."""
        if self._started and self._groups and self._groups[-1:] != self._told:
            group = self._groups[-1]
            self._started[0].sparkContext.setJobGroup(group, group)
            self._told[:] = [group]

    def _session(self) -> SparkSession:
        with self._starting:
            if not self._started:
                self._started.append(self.session())
        return self._started[0]

    def beside(self) -> "Store":
        """The same tables for another thread: what a session is told holds for all that is asked of it."""
        return Store(lambda: self._session().newSession(), self.root, self.sums)

    def path(self, name: str) -> Path:
        return self.root.joinpath(*name.split("."))

    def log(self, name: str) -> list[Path]:
        """The commit files of a table, oldest first."""
        folder = self.path(name) / "_delta_log"
        return sorted(f for f in folder.glob("*.json") if f.stem.isdigit()) if folder.is_dir() else []

    def head(self, name: str) -> int | None:
        """The newest version, or None when there is no table; no Spark job."""
        log = self.log(name)
        return int(log[-1].stem) if log else None

    def exists(self, name: str) -> bool:
        return self.head(name) is not None

    def commit(self, name: str, version: int) -> list[dict[str, Any]]:
        """The actions of one commit."""
        file = self.path(name) / "_delta_log" / f"{version:020}.json"
        try:
            lines = file.read_bytes().split(b"\n")  # str.splitlines parts at U+2028 too, which a value may have
            return [json.loads(line) for line in lines if line]
        except ValueError:
            raise Unreadable(
                f"{file} is damaged.", "restore it from a backup; the tables before it are whole"
            ) from None

    def metadata(self, name: str, version: int) -> dict[str, Any]:
        """What krn wrote beside a commit; empty for commits of maintenance."""
        for action in self.commit(name, version):
            if "commitInfo" in action:
                found: dict[str, Any] = json.loads(action["commitInfo"].get("userMetadata") or "{}")
                return found
        return {}

    def commits(self, name: str) -> Iterator[dict[str, Any]]:
        """What krn wrote beside each commit that the log still has, newest first; each is read when it is asked for."""
        return (self.metadata(name, int(file.stem)) for file in reversed(self.log(name)))

    def read(self, name: str, version: int | None = None) -> DataFrame:
        """A table as it is, or as it was at `version`."""
        head = self.head(name)
        at = head if version is None else version
        if at is not None and self._has_plain_files(name, at):
            table = delta_rs.opened(self.path(name), at)
            return self._parquet(name, [unquote(uri) for uri in table.file_uris()], at)
        reader = self.spark.read.format("delta")
        reader = reader if at == head else reader.option("versionAsOf", at)
        return reader.load(str(self.path(name)))

    def changes(self, name: str, after: int, upto: int) -> DataFrame:
        """The rows that the versions after `after` up to `upto` inserted, changed (before and after) or deleted."""
        files = [
            str(self.path(name).resolve() / file)
            for v in range(after + 1, upto + 1)
            for file in changed_files(self.commit(name, v))
        ]
        return self._parquet(name, files, upto)

    def _has_plain_files(self, name: str, version: int) -> bool:
        """Whether no deletion vector hides a row, as Delta's checksum of the version says.

        Then its Parquet files can be read as they are. Delta's reader starts 3 to 6 Spark jobs for each read, which is
        most of what a small increment would cost (measured: 359 jobs for 13 tables against 117).
        """
        sums = records.read(self.path(name) / "_delta_log" / f"{version:020}.crc")
        if sums is None:
            return False
        features = sums.get("protocol", {}).get("readerFeatures", [])
        return "deletionVectors" not in features or sums.get("numDeletionVectorsOpt", -1) == 0

    def _parquet(self, name: str, files: Sequence[str], version: int) -> DataFrame:
        """The rows of data files and of change files; a partition's values are in the names of its folders."""
        folder = self.path(name).resolve()  # as delta-rs names a table's files, where a link leads to it
        schema, changes = self.schema(name, version), str(folder / _CHANGES)
        roots = {str(folder): [f for f in files if not f.startswith(changes)]}
        roots[changes] = [f for f in files if f.startswith(changes)]
        frames = [
            _in_order(self.spark.read.schema(schema).option("basePath", root).parquet(*some), schema.names)
            for root, some in roots.items()
            if some
        ]
        return reduce(DataFrame.unionAll, frames) if frames else self.spark.createDataFrame([], schema)

    def schema(self, name: str, version: int | None = None) -> StructType:
        """The columns of a table; no Spark job."""
        return StructType.fromJson(json.loads(delta_rs.opened(self.path(name), version).schema().to_json()))

    def feed_is_whole(self, name: str, after: int, upto: int) -> bool:
        """Whether every commit after `after` and every file it changed is still there, and no column was retyped."""
        have = {int(f.stem) for f in self.log(name)}
        versions = range(after + 1, upto + 1)
        return set(versions) <= have and all(self._commit_is_whole(name, v) for v in versions)

    def _commit_is_whole(self, name: str, version: int) -> bool:
        actions = self.commit(name, version)
        if (
            version > 0
            and any("metaData" in a for a in actions)
            and self.schema(name, version) != self.schema(name, version - 1)
        ):
            return False
        return all((self.path(name) / file).exists() for file in changed_files(actions))

    def feed_is_exact(self, name: str, after: int, upto: int) -> bool:
        """Whether no file that the feed reads whole had rows that were deleted before."""
        return not any(hides_rows(self.commit(name, v)) for v in range(after + 1, upto + 1))

    def table_id(self, name: str) -> str:
        """Delta's own id of the table: another one means that the table was made anew."""
        return str(delta_rs.opened(self.path(name)).metadata().id)

    def max(self, name: str, column: str, default: int, version: int | None = None) -> int:
        """The greatest value of a column, from the log's statistics; no Spark job."""
        found = pc.max(self._files(name, version)[f"max.{column}"]).as_py() if self.exists(name) else None
        return default if found is None else int(found)

    def count(self, name: str, version: int | None = None) -> int:
        """The rows of a table, from the log's statistics; no Spark job. Rows that were deleted since count as well."""
        return int(pc.sum(self._files(name, version)["num_records"]).as_py() or 0) if self.exists(name) else 0

    def count_after(self, name: str, column: str, value: int, version: int | None = None) -> int | None:
        """The rows whose `column` is above `value`, from the log's statistics; None where a file holds both kinds."""
        files = self._files(name, version)
        least, most = files[f"min.{column}"], files[f"max.{column}"]
        if pc.any(pc.and_(pc.less_equal(least, value), pc.greater(most, value))).as_py():
            return None
        return int(pc.sum(files["num_records"].filter(pc.greater(most, value))).as_py() or 0)

    def may_hold(self, name: str, column: str, value: str, *, after: tuple[str, int] | None = None) -> bool:
        """Whether a file may have a row with this text, as the log's statistics say; no Spark job.

        `after` leaves out the files in which no number of a column is above another.
        """
        if not self.exists(name):
            return False
        files = self._files(name)
        if after is not None:
            files = files.filter(pc.greater(files[f"max.{after[0]}"], after[1]))
        holds = pc.and_(pc.less_equal(files[f"min.{column}"], value), pc.greater_equal(files[f"max.{column}"], value))
        return bool(pc.any(pc.fill_null(holds, True)).as_py())

    def _files(self, name: str, version: int | None = None) -> pa.Table:
        return pa.table(delta_rs.opened(self.path(name), version).get_add_actions(flatten=True))

    def small(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Columns of a table that fits into memory and has no deletion vectors, without Spark."""
        return delta_rs.opened(self.path(name)).to_pyarrow_table(columns=list(columns))

    def append(self, table: Table, frame: DataFrame, commit: Mapping[str, object]) -> int:
        """Append `frame`; the table is made when it is missing. Returns the version that was read back."""
        writer = frame.write.format("delta").mode("append").option("userMetadata", _json(commit))
        if not self.exists(table.name):
            writer = writer.options(**properties(table)).partitionBy(*table.partition_by)
        writer.save(str(self.path(table.name)))
        return self.read_back(table.name, commit)

    def replace(self, table: Table, frame: DataFrame, values: Sequence[date], commit: Mapping[str, object]) -> int:
        """Put `frame` in place of all rows whose scope is one of `values`, in one commit."""
        dates = ", ".join(f"DATE'{value:%Y-%m-%d}'" for value in values)
        writer = frame.write.format("delta").mode("overwrite").option("userMetadata", _json(commit))
        writer.option("replaceWhere", f"{table.scope} IN ({dates})").save(str(self.path(table.name)))
        return self.read_back(table.name, commit)

    def overwrite(self, table: Table, frame: DataFrame, commit: Mapping[str, object], *, retyped: bool) -> int:
        """Put `frame` in place of the whole table, in one commit; `retyped` takes its schema over as well."""
        writer = frame.write.format("delta").mode("overwrite").option("overwriteSchema", str(retyped).lower())
        writer.option("userMetadata", _json(commit)).save(str(self.path(table.name)))
        return self.read_back(table.name, commit)

    def merge(self, table: Table, changed: DataFrame, commit: Mapping[str, object]) -> int:
        """Apply the rows of `changed`, whose column `_change` says insert, update or delete."""
        columns = {c.name: f"s.`{c.name}`" for c in table.columns}
        on = " AND ".join(f"t.`{k}` = s.`{k}`" for k in table.key)
        merge = DeltaTable.forPath(self.spark, str(self.path(table.name))).alias("t").merge(changed.alias("s"), on)
        merge = merge.whenMatchedDelete("s._change = 'delete'").whenMatchedUpdate(set=columns)  # type: ignore[arg-type]
        marks = table.transform is not None and self.count(table.name) > MANY  # judge counts its rows by the log
        with setting(self.spark, _USER_METADATA, _json(commit)), setting(self.spark, _MARKS, marks):
            merge.whenNotMatchedInsert(condition="s._change <> 'delete'", values=columns).execute()  # type: ignore[arg-type]
        return self.read_back(table.name, commit)

    def read_back(self, name: str, commit: Mapping[str, object]) -> int:
        """The version that carries `commit`; two drivers on one local table can lose a commit that both saw succeed."""
        for file in reversed(self.log(name)):
            version = int(file.stem)
            found = self.metadata(name, version)
            if found.get("run") == commit["run"] and found.get("token") == commit.get("token"):
                self._same_rows(name, version, commit)
                return version
            if found and found.get("run") != commit["run"]:
                break
        raise LostCommit(
            f"{name}: the commit of run {commit['run']} is not in its log; another writer replaced it.",
            "stop the other writer, then run again",
        )

    def _same_rows(self, name: str, version: int, commit: Mapping[str, object]) -> None:
        if "rows" not in commit:
            return
        metrics = next(
            a["commitInfo"].get("operationMetrics", {}) for a in self.commit(name, version) if "commitInfo" in a
        )
        if int(metrics.get("numOutputRows", -1)) != commit["rows"]:
            raise LostCommit(
                f"{name}: version {version} holds {metrics.get('numOutputRows')} rows, not {commit['rows']}.",
                "look at the table's history",
            )

    def compact(self, name: str) -> None:
        """Put small files together and write out what deletion vectors hide; no row changes."""
        DeltaTable.forPath(self.spark, str(self.path(name))).optimize().executeCompaction()
        if name.startswith("silver."):
            self.spark.sql(f"REORG TABLE delta.`{self.path(name)}` APPLY (PURGE)")

    def vacuum(self, name: str) -> None:
        """Delete the files that no version within the table's retention (7 days) needs."""
        DeltaTable.forPath(self.spark, str(self.path(name))).vacuum()

    @contextmanager
    def planned(self, rows: int, *, works_on_few: bool = False) -> Iterator[None]:
        """Plan for tables of together `rows` rows, of which few may be worked on, or few come of them.

        Small work is planned as it stands, since adaptive execution makes each shuffle a Spark job of its own; over few
        rows expressions are interpreted, since compiling them to Java takes longer.
        """
        with ExitStack() as session:
            if works_on_few or rows <= INTERPRETED:
                session.enter_context(setting(self.spark, "spark.sql.adaptive.enabled", False))
            if rows <= INTERPRETED:
                session.enter_context(setting(self.spark, "spark.sql.codegen.wholeStage", False))
                session.enter_context(setting(self.spark, "spark.sql.codegen.factoryMode", "NO_CODEGEN"))
            yield

    @contextmanager
    def joined(self, rows: int, *, few: bool) -> Iterator[None]:
        """Plan joins of few of `rows` rows by sorting both sides, since each broadcast is a Spark job of its own."""
        few_of_many = few and rows > INTERPRETED
        with setting(self.spark, "spark.sql.autoBroadcastJoinThreshold", -1) if few_of_many else nullcontext():
            yield

    @contextmanager
    def jobs(self, label: str) -> Iterator[Callable[[], int]]:
        """Count the Spark jobs of the block, but for those of a block within it; 0 when it needed no Spark."""
        group = f"{label} {secrets.token_hex(4)}"

        def count() -> int:
            if not self._started:
                return 0
            return len(self._started[0].sparkContext.statusTracker().getJobIdsForGroup(group))

        self._groups.append(group)
        try:
            self._name_jobs()
            yield count
        finally:
            self._groups.pop()
        self._name_jobs()  # not after an error: Spark may be gone, and the error is what counts


def properties(table: Table) -> dict[str, str]:
    """The Delta properties of a new table: a change feed for all, deletion vectors in silver, bronze append-only.

    The log has the least and the greatest value in each file of what is looked for: keys, scopes, days and instants.
    Amounts and counts let no file be skipped, and to collect theirs takes a quarter of a small commit. Values that name
    a person stay out.
    """
    sought = [
        c.name
        for c in table.columns
        if c.pii != "P1"
        and c.name not in table.partition_by
        and (c.name in (*table.key, table.scope, *_ASKED) or isinstance(c.type, (DateType, TimestampType)))
    ]
    return {
        "delta.enableChangeDataFeed": "true",
        "delta.enableDeletionVectors": str(table.stage == "silver").lower(),
        "delta.appendOnly": str(table.stage == "bronze").lower(),
        "delta.dataSkippingStatsColumns": ",".join(f"`{name}`" for name in sought),
    }


def changed_files(actions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The files with the rows that a commit changed: its change data, else what it added and removed."""
    changes = [a["cdc"]["path"] for a in actions if "cdc" in a]
    data = [a[kind]["path"] for a in actions for kind in ("add", "remove") if kind in a and a[kind]["dataChange"]]
    return [unquote(path) for path in changes or data]


def hides_rows(actions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a commit without change data removed a file of which a deletion vector had hidden rows."""
    removed = [a["remove"] for a in actions if "remove" in a and a["remove"]["dataChange"]]
    return not any("cdc" in a for a in actions) and any(file.get("deletionVector") for file in removed)


def _json(commit: Mapping[str, object]) -> str:
    return json.dumps(commit, default=str, sort_keys=True)


def _in_order(frame: DataFrame, columns: list[str]) -> DataFrame:
    """Spark puts the columns of a table's folders last, wherever the table has them."""
    return frame if frame.columns == columns else frame.select(*columns)
