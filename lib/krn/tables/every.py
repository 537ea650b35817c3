"""Every table of krn; a new one is a line here."""

from krn.tables.bronze import deliveries as bronze_deliveries
from krn.tables.gold import (
    customer_cohorts,
    customer_value,
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
)
from krn.tables.silver import (
    buyers,
    customers,
    deliveries,
    order_lines,
    orders,
    payments,
    products,
    refund_lines,
    refunds,
    sales_entries,
    shipments,
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
)
