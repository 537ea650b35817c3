"""Models of a warehouse, without Spark: which one scores when, and what is said where none does."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from krn import models
from krn.harmless import harmless
from krn.models import FOREST, RECORD, Standing, Trained
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
        scales={"EUR": 1.0},
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


def days(root: Path, definition: str = "now") -> list[tuple[str, int, int]]:
    """Each model that can be used, from which day until which."""
    usable = models.usable(models.found(root, {FEATURES.name: definition}), 60)
    return [(one.version, (one.since - DAY).days, (one.until - DAY).days) for one in usable]


def standing(root: Path, day: int = 0, definition: str = "now") -> Standing:
    return models.standing(models.found(root, {FEATURES.name: definition}), DAY + timedelta(days=day), 60)


def test_no_version_is_taken_for_a_card_number() -> None:
    at = datetime(2026, 1, 2, 17, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    versions = [models.new_version(at, f"{n:08}") for n in range(2_000)]
    assert [version for version in versions if harmless(version) != version] == []
    assert versions[7] == "20260102T160405Z-00000007"


def test_a_model_scores_from_its_training_until_the_next_one_s_and_not_when_it_is_too_old(tmp_path: Path) -> None:
    for day in (100, 0, 10):
        trained(tmp_path, day)
    assert days(tmp_path) == [("v0", 0, 10), ("v10", 10, 70), ("v100", 100, 160)]


def test_a_model_that_learned_from_other_features_scores_nothing(tmp_path: Path) -> None:
    trained(tmp_path, 0, "now")
    trained(tmp_path, 10, "then")
    assert days(tmp_path) == [("v0", 0, 60)]
    assert days(tmp_path, "later") == []


def test_a_model_that_fits_scores_whatever_came_after_it(tmp_path: Path) -> None:
    trained(tmp_path, 0, "now")
    trained(tmp_path, 10, "then")
    assert standing(tmp_path, 20) == Standing("fresh", "", "v0")


def test_the_trees_of_a_usable_model_are_those_that_were_kept(tmp_path: Path) -> None:
    trained(tmp_path, 0)
    (one,) = models.usable(models.found(tmp_path, {FEATURES.name: "now"}), 60)
    assert (one.forest.features, one.forest.base) == (("amount",), 0.25)


def test_a_warehouse_without_models_says_so(tmp_path: Path) -> None:
    assert standing(tmp_path) == Standing("absent", "no model was trained")
    assert days(tmp_path) == []


@pytest.mark.parametrize(
    ("definition", "day", "expected"),
    [
        ("now", 60, Standing("fresh", "", "v0")),
        ("now", 61, Standing("stale", "v0 is 61 days old, more than 60", "v0")),
        ("later", 1, Standing("stale", "gold.transaction_features is not what v0 learned from")),
    ],
)
def test_a_model_is_stale_when_it_is_old_or_the_features_are_others(
    tmp_path: Path, definition: str, day: int, expected: Standing
) -> None:
    trained(tmp_path, 0)
    assert standing(tmp_path, day, definition) == expected


def test_how_a_model_was_made_is_read_as_it_was_kept(tmp_path: Path) -> None:
    one = models.trained(tmp_path / models.FOLDER / trained(tmp_path, 3))
    assert (one.as_of, one.first, one.features) == (DAY + timedelta(days=3), date(2025, 12, 1), ("amount",))


def no_parquet(folder: Path) -> None:
    next((folder / FOREST / "data").iterdir()).write_bytes(b"damaged")


def no_tree(folder: Path) -> None:
    """A node that leads back to itself and to nowhere."""
    pq.write_table(
        pa.Table.from_pylist([{"treeID": 0, "nodeData": NODE | {"rightChild": 7}}]),
        next((folder / FOREST / "data").iterdir()),
    )


def other_columns(folder: Path) -> None:
    pq.write_table(pa.table({"treeID": [0]}), next((folder / FOREST / "data").iterdir()))


def other_keys(folder: Path) -> None:
    (folder / RECORD).write_text('{"version": "v10", "colour": "red"}')


def no_definition(folder: Path) -> None:
    told = json.loads((folder / RECORD).read_text())
    (folder / RECORD).write_text(json.dumps(told | {"definition": 7}))


def no_json(folder: Path) -> None:
    (folder / RECORD).write_text("{")


def no_record(folder: Path) -> None:
    (folder / RECORD).unlink()


@pytest.mark.parametrize("damage", [no_parquet, no_tree, other_columns, other_keys, no_definition, no_json, no_record])
def test_a_damaged_model_counts_as_moved_away_and_is_named(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    trained(tmp_path, 0)
    damage(tmp_path / models.FOLDER / trained(tmp_path, 10))
    assert days(tmp_path) == [("v0", 0, 60)]
    stands = standing(tmp_path, 20)
    assert (stands.status, stands.version) == ("fresh", "v0")
    assert re.search(r"models/fraud/v10/\S+ is damaged: ", stands.why)


def test_where_the_only_model_is_damaged_rules_score_alone(tmp_path: Path) -> None:
    no_json(tmp_path / models.FOLDER / trained(tmp_path, 0))
    assert days(tmp_path) == []
    stands = standing(tmp_path)
    assert (stands.status, stands.version) == ("damaged", "")
    assert "models/fraud/v0/model.json is damaged" in stands.why
