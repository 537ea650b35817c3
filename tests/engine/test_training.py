"""A model through the engine: learned from what was known, made again from its seed, scored in increments."""

import json
import runpy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from paying import START, initiated, labelled
from pyspark.ml.classification import RandomForestClassificationModel
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from world import HOME, deliver

from krn import journal, models, training
from krn.build import build
from krn.config import Config
from krn.errors import UsageError
from krn.journal import Record
from krn.models import FOLDER, FOREST, Trained
from krn.outcome import Run
from krn.running import Asked, execute
from krn.scoring import equipped
from krn.store import Store
from krn.tables.gold import fraud_scores, transaction_features
from krn.tables.gold.fraud_model_scores import TABLE as SCORES
from krn.tables.models import as_numbers
from krn.tables.silver import labels
from krn.testing import assert_rows, rows
from krn.training import LEARNED, Lesson, examples, grown, scales_of, train

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


def configured(store: Store, rules: Path | None = None) -> Config:
    return Config(warehouse=store.root, gate="off", tables=(SCORES.name,), fraud_rules=rules)


def run(store: Store, day: int, *steps: str, rules: Path | None = None) -> Record:
    asked = Asked("run", steps or ("transform", "aggregate"), START + timedelta(days=day))
    return execute(asked, configured(store, rules), HOME, store)


@pytest.fixture(scope="module")
def town(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A model is trained in a session that has counted what it wrote, as one that builds with a gate has."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("town") / "warehouse")
    spark.range(1).observe(Observation(), F.count("id").alias("n")).collect()
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


def test_the_same_seed_and_clock_make_the_same_model(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the job; the first model's folder is away, so that it is made anew."""
    folder = town.store.root / FOLDER / town.made.version
    kept = folder.rename(town.store.root / "kept")
    given = ["--warehouse", str(town.store.root), "--clock", AS_OF.isoformat(), "--json"]
    monkeypatch.setattr(sys, "argv", ["train.py", *given])
    runpy.run_path(str(HOME / "jobs" / "train.py"), run_name="__main__")
    assert json.loads(capsys.readouterr().out)["version"] == town.made.version
    assert files(folder / FOREST / "data") == files(kept / FOREST / "data")
    told = journal.runs(town.store.root)[-1]
    assert (told["job"], told["notes"]["trained"]["version"]) == ("train", town.made.version)


def looked_at(town: Town) -> DataFrame:
    """The features and what the rules gave."""
    scores = town.store.read(fraud_scores.TABLE.name).select("transaction_id", "score")
    return town.store.read(transaction_features.TABLE.name).join(scores, on="transaction_id")


def files(data: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(data.glob("*.parquet"))]


def test_a_probability_is_the_one_that_spark_ml_gives(town: Town) -> None:
    path = town.store.root / FOLDER / town.made.version / FOREST
    told = RandomForestClassificationModel.load(path.as_uri())
    features = looked_at(town).select(
        "transaction_id", array_to_vector(F.array(*as_numbers(LEARNED))).alias("features")
    )
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


def scored(town: Town, day: int = DAYS + 4, rules: Path | None = None) -> tuple[str, dict[int, str]]:
    """How the models stand after a run, and which one scores each day; a full build would change nothing."""
    note = run(town.store, day, "aggregate", rules=rules).notes["fraud_model"]
    config, clock = configured(town.store, rules), START + timedelta(days=day)
    asked = Run("again", config.run_args(clock), lambda table: None, full=True)
    again = build(SCORES, town.store, equipped(asked, config, HOME, town.store, clock)[0])
    assert (again.outcome, again.why) == ("unchanged", "asked for in full")
    found = town.store.read(SCORES.name).groupBy("initiated_on", "model").agg(F.count("*").alias("n")).collect()
    assert {row["n"] for row in found} <= {10}
    return note["status"], {(row["initiated_on"] - FIRST).days: row["model"] for row in found}


@pytest.mark.slow  # four more runs; unit/test_models tells which model scores a day, and when none does
def test_a_model_that_comes_or_goes_changes_the_days_that_it_scores_and_no_others(town: Town, tmp_path: Path) -> None:
    later = AS_OF + timedelta(days=2)
    last = LAST + timedelta(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "SETTINGS", {"numTrees": 2, "maxDepth": 2})
        second = train(town.store, Lesson(last, last, later, later.date(), 7), capacity=2)
    first, rules = town.made.version, tmp_path / "rules.toml"
    rules.write_text((HOME / "conf" / "fraud_rules.toml").read_text().replace("points = 80", "points = 70", 1))

    assert scored(town) == ("fresh", {35: first, 36: first, 37: second.version, 38: second.version})
    assert scored(town, rules=rules) == ("stale", {})
    (town.store.root / FOLDER / second.version).rename(tmp_path / "second")
    assert scored(town) == ("fresh", dict.fromkeys(range(35, 39), first))
    (town.store.root / FOLDER / first).rename(tmp_path / "first")
    assert scored(town) == ("absent", {})


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
    ("days", "learned_to", "held_out_from"),
    [(28, date(2026, 1, 14), date(2026, 1, 22)), (12, date(2026, 1, 2), date(2026, 1, 10))],
)
def test_the_last_quarter_is_held_out_after_the_label_delay(days: int, learned_to: date, held_out_from: date) -> None:
    rehearsal = Lesson(date(2026, 1, 1), date(2026, 1, days), AS_OF, date(2026, 3, 1), 7).rehearsal
    assert rehearsal and (rehearsal.last, rehearsal.today) == (learned_to, held_out_from)


@pytest.mark.parametrize("days", [3, 9])
def test_a_lesson_without_room_for_the_label_delay_is_not_measured(days: int) -> None:
    assert Lesson(date(2026, 1, 1), date(2026, 1, days), AS_OF, date(2026, 3, 1), 7).rehearsal is None


def test_a_rehearsal_knows_no_label_that_came_after_the_first_held_out_day_began(spark: SparkSession) -> None:
    """In Tokyo the 22nd begins at 15:00 of the 21st; the lesson itself knows both labels."""
    as_of = datetime.fromisoformat("2026-03-01T00:00Z")
    lesson = Lesson(date(2026, 1, 1), date(2026, 1, 28), as_of, as_of.date(), 7, timezone="Asia/Tokyo")
    tried = """transaction_id | business_date | card_id
               in time        | 2026-01-14    | k
               in between     | 2026-01-14    | k"""
    told = """transaction_id | label | known_at         | superseded_at
              in time        | fraud | 2026-01-21 15:00 |
              in between     | fraud | 2026-01-21 15:01 |"""
    features, scores = (rows(spark, tried, table) for table in (transaction_features.TABLE, fraud_scores.TABLE))
    assert lesson.rehearsal
    assert_rows(
        examples(features, scores, rows(spark, told, labels.TABLE), lesson.rehearsal),
        """transaction_id | is_fraud
           in time        | true
           in between     | false""",
    )


def test_a_currency_counts_by_what_is_usual_beside_the_main_one(spark: SparkSession) -> None:
    given = rows(
        spark,
        """currency | amount
           EUR      | 10
           EUR      | 20
           EUR      | 90
           JPY      | 4000
           JPY      | 0
           XXX      | 0""",
        {"currency": "string", "amount": "decimal(18,4)"},
    )
    assert scales_of(given) == {"EUR": 1.0, "JPY": 20 / 4000}
