"""Five things that went wrong yesterday can be read off the page, with the next command."""

import re
from html import unescape

import pytest
import yesterday

from krn.report import build

#: What is wrong, and the command to type next.
TOLD = {
    "silver.payments is held: 1 of 15 expectations failed: order-id-present. Readers see its previous version.": (
        "krn hold list see holds"
    ),
    "The last aggregate failed: gold/sales_daily/part-1.parquet is damaged or gone; nothing was published from it.": (
        "krn run --full see runs"
    ),
    "Not up to date: gold.payment_mix.": "krn hold list see holds",
    "Gold lacks what was judged 5 h ago: gold.sales_daily.": "krn aggregate see freshness",
    "depot is silent: nothing in 24 hours, usually 22 deliveries.": "krn sql",
    "shop sends again what it had sent: 84 deliveries in 24 hours, usually 42; 42 are duplicates.": "krn sql",
    "18 payment.received from till set aside as missing_field in 24 hours, usually 1.": "krn quarantine see quarantine",
}
SHOWN = (
    "89 deliveries are in quarantine, and 35 more that are resolved.",
    "contract payment.received version 1 → 2",
    "suite silver.orders added grain",
    "silver.payments : 15 expectations, 1 does not hold",
    "Every attempt names its order. critical 18 of 60 18 of 60 0% 1 of 30",
    "gold.payment_mix waits for silver.payments",
    "received → verdict in silver 561 10 min 10 min",
)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = yesterday.warehouse(tmp_path_factory.mktemp("yesterday") / "warehouse")
    return " ".join(unescape(re.sub("<[^>]+>", " ", build(root, yesterday.NOW))).split())


@pytest.mark.parametrize("said", [*(f"{said} Next: {then}" for said, then in TOLD.items()), *SHOWN])
def test_the_page_says(text, said):
    assert said in text


def test_nothing_else_is_said_to_be_wrong(text):
    assert f"And {len(TOLD) - 1} more to know, the worst first" in text


def test_no_canary_of_a_body_is_on_the_page(text):
    assert [canary for canary in yesterday.CANARIES if canary in text] == []
