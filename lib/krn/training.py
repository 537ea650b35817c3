"""Trains a forest that tells fraud from genuine transactions, on what was known at one instant and no later."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn import cursors, models
from krn.cursors import Seen
from krn.errors import UsageError
from krn.forests import forest
from krn.models import Trained
from krn.ranking import average_precision, card_precision
from krn.rules import FEATURE_NAMES
from krn.store import Store
from krn.tables.forest import Forest
from krn.tables.gold.fraud_scores import TABLE as SCORES
from krn.tables.gold.transaction_features import TABLE as FEATURES
from krn.tables.models import as_numbers, scale
from krn.tables.silver.labels import TABLE as LABELS

if TYPE_CHECKING:
    from pyspark.ml.classification import RandomForestClassificationModel

#: Chosen on weeks before those that bench/fraud.py tests.
SETTINGS: Mapping[str, Any] = {
    "numTrees": 100,
    "maxDepth": 12,
    "maxBins": 256,
    "minInstancesPerNode": 2,
    "featureSubsetStrategy": "onethird",
}
Tables = tuple[DataFrame, DataFrame, DataFrame]  # features, scores, labels
#: What a model looks at: the features, and what the rules gave, which knows of frauds that a short lesson lacks.
LEARNED = (*FEATURE_NAMES, "score")
#: Rows are laid out in so many partitions, whatever the machine: Spark draws chance by partition and place.
PARTITIONS = 4
#: So many days are learned from unless told.
DAYS = 28
#: Of the days of a lesson the last quarter shows how good it is.
HELD_OUT = 4


@dataclass(frozen=True)
class Lesson:
    """What to learn: the business days from `first` to `last`, by what was known `as_of` an instant."""

    first: date
    last: date
    as_of: datetime
    today: date  # the business date of as_of
    label_delay_days: int
    seed: int = 1
    timezone: str = "UTC"  # of business days

    def __post_init__(self) -> None:
        latest = matured_by(self.today, self.label_delay_days)
        if not self.first <= self.last <= latest:
            raise UsageError(
                f"From {self.first} to {self.last} is no time to learn from: days are matured up to {latest}.",
                f"krn fraud train --from {latest - timedelta(days=DAYS - 1)} --to {latest}",
            )

    @property
    def rehearsal(self) -> "Lesson | None":
        """What could be taught as the first day began that is held out, by what was known then.

        As in use nothing is known of the days of the label delay; a lesson without room for it can't be measured.
        """
        kept = ((self.last - self.first).days + 1) // HELD_OUT
        today = self.last - timedelta(days=kept - 1)
        last = matured_by(today, self.label_delay_days)
        if kept == 0 or last < self.first:
            return None
        began = datetime.combine(today, time(), ZoneInfo(self.timezone))
        return replace(self, last=last, as_of=began.astimezone(UTC), today=today)


def matured_by(today: date, label_delay_days: int) -> date:
    """The last business day whose frauds are mostly known."""
    return today - timedelta(days=label_delay_days + 1)


def train(store: Store, lesson: Lesson, capacity: int) -> Trained:
    """Grow a forest and keep it beside the others, with how well one does that has not seen the last days."""
    built, inputs = _inputs(store.root)
    beside = (
        store.beside()
    )  # Spark sends a forest's session to its tasks, and can't once that has counted what it wrote
    features, scores, labels = (beside.read(name, seen.version) for name, seen in inputs.items())
    tables = (features, scores, labels)
    given = examples(*tables, lesson).persist()
    draft = store.root / models.FOLDER / f".{lesson.as_of:%Y%m%dT%H%M%S}-{os.getpid()}"
    try:
        transactions, frauds = _counts(given, lesson)
        scales = scales_of(given)
        trees, importances = _saved(grown(given, lesson.seed, scales), draft / models.FOREST)
        made = Trained(
            version=models.new_version(lesson.as_of, _digest(trees, scales, built)),
            as_of=lesson.as_of,
            created_at=datetime.now(UTC),
            first=lesson.first,
            last=lesson.last,
            seed=lesson.seed,
            features=LEARNED,
            scales=scales,
            definition=built,
            inputs={name: asdict(seen) for name, seen in inputs.items()},
            transactions=transactions,
            frauds=frauds,
            settings=SETTINGS,
            importances=importances,
            measured=measured(tables, given, lesson, capacity),
            krn=version("krn"),
        )
        models.keep(store.root, draft, made)
        return made
    finally:
        given.unpersist()
        shutil.rmtree(draft, ignore_errors=True)


def _inputs(root: Path) -> tuple[dict[str, str], dict[str, Seen]]:
    """The fingerprints of what a model looks at, and the versions to read: features, scores made of them, labels."""
    features, scores = (cursors.load(root, name) for name in (FEATURES.name, SCORES.name))
    if features is None or scores is None or scores.through != features.through:
        raise UsageError(f"{FEATURES.name} and {SCORES.name} are not built of the same deliveries.", "krn run")
    seen = {built.table: Seen(built.version, built.id) for built in (features, scores)}
    prints = {built.table: built.fingerprint for built in (features, scores)}
    return prints, {**seen, LABELS.name: features.inputs[LABELS.name]}


def examples(features: DataFrame, scores: DataFrame, labels: DataFrame, lesson: Lesson) -> DataFrame:
    """The transactions of the lesson's days with `is_fraud`, by the labels that held; disputes teach nothing."""
    as_of = F.lit(lesson.as_of)
    held = labels.where((F.col("known_at") <= as_of) & F.coalesce(F.col("superseded_at") > as_of, F.lit(True)))
    days = features.where(F.col("business_date").between(F.lit(lesson.first), F.lit(lesson.last)))
    scored = days.join(scores.select("transaction_id", "score"), on="transaction_id", how="inner")
    told = scored.join(held.select("transaction_id", "label"), on="transaction_id", how="left")
    decided = told.where("label IS NULL OR label <> 'dispute'")
    return decided.withColumn("is_fraud", F.coalesce(F.col("label") == "fraud", F.lit(False))).drop("label")


def scales_of(given: DataFrame) -> dict[str, float]:
    """What money of each currency counts for beside that of the one with most examples, whose own counts as it is.

    As many times more as its median amount is less; a currency without an amount above 0 has no scale.
    """
    of = given.where("amount > 0 AND currency IS NOT NULL").groupBy("currency")
    found = of.agg(F.count("*").alias("n"), F.median(F.col("amount").cast("double")).alias("usual")).collect()
    main = max(found, key=lambda row: (row["n"], row["currency"]), default=None)
    return {row["currency"]: main["usual"] / row["usual"] for row in found} if main else {}


def grown(given: DataFrame, seed: int, scales: Mapping[str, float] | None = None) -> "RandomForestClassificationModel":
    """A forest of the examples. The same rows and seed make the same one: no file or core decides their layout."""
    from pyspark.ml.classification import RandomForestClassifier

    rows = given.select("transaction_id", F.col("is_fraud").cast("double").alias("label"), _seen(scales))
    laid = rows.repartition(PARTITIONS, "transaction_id").sortWithinPartitions("transaction_id").persist()
    try:
        model: RandomForestClassificationModel = RandomForestClassifier(seed=seed, **SETTINGS).fit(laid)
        return model
    finally:
        laid.unpersist()


def measured(tables: Tables, given: DataFrame, lesson: Lesson, capacity: int) -> dict[str, Any] | None:
    """How well rules, and a forest of the rehearsal, rank the days held out; None where too little is known for it."""
    rehearsal = lesson.rehearsal
    if rehearsal is None:
        return None
    first, rehearsed = rehearsal.today, examples(*tables, rehearsal).persist()
    scales = scales_of(rehearsed)
    kept = given.where((F.col("business_date") >= F.lit(first)) & scale(scales).isNotNull())
    if rehearsed.where("is_fraud").isEmpty() or kept.where("is_fraud").isEmpty():
        rehearsed.unpersist()
        return None
    scored = _ranked(grown(rehearsed, lesson.seed, scales), kept, scales).persist()
    try:
        return {
            "learned": [rehearsal.first, rehearsal.last],
            "held_out": [first, lesson.last],
            "capacity": capacity,
            **{
                name: {
                    "average_precision": average_precision(scored, name),
                    "card_precision": card_precision(scored, name, capacity),
                }
                for name in ("model", "rules")
            },
        }
    finally:
        scored.unpersist()
        rehearsed.unpersist()


def _ranked(forest: "RandomForestClassificationModel", kept: DataFrame, scales: Mapping[str, float]) -> DataFrame:
    """The transactions with what the forest and what the rules rank them by."""
    from pyspark.ml.functions import vector_to_array

    told = forest.transform(kept.withColumn("features", _seen(scales)))
    model = vector_to_array(F.col("probability"))[1].alias("model")
    return told.select("business_date", "card_id", "is_fraud", model, F.col("score").alias("rules"))


def _seen(scales: Mapping[str, float] | None) -> Column:
    """The features as Spark ML takes them."""
    from pyspark.ml.functions import array_to_vector

    return array_to_vector(F.array(*as_numbers(LEARNED, scale(scales)))).alias("features")


def _digest(trees: Forest, scales: Mapping[str, float], definition: Mapping[str, str]) -> str:
    """8 hex digits over all that decides what a model says, and of what."""
    parts = (trees.digest, *(f"{name}={of[name]}" for of in (scales, definition) for name in sorted(of)))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def _counts(given: DataFrame, lesson: Lesson) -> tuple[int, int]:
    """All examples and those of fraud; a lesson with only one kind teaches nothing."""
    every, frauds = given.agg(F.count("*"), F.count_if("is_fraud")).collect()[0]
    if not 0 < frauds < every:
        raise UsageError(
            f"From {lesson.first} to {lesson.last} {frauds} of {every} transactions are fraud: nothing to tell apart.",
            "krn fraud train with other days",
        )
    return every, frauds


def _saved(model: "RandomForestClassificationModel", path: Path) -> tuple[Forest, dict[str, float]]:
    model.write().overwrite().save(path.as_uri())
    shares = dict(zip(LEARNED, model.featureImportances.toArray().tolist(), strict=True))
    asked = sorted((name for name, share in shares.items() if share), key=lambda name: -shares[name])
    return forest(path, LEARNED), {name: round(shares[name], 4) for name in asked}
