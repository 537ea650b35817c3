"""Whatever the seed: the tables agree with each other, and nothing is counted twice or lost."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from krn.simulate import Shop, simulate
from krn.simulate.gold import SalesByCountry, SalesByProduct, SalesDaily
from krn.simulate.shop import histories

SEEDS = st.integers(0, 2**31)
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
