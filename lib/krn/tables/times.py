"""How long things took: whole microseconds between instants, exactly, and hours of them."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from krn.tables.exact import percentile, ratio

MINUTE = 60_000_000  # microseconds
HOUR = 60 * MINUTE
A_DAY = 24 * HOUR


def took(start: Column, end: Column) -> Column:
    """The time between two instants in microseconds, exactly; null where one is missing, or `end` comes first."""
    micros = F.unix_micros(end) - F.unix_micros(start)
    return F.when(micros >= 0, micros)


def hours(start: Column, end: Column) -> Column:
    """The time between two instants in hours, rounded half up to 4 decimals; null where `end` comes first."""
    return ratio(took(start, end), F.lit(HOUR))


def shortest_first(times: Column) -> Column:
    """The times of a group, for `percentile_h`."""
    return F.array_sort(F.collect_list(times))


def percentile_h(times: Column, percent: int) -> Column:
    """The percentile of times in microseconds, in hours that are rounded once; null where there is none."""
    return percentile(times, percent, HOUR)
