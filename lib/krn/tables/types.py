"""The Spark types of columns, under the names that tables use."""

from pyspark.sql.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    TimestampType,
)

TEXT = StringType()
INSTANT = TimestampType()
DAY = DateType()
FLAG = BooleanType()
INT = IntegerType()
COUNT = LongType()
#: A measure: a place, a speed, a mean; never money that is added up.
MEASURE = DoubleType()
#: An amount of one fact: contracts let none through with more than 14 digits before the point.
MONEY = DecimalType(18, 4)
#: A sum of amounts.
MONEY_SUM = DecimalType(38, 4)
#: A ratio, rounded half up to 4 decimals.
RATIO = DecimalType(18, 4)
#: Hours between two instants, rounded half up to 4 decimals (0.36 s).
HOURS = DecimalType(18, 4)
