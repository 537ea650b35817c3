"""The commands of quarantine, as far as they need no Spark."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from set_aside import delivered

from krn import journal
from krn.cli import krn
from krn.errors import UsageError

ANN = {"row_id": 7, "source": "web", "payload": json.dumps({"id": "Ann Smith", "card": "4111 1111 1111 1111"})}


def said(root: Path, *args: str) -> Any:
    ran = CliRunner().invoke(
        krn, ["quarantine", *args, "--warehouse", str(root), "--json"], catch_exceptions=False, standalone_mode=False
    )
    return json.loads(ran.stdout)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return delivered(tmp_path, ANN, {"row_id": 8}, {"row_id": 9, "resolution": "dropped by ann"})


def test_quarantine_counts_what_is_open_and_chosen(root: Path) -> None:
    assert {row["source"]: row["rows"] for row in said(root)} == {"web": 1, "shop": 1}
    assert [(row["day"], row["source"]) for row in said(root, "--by", "day", "--source", "web")] == [
        ("2026-11-24", "web")
    ]


def test_show_masks_a_body_until_it_is_revealed_but_for_card_numbers(root: Path) -> None:
    assert json.loads(said(root, "show", "7")[0]["body"])["id"] == "Xxx Xxxxx"
    assert json.loads(said(root, "show", "7", "--reveal")[0]["body"]) == {"id": "Ann Smith", "card": "(card number)"}


def test_a_file_of_fixes_that_is_wrong_begins_no_run(root: Path) -> None:
    file = root / "fixes.jsonl"
    file.write_text('{"row_id": 9, "body": {}}')
    with pytest.raises(UsageError, match="no open row of quarantine in line 1"):
        said(root, "fix", "--file", str(file))
    assert journal.runs(root) == []
