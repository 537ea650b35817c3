"""Models of a warehouse, without Spark: which one scores when, and what is said where none does."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from krn import cursors, models
from krn.cursors import Cursor
from krn.errors import Unreadable
from krn.models import FOREST, Trained
from krn.tables.gold.transaction_features import TABLE as FEATURES

DAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
NODE = {
    "id": 0,
    "leftChild": -1,
    "rightChild": -1,
    "impurityStats": [3.0, 1.0],
    "split": {"featureIndex": -1, "leftCategoriesOrThreshold": [], "numCategories": -1},
}


def trained(root: Path, day: int, definition: str = "now") -> str:
    """A model that learned on a day, of one tree that asks nothing."""
    as_of = DAY + timedelta(days=day)
    made = Trained(
        version=f"v{day}",
        as_of=as_of,
        created_at=as_of,
        first=date(2025, 12, 1),
        last=date(2025, 12, 28),
        seed=1,
        features=("amount",),
        definition={FEATURES.name: definition},
        inputs={},
        transactions=4,
        frauds=1,
        settings={},
        importances={},
        measured=None,
        krn="0.1.0",
    )
    draft = root / models.FOLDER / ".draft"
    (draft / FOREST / "data").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([{"treeID": 0, "nodeData": NODE}]), draft / FOREST / "data" / "part-0.parquet")
    models.keep(root, draft, made)
    return made.version


def features_built(root: Path, definition: str) -> None:
    cursors.save(root, Cursor(FEATURES.name, 0, "id", 0, definition, {}))


def days(root: Path, definition: str = "now") -> list[tuple[str, int, int]]:
    """Each model that can be used, from which day until which."""
    found = models.usable(root, 60, {FEATURES.name: definition}) or ()
    return [(one.version, (one.since - DAY).days, (one.until - DAY).days) for one in found]


def test_a_model_scores_from_its_training_until_the_next_one_s_and_not_when_it_is_too_old(tmp_path: Path) -> None:
    for day in (100, 0, 10):
        trained(tmp_path, day)
    assert days(tmp_path) == [("v0", 0, 10), ("v10", 10, 70), ("v100", 100, 160)]


def test_a_model_that_learned_from_other_features_scores_nothing(tmp_path: Path) -> None:
    trained(tmp_path, 0, "then")
    trained(tmp_path, 10, "now")
    assert days(tmp_path) == [("v10", 10, 70)]
    assert models.usable(tmp_path, 60, {FEATURES.name: "later"}) is None


def test_the_trees_of_a_usable_model_are_those_that_were_kept(tmp_path: Path) -> None:
    trained(tmp_path, 0)
    (one,) = models.usable(tmp_path, 60, {FEATURES.name: "now"}) or ()
    assert (one.forest.features, one.forest.base) == (("amount",), 0.25)


def test_a_warehouse_without_models_says_so(tmp_path: Path) -> None:
    assert models.standing(tmp_path, DAY, 60).told == {
        "status": "absent",
        "why": "no model was trained",
        "version": "",
    }
    assert models.usable(tmp_path, 60, {FEATURES.name: "now"}) is None


@pytest.mark.parametrize(
    ("built", "now", "status", "why"),
    [
        ("now", 60, "fresh", ""),
        ("now", 61, "stale", "v0 is 61 days old, more than 60"),
        ("later", 1, "stale", "gold.transaction_features is not what v0 learned from"),
    ],
)
def test_a_model_is_stale_when_it_is_old_or_the_features_are_others(
    tmp_path: Path, built: str, now: int, status: str, why: str
) -> None:
    trained(tmp_path, 0)
    features_built(tmp_path, built)
    found = models.standing(tmp_path, DAY + timedelta(days=now), 60)
    assert (found.status, found.why, found.model and found.model.version) == (status, why, "v0")


def test_how_a_model_was_made_is_read_as_it_was_kept(tmp_path: Path) -> None:
    trained(tmp_path, 3)
    (one,) = models.trained(tmp_path)
    assert (one.as_of, one.first, one.features) == (DAY + timedelta(days=3), date(2025, 12, 1), ("amount",))


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    folder = tmp_path / models.FOLDER / trained(tmp_path, 0)
    next((folder / FOREST / "data").iterdir()).write_bytes(b"damaged")
    with pytest.raises(Unreadable, match=r"models/fraud/v0/forest is damaged.*move the model's folder away"):
        models.usable(tmp_path, 60, {FEATURES.name: "now"})
