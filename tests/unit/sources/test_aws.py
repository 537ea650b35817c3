"""A client of Amazon's services: what cannot be one is said in a sentence."""

import pytest

from krn.config import Sqs
from krn.errors import Unreachable
from krn.sources.aws import connect


@pytest.mark.parametrize("wrong", [{"endpoint_url": "garbage"}, {"region": "x y"}])
def test_a_queue_at_no_address_is_unreachable(wrong: dict[str, str]) -> None:
    with pytest.raises(Unreachable, match=r"There is no way to sqs: .*"):
        connect(Sqs(name="shop", queue="events", **wrong))
