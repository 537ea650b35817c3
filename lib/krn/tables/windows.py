"""Windows of time (t - w, t] as differences of running sums, so that their cost is linear however long they are.

A frame that slides is added up anew for each row. A running sum is not: what came in (t - w, t] is what had come by t
less what had come by t - w, and both are exact.
"""

from collections.abc import Iterable, Mapping

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F


def upto(entity: WindowSpec, back: int = 0) -> WindowSpec:
    """All of an entity that came by `back` before a row's instant, whatever comes at that instant included."""
    return entity.rangeBetween(Window.unboundedPreceding, -back)


def running(frame: DataFrame, entity: WindowSpec, totals: Mapping[str, Column], backs: Iterable[int]) -> DataFrame:
    """The frame with each total as it was by every one of `backs` before a row; `within` takes their differences."""
    places = sorted({*backs})
    return frame.withColumns(
        {_name(n, b): F.coalesce(total.over(upto(entity, b)), F.lit(0)) for n, total in totals.items() for b in places}
    )


def within(total: str, span: int, back: int = 0) -> Column:
    """What a running total gained in (t - back - span, t - back]."""
    return F.col(_name(total, back)) - F.col(_name(total, back + span))


def _name(total: str, back: int) -> str:
    return f"_{total}_by_{back}"
