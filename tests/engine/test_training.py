"""A model through the engine: learned from what was known, made again from its seed, scored in increments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from paying import START, initiated, labelled
from pyspark.ml.classification import RandomForestClassificationModel
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from world import HOME, deliver

from krn import models, training
from krn.cli import main
from krn.config import Config
from krn.errors import UsageError
from krn.journal import Record
from krn.models import FOLDER, FOREST, Trained
from krn.running import Asked, execute
from krn.store import Store
from krn.tables.gold import fraud_scores, transaction_features
from krn.tables.gold.fraud_model_scores import TABLE as SCORES
from krn.tables.models import known
from krn.tables.silver import labels
from krn.testing import assert_rows, rows
from krn.training import LEARNED, Lesson, examples, grown, train

DAYS = 35
AS_OF = START + timedelta(days=DAYS)
FIRST, LAST = START.date(), START.date() + timedelta(days=27)
LESSON = Lesson(FIRST, LAST, AS_OF, AS_OF.date(), 7)


def paid(first: int, days: int) -> Iterator[bytes]:
    """Each day at one terminal eight small payments and two great ones, of which three in four prove to be fraud."""
    for day in range(first, first + days):
        for n in range(10):
            name, at = f"T{day:02}-{n}", START + timedelta(days=day, hours=n)
            told = {"card_id": f"k{n}", "terminal_id": "t", "amount": str(10 + n) if n < 8 else "400"}
            yield initiated(name, at, **told)
            if n >= 8 and (day + n) % 4:
                yield labelled(name, at + timedelta(days=7))


@dataclass(frozen=True)
class Town:
    """A warehouse before it had a model, and after more came."""

    store: Store
    before: Record
    made: Trained
    after: Record


def run(store: Store, day: int) -> Record:
    config = Config(warehouse=store.root, gate="off", tables=(SCORES.name,))
    asked = Asked("run", ("transform", "aggregate"), START + timedelta(days=day))
    return execute(asked, config, HOME, store)


@pytest.fixture(scope="module")
def town(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    store = Store(lambda: spark, tmp_path_factory.mktemp("town") / "warehouse")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "SETTINGS", {"numTrees": 4, "maxDepth": 2})
        deliver(store, *paid(0, DAYS))
        before = run(store, DAYS)
        made = train(store, LESSON, capacity=2)
        deliver(store, *paid(DAYS, 4))
        yield Town(store, before, made, run(store, DAYS + 4))


def test_without_a_model_its_table_is_not_built_and_everything_else_is(town: Town) -> None:
    assert [built.outcome for built in town.before.tables if built.table == SCORES.name] == []
    assert town.before.exit_code == 0
    assert town.before.notes["fraud_model"] == {"status": "absent", "why": "no model was trained", "version": ""}


def test_a_model_scores_what_was_tried_after_its_training_and_the_run_says_which(town: Town) -> None:
    found = town.store.read(SCORES.name).groupBy("initiated_on", "model").count().collect()
    days = {AS_OF.date() + timedelta(days=day) for day in range(4)}
    assert {tuple(row) for row in found} == {(day, town.made.version, 10) for day in days}
    assert town.after.notes["fraud_model"] == {"status": "fresh", "why": "", "version": town.made.version}


def test_what_was_learned_is_told_beside_the_model(town: Town) -> None:
    told = models.trained(town.store.root / FOLDER / town.made.version)
    assert (told.transactions, told.frauds, told.first, told.last) == (280, 42, FIRST, LAST)
    assert told.inputs.keys() == {transaction_features.TABLE.name, fraud_scores.TABLE.name, labels.TABLE.name}
    assert sum(told.importances.values()) == pytest.approx(1, abs=0.001)
    measured = told.measured or {}
    assert measured["held_out"] == [str(LAST - timedelta(days=6)), str(LAST)]
    assert 0.5 < measured["model"]["average_precision"] <= 1


def test_the_same_seed_and_clock_make_the_same_model(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Through the command; the first model's folder is away, so that it is made anew."""
    folder = town.store.root / FOLDER / town.made.version
    kept = folder.rename(town.store.root / "kept")
    main(["fraud", "train", "--warehouse", str(town.store.root), "--clock", AS_OF.isoformat(), "--json"])
    assert json.loads(capsys.readouterr().out)["version"] == town.made.version
    assert files(folder / FOREST / "data") == files(kept / FOREST / "data")


def looked_at(town: Town) -> DataFrame:
    """The features and what the rules gave."""
    scores = town.store.read(fraud_scores.TABLE.name).select("transaction_id", "score")
    return town.store.read(transaction_features.TABLE.name).join(scores, on="transaction_id")


def files(data: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(data.glob("*.parquet"))]


def test_a_probability_is_the_one_that_spark_ml_gives(town: Town) -> None:
    path = town.store.root / FOLDER / town.made.version / FOREST
    told = RandomForestClassificationModel.load(path.as_uri())
    features = looked_at(town).select("transaction_id", array_to_vector(F.array(*known(LEARNED))).alias("features"))
    spark_s = told.transform(features).select("transaction_id", vector_to_array("probability")[1].alias("theirs"))
    both = town.store.read(SCORES.name).join(spark_s, on="transaction_id")
    assert both.agg(F.max(F.abs(F.col("probability") - F.col("theirs"))), F.count("*")).collect()[0][:] == (
        pytest.approx(0, abs=1e-12),
        40,
    )


def test_files_and_cores_do_not_decide_a_model_but_its_seed_does(town: Town) -> None:
    few = looked_at(town).where(F.col("business_date") < F.lit(START + timedelta(days=9)))
    given = few.withColumn("is_fraud", F.col("amount") > 100)
    laid_out, again, other = (
        grown(rows, seed).toDebugString.partition("\n")[2]
        for rows, seed in ((given, 1), (given.repartition(3, "amount"), 1), (given, 2))
    )
    assert again == laid_out != other


# --- what is learned

TRIED = """transaction_id | business_date | card_id
           fraud          | 2026-01-05    | k
           never told     | 2026-01-05    | k
           genuine        | 2026-01-05    | k
           disputed       | 2026-01-06    | k
           corrected      | 2026-01-06    | k
           told too late  | 2026-01-06    | k
           fraud as yet   | 2026-01-06    | k
           another day    | 2026-01-07    | k"""
TOLD = """transaction_id | label   | known_at         | superseded_at
          fraud          | fraud   | 2026-01-12 12:00 |
          genuine        | genuine | 2026-01-12 12:00 |
          disputed       | dispute | 2026-01-12 12:00 |
          corrected      | fraud   | 2026-01-12 12:00 | 2026-01-14 12:00
          corrected      | genuine | 2026-01-14 12:00 |
          told too late  | fraud   | 2026-01-15 00:01 |
          fraud as yet   | fraud   | 2026-01-12 12:00 | 2026-01-15 00:01
          fraud as yet   | genuine | 2026-01-15 00:01 |
          another day    | fraud   | 2026-01-14 12:00 |"""


def test_what_is_learned_is_what_was_known_at_the_instant_of_training(spark: SparkSession) -> None:
    as_of = datetime.fromisoformat("2026-01-15T00:00Z")
    lesson = Lesson(date(2026, 1, 5), date(2026, 1, 6), as_of, as_of.date(), 7)
    assert_rows(
        examples(
            rows(spark, TRIED, transaction_features.TABLE),
            rows(spark, TRIED, fraud_scores.TABLE),
            rows(spark, TOLD, labels.TABLE),
            lesson,
        ),
        """transaction_id | is_fraud
           fraud          | true
           never told     | false
           genuine        | false
           corrected      | false
           told too late  | false
           fraud as yet   | true""",
    )


def test_days_that_are_not_matured_are_not_learned_from() -> None:
    with pytest.raises(UsageError, match="days are matured up to 2026-01-07"):
        Lesson(date(2026, 1, 1), date(2026, 1, 8), AS_OF, date(2026, 1, 15), 7)


@pytest.mark.parametrize(
    ("days", "held_out"),
    [
        (3, None),
        (7, (date(2026, 1, 6), date(2026, 1, 7))),  # too short to wait between
        (28, (date(2026, 1, 14), date(2026, 1, 22))),
    ],
)
def test_the_last_quarter_is_held_out_after_the_label_delay_where_there_is_room(
    days: int, held_out: tuple[date, date] | None
) -> None:
    lesson = Lesson(date(2026, 1, 1), date(2026, 1, days), AS_OF, date(2026, 3, 1), 7)
    assert lesson.held_out == held_out
