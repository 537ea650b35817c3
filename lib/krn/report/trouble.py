"""What a person should know today."""

from collections.abc import Iterable
from dataclasses import dataclass

LEVELS = ("bad", "warn")  # the worst first


@dataclass(frozen=True)
class Trouble:
    """One sentence, the command to type next, and the section of the page that shows it."""

    level: str
    says: str
    then: str
    section: str


def some(names: Iterable[str]) -> str:
    """A few names, and how many more there are."""
    known = sorted(set(names))
    return ", ".join(known[:4]) + (f" and {len(known) - 4} more" if len(known) > 4 else "")
