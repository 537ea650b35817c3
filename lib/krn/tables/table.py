"""What a table is: a value that names its columns, its inputs and the pure function between them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import DataFrame
from pyspark.sql.types import DataType, DateType, StructField, StructType

from krn.contracts.contract import Contract

#: Run values of which there may be none.
_MAYBE = frozenset({"models"})


@dataclass(frozen=True)
class Column:
    """One column: its type, what it says, and what null means where it can be null."""

    name: str
    type: DataType
    doc: str
    pii: str = ""  # P1 direct, P2 linkable, empty = none


@dataclass(frozen=True)
class Input:
    """How a table reads an input: which of its columns or expressions is the scope, or the column it is reached via.

    `via` names a column that both the input and the table have: a change there widens the scope through the table's own
    rows with that value, and the input is read whole. In a table with a window it says nothing of the days after them.

    Of a table whose `fields` are named the transform gets the key and these; a change that leaves them as they were
    makes nothing again.
    """

    of: "Contract | Table"
    scope: str = ""  # an SQL expression over the input's columns; empty = the column named like the table's scope
    via: str = ""
    fields: tuple[str, ...] = ()  # the only ones the transform reads; empty = all


@dataclass(frozen=True)
class Table:
    """One table. `scope` is the column whose changed values a build recomputes; None = always the whole table.

    A row of a table with a window is made of its own day and the `reach` days before it: `window_days`, and as many
    more as the run value `window_arg` says. A changed date d then makes d … d + reach again, of inputs from d - reach.
    `args` are the names of run values the transform asks for: `timezone`, `currency`, `today` and others.
    """

    name: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    inputs: Mapping[str, "Contract | Table | Input"] = field(default_factory=dict)
    transform: Callable[..., DataFrame] | None = None  # None: written by ingest or judge, not built
    scope: str | None = None
    window_days: int = 0
    window_arg: str = ""
    args: tuple[str, ...] = ()
    may_be_empty: bool = False
    partition_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [c.name for c in self.columns]
        unknown = [c for c in (*self.key, *self.partition_by, *([self.scope] if self.scope else [])) if c not in names]
        if unknown or len(set(names)) != len(names):
            raise ValueError(
                f"{self.name}: columns repeat, or the key, scope or partition names none of them: {unknown}"
            )
        if (self.window_days or self.window_arg) and not self.scope_is_date:
            raise ValueError(f"{self.name}: a window is in days, and the scope is no date")
        if self.window_arg and self.window_arg not in self.args:
            raise ValueError(f"{self.name}: the window's {self.window_arg} is none of its args")
        if self.transform is not None:
            takes = set(inspect.signature(self.transform).parameters)
            if takes != {*self.inputs, *self.args}:
                raise ValueError(
                    f"{self.name}: the transform takes {sorted(takes)}, not {sorted({*self.inputs, *self.args})}"
                )

    @property
    def stage(self) -> str:
        return self.name.partition(".")[0]

    @property
    def schema(self) -> StructType:
        return StructType([StructField(c.name, c.type) for c in self.columns])

    @property
    def reads(self) -> dict[str, Input]:
        """The inputs by parameter name, each as an `Input`."""
        return {name: i if isinstance(i, Input) else Input(i) for name, i in self.inputs.items()}

    @property
    def may_stay_unbuilt(self) -> bool:
        """Whether it asks for a run value of which there may be none."""
        return not _MAYBE.isdisjoint(self.args)

    def lacks(self, args: Mapping[str, object]) -> bool:
        """Whether a run value that it asks for is None: there is nothing of the kind to make it with."""
        return any(args[name] is None for name in self.args)

    def reach(self, args: Mapping[str, object]) -> int:
        """How many days before its own a row is made of."""
        return self.window_days + (int(str(args[self.window_arg])) if self.window_arg else 0)

    @property
    def scope_is_date(self) -> bool:
        return self.scope is not None and isinstance(self.schema[self.scope].dataType, DateType)
