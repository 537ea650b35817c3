"""A new version of a contract: what was accepted under the old one is brought to it, and says the same."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from world import TOTALS, a_run, built, content, deliver, event, order, step

from krn.contracts import CONTRACTS
from krn.contracts.contract import Adapter, Body, Contract, Delivered, Field, Kind
from krn.contracts.envelope import Envelope
from krn.contracts.orders import ORDER_CREATED
from krn.errors import KrnError, Unreadable, UsageError
from krn.failpoints import arm, disarm
from krn.judge import judge
from krn.store import Store
from krn.tables.silver import payments
from krn.tables.silver.deliveries import TABLE

pytestmark = pytest.mark.usefixtures("shipped_by_value")

GIFT = Field("gift_note", Kind.TEXT, "What the giver writes.")


class Crash(Exception):
    """The process died here."""


def crash() -> None:
    raise Crash


def with_note(body: Body, _delivered: Delivered) -> Body:
    data = body.get("data")
    return body | {"data": {**data, "gift_note": f"to {data.get('customer_id')}"}} if isinstance(data, dict) else body


def without_total(body: Body, _delivered: Delivered) -> Body:
    return body | {"data": {k: v for k, v in body["data"].items() if k != "order_total"}}


def second(adapt: Any) -> tuple[Contract, ...]:
    """The contracts with a version 2 of order.created."""
    fields = (*ORDER_CREATED.fields, GIFT)
    newer = replace(ORDER_CREATED, version=2, fields=fields, adapters=(*ORDER_CREATED.adapters, Adapter(1, adapt)))
    return tuple(newer if c.type == newer.type else c for c in CONTRACTS)


@pytest.fixture(scope="module")
def two_orders(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two orders, a copy and what is none, judged under the contracts as they are."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("orders") / "warehouse")
    deliver(store, order("a"), order("b", customer="d"), order("a"), b"not json")
    judge(store, a_run("before"))
    return store.root


@pytest.fixture
def before(two_orders: Path, store: Store) -> Store:
    shutil.copytree(two_orders, store.root)
    return store


@pytest.fixture(scope="module")
def brought(
    shipped_by_value: None, two_orders: Path, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same after a run under the second version."""
    store = Store(lambda: spark, tmp_path_factory.mktemp("brought") / "warehouse")
    shutil.copytree(two_orders, store.root)
    judge(store, a_run("after"), second(with_note))
    return store.root


@pytest.fixture
def after(brought: Path, spark: SparkSession, tmp_path: Path) -> Store:
    shutil.copytree(brought, tmp_path / "after")
    return Store(lambda: spark, tmp_path / "after")


def rows(store: Store) -> dict[int, Any]:
    return {row.row_id: row for row in store.read(TABLE.name).collect()}


def notes(store: Store) -> dict[str, tuple[int, Any]]:
    accepted = (r for r in rows(store).values() if r.verdict == "accepted")
    return {r.order_id: (r.version, json.loads(r.data).get("gift_note")) for r in accepted}


def test_accepted_events_are_brought_to_the_new_version_before_new_ones_are_judged(before: Store) -> None:
    deliver(before, order("c", customer="e"))
    judge(before, a_run("after"), second(with_note))
    assert notes(before) == {"a": (2, "to c"), "b": (2, "to d"), "c": (2, "to e")}


def test_nothing_else_of_them_changes_and_no_verdict_does(before: Store, after: Store) -> None:
    old, new = rows(before), rows(after)
    changing = ("version", "data", "content_hash")
    same = [c for c in TABLE.schema.names if c not in changing]
    assert {n: [r[c] for c in same] for n, r in new.items()} == {n: [r[c] for c in same] for n, r in old.items()}


def test_the_commit_says_which_types_it_changed(after: Store) -> None:
    said = after.metadata(TABLE.name, after.head(TABLE.name) or 0)
    assert (said["run"], said["types"], said["readapted"]) == ("after", ["order.created"], {"order.created": 2})


def test_a_second_run_under_the_same_contracts_asks_nothing_of_spark(after: Store) -> None:
    head = after.head(TABLE.name)
    assert judge(after, a_run("again"), second(with_note))[-1].jobs == 0
    assert after.head(TABLE.name) == head


@pytest.mark.parametrize("point", ["readapting", "readapted"])
def test_a_run_that_dies_on_the_way_is_finished_by_the_next(before: Store, point: str) -> None:
    arm(point, crash)
    with pytest.raises(Crash):
        judge(before, a_run("dies"), second(with_note))
    disarm()
    judge(before, a_run("after"), second(with_note))
    assert notes(before) == {"a": (2, "to c"), "b": (2, "to d")}


def test_an_adapter_that_loses_what_the_contract_needs_stops_the_run_and_changes_nothing(before: Store) -> None:
    old = rows(before)
    with pytest.raises(
        KrnError,
        match=r"2 accepted events don't pass today's version of their contract: row 10+ of test: missing_field",
    ):
        judge(before, a_run("after"), second(without_total))
    assert rows(before) == old


def test_a_copy_of_an_event_that_was_readapted_is_still_its_duplicate(after: Store) -> None:
    deliver(after, order("b", customer="d"))
    judge(after, a_run("later"), second(with_note))
    assert [r.verdict for n, r in sorted(rows(after).items())][-1] == "duplicate"


def test_a_table_of_other_types_goes_on_with_increments(before: Store) -> None:
    money = {"payment_id": "p", "order_id": "a", "amount": "10", "currency": "GBP", "method": "card"}
    deliver(before, event("payment.received", "p1", "2026-01-02T12:00:00Z", money))
    step(before, "r1", [payments.TABLE])
    deliver(before, event("payment.received", "p2", "2026-01-02T12:00:00Z", money | {"payment_id": "q"}))
    judge(before, a_run("r2"), second(with_note))
    assert built(before, payments.TABLE, "r2").why == "changed"
    assert content(before, payments.TABLE.name, "payment_id") == {("p",): 1, ("q",): 1}


def test_a_table_that_reads_the_type_sees_the_same_orders(before: Store) -> None:
    step(before, "r1", [TOTALS])
    found = content(before, TOTALS.name)
    judge(before, a_run("r2"), second(with_note))
    built(before, TOTALS, "r2")
    assert content(before, TOTALS.name) == found


def test_judge_still_counts_its_rows_however_many_there_are(before: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn.store.MANY", 0)
    judge(before, a_run("after"), second(with_note))
    deliver(before, order("c"), order("d"))
    assert judge(before, a_run("later"), second(with_note))[-1].rows["accepted"] == 2


def test_events_whose_bodies_are_gone_stop_the_run(before: Store) -> None:
    deliver(before, order("c"))
    before.spark.sql(
        f"ALTER TABLE delta.`{before.path('bronze.deliveries')}` SET TBLPROPERTIES('delta.appendOnly'='false')"
    )
    before.spark.sql(f"DELETE FROM delta.`{before.path('bronze.deliveries')}` WHERE batch = 1 AND position = 0")
    with pytest.raises(Unreadable, match="1 of the 2 accepted events"):
        judge(before, a_run("after"), second(with_note))


CUSTOMER = {"customer_id": "c", "email": "ann@example.org"}


def emails(store: Store) -> list[Any]:
    return [json.loads(r.data).get("email") for r in rows(store).values() if r.type == "customer.upserted"]


@pytest.fixture
def customer(store: Store) -> Store:
    deliver(store, event("customer.upserted", "u1", "2026-01-02T12:00:00Z", CUSTOMER))
    judge(store, a_run("before"))
    return store


def test_a_key_that_is_set_later_gives_tokens_to_what_came_before(customer: Store) -> None:
    assert emails(customer) == [None]
    assert judge(customer, replace(a_run("after"), key="k"))[-1].rows == {"update": 1}
    deliver(customer, event("customer.upserted", "u1", "2026-01-02T12:00:00Z", CUSTOMER))
    assert judge(customer, replace(a_run("later"), key="k"))[-1].rows["duplicate"] == 1
    assert len(set(emails(customer))) == 1
    assert None not in emails(customer)


def test_a_run_that_lost_the_key_stops_before_it_loses_tokens(customer: Store) -> None:
    judge(customer, replace(a_run("after"), key="k"))
    found = emails(customer)
    with pytest.raises(UsageError, match="KRN_PII_KEY is not set"):
        judge(customer, a_run("lost"))
    assert emails(customer) == found


TILL = Envelope("=customer.upserted", data={"customer_id": "no", "email": "mail"})


@pytest.mark.parametrize(
    ("then", "now", "why"),
    [
        pytest.param({"envelopes": {"test": TILL}}, {}, "of test: missing_field", marks=pytest.mark.slow),
        (
            {"envelopes": {"till": TILL}, "dead_letters": {"test": "till"}},
            {"envelopes": {"till": TILL}},
            "of test: missing_field",
        ),
        (
            {"envelopes": {"test": TILL}},
            {"envelopes": {"test": replace(TILL, hash=("no",))}},
            "another id, source or type: 1 of test, such as row 10+",
        ),
        pytest.param(
            {"envelopes": {"test": TILL}},
            {"envelopes": {"test": replace(TILL, source="=shop")}},
            "another id, source or type: 1 of test, such as row 10+",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["envelope gone", "dead letters gone", "other hash", "other source"],
)
def test_events_that_would_come_out_otherwise_under_todays_configuration_stop_the_run_and_stay(
    store: Store, then: Any, now: Any, why: str
) -> None:
    deliver(store, b'{"no": "c", "mail": "ann@example.org"}')
    judge(store, replace(a_run("before"), **then))
    old = rows(store)
    assert [row.verdict for row in old.values()] == ["accepted"]
    with pytest.raises(KrnError, match=f"{why}.*put it back into the configuration"):
        judge(store, replace(a_run("after"), key="k", **now))
    assert rows(store) == old
    assert judge(store, replace(a_run("mended"), key="k", **then))[-1].rows == {"update": 1}
