"""Every table of krn; a new one is a line here."""

from krn.tables.bronze import deliveries as bronze_deliveries
from krn.tables.gold import (
    customer_cohorts,
    customer_value,
    order_cohort_daily,
    payment_mix,
    product_ranking,
    sales_by_country,
    sales_by_product,
    sales_daily,
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
    buyers.TABLE,
    customers.TABLE,
    products.TABLE,
    order_cohort_daily.TABLE,
    sales_daily.TABLE,
    sales_by_country.TABLE,
    sales_by_product.TABLE,
    product_ranking.TABLE,
    payment_mix.TABLE,
    customer_value.TABLE,
    customer_cohorts.TABLE,
)
