"""Every table of krn; a new one is a line here."""

from collections.abc import Collection
from difflib import get_close_matches
from fnmatch import fnmatchcase

from krn.errors import UsageError
from krn.tables.bronze import deliveries as bronze_deliveries
from krn.tables.gold import (
    customer_cohorts,
    customer_value,
    fraud_alerts,
    fraud_daily,
    fraud_model_scores,
    fraud_rule_weekly,
    fraud_scores,
    lane_performance,
    open_orders,
    order_cohort_daily,
    payment_mix,
    product_ranking,
    promise_kept,
    sales_by_country,
    sales_by_product,
    sales_daily,
    shipping_daily,
    transaction_features,
)
from krn.tables.silver import (
    buyers,
    cards,
    customers,
    deliveries,
    findings,
    labels,
    order_lines,
    orders,
    payments,
    products,
    refund_lines,
    refunds,
    sales_entries,
    sequence_gaps,
    shipments,
    transactions,
)
from krn.tables.table import Table

TABLES: tuple[Table, ...] = (
    bronze_deliveries.TABLE,
    deliveries.TABLE,
    order_lines.TABLE,
    payments.TABLE,
    refund_lines.TABLE,
    sales_entries.TABLE,
    orders.TABLE,
    refunds.TABLE,
    shipments.TABLE,
    buyers.TABLE,
    customers.TABLE,
    products.TABLE,
    findings.TABLE,
    sequence_gaps.TABLE,
    transactions.TABLE,
    cards.TABLE,
    labels.TABLE,
    order_cohort_daily.TABLE,
    sales_daily.TABLE,
    sales_by_country.TABLE,
    sales_by_product.TABLE,
    product_ranking.TABLE,
    payment_mix.TABLE,
    shipping_daily.TABLE,
    lane_performance.TABLE,
    promise_kept.TABLE,
    open_orders.TABLE,
    customer_value.TABLE,
    customer_cohorts.TABLE,
    transaction_features.TABLE,
    fraud_scores.TABLE,
    fraud_model_scores.TABLE,
    fraud_alerts.TABLE,
    fraud_daily.TABLE,
    fraud_rule_weekly.TABLE,
)


def made_for(patterns: Collection[str]) -> tuple[Table, ...]:
    """The tables whose names match a pattern, such as `gold.sales_*`, and all that they are made from; none = all."""
    wanted, todo = set[str](), [t for t in TABLES if any(fnmatchcase(t.name, pattern) for pattern in patterns)]
    while todo:
        table = todo.pop()
        wanted.add(table.name)
        todo += [i.of for i in table.reads.values() if isinstance(i.of, Table) and i.of.name not in wanted]
    return tuple(t for t in TABLES if t.name in wanted) if patterns else TABLES


def matched_by_none(patterns: Collection[str]) -> list[str]:
    """The patterns that no table's name matches."""
    return [pattern for pattern in patterns if not any(fnmatchcase(t.name, pattern) for t in TABLES)]


def named(name: str) -> Table:
    """The table of a name; one that is not there is a usage error with the names that are like it."""
    found = next((table for table in TABLES if table.name == name), None)
    if found is None:
        like = get_close_matches(name, [table.name for table in TABLES], 3, 0.4)
        state = f"There is no table {name}" + (f"; there are: {', '.join(like)}." if like else ".")
        raise UsageError(state, "krn tables")
    return found
