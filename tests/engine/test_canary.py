"""Persons planted wherever a producer may put them are in the bodies of bronze, and nowhere else.

Gold is made of silver alone; test_pipeline looks for the simulated shop's persons in all of its warehouse.
"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scanning import places
from world import HOME, event, order

from krn.config import Config, Landing
from krn.failpoints import arm
from krn.quarantine import summary
from krn.reading import arrow
from krn.report import write
from krn.running import Asked, execute
from krn.speaking import say_table
from krn.store import Store

CLOCK = datetime(2026, 1, 31, tzinfo=UTC)
NAME, EMAIL, STREET = "Alonso Quijano", "dulcinea@toboso.example", "Camino Ancho"
PHONE, CARD = "+34926555017", "4012888888881881"
BORN, SQUIRE, HOST = "1547-09-29", "Sancho Panza", "198.51.100.77"
PERSON = (NAME, EMAIL, STREET, PHONE, CARD, BORN, SQUIRE, HOST)
#: What no contract declares under a name that tells nothing is kept in the data of its event, and goes nowhere else.
NOTE = "leave-it-with-Sancho"

EXTRA: dict[str, Any] = {
    "customer_name": NAME,
    "contact": {"E-Mail": EMAIL, "phoneNumber": PHONE},
    "shippingAddress": f"{STREET} 7",
    "payers": [{"card_number": CARD, "street": STREET}],
    "recipient_name": SQUIRE,
    "born": {"dateOfBirth": BORN},
    "client_ip": HOST,
    "remark": [f"or write to {EMAIL}", {"paid_with": CARD}],
}


def planted() -> list[bytes]:
    """A person in declared and undeclared fields, in bodies that are broken, and in ids and types."""
    customer = {"customer_id": "C1", "name": NAME, "email": EMAIL, "country": "ES", **EXTRA}
    bought = json.loads(order("A1"))
    bought["data"] |= {**EXTRA, "note": NOTE}
    bought["data"]["lines"][0] |= EXTRA
    told = {"payment_id": "P1", "order_id": "A1", "amount": "1", "currency": "EUR", "method": f"card {CARD}"}
    broken = {"customer_id": PHONE, "name": NAME, "email": EMAIL, "country": 7, "note": f"{STREET} {CARD} {PHONE}"}
    time = "2026-01-02T12:00:00Z"
    return [
        event("customer.upserted", "c1", time, customer),
        event("customer.upserted", "c2", "2026-01-03T12:00:00Z", customer | {"email": f"new-{EMAIL}"}),
        json.dumps(bought).encode(),
        event("order.cancelled", "x1", time, {"order_id": "A1", "by": EMAIL, "reason": f"asked by <{EMAIL}>"}),
        event("payment.failed", "p1", time, told | {"reason": f"card {CARD[:4]} {CARD[4:]} of {EMAIL}, says {EMAIL}."}),
        event("customer.upserted", CARD, time, broken),
        event(EMAIL, f"{NAME} 1", time, customer),
        event(f"card.{CARD}", EMAIL, time, {NAME: {EMAIL: STREET}}),
        f'{{"type": "order.created", "name": "{NAME}", "email": "{EMAIL}", "street": "{STREET}", "{CARD}'.encode(),
        f"{NAME};{EMAIL};{STREET};{PHONE};{CARD}".encode(),
    ]


@pytest.fixture
def shop(store: Store, tmp_path: Path) -> Config:
    folder = Landing(name="shop", path=tmp_path / "landing", settle_s=0)
    folder.path.mkdir()
    (folder.path / "day.jsonl").write_bytes(b"".join(body + b"\n" for body in planted()))
    return Config(warehouse=store.root, timezone="UTC", gate="off", sources=(folder,))


def test_a_planted_person_is_in_the_bodies_of_bronze_and_nowhere_else(
    shop: Config, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unwritten = shutil.ignore_patterns("_temporary")  # another table may be written just now
    for name in ("elected", "computed"):  # candidates are gone when a run has ended
        arm(
            name,
            lambda: shutil.copytree(
                store.root / "_candidates", tmp_path / "seen", ignore=unwritten, dirs_exist_ok=True
            ),
        )
    record = execute(Asked("run", ("ingest", "transform"), CLOCK, key="a key"), shop, HOME, store)
    assert (tmp_path / "seen").is_dir()
    assert (record.exit_code, [t.rows for t in record.tables if t.table == "silver.deliveries"]) == (
        0,
        [{"accepted": 5, "duplicate": 0, "quarantined": 5}],
    )
    (tmp_path / "landing" / "day.jsonl").unlink()
    write(store.root, CLOCK)
    say_table(summary(store.root), as_json=False)
    said = "".join(capsys.readouterr())
    (tmp_path / "said.txt").write_text(said)
    assert [word for word in ("judged", "xxxxxx", "customer.upserted") if word not in said] == []
    assert places(tmp_path, *PERSON) == []

    customers = arrow("silver.customers", store.root).to_pylist()
    assert [len(row[column]) for row in customers for column in ("name_token", "email_token")] == [32] * 4
    kept = {name.split("/part-")[0] for name, _ in places(store.root, NOTE)}
    assert kept == {"silver/deliveries/verdict=accepted/accepted_type=order.created"}


def test_a_scan_would_have_found_each_of_them(tmp_path: Path) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "_delta_log" / "0.json").write_text(json.dumps({"max": {"name": NAME}}))
    pq.write_table(pa.table({"a": [[{"b": EMAIL}]]}), tmp_path / "part.parquet")
    assert places(tmp_path, NAME, EMAIL, CARD) == [("_delta_log/0.json", NAME), ("part.parquet a", EMAIL)]
