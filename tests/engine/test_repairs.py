"""Of a row and its fixes one stands, in the place of the row: against the same rule in plain Python, over many rows."""

from random import Random

from electing import Row, checked_rows, told
from pyspark.sql import SparkSession

from krn.engine.repairs import elected


def some(rng: Random, n: int) -> list[Row]:
    """Few events and contents, so that they meet; a fix comes after what it repairs, and no fix is of a fix."""
    rows: list[Row] = []
    for row_id in range(1, n + 1):
        originals = [r.row_id for r in rows if r.repairs is None]
        repairs = rng.choice(originals) if originals and rng.random() < 0.5 else None
        rows.append(Row(row_id, repairs, rng.random() < 0.6, rng.choice("ABCD"), rng.choice("xxy")))
    return rows


def test_whatever_is_fixed_in_whatever_order_the_verdicts_are_those_of_the_rule(spark: SparkSession) -> None:
    """Hundreds of small worlds in one frame, each with events and rows of its own."""
    rng, given = Random(1), []
    for world in range(60):
        base = world * 1_000
        given += [
            Row(base + r.row_id, r.repairs and base + r.repairs, r.ok, f"{world}{r.event}", r.content)
            for r in some(rng, rng.randint(2, 9))
        ]
    found = elected(checked_rows(spark, given, hashes=7)).select("row_id", "verdict", "duplicate_of", "resolution")
    verdicts = {r.row_id: (r.verdict, r.duplicate_of, r.resolution) for r in found.collect()}
    assert verdicts == told(given)
    kinds = {(verdict, repeats is None, resolution is None) for verdict, repeats, resolution in verdicts.values()}
    assert len(kinds) == 6  # accepted; duplicate, broken: resolved or not; in conflict, which resolves nothing
