"""What a check found is said in a few words, also where it had nothing to look at."""

from dataclasses import asdict

import pytest

from krn.gate.result import Check
from krn.retelling import finding


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"unexpected_count": 1200, "element_count": 3000}, "1,200 of 3,000"),
        ({"unexpected_count": 0, "element_count": 0}, "no row to judge"),
        ({"observed": 7}, "7"),
        ({"observed": None}, "nothing"),
        ({"unexpected_count": 0, "element_count": 3, "error": "it can't be counted"}, "it can't be counted"),
    ],
)
def test_a_finding_is_a_count_a_value_or_that_there_was_none(found, said):
    assert finding(asdict(Check("e", "expect_x", "critical", True, **found))) == said
