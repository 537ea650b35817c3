"""Sales by business day, country and currency."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.tables.folds import stacked
from krn.tables.ledger import SALES, measures
from krn.tables.silver import orders as orders_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, DAY, MONEY_SUM, TEXT

_KEY = ("business_date", "country", "currency")


def sales_by_country(entries: DataFrame, orders: DataFrame) -> DataFrame:
    """Orders are counted by the day they were made; goods that came back count on their own day."""
    made = orders.where("is_complete").select(*_KEY, F.lit(1).alias("order"))
    facts = stacked(entries.select(*_KEY, *SALES), made)
    return (
        facts.groupBy(*_KEY).agg(F.count("order").alias("orders"), *measures()).select(*(c.name for c in TABLE.columns))
    )


TABLE = Table(
    name="gold.sales_by_country",
    doc=__doc__,
    key=_KEY,
    scope="business_date",
    inputs={"entries": sales_entries.TABLE, "orders": orders_table.TABLE},
    columns=(
        Column("business_date", DAY, "day of the business"),
        Column("country", TEXT, "the buyer's country, or unknown"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("orders", COUNT, "orders made that day, also those without lines and those cancelled later"),
        Column("units", COUNT, "units sold that day"),
        Column("gross_sales", MONEY_SUM, "value of the units sold, before discounts"),
        Column("returned_units", COUNT, "units cancelled or come back that day"),
        Column("returns", MONEY_SUM, "value less discount of what was cancelled or came back that day"),
        Column("net_sales", MONEY_SUM, "gross_sales less discounts and returns"),
    ),
    transform=sales_by_country,
)
