"""What two ways to judge a suite must agree on."""

import pytest

from krn.gate import Check


def found(check: Check) -> tuple[object, ...]:
    """All that a check says of the data. Floats that are added in another order differ in their last digit."""
    observed = (
        pytest.approx(check.observed, rel=1e-12, nan_ok=True) if isinstance(check.observed, float) else check.observed
    )
    counts = (check.unexpected_count, check.element_count, check.unexpected_percent)
    return (check.success, observed, *counts, check.error)
