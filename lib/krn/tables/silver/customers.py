"""One row per version of what the shop knows of a customer: it holds from valid_from until before valid_to."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from krn.contracts.masters import CUSTOMER_UPSERTED
from krn.tables.folds import known
from krn.tables.intervals import VALIDITY, versions
from krn.tables.table import Column, Table
from krn.tables.types import FLAG, TEXT


def customers(upserted: DataFrame) -> DataFrame:
    """An event says all that is known, so what it leaves out is not known any more; names and mail are tokens."""
    tokens = {"name_token": F.col("name"), "email_token": F.col("email")}
    dimensions = {name: known(name) for name in ("country", "state", "city", "segment")}
    return (
        versions(upserted, "customer_id")
        .withColumns({**tokens, **dimensions})
        .select(*(column.name for column in TABLE.columns))
    )


TABLE = Table(
    name="silver.customers",
    doc=__doc__,
    key=("customer_id", "valid_from"),
    scope="customer_id",
    inputs={"upserted": CUSTOMER_UPSERTED},
    columns=(
        Column("customer_id", TEXT, "the customer", pii="P2"),
        Column(
            "name_token",
            TEXT,
            "keyed token of the name; null where blank or not said, or withheld for want of a key",
            pii="P2",
        ),
        Column(
            "email_token", TEXT, "keyed token of the mail address; null where blank or not said, or withheld", pii="P2"
        ),
        Column("country", TEXT, "where the customer lives, or unknown"),
        Column("state", TEXT, "state or region, or unknown"),
        Column("city", TEXT, "city, or unknown"),
        Column("segment", TEXT, "the shop's own grouping, or unknown"),
        Column("marketing_ok", FLAG, "whether the customer may be written to; null where not said"),
        *VALIDITY,
    ),
    transform=customers,
)
