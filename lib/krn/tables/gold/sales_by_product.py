"""Sales by business day, product and currency."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.ledger import measures
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, TEXT

_KEY = ("business_date", "product_id", "currency")


def sales_by_product(entries: DataFrame) -> DataFrame:
    """An order counts once for each product that it has a line of; freight given back is no trade in a product."""
    orders = F.count_distinct(F.when(F.col("kind") == "sale", F.col("order_id"))).alias("orders")
    return (
        entries.where("quantity <> 0").groupBy(*_KEY).agg(orders, *measures()).select(*(c.name for c in TABLE.columns))
    )


TABLE = Table(
    name="gold.sales_by_product",
    doc=__doc__,
    key=_KEY,
    scope="business_date",
    inputs={"entries": sales_entries.TABLE},
    columns=(
        Column("business_date", DAY, "day of the business"),
        Column("product_id", TEXT, "the product"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("orders", COUNT, "orders made that day with a line of the product"),
        Column("units", COUNT, "units sold that day"),
        Column("gross_sales", MONEY_SUM, "value of the units sold, before discounts"),
        Column("returned_units", COUNT, "units cancelled or come back that day"),
        Column("returns", MONEY_SUM, "value less discount of what was cancelled or came back that day"),
        Column("net_sales", MONEY_SUM, "gross_sales less discounts and returns"),
    ),
    transform=sales_by_product,
)
