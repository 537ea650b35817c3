"""One row per version of what the shop knows of a product: it holds from valid_from until before valid_to."""

from pyspark.sql import DataFrame

from krn.contracts.masters import PRODUCT_UPSERTED
from krn.tables.folds import known
from krn.tables.intervals import VALIDITY, versions
from krn.tables.table import Column, Table
from krn.tables.types import FLAG, MONEY, TEXT


def products(upserted: DataFrame) -> DataFrame:
    """An event says all that is known, so what it leaves out is not known any more."""
    dimensions = {name: known(name) for name in ("category", "brand")}
    return versions(upserted, "product_id").withColumns(dimensions).select(*(column.name for column in TABLE.columns))


TABLE = Table(
    name="silver.products",
    doc=__doc__,
    key=("product_id", "valid_from"),
    scope="product_id",
    inputs={"upserted": PRODUCT_UPSERTED},
    columns=(
        Column("product_id", TEXT, "the product"),
        Column("title", TEXT, "what it is called; null where not said"),
        Column("category", TEXT, "what kind of thing it is, or unknown"),
        Column("brand", TEXT, "who makes it, or unknown"),
        Column("list_price", MONEY, "price of one unit before discounts; null where not said"),
        Column("currency", TEXT, "ISO 4217 code of list_price; null where not said"),
        Column("active", FLAG, "whether it is on sale; null where not said"),
        *VALIDITY,
    ),
    transform=products,
)
