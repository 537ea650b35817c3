"""What is wrong with a suite, and of which expectation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One sentence that names the mistake and what to write instead; `of` is an expectation's id, "" the suite."""

    says: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.of}: {self.says}" if self.of else self.says
