"""How well rules and a model rank card fraud: seven weeks of a simulated town, each after a week of learning.

Run: python bench/fraud.py [--seed 0] [--first DAY] [--weeks 7] [--work FOLDER]. The method is the Handbook's: learn
from a week, wait a week for its labels, test on the next; cards that are known as compromised by then are left out.
Labels are seven days late. Features, rules, forests and scores are krn's own.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import town
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from krn import rules
from krn.forests import forest
from krn.session import open_session
from krn.tables.gold.fraud_model_scores import fraud_model_scores
from krn.tables.gold.fraud_scores import fraud_scores
from krn.tables.gold.transaction_features import transaction_features
from krn.tables.models import Model
from krn.training import LEARNED, Lesson, examples, grown

HOME = Path(__file__).parents[1]
START = datetime(2018, 4, 1, tzinfo=UTC)
WEEK, DELAY, WEEKS, CAPACITY = 7, 7, 7, 100
FIRST = 129  # the first tested day, of 183


def silver(spark: SparkSession, seed: int, work: Path) -> tuple[DataFrame, DataFrame, DataFrame]:
    """The town's transactions, labels and cards as silver has them; `is_fraud` is the truth."""
    paid = town.paid(seed)
    at = pd.Timestamp(START) + pd.to_timedelta(paid["day"] * town.A_DAY + paid["second"], unit="s")
    told = {
        "transaction_id": [f"T{n:07}" for n in range(len(paid))],
        "card_id": "C" + paid["customer"].astype(str),
        "terminal_id": "P" + paid["terminal"].astype(str),
        "initiated_at": at.astype("datetime64[us, UTC]"),
    }
    paid[["day", "amount", "is_fraud"]].assign(**told).to_parquet(work / "paid.parquet")
    made = spark.read.parquet(str(work / "paid.parquet")).withColumns(
        {
            "amount": F.col("amount").cast("decimal(18,4)"),
            "currency": F.lit("EUR"),
            "merchant_id": F.col("terminal_id"),
            "initiated_on": F.to_date("initiated_at"),
            "business_date": F.to_date("initiated_at"),
            "decision": F.lit("approved"),
            "decided_at": F.col("initiated_at"),
            **{name: F.lit(None).cast("string") for name in ("device_id", "ip_token")},
            **{name: F.lit(None).cast("double") for name in ("lat", "lon")},
        }
    )
    known = {
        "known_at": F.col("initiated_at") + F.make_dt_interval(F.lit(DELAY)),
        "superseded_at": F.lit(None).cast("timestamp"),
        "label": F.lit("fraud"),
    }
    cards = made.groupBy("card_id").agg(F.min("initiated_at").alias("first_seen_at"))
    return made, made.where("is_fraud").withColumns(known), cards


def model(features: DataFrame, scores: DataFrame, labels: DataFrame, day: int, work: Path) -> Model:
    """The model of a tested week: of the week before the last, by what is known when it starts."""
    as_of = START + timedelta(days=day)
    learned = (as_of - timedelta(days=DELAY + WEEK)).date()
    lesson = Lesson(learned, learned + timedelta(days=WEEK - 1), as_of, as_of.date(), DELAY)
    path = work / f"forest-{day}"
    grown(examples(features, scores, labels, lesson), lesson.seed).write().overwrite().save(path.as_uri())
    return Model(f"day {day}", as_of, as_of + timedelta(days=WEEK), forest(path, LEARNED))


def tested(paid: pd.DataFrame, first: int) -> pd.DataFrame:
    """What is paid in the week from `first`, but by cards known on the day as compromised since learning began."""
    frauds = paid[paid["is_fraud"] & (paid["day"] >= first - DELAY - WEEK)]
    days = []
    for day in range(first, first + WEEK):
        known = set(frauds.loc[frauds["day"] < day - DELAY, "card_id"])
        days.append(paid[(paid["day"] == day) & ~paid["card_id"].isin(known)])
    return pd.concat(days)


def average_precision(week: pd.DataFrame, score: str) -> float:
    """The mean, over the frauds, of the precision among all that score as high or higher."""
    ranks = week.groupby(score)["is_fraud"].agg(["size", "sum"]).sort_index(ascending=False)
    found, seen = ranks["sum"].cumsum(), ranks["size"].cumsum()
    return float((ranks["sum"] * found / seen).sum() / found.iloc[-1])


def card_precision_once_found(week: pd.DataFrame, score: str) -> float:
    """The mean share of fraud among the first cards of a day, where one that was found is not looked at again."""
    found, shares = set[str](), []
    for _, day in week.groupby("day"):
        open_ = day[~day["card_id"].isin(found)]
        cards = open_.groupby("card_id")[[score, "amount", "is_fraud"]].max()
        hit = cards.sort_values([score, "amount"], ascending=False).head(CAPACITY).query("is_fraud").index
        found |= set(hit)
        shares.append(len(hit) / CAPACITY)
    return float(np.mean(shares))


MEASURES = (average_precision, card_precision_once_found)


def traced(paid: pd.DataFrame) -> pd.Series:
    """The frauds that leave a trace; `paid` is in the order of time.

    The amount is above what the town takes for fraud, or above three times the card's median; or the terminal's last
    usual payment of which the label is known was fraud. A ranking that has these first is a yardstick, not a bound.
    """
    usual = paid[paid["amount"] <= town.TOO_MUCH].assign(day=lambda rows: rows["day"] + DELAY + 1)
    before = pd.merge_asof(
        paid[["day", "terminal_id"]], usual[["day", "terminal_id", "is_fraud"]], on="day", by="terminal_id"
    )
    was_fraud = before["is_fraud"].eq(True).to_numpy()
    medians = paid.groupby("card_id")["amount"].transform("median")
    return paid["is_fraud"] & (was_fraud | (paid["amount"] > town.TOO_MUCH) | (paid["amount"] > 3 * medians))


def main(seed: int, first: int, weeks: int, work: Path) -> None:
    """Print both measures of rules and model for each week, those of what is traced, and the means."""
    started = time.monotonic()
    spark = open_session(HOME, "bench fraud", {"spark.master": "local[2]", "spark.driver.memory": "4g"})
    made, labels, cards = silver(spark, seed, work)
    path = str(work / f"features-{seed}")
    if not Path(path).exists():
        transaction_features(made, made, labels, cards, DELAY).write.parquet(path)
    features = spark.read.parquet(path)
    scores = fraud_scores(features, rules.load(HOME / rules.FILE)).select("transaction_id", "initiated_on", "score")
    scores = scores.persist()
    seen = ("transaction_id", "card_id", "terminal_id", "day", "is_fraud")
    paid = made.select(*seen, F.col("amount").cast("double")).orderBy("transaction_id").toPandas()
    paid["traced"] = traced(paid)
    print(f"{len(paid):,} transactions and their features: {time.monotonic() - started:.0f} s")
    print("          rules         model         traced\n          AP     CP     AP     CP     CP", flush=True)
    rows = []
    for day in range(first, first + weeks * WEEK, WEEK):
        learned = model(features, scores, labels, day, work)
        asked = (of.where(F.col("initiated_on").between(*_days(day))) for of in (features, scores))
        told = fraud_model_scores(*asked, (learned,)).select("transaction_id", "probability")
        week = tested(paid, day).merge(told.join(scores, on="transaction_id").toPandas(), on="transaction_id")
        found = [measure(week, by) for by in ("score", "probability") for measure in MEASURES]
        rows.append([*found, card_precision_once_found(week, "traced")])
        print(f"day {day:4}  {_line(rows[-1])}  {time.monotonic() - started:.0f} s", flush=True)
    print(f"mean      {_line(np.mean(rows, axis=0))}")
    spark.stop()


def _days(first: int) -> tuple[Column, Column]:
    """The first and the last day of the week."""
    start = (START + timedelta(days=first)).date()
    return F.lit(start), F.lit(start + timedelta(days=WEEK - 1))


def _line(values: Iterable[float]) -> str:
    return "  ".join(f"{value:.3f}" for value in values)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--first", type=int, default=FIRST)
    asked.add_argument("--weeks", type=int, default=WEEKS)
    asked.add_argument("--work", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        main(options.seed, options.first, options.weeks, options.work or Path(folder))
