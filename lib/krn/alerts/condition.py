"""What a watch compares: `> 0.1`, or `> 6 h` for what is a time."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_WRITTEN = re.compile(r"(>=|<=|==|!=|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(s|min|h|d)?")


@dataclass(frozen=True)
class Condition:
    """A comparison with a number, or with a time in seconds."""

    text: str
    comparison: str
    threshold: float
    is_time: bool

    def holds(self, value: float) -> bool:
        return _COMPARISONS[self.comparison](value, self.threshold)


def parsed(text: str) -> Condition:
    """Raises ValueError where the text is none."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no condition such as '> 0.1' or '> 6 h'")
    comparison, number, unit = found.groups()
    return Condition(text, comparison, float(number) * _SECONDS.get(unit, 1), unit is not None)
