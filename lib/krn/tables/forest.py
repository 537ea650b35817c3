"""A forest of decision trees as plain numbers: what each row comes to, and which feature moved it there."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

#: Stands for what is not known: below all that is, so that a tree can ask for it.
UNKNOWN = -1e12


@dataclass(frozen=True)
class Forest:
    """Nodes of all trees in one row: where `feature` is at most `threshold` a row goes `left`, else `right`.

    A leaf leads to itself. `value` is the share of fraud among what a node has seen while the forest was grown.
    """

    features: tuple[str, ...]
    roots: Places = field(repr=False)
    feature: Places = field(repr=False)
    threshold: Numbers = field(repr=False)
    left: Places = field(repr=False)
    right: Places = field(repr=False)
    value: Numbers = field(repr=False)

    @cached_property
    def base(self) -> float:
        """What a row comes to of which nothing is asked: the mean of the roots."""
        return float(self.value[self.roots].mean())

    @property
    def digest(self) -> str:
        """8 hex digits over all numbers."""
        parts = (self.roots, self.feature, self.threshold, self.left, self.right, self.value)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:8]

    def explained(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """The probability of each row, and what each feature adds to `base`, of one column per feature.

        A feature is given what the value gains or loses where a tree asks for it, as a mean over the trees: so base
        and contributions add up to the probability (Saabas).
        """
        each, total, moved = np.arange(len(rows)), np.zeros(len(rows)), np.zeros(rows.shape)
        for root in self.roots:
            node = np.full(len(rows), root)
            while (self.left[node] != node).any():
                asked = self.feature[node]
                then = np.where(rows[each, asked] <= self.threshold[node], self.left[node], self.right[node])
                moved[each, asked] += self.value[then] - self.value[node]
                node = then
            total += self.value[node]
        return total / len(self.roots), moved / len(self.roots)
