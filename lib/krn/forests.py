"""Reads the trees of a random forest that Spark ML saved, without Spark."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from krn import records
from krn.errors import Unreadable
from krn.tables.forest import Forest

_NODE = "nodeData"


def forest(path: Path, features: Sequence[str]) -> Forest:
    """The forest over these features, in the order in which it was given them; what is no whole forest is damaged."""
    nodes = _nodes(path)
    with records.whole(path):
        trees = _trees(nodes, tuple(features))
        _refuse_broken(trees)
    return trees


def _nodes(path: Path) -> pa.Table:
    """One row per node, what it tells in columns of their own."""
    try:
        return pq.read_table(path / "data").flatten().flatten()
    except (OSError, pa.ArrowException) as damaged:
        raise Unreadable(f"{path} is damaged: {damaged}.", "move the model's folder away; krn fraud train") from None


def _trees(given: pa.Table, features: tuple[str, ...]) -> Forest:
    """Spark numbers the nodes of each tree from 0 and gives leaves the child -1; here all trees stand in one row."""
    nodes = given.sort_by([("treeID", "ascending"), (f"{_NODE}.id", "ascending")])
    own = nodes[f"{_NODE}.id"].to_numpy()
    places, roots = np.arange(len(own)), np.flatnonzero(own == 0)
    first = places - own
    left, right = (
        np.where(child < 0, places, first + child)
        for child in (nodes[f"{_NODE}.{side}Child"].to_numpy() for side in ("left", "right"))
    )
    splits = nodes[f"{_NODE}.split.leftCategoriesOrThreshold"].to_pylist()
    seen = np.array(nodes[f"{_NODE}.impurityStats"].to_pylist())  # genuine and fraud
    return Forest(
        features=features,
        roots=roots,
        feature=np.maximum(nodes[f"{_NODE}.split.featureIndex"].to_numpy(), 0).astype(np.int64),  # a leaf's is -1
        threshold=np.array([split[0] if split else 0.0 for split in splits]),
        left=left,
        right=right,
        value=seen[:, 1] / seen.sum(axis=1),
    )


def _refuse_broken(trees: Forest) -> None:
    """A walk ends only where each way leads down: Spark numbers a node before those below it."""
    places = np.arange(len(trees.left))
    is_leaf = (trees.left == places) & (trees.right == places)
    leads_down = (np.minimum(trees.left, trees.right) > places) & (np.maximum(trees.left, trees.right) < len(places))
    if not len(trees.roots) or not (is_leaf | leads_down).all() or trees.feature.max() >= len(trees.features):
        raise ValueError("its nodes are no trees")
