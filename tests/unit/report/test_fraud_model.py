"""The model in the report: what its folder tells, and nothing where that is gone."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from krn import journal, models, records
from krn.journal import Record
from krn.models import Standing, Trained
from krn.report import build
from krn.report.fraud_model import FraudModel, HeldOut, Ranked, fraud_model

AS_OF, FIRST, LAST = datetime(2026, 1, 31, 6, tzinfo=UTC), date(2026, 1, 1), date(2026, 1, 28)
MEASURED = {
    "held_out": ["2026-01-22", "2026-01-28"],
    "capacity": 100,
    "model": {"average_precision": 0.7, "card_precision": 0.3},
    "rules": {"average_precision": 0.4, "card_precision": None},
}
FRESH = Standing("fresh", "", "v1")


def kept(root: Path, measured: dict[str, Any] | None) -> Path:
    lesson = {"as_of": AS_OF, "created_at": AS_OF, "first": FIRST, "last": LAST, "seed": 1, "features": ("amount",)}
    seen = {"scales": {}, "definition": {}, "inputs": {}, "transactions": 10, "frauds": 1, "settings": {}}
    made = Trained(version="v1", **lesson, **seen, importances={}, measured=measured, krn="0.1.0")
    records.write(root / models.FOLDER / "v1" / models.RECORD, asdict(made))
    return root


def test_a_model_stands_beside_the_rules_on_days_that_it_had_not_seen(tmp_path: Path) -> None:
    ranked = (Ranked("model", 0.7, 0.3), Ranked("rules", 0.4, None))
    held_out = HeldOut(date(2026, 1, 22), LAST, 100, ranked)
    assert fraud_model(kept(tmp_path, MEASURED), FRESH) == FraudModel("v1", AS_OF, FIRST, LAST, held_out)


def test_a_model_of_a_short_lesson_has_no_ranks(tmp_path: Path) -> None:
    assert fraud_model(kept(tmp_path, None), FRESH) == FraudModel("v1", AS_OF, FIRST, LAST, None)


def test_a_model_whose_folder_is_gone_or_damaged_is_left_out(tmp_path: Path) -> None:
    assert fraud_model(tmp_path, FRESH) is None
    assert fraud_model(kept(tmp_path, {"held_out": 7}), FRESH) is None
    assert fraud_model(tmp_path, Standing("absent", "no model was trained")) is None


@pytest.mark.parametrize(
    ("measured", "says"), [(MEASURED, ("model</th>", "0.700", "30.0%", "rules</th>", "–")), (None, ("is not known",))]
)
def test_the_page_shows_how_the_model_ranks_beside_the_rules(small, measured, says):
    counts = dict.fromkeys(("transactions", "approved", "declined", "frauds"), 1)
    money = {"amount": Decimal(1), "fraud_amount": Decimal(1)}
    small.rows |= {"gold.fraud_daily": [{"business_date": LAST, "currency": "EUR", **counts, **money}]}
    root = kept(small.write(), measured)
    now = AS_OF + timedelta(days=3)
    journal.write(root, Record("r", "run", now, now, now, 0, notes={"fraud_model": asdict(FRESH)}))
    _, found, section = build(root, now).partition("How well does the model rank?")
    assert found and "Model v1 was trained 3 days ago on payments from 1 Jan 2026 to 28 Jan 2026" in section
    assert [word for word in says if word not in section] == []
