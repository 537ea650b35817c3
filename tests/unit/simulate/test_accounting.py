"""Whatever the seed: the tables agree with each other, and nothing is counted twice or lost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from krn.contracts import CONTRACTS
from krn.simulate import Habits, Rates, Shop, simulate
from krn.simulate.gold import SalesByCountry, SalesByProduct, SalesDaily
from krn.simulate.sales import Sales
from krn.simulate.shop import histories
from krn.simulate.truth import Books

SEEDS = st.integers(0, 2**31)
CONTRACT_KEYS = {contract.type: contract.key for contract in CONTRACTS}
FEW = settings(max_examples=15, deadline=None)


def totals(rows: Iterable[SalesDaily | SalesByCountry | SalesByProduct], measure: str) -> dict[object, Decimal]:
    sums: defaultdict[object, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.business_date, row.currency] += getattr(row, measure)
    return {key: value for key, value in sums.items() if value}


@FEW
@given(SEEDS)
def test_the_cuts_of_a_day_s_sales_have_one_total(seed: int) -> None:
    truth = simulate(Shop(seed, 80, 10)).truth
    for measure in ("units", "gross_sales", "returns", "net_sales"):
        by_day = totals(truth.sales_daily, measure)
        assert by_day == totals(truth.sales_by_product, measure) == totals(truth.sales_by_country, measure)


@FEW
@given(SEEDS)
def test_no_more_comes_back_than_was_sold(seed: int) -> None:
    truth = simulate(Shop(seed, 80, 10)).truth
    sold = sum(row.units for row in truth.sales_by_product)
    strays = sum(
        line.quantity
        for history in histories(Shop(seed, 80, 10))
        if not history.order
        for refund in history.refunds
        for line in refund.lines
    )
    assert sum(row.returned_units for row in truth.sales_by_product) - strays <= sold


@FEW
@given(SEEDS)
def test_every_order_is_counted_once(seed: int) -> None:
    truth = simulate(Shop(seed, 80, 10)).truth
    assert sum(row.orders for row in truth.sales_daily) == len(truth.orders) == 80 + 10 * 2
    assert sum(row.units for row in truth.sales_daily) == sum(row.units for row in truth.orders)


@FEW
@given(SEEDS)
def test_money_received_is_the_orders_money(seed: int) -> None:
    truth = simulate(Shop(seed, 80, 10)).truth
    assert sum(row.amount for row in truth.payment_mix) == sum(row.amount_paid for row in truth.orders)


@FEW
@given(SEEDS)
def test_the_ledger_is_the_cohorts_and_the_returns_of_unknown_orders(seed: int) -> None:
    shop = Shop(seed, 80, 10)
    truth = simulate(shop).truth
    strays = Books(Sales(ZoneInfo(shop.timezone)))
    for history in histories(shop):
        if not history.order:
            strays.add(history)
    by_day = sum(row.net_sales for row in truth.sales_daily)
    unknown = sum(row.net_sales for row in strays.truth(shop.start).sales_daily)
    assert by_day == sum(row.net_sales for row in truth.order_cohort_daily) + unknown
    assert sum(row.orders for row in truth.order_cohort_daily) == len(truth.orders)


@FEW
@given(SEEDS)
def test_every_customer_is_new_once(seed: int) -> None:
    shop = Shop(seed, 80, 10)
    orders = [history.order for history in histories(shop) if history.order]
    customers = {order.customer_id for order in orders if order.customer_id}
    assert sum(row.new_customers for row in simulate(shop).truth.sales_daily) == len(customers)


@FEW
@given(SEEDS)
def test_every_parcel_is_counted_once_in_each_table(seed: int) -> None:
    shop = Shop(seed, 80, 10, habits=Habits(strays=0))
    truth = simulate(shop, today=shop.start + timedelta(days=365)).truth
    ever = [row for row in truth.lane_performance if row.window == "all"]
    assert sum(row.shipped for row in truth.shipping_daily) == sum(row.n_shipments for row in truth.orders)
    for measure in ("delivered", "rated", "late"):
        assert totalled(truth.shipping_daily, measure) == totalled(ever, measure)
    assert totalled(truth.shipping_daily, "shipped") == totalled(ever, "n")
    assert totalled(truth.promise_kept, "late") == totalled(ever, "late")
    assert all(row.due == row.on_time + row.late + row.not_delivered for row in truth.promise_kept)


def totalled(rows: Iterable[object], measure: str) -> int:
    return sum(getattr(row, measure) for row in rows)


@FEW
@given(SEEDS)
def test_today_changes_only_what_is_as_of_a_day(seed: int) -> None:
    shop = Shop(seed, 80, 10)
    early, late = simulate(shop, today=shop.start).truth, simulate(shop, today=shop.start + timedelta(days=30)).truth
    as_of = {"promise_kept", "lane_performance", "open_orders"}
    assert {f.name for f in fields(early) if getattr(early, f.name) != getattr(late, f.name)} == as_of


@FEW
@given(SEEDS)
def test_the_truth_counts_each_business_key_that_was_delivered_and_accepted(seed: int) -> None:
    simulation = simulate(Shop(seed, 80, 10, habits=Habits(strays=0)), Rates(0.1, 0.1, 0.3, 0.3, 0.6, 0.2))
    accepted = [orjson.loads(each.body) for each in simulation.deliveries if each.verdict == "accepted"]
    keys = defaultdict(set)
    for body in accepted:
        if "data" in body:
            data = {**body["data"], "time": body["time"]}
            keys[body["type"]].add(tuple(data[name] for name in CONTRACT_KEYS[body["type"]]))
    truth = simulation.truth
    assert totalled(truth.orders, "n_shipments") == len(keys["order.shipped"])
    assert totalled(truth.orders, "n_delivered") == len(keys["order.delivered"])
    assert totalled(truth.customer_versions, "versions") == len(keys["customer.upserted"])
    assert totalled(truth.product_versions, "versions") == len(keys["product.upserted"])
