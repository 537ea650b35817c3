"""A forest of two small trees: where rows end, and what brought them there."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
from pyspark.sql.types import DecimalType

from krn.tables.forest import UNKNOWN, Forest, Numbers
from krn.tables.gold.transaction_features import TABLE as FEATURES
from krn.tables.models import is_money
from krn.tables.telling import teller

#: The first tree asks whether `a` is above 5, then whether `b` is above 1; the second asks nothing.
FOREST = Forest(
    features=("a", "b", "c"),
    roots=np.array([0, 5]),
    feature=np.array([0, 0, 1, 0, 0, 0]),
    threshold=np.array([5.0, 0, 1, 0, 0, 0]),
    left=np.array([1, 1, 3, 3, 4, 5]),
    right=np.array([2, 1, 4, 3, 4, 5]),
    value=np.array([0.25, 0.0, 0.5, 0.375, 1.0, 0.125]),
)
ROWS = np.array([[5.0, 9.0, 0.0], [5.5, 1.0, 0.0], [6.0, 1.5, 0.0], [UNKNOWN, 0.0, 0.0], [9.0, UNKNOWN, 0.0]])


def test_a_row_comes_to_the_mean_of_the_leaves_that_it_falls_into() -> None:
    probability, _ = FOREST.explained(ROWS)
    assert probability.tolist() == [0.0625, 0.25, 0.5625, 0.0625, 0.25]


def test_a_feature_is_given_what_the_trees_gained_where_they_asked_for_it() -> None:
    _, moved = FOREST.explained(ROWS)
    assert FOREST.base == 0.1875
    assert moved.tolist() == [
        [-0.125, 0.0, 0.0],
        [0.125, -0.0625, 0.0],
        [0.125, 0.25, 0.0],
        [-0.125, 0.0, 0.0],
        [0.125, -0.0625, 0.0],
    ]


def test_base_and_contributions_make_the_probability() -> None:
    probability, moved = FOREST.explained(ROWS)
    assert (FOREST.base + moved.sum(axis=1)).tolist() == probability.tolist()


def test_reasons_are_the_features_that_moved_a_row_the_strongest_first_and_null_where_not_known() -> None:
    assert reasons(ROWS) == [
        [("a", -0.125, 5.0)],
        [("a", 0.125, 5.5), ("b", -0.0625, 1.0)],
        [("b", 0.25, 1.5), ("a", 0.125, 6.0)],
        [("a", -0.125, None)],
        [("a", 0.125, 9.0), ("b", -0.0625, None)],
    ]


def test_each_row_is_told_of_by_the_forest_at_its_place() -> None:
    leaf = np.array([0])
    sure = Forest(FOREST.features, leaf, leaf, np.array([0.0]), leaf, leaf, value=np.array([1.0]))
    both = teller([FOREST, sure])(pa.array([1, 0]), pa.array([1.0, 1.0]), columns(ROWS[:2])).to_pylist()
    assert [(row["probability"], row["base"]) for row in both] == [(1.0, 1.0), (0.25, 0.1875)]


def test_money_counts_for_a_multiple_and_is_told_as_it_is() -> None:
    """Twice 3 is above 5, twice 0.75 of another feature is not asked of; what is not known stays so."""
    spent = replace(FOREST, features=("amount", "b", "c"))
    rows = np.array([[3.0, 0.75, 0.0], [2.5, 0.75, 0.0], [UNKNOWN, 0.0, 0.0]])
    given = pa.StructArray.from_arrays([pa.array(column) for column in rows.T], names=spent.features)
    told = teller([spent])(pa.array([0] * 3), pa.array([2.0] * 3), given).to_pylist()
    assert [(row["probability"], row["contributions"][0]["value"]) for row in told] == [
        (0.25, 3.0),
        (0.0625, 2.5),
        (0.0625, None),
    ]


def test_money_is_what_has_the_currency_of_its_transaction() -> None:
    decimals = {c.name for c in FEATURES.columns if isinstance(c.type, DecimalType)}
    money = {c.name for c in FEATURES.columns if is_money(c.name)}
    assert money == decimals | {"prior_mean_30d", "prior_std_30d"}


def reasons(rows: Numbers) -> list[list[tuple[object, ...]]]:
    found = teller([FOREST])(pa.array([0] * len(rows)), pa.array([1.0] * len(rows)), columns(rows)).to_pylist()
    return [[tuple(reason.values()) for reason in row["contributions"]] for row in found]


def columns(rows: Numbers) -> pa.StructArray:
    return pa.StructArray.from_arrays([pa.array(column) for column in rows.T], names=FOREST.features)
