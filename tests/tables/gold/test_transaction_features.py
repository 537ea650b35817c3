"""gold.transaction_features: every cell is what SQL says that joins each transaction with all before it."""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyspark.sql import functions as F

from krn.tables.gold.transaction_features import TABLE
from krn.tables.silver import cards, labels, transactions
from krn.testing import assert_rows, rows, transformed

START = datetime(2026, 1, 5, tzinfo=UTC)
CUT = datetime(2026, 2, 4, 0, 5, tzinfo=UTC)
Rows = list[dict[str, Any]]
PAID = {"card_id": "k", "merchant_id": "m", "currency": "EUR", "decision": "pending"}

#: Minutes, hours, days and weeks apart: windows have rows on both of their edges, and many at one instant.
OFFSETS = [
    timedelta(days=d, hours=h, minutes=m) for d in (0, 1, 3, 7, 8, 14, 30, 37, 44) for h in (0, 1) for m in (0, 5, 10)
]


def history(seed: int, n: int) -> Rows:
    chance = random.Random(seed)
    return [transaction(chance, i) for i in range(n)]


def transaction(chance: random.Random, i: int) -> dict[str, Any]:
    at = START + chance.choice(OFFSETS)
    decided = chance.choice([-5, 0, 0.5, 4, 10, 60 * 24, None])
    somewhere = chance.random() < 0.7
    return {
        "transaction_id": f"T{i:03}",
        "card_id": f"c{chance.randrange(6)}",
        "merchant_id": f"m{chance.randrange(2)}",
        "terminal_id": chance.choice(["t1", "t2", "t3", None]),
        "device_id": chance.choice(["d1", "d2", None]),
        "ip_token": chance.choice(["i1", "i2", None]),
        "amount": Decimal(chance.choice(["0", "9.99", "20", "1000.5", "33.3333", "99999999999999.9999"])),
        "currency": chance.choice(["EUR", "EUR", "GBP"]),
        "lat": chance.choice([48.5, 52.25, -33.0]) if somewhere else None,
        "lon": chance.choice([2.25, 13.5, 151.0]) if somewhere else None,
        "initiated_at": at,
        "initiated_on": at.date(),
        "business_date": at.date(),
        "decision": "pending" if decided is None else chance.choice(["declined", "declined", "approved"]),
        "decided_at": None if decided is None else at + timedelta(minutes=decided),
    }


def told(seed: int, tried: Rows) -> Rows:
    """Labels of half of the transactions, some corrected later: known_at and label."""
    chance, found = random.Random(seed), []
    for one in (one for one in tried if chance.random() < 0.5):
        delays = chance.sample([0, 1, 6, 7, 7, 8, 20], k=chance.choice([1, 1, 2, 3]))
        times = sorted({one["initiated_at"] + timedelta(days=days) for days in delays})
        found += [
            {**one, "known_at": at, "known_on": at.date(), "label": chance.choice(["fraud", "fraud", "genuine"])}
            for at in times
        ]
    return found


def as_silver(labelled: Rows) -> Rows:
    """Each label with the instant of the next of its transaction."""
    return [
        {
            **{name: one.get(name) for name in labels.TABLE.schema.names},
            "superseded_at": min(
                (
                    later["known_at"]
                    for later in labelled
                    if later["transaction_id"] == one["transaction_id"] and later["known_at"] > one["known_at"]
                ),
                default=None,
            ),
        }
        for one in labelled
    ]


def first_seen(tried: Rows) -> Rows:
    ids = {one["card_id"] for one in tried}
    return [
        {"card_id": card, "first_seen_at": min(one["initiated_at"] for one in tried if one["card_id"] == card)}
        for card in sorted(ids)
    ]


def features(spark, tried: Rows, labelled: Rows = (), seen: Rows | None = None, delay: int = 7):
    given = rows(spark, tried, transactions.TABLE)
    return transformed(
        spark,
        TABLE,
        transactions=given,
        decisions=given,
        labels=rows(spark, as_silver(list(labelled)), labels.TABLE),
        cards=rows(spark, first_seen(tried) if seen is None else seen, cards.TABLE),
        label_delay_days=delay,
    )


def plain(frame) -> Rows:
    return [_in_utc(row) for row in frame.toArrow().to_pylist()]


# --- the same in SQL: each transaction joined with all of its card, terminal, merchant, device and address

WINDOWS = {"1h": "1 HOUR", "24h": "24 HOURS", "7d": "7 DAYS", "30d": "30 DAYS"}
RISKS = {"1d": "1 DAY", "7d": "7 DAYS", "30d": "30 DAYS"}
RECENT = {"3d": "3 DAYS", "7d": "7 DAYS", "14d": "14 DAYS"}


def in_window(at: str, span: str, shift: str = "0 DAYS") -> str:
    end = f"t.initiated_at - INTERVAL '{shift}'"
    return f"{at} > {end} - INTERVAL '{span}' AND {at} <= {end}"


def of_entity(entity: str) -> str:
    facts = ["t.transaction_id"]
    for w, span in WINDOWS.items():
        inside = in_window("u.initiated_at", span)
        facts.append(f"count(u.amount) FILTER (WHERE {inside}) AS {entity}_n_{w}")
        facts.append(f"sum(u.amount) FILTER (WHERE {inside} AND u.currency = t.currency) AS {entity}_sum_{w}")
    for w, span in RISKS.items():
        facts.append(
            f"count(u.amount) FILTER (WHERE {in_window('u.initiated_at', span, '7 DAYS')}) AS {entity}_old_{w}"
        )
    return f"SELECT {', '.join(facts)} FROM tx t JOIN tx u ON u.{entity}_id = t.{entity}_id GROUP BY 1"


def of_frauds(place: str) -> str:
    still = "(l.superseded_at IS NULL OR l.superseded_at > t.initiated_at)"
    counts = (
        f"count(l.label) FILTER (WHERE {still} AND {in_window('l.known_at', span)}) AS {place}_frauds_{w}"
        for w, span in RISKS.items()
    )
    same = f"l.{place}_id = t.{place}_id"
    return f"SELECT t.transaction_id, {', '.join(counts)} FROM tx t LEFT JOIN frauds l ON {same} GROUP BY 1"


def of_sharer(sharer: str, name: str) -> str:
    there = f"u.{sharer} = t.{sharer} AND {in_window('u.initiated_at', '1 HOUR')}"
    return f"SELECT t.transaction_id, count(DISTINCT u.card_id) AS {name} FROM tx t JOIN tx u ON {there} GROUP BY 1"


def rates(place: str) -> Iterable[str]:
    for w in RISKS:
        yield f"CASE WHEN t.{place}_id IS NOT NULL THEN {place}_frauds_{w} END AS {place}_frauds_{w}"
        yield f"{place}_frauds_{w}::DOUBLE / nullif({place}_old_{w}, 0) AS {place}_fraud_rate_{w}"


def lately(w: str, span: str) -> str:
    inside = f"FILTER (WHERE {in_window('u.initiated_at', span)})"
    return f"avg(u.amount::DOUBLE) {inside} AS mean_{w}, max(u.amount) {inside} AS most_{w}"


def names(entity: str) -> str:
    return ", ".join(f"{entity}_{what}_{w}" for what in ("n", "sum") for w in WINDOWS)


TRUTH = f"""
    WITH frauds AS (
        SELECT * FROM (
            SELECT l.*, terminal_id, merchant_id,
                   lead(known_at) OVER (PARTITION BY l.transaction_id ORDER BY known_at) AS superseded_at
            FROM labels l JOIN tx USING (transaction_id)
        ) WHERE label = 'fraud'
    ), card AS ({of_entity("card")}), terminal AS ({of_entity("terminal")}), merchant AS ({of_entity("merchant")}),
    terminal_frauds AS ({of_frauds("terminal")}), merchant_frauds AS ({of_frauds("merchant")}),
    device AS ({of_sharer("device_id", "device_cards_1h")}), address AS ({of_sharer("ip_token", "ip_cards_1h")}),
    declines AS (
        SELECT t.transaction_id, count(u.decision) AS card_declines_10m
        FROM tx t LEFT JOIN tx u ON u.card_id = t.card_id AND u.transaction_id <> t.transaction_id
             AND u.decision = 'declined' AND {in_window("u.decided_at", "10 MINUTES")}
        GROUP BY 1
    ), prior AS (
        SELECT t.transaction_id, count(u.amount) AS n, avg(u.amount::DOUBLE) AS mean, max(u.amount) AS most,
               {", ".join(lately(w, span) for w, span in RECENT.items())},
               sum(u.amount) AS total, CASE WHEN greatest(max(u.amount), any_value(t.amount)) < 10000000000
               THEN stddev_samp(u.amount::DOUBLE) END AS std
        FROM tx t LEFT JOIN tx u ON u.card_id = t.card_id AND u.currency = t.currency
             AND u.transaction_id <> t.transaction_id AND {in_window("u.initiated_at", "30 DAYS")}
        GROUP BY 1
    ), last AS (
        SELECT t.transaction_id, u.lat, u.lon, u.initiated_at AS since FROM tx t JOIN tx u
        ON u.card_id = t.card_id AND (u.initiated_at, u.transaction_id) < (t.initiated_at, t.transaction_id)
           AND u.lat IS NOT NULL AND t.lat IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY t.transaction_id ORDER BY since DESC, u.transaction_id DESC) = 1
    ), way AS (
        SELECT transaction_id, epoch(t.initiated_at - since) / 3600 AS hours,
               2 * 6371 * asin(sqrt(pow(sin(radians(t.lat - last.lat) / 2), 2) + cos(radians(t.lat))
               * cos(radians(last.lat)) * pow(sin(radians(t.lon - last.lon) / 2), 2))) AS km
        FROM tx t JOIN last USING (transaction_id)
        WHERE since < t.initiated_at AND since > t.initiated_at - INTERVAL '30 DAYS'
    )
    SELECT t.* EXCLUDE (lat, lon, decision, decided_at), {names("card")}, {names("terminal")}, {names("merchant")},
           {", ".join((*rates("terminal"), *rates("merchant")))}, device_cards_1h, ip_cards_1h, card_declines_10m,
           n AS prior_n_30d, mean AS prior_mean_30d, std AS prior_std_30d, most AS prior_max_30d,
           t.amount::DOUBLE * n / nullif(total::DOUBLE, 0) AS amount_ratio,
           (t.amount::DOUBLE - mean) / nullif(std, 0) AS amount_z,
           {", ".join(f"mean_{w} / nullif(mean, 0) AS recent_mean_ratio_{w}" for w in RECENT)},
           most_14d::DOUBLE / nullif(mean, 0) AS recent_max_ratio_14d,
           round(km, 4) AS km, round(km / hours, 4) AS kmh,
           epoch(t.initiated_at - first_seen_at) / 3600 AS account_age_h
    FROM tx t JOIN seen USING (card_id)
    {
    " ".join(
        f"LEFT JOIN {facts} USING (transaction_id)"
        for facts in (
            "card",
            "terminal",
            "merchant",
            "terminal_frauds",
            "merchant_frauds",
            "device",
            "address",
            "declines",
            "prior",
            "way",
        )
    )
}
"""


def truth(tried: Rows, labelled: Rows) -> Rows:
    database = duckdb.connect()
    database.register("tx", pa.Table.from_pylist([_in_utc(one) for one in tried]))
    told_of = [{n: one[n] for n in ("transaction_id", "known_at", "label")} for one in labelled]
    database.register("labels", pa.Table.from_pylist([_in_utc(one) for one in told_of]))
    database.register("seen", pa.Table.from_pylist([_in_utc(one) for one in first_seen(tried)]))
    return database.sql(TRUTH).to_arrow_table().to_pylist()


def _in_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """Instants as DuckDB has them without its time zones."""
    return {k: v.astimezone(UTC).replace(tzinfo=None) if isinstance(v, datetime) else v for k, v in row.items()}


def differing(found: Rows, want: Rows) -> list[tuple[str, str, Any, Any]]:
    """The cells that differ; doubles may in their 9th digit, since SQL adds them up in another order."""
    by_id = {row["transaction_id"]: row for row in want}
    assert by_id.keys() == {row["transaction_id"] for row in found} and len(found) == len(want)
    cells = (
        (row["transaction_id"], name, value, by_id[row["transaction_id"]][name])
        for row in found
        for name, value in row.items()
    )
    return [cell for cell in cells if not _same(*cell[1:])]


def _same(name: str, found: Any, want: Any) -> bool:
    """Ways and speeds are rounded to 4 decimals, of which the last may differ; 0 is 0."""
    if isinstance(found, float) and want is not None:
        return found == pytest.approx(float(want), rel=1e-9, abs=1.01e-4 if name in ("km", "kmh") else 0)
    return found == want


def test_every_cell_is_what_joins_of_all_transactions_say(spark):
    tried = history(seed=5, n=260)
    labelled = told(seed=6, tried=tried)
    found = plain(features(spark, tried, labelled))
    assert differing(found, truth(tried, labelled)) == []
    assert {name for name in TABLE.schema.names if len({row[name] for row in found}) < 3} == {"currency", "merchant_id"}


def known_by(at: datetime, tried: Rows, labelled: Rows) -> tuple[Rows, Rows]:
    """What was known at an instant: no later transaction, decision or label."""
    undecided = {"decision": "pending", "decided_at": None}
    past = [
        {**one, **({} if one["decided_at"] and one["decided_at"] <= at else undecided)}
        for one in tried
        if one["initiated_at"] <= at
    ]
    return past, [one for one in labelled if one["known_at"] <= at]


def test_features_of_the_past_stay_as_they_are_whatever_comes_later_and_in_any_order(spark):
    """Over what was known at an instant, and over all that with another future behind it, shuffled."""
    tried = history(seed=7, n=150)
    labelled = told(seed=8, tried=tried)
    past = known_by(CUT, tried, labelled)
    assert 30 < len(past[0]) < len(tried) and 10 < len(past[1]) < len(labelled)
    random.Random(9).shuffle(tried)
    seen = first_seen(tried)
    once = plain(features(spark, *past, seen=[one for one in seen if one["first_seen_at"] <= CUT]))
    later = features(spark, tried, labelled[::-1], seen).where(F.col("initiated_at") <= F.lit(CUT)).repartition(3)
    assert sorted(plain(later), key=_id) == sorted(once, key=_id)


def _id(row: Mapping[str, Any]) -> str:
    return str(row["transaction_id"])


def test_a_window_ends_at_the_transaction_and_holds_what_comes_at_its_instant_but_not_at_its_start(spark):
    tried = [
        {**PAID, "transaction_id": name, "initiated_at": f"2026-01-05 {at}", "amount": amount}
        for name, at, amount in (("A", "12:00", 10), ("B", "13:00", 20), ("C", "13:00", 30), ("D", "13:03", 40))
    ]
    assert_rows(
        features(spark, tried, seen=[{"card_id": "k", "first_seen_at": "2026-01-05 10:00"}]),
        """transaction_id | card_n_1h | card_sum_1h | prior_n_30d | prior_mean_30d | prior_max_30d | account_age_h
           A              | 1         | 10          | 0           |                |               | 2
           B              | 2         | 50          | 2           | 20             | 30            | 3
           C              | 2         | 50          | 2           | 15             | 20            | 3
           D              | 3         | 90          | 3           | 20             | 30            | 3.05""",
    )
