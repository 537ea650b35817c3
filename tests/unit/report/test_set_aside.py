"""Quarantine by reason and over time, and what rose."""

from datetime import UTC, datetime, timedelta

from krn.report.set_aside import DAYS, Rise, set_aside, troubles
from krn.report.volume import Volume

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SHOP = Volume("shop", [40] * 30, [0] * 30)


def refused(n: int, days_ago: int, *reasons: str, **changed: object) -> list[dict[str, object]]:
    at = NOW - timedelta(days=days_ago, hours=5)
    row = {"source": "shop", "verdict": "quarantined", "type": "order.created", "received_at": at}
    return [{**row, "reasons": list(reasons), "row_id": 100 * days_ago + i, **changed} for i in range(n)]


def written(small, *rows: list[dict[str, object]]):
    small.rows["silver.deliveries"] = [row for some in rows for row in some]
    return small.write(["silver.deliveries"])


def test_reasons_are_drawn_by_day_of_receipt_and_the_rare_ones_together(small):
    rare = [refused(1, 3, f"reason_{n}") for n in range(4)]
    root = written(small, refused(3, 0, "bad_time"), refused(2, 9, "bad_time", "not_json"), *rare)
    chart = set_aside(root, NOW, ()).chart
    assert chart is not None
    assert chart.parts == ("bad_time", "not_json", "reason_0", "reason_1", "reason_2", "other reasons")
    assert (chart.per, chart.width) == ("day", 10 * 10)  # since the first
    assert [b.says.split(":")[0] for b in chart.blocks if b.part == "bad_time"] == [
        "Sun 15 Nov 2026",
        "Tue 24 Nov 2026",
    ]


def test_what_was_resolved_or_is_old_is_not_drawn(small):
    root = written(small, refused(3, 2, "bad_time", resolution="dropped"), refused(3, DAYS + 1, "bad_time"))
    assert set_aside(root, NOW, ()).chart is None


def test_a_reason_that_comes_more_often_than_it_used_to_is_a_rise(small):
    root = written(small, refused(30, 0, "missing_field"), *(refused(2, n, "missing_field") for n in range(1, 30)))
    found = set_aside(root, NOW, (SHOP,))
    assert found.rises == (Rise("shop", "order.created", "missing_field", 30, 2),)
    assert [trouble.says for trouble in troubles(found)] == [
        "30 order.created from shop set aside as missing_field in 24 hours, usually 2."
    ]


def test_a_reason_nobody_knew_is_a_rise_for_a_source_that_was_known(small):
    root = written(small, refused(30, 0, "missing_field"))
    assert [rise.usual for rise in set_aside(root, NOW, (SHOP,)).rises] == [0]
    assert set_aside(root, NOW, (Volume("shop", [40] * 3, [0] * 3),)).rises == ()


def test_as_many_as_ever_and_a_handful_are_no_rise(small):
    root = written(small, refused(10, 0, "bad_time"), *(refused(30, n, "not_json") for n in range(30)))
    assert set_aside(root, NOW, (SHOP,)).rises == ()


def test_a_type_that_may_be_anything_is_in_no_trouble(small):
    root = written(small, refused(30, 0, "unknown_type", type="ann.smith@example.com"))
    (found,) = troubles(set_aside(root, NOW, (SHOP,)))
    assert found.says.startswith("30 (not shown) from shop")
