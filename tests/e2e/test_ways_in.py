"""Every way in at once: one run over eight sources, one of them broken, and the tables hold what all said together."""

import json
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from krn.config import validated
from krn.journal import Record
from krn.running import Asked, execute
from krn.sources.embedded import KEYS, Embedded, embedded
from krn.store import Store

HOME = Path(__file__).parents[2]
CLOCK = datetime(2026, 1, 10, tzinfo=UTC)
CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"
TOPIC = {"MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:shop", "Timestamp": "2026-01-05T08:00:00Z"}
#: A Parquet file of orders of one line, as a database exports them.
EXPORT = {
    "type": "=order.created",
    "id": "bill",
    "time": "at",
    "data": {
        "order_id": "bill",
        "currency": "=EUR",
        "order_total": "total",
        "lines[].line_no": "#",
        "lines[].product_id": "code",
        "lines[].quantity": "pieces",
        "lines[].unit_price": "each",
    },
}


#: A body without an id, which is hashed from its source and itself.
SOLD = json.dumps({"bill": "D1", "at": "2026-01-05T10:00:00Z", "code": "tea", "pieces": 1, "each": 2, "total": 2})


def order(order_id: str, total: str, day: int = 5) -> str:
    line = {"line_no": 1, "product_id": "cup", "quantity": 1, "unit_price": total}
    data = {"order_id": order_id, "currency": "EUR", "order_total": total, "lines": [line]}
    event = {"id": order_id, "source": "/shop", "type": "order.created", "time": f"2026-01-0{day}T12:00:00Z"}
    return json.dumps({**event, "data": data})


def pointer(bucket: str, key: str) -> str:
    return json.dumps([CLASS, {"s3BucketName": bucket, "s3Key": key}])


class Shop:
    """The queues, buckets and folders of a shop, with what its systems left there."""

    def __init__(self, service: Embedded, root: Path) -> None:
        self.service, self.root, self.sources = service, root, list[dict[str, Any]]()
        self.s3 = boto3.client("s3", endpoint_url=service.endpoint_url, **KEYS)

    def queue(self, name: str, *bodies: str, group: str = "", **more: Any) -> str:
        """A source with messages; returns its URL, beside which `_dead` leads to its dead-letter queue."""
        url = self.service.queue(f"{name}.fifo" if group else name)
        for n, body in enumerate(bodies):
            numbered = {"MessageGroupId": group, "MessageDeduplicationId": str(n)} if group else {}
            self.service.client.send_message(QueueUrl=url, MessageBody=body, **numbered)
        self.source(name, "sqs", queue_url=url, **more)
        return url

    def source(self, name: str, kind: str, **more: Any) -> None:
        place = {"endpoint_url": self.service.endpoint_url, "threads": 2} if kind == "sqs" else {"settle_s": 0}
        self.sources.append({"name": name, "kind": kind, **place, **more})

    def bucket(self, name: str, **objects: str) -> None:
        self.s3.create_bucket(Bucket=name)
        for key, body in objects.items():
            self.s3.put_object(Bucket=name, Key=key, Body=body.encode())

    def folder(self, name: str) -> Path:
        (self.root / name).mkdir()
        return self.root / name


def till(shop: Shop) -> None:
    """The till of the how-to, word for word."""
    page = (HOME / "docs/how-to/bring-another-shops-data.md").read_text("utf-8")
    records, block = map(textwrap.dedent, re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE))
    (source,) = tomllib.loads(block)["sources"]
    folder = shop.folder(source["path"])
    (folder / "payments.csv").write_text(records.lstrip("\n"))
    shop.sources.append({**source, "path": folder, "settle_s": 0})


def export(shop: Shop) -> None:
    row = {
        "bill": ["C1"],
        "at": [datetime(2026, 1, 6, 9, tzinfo=UTC)],
        "code": ["pot"],
        "pieces": [2],
        "each": [Decimal("4.00")],
        "total": [Decimal("8.00")],
    }
    folder = shop.folder("export")
    pq.write_table(pa.table(row), folder / "orders.parquet")
    shop.source("export", "landing", path=folder, envelope=EXPORT)


@pytest.fixture(scope="module")
def ran(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Store, Record]]:
    root = tmp_path_factory.mktemp("ways")
    with pytest.MonkeyPatch.context() as env, embedded() as service:
        env.setenv("AWS_ACCESS_KEY_ID", KEYS["aws_access_key_id"])
        env.setenv("AWS_SECRET_ACCESS_KEY", KEYS["aws_secret_access_key"])
        shop = Shop(service, root)
        till(shop)
        export(shop)
        shop.source("broken", "sqs", queue="nosuch")
        told = json.dumps({**TOPIC, "Type": "Notification", "Message": order("A1", "10.50")})
        asked = json.dumps(
            {**TOPIC, "Type": "SubscriptionConfirmation", "Message": "…", "SubscribeURL": "http://192.0.2.1/"}
        )
        shop.queue("topic", told, asked, order("A2", "3.20"))
        shop.bucket("payloads", large=order("A3", "7.00"))
        shop.bucket("secrets", key=order("A4", "1000"))
        places = (pointer("payloads", "large"), pointer("payloads", "gone"), pointer("secrets", "key"))
        offloaded = {"buckets": ["payloads"], "endpoint_url": service.endpoint_url}
        shop.queue("large", *places, offloaded=offloaded)
        shop.queue("steps", *(order(f"B{n:02}", "1.00", day=6) for n in range(12)), group="till-1")
        kiosk = shop.queue("kiosk", SOLD, envelope={**EXPORT, "id": ""})
        service.client.send_message(QueueUrl=f"{kiosk}_dead", MessageBody=SOLD)
        shop.source("kiosk_dead", "sqs", queue="kiosk_dead", dead_letters_of="kiosk")
        tables = ["silver.order_lines", "gold.payment_mix"]
        keys = {"warehouse": root / "warehouse", "timezone": "UTC", "tables": tables}
        config = validated({**keys, "sources": shop.sources}, "the test")
        store = Store(lambda: spark, config.warehouse)
        yield shop, store, execute(Asked("run", ("ingest", "transform", "aggregate"), CLOCK), config, HOME, store)


def rows(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in frame.select(*columns).collect())


def test_a_broken_source_fails_alone_and_the_run_says_so(ran: tuple[Shop, Store, Record]) -> None:
    record = ran[2]
    assert (record.exit_code, record.error.partition(":")[0]) == (69, "Queue broken refused GetQueueUrl")
    assert {s.source: (s.rows, s.stop_reason) for s in record.sources} == {
        "till": (2, "empty"),
        "export": (1, "empty"),
        "broken": (0, "failed"),
        "topic": (3, "empty"),
        "large": (3, "empty"),
        "steps": (12, "empty"),
        "kiosk": (1, "empty"),
        "kiosk_dead": (1, "empty"),
    }
    assert {t.table: t.outcome for t in record.tables} == {
        "bronze.deliveries": "unchanged",
        "silver.deliveries": "published",
        "silver.order_lines": "published",
        "silver.payments": "published",
        "gold.payment_mix": "published",
    }


def test_the_tables_hold_what_all_sources_said_together(ran: tuple[Shop, Store, Record]) -> None:
    store = ran[1]
    bought = rows(store.read("silver.order_lines"), "order_id", "order_date", "currency", "quantity", "gross")
    assert bought == [
        ("A1", date(2026, 1, 5), "EUR", 1, Decimal("10.5000")),
        ("A2", date(2026, 1, 5), "EUR", 1, Decimal("3.2000")),
        ("A3", date(2026, 1, 5), "EUR", 1, Decimal("7.0000")),
        *((f"B{n:02}", date(2026, 1, 6), "EUR", 1, Decimal("1.0000")) for n in range(12)),
        ("C1", date(2026, 1, 6), "EUR", 2, Decimal("8.0000")),
        ("D1", date(2026, 1, 5), "EUR", 1, Decimal("2.0000")),
    ]
    assert rows(store.read("gold.payment_mix"), "business_date", "method", "payments", "amount") == [
        (date(2026, 1, 5), "card", 1, Decimal("10.5000")),
        (date(2026, 1, 5), "cash", 1, Decimal("3.2000")),
    ]


def test_each_delivery_that_is_no_news_says_why(ran: tuple[Shop, Store, Record]) -> None:
    verdicts = ran[1].read("silver.deliveries").select("source", "verdict", "reasons").collect()
    assert Counter((r.source, r.verdict, *r.reasons) for r in verdicts if r.verdict != "accepted") == Counter(
        [
            ("topic", "quarantined", "sns_control"),
            ("large", "quarantined", "payload_missing"),
            ("large", "quarantined", "pointer_not_followed"),
            ("kiosk_dead", "duplicate"),
        ]
    )


def test_bronze_keeps_what_came_and_where_its_body_was(ran: tuple[Shop, Store, Record]) -> None:
    shop, store, _ = ran
    bronze = store.read("bronze.deliveries").orderBy("row_id").collect()
    told = [json.loads(r.payload)["Message"] for r in bronze if r.source == "topic" and "TopicArn" in r.payload]
    assert told[0] == order("A1", "10.50")
    assert {(r.payload, *(r.attributes or {}).items()) for r in bronze if r.source == "large"} == {
        (order("A3", "7.00"), ("krn:fetched", "s3://payloads/large")),
        (pointer("payloads", "gone"), ("krn:unfetched", "payload_missing")),
        (pointer("secrets", "key"),),
    }
    steps = [(r.group_id, json.loads(r.payload)["id"]) for r in bronze if r.source == "steps"]
    assert steps == [("till-1", f"B{n:02}") for n in range(12)]
    assert shop.s3.list_objects_v2(Bucket="payloads")["KeyCount"] == 1
