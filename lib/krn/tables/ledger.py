"""The measures that every sales table takes of the ledger's entries."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from krn.tables.types import COUNT, MONEY_SUM

#: What the measures read of an entry.
SALES = ("kind", "quantity", "gross", "discount", "tax", "freight")

_MEASURES = {
    "units": "sum(CASE WHEN kind = 'sale' THEN quantity END)",
    "gross_sales": "sum(CASE WHEN kind = 'sale' THEN gross END)",
    "discounts": "sum(CASE WHEN kind = 'sale' THEN discount END)",
    "returned_units": "-sum(CASE WHEN kind <> 'sale' THEN quantity END)",
    "returns": "-sum(CASE WHEN kind <> 'sale' THEN gross - discount END)",
    "cancelled": "-sum(CASE WHEN kind = 'cancellation' THEN gross - discount END)",
    "returned": "-sum(CASE WHEN kind = 'return' THEN gross - discount END)",
    "net_sales": "sum(gross - discount)",
    "tax": "sum(tax)",
    "shipping": "sum(freight)",
}
_COUNTS = ("units", "returned_units")


def measures() -> list[Column]:
    """The sums of a group of entries; 0 where it has none. A cancellation or return is negative in the ledger."""
    return [
        F.coalesce(F.expr(sql), F.lit(0)).cast(COUNT if name in _COUNTS else MONEY_SUM).alias(name)
        for name, sql in _MEASURES.items()
    ]
