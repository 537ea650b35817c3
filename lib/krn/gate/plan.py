"""What a suite asks of rows, before they are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from pyspark.sql import Column
from pyspark.sql.types import StructType

from krn.gate.result import Check
from krn.gate.suite import Suite

if TYPE_CHECKING:  # seconds
    from great_expectations.expectations.expectation import Expectation as Judge

    from krn.gate.key import Key

#: Counts and extremes: Spark tells them without fail, and needs no row beside another.
_RIDING = (".unexpected_count", ".filtered_row_count", ".row_count", ".non_null_count", ".min", ".max")


@dataclass(frozen=True)
class Plan:
    """`aggregates` for one pass, keys that are counted apart, and what Great Expectations makes of the values.

    It has a judge for each expectation, or a check with an error where none could be made. `metrics` are what judges
    look at, placeholders among them for what is counted; `own` names the aggregates that are not the suite's.
    """

    suite: Suite
    schema: StructType
    judges: tuple[Union["Judge", Check], ...]
    metrics: Mapping[Any, Any]
    own: tuple[str, ...]
    aggregates: Mapping[Any, Column]
    keys: Mapping[Any, "Key"]

    @property
    def may_ride(self) -> bool:
        """Whether a pass that writes the rows can count what the suite asks: of sums that overflow it tells nobody.

        Whether the caller's own aggregates can ride is the caller's care.
        """
        asked = [name.metric_name for name in self.aggregates if name not in self.own]
        return all(name.endswith(_RIDING) for name in asked)
