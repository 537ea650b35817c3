"""Reversals agree with a plain fold over requests, whatever the lines and requests are."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from krn.contracts.orders import ORDER_CANCELLED
from krn.tables.reversals import reversals
from krn.tables.silver import order_lines, refund_lines
from krn.testing import events, rows

LINES = st.lists(st.tuples(st.sampled_from(["cup", "tea"]), st.integers(1, 4)), min_size=1, max_size=4)
NAMED = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=3)
CANCELLATION = st.tuples(st.just("cancellation"), st.integers(0, 3), st.none() | NAMED)
GOODS = st.tuples(st.sampled_from(["cup", "tea", "pot"]), st.integers(1, 5), st.none() | st.integers(1, 5))
RETURN = st.tuples(st.just("return"), st.integers(0, 3), st.lists(GOODS, min_size=1, max_size=3))
SHOPS = st.lists(st.tuples(LINES, st.lists(CANCELLATION | RETURN, max_size=5)), min_size=40, max_size=40)


def at(minute):
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(minutes=minute)


def asked(request):
    """What a request wants, part by part: a line or None, a product or None, units."""
    kind, _, parts = request
    if kind == "return":
        return [(line_no, product, units) for product, units, line_no in parts]
    return [(line_no, None, units) for line_no, units in parts] if parts else [(None, None, 10**9)]


def folded(lines, requests):
    """(request, position, line_no) -> (units, units gone from the line before)."""
    left = {n: units for n, (_, units) in enumerate(lines, start=1)}
    taken = {}
    for nth, request in sorted(enumerate(requests), key=lambda pair: (pair[1][1], pair[0])):
        for position, (line_no, product, wanted) in enumerate(asked(request), start=int(request[0] == "return")):
            still = wanted
            for n, (sold, ordered) in enumerate(lines, start=1):
                if line_no in (None, n) and product in (None, sold) and (units := min(still, left[n])):
                    taken[f"{nth:02}", position, n] = (units, ordered - left[n])
                    left[n] -= units
                    still -= units
    return taken


def as_rows(shops):
    lines, cancelled, returned = [], [], []
    for shop, (sold, requests) in enumerate(shops):
        order = {"order_id": str(shop)}
        lines += [{**order, "line_no": n, "product_id": p, "quantity": q} for n, (p, q) in enumerate(sold, start=1)]
        for nth, (kind, minute, parts) in enumerate(requests):
            told = {**order, "event_source": "shop", "event_id": f"{nth:02}"}
            if kind == "cancellation":
                named = parts and [{"line_no": n, "quantity": units} for n, units in parts]
                cancelled.append({**told, "event_time": at(minute), "lines": named})
            else:
                told |= {"refund_id": str(nth), "refunded_at": at(minute), "unit_price": 1, "currency": "EUR"}
                goods = [{"product_id": p, "quantity": q, "line_no": n} for p, q, n in parts]
                returned += [{**told, **line, "position": n} for n, line in enumerate(goods, start=1)]
    return lines, cancelled, returned


def test_units_go_back_as_a_plain_fold_says(spark):
    @given(SHOPS)
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    def agree(shops):
        lines, cancelled, returned = as_rows(shops)
        taken = reversals(
            rows(spark, lines, order_lines.TABLE),
            events(spark, ORDER_CANCELLED, cancelled),
            rows(spark, returned, refund_lines.TABLE),
        ).collect()
        found = [
            ((row.order_id, row.event_id, row.position, row.line_no), (row.units, row.gone_before)) for row in taken
        ]
        want = {(str(n), *where): how for n, shop in enumerate(shops) for where, how in folded(*shop).items()}
        assert Counter(found) == Counter(want.items())
        kinds.update(row.kind for row in taken)

    kinds = Counter()
    agree()
    assert set(kinds) == {"cancellation", "return"}
