"""The notebook on quality: what the journal of a shop says whose last day went wrong, and of a shop without one."""

import pytest
import yesterday
from test_notebooks import Said, outputs, warehouse


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    nothing = warehouse(tmp_path_factory.mktemp("nothing"), {"silver.deliveries": []})
    return outputs("quality", yesterday.warehouse(tmp_path_factory.mktemp("yesterday")), nothing)


@pytest.fixture
def said(both: list[Said]) -> Said:
    return both[0]


def test_each_question_is_answered(said):
    assert said.texts == [
        "1 of 178 gates stayed shut, 0 warned, 1 waived",
        "silver.payments: “Every attempt names its order.” failed in 2 of 36 gates",
        "3 of 3 kinds of faults bring 100% of the quarantine",
        "17.1% of the last day's deliveries were set aside, 3.4% on the median day before",
        "35 of 124 that were set aside are resolved, 89 are open",
    ]


def test_every_picture_shows_more_than_its_axes(said):
    coloured = [float((picture.max(axis=2) - picture.min(axis=2) > 0.1).mean()) for picture in said.pictures]
    assert len(coloured) == 5
    assert min(coloured) > 0.001


def test_a_shop_without_runs_says_so(both):
    assert both[1].texts == [
        "No gate has judged anything yet.",
        "No expectation has counted rows yet.",
        "Nothing was ever set aside.",
        "Nothing was ever set aside, on no day.",
        "There is nothing to resolve.",
    ]
