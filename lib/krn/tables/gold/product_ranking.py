"""Products ranked over the last 7, 28 and 90 days, against the same stretch before."""

from datetime import date, timedelta
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.exact import ratio
from krn.tables.folds import known
from krn.tables.silver import products as products_table
from krn.tables.silver import sales_entries
from krn.tables.table import Column, Table
from krn.tables.types import COUNT, INT, MONEY_SUM, RATIO, TEXT

WINDOWS = (7, 28, 90)
_KEY = ("window_days", "product_id", "currency")


def product_ranking(entries: DataFrame, products: DataFrame, today: date) -> DataFrame:
    """The window of n days ends with `today`; ties in a rank go to the lower product_id."""
    facts = reduce(DataFrame.unionByName, (_within(entries, days, today) for days in WINDOWS))
    is_sale, is_now = F.col("kind") == "sale", F.col("is_now")
    net = F.col("gross") - F.col("discount")
    sums = facts.groupBy(*_KEY).agg(
        *(
            F.coalesce(F.sum(F.when(condition, value)), F.lit(0)).cast(kind).alias(name)
            for name, condition, value, kind in (
                ("units", is_now & is_sale, F.col("quantity"), COUNT),
                ("returned_units", is_now & ~is_sale, -F.col("quantity"), COUNT),
                ("gross_sales", is_now & is_sale, F.col("gross"), MONEY_SUM),
                ("net_sales", is_now, net, MONEY_SUM),
                ("net_before", ~is_now, net, MONEY_SUM),
            )
        ),
        F.count_distinct(F.when(is_now & is_sale & (F.col("customer_id") != "unknown"), F.col("customer_id"))).alias(
            "buyers"
        ),
        F.count_if(is_now).alias("_entries"),
    )
    return _named(_ranked(sums.where("_entries > 0")), products).select(*(c.name for c in TABLE.columns))


def _within(entries: DataFrame, days: int, today: date) -> DataFrame:
    """The entries of the window and of the one before it, which `is_now` tells apart."""
    first, before = today - timedelta(days=days - 1), today - timedelta(days=2 * days - 1)
    dated = entries.where(F.col("business_date").between(F.lit(before), F.lit(today)))
    return dated.withColumns({"window_days": F.lit(days), "is_now": F.col("business_date") >= F.lit(first)})


def _ranked(sums: DataFrame) -> DataFrame:
    among = Window.partitionBy("window_days", "currency")
    by = {"rank_net": "net_sales", "rank_units": "units"}
    ranks = {
        name: F.row_number().over(among.orderBy(F.col(measure).desc(), "product_id")) for name, measure in by.items()
    }
    rates = {
        "return_rate": ratio(F.col("returned_units"), F.col("units")),
        "trend": ratio(F.col("net_sales") - F.col("net_before"), F.abs("net_before")),
    }
    return sums.withColumns({**ranks, **rates})


def _named(ranked: DataFrame, products: DataFrame) -> DataFrame:
    """With what the shop says of each product today, whatever it said when it was sold."""
    current = products.where("is_current").select("product_id", "category", "title")
    named = ranked.join(current, on="product_id", how="left")
    return named.withColumns({name: known(name) for name in ("category", "title")})


TABLE = Table(
    name="gold.product_ranking",
    doc=__doc__,
    key=_KEY,
    scope=None,  # a rank depends on every other row, and the windows on today
    inputs={"entries": sales_entries.TABLE, "products": products_table.TABLE},
    args=("today",),
    may_be_empty=True,  # nothing may have been sold lately
    columns=(
        Column("window_days", INT, "length of the window that ends today: 7, 28 or 90 days"),
        Column("product_id", TEXT, "the product"),
        Column("currency", TEXT, "ISO 4217 code of every amount"),
        Column("category", TEXT, "category as now known, or unknown"),
        Column("title", TEXT, "title as now known, or unknown"),
        Column("units", COUNT, "units sold"),
        Column("returned_units", COUNT, "units cancelled or come back"),
        Column("gross_sales", MONEY_SUM, "value of the units sold, before discounts"),
        Column("net_sales", MONEY_SUM, "gross_sales less discounts and returns"),
        Column("buyers", COUNT, "customers who bought it; guests are not counted"),
        Column("return_rate", RATIO, "returned_units / units; null where none was sold"),
        Column("net_before", MONEY_SUM, "net_sales of the window before"),
        Column("trend", RATIO, "(net_sales - net_before) / |net_before|; null where that is 0"),
        Column("rank_net", INT, "place by net_sales in the window and currency"),
        Column("rank_units", INT, "place by units in the window and currency"),
    ),
    transform=product_ranking,
)
