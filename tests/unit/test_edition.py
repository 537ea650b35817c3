"""Which krn it is."""

import re

from krn.contracts import CONTRACTS
from krn.edition import edition


def test_an_edition_names_the_version_the_code_and_every_contract():
    found = edition()
    assert set(found) == {"version", "code", "contracts"}
    assert re.fullmatch("[0-9a-f]{16}", found["code"])
    assert found["contracts"] == {c.type: f"{c.version} {c.fingerprint}" for c in CONTRACTS}


def test_a_changed_file_is_another_edition(tmp_path, monkeypatch):
    package = tmp_path / "krn"
    (package / "report").mkdir(parents=True)
    (package / "report" / "page.py").write_text("one")
    (package / "data.html").write_text("one")
    monkeypatch.setattr("krn.edition.resources.files", lambda name: package)
    before = edition.__wrapped__()["code"]
    (package / "data.html").write_text("two")
    assert edition.__wrapped__()["code"] == before
    (package / "report" / "page.py").write_text("two")
    assert edition.__wrapped__()["code"] != before
