"""Five things that went wrong yesterday can be read off the page, with the next command."""

import re
import shlex
from html import unescape
from pathlib import Path

import pytest
import yesterday

from krn.cli import krn
from krn.query import sql
from krn.report import build

#: Of silver.payments; its suite may grow.
N = sum(map(len, (yesterday.SUITES["silver.payments"].expectations, yesterday.SUITES["silver.payments"].reconcile)))
#: What is wrong, and the command to type next.
TOLD = {
    f"silver.payments is held: 1 of {N} expectations failed: order-id-present. Readers see its previous version.": (
        "krn hold show silver.payments see holds"
    ),
    "The last aggregate failed: gold/sales_daily/part-1.parquet is damaged or gone; nothing was published from it.": (
        "krn run --full see runs"
    ),
    "Not up to date: gold.payment_mix.": "krn hold list see holds",
    "Gold lacks what was judged 5 h ago: gold.sales_daily.": "krn aggregate see freshness",
    "depot is silent: nothing in 24 hours, usually 22 deliveries.": "krn sql",
    "shop sends again what it had sent: 84 deliveries in 24 hours, usually 42; 42 are duplicates.": "krn sql",
    "18 payment.received from till set aside as missing_field in 24 hours, usually 1.": "krn quarantine see quarantine",
    "35 of payment.received were set aside before its contract changed on 24 November 2026: some may pass now.": (
        "krn quarantine rejudge --type payment.received --dry-run see quarantine"
    ),
}
SHOWN = (
    "89 deliveries are in quarantine, and 35 more that are resolved.",
    "contract payment.received version 1 → 2",
    "suite silver.orders added grain",
    f"silver.payments : {N} expectations, 1 does not hold",
    "Every attempt names its order. critical 18 of 60 18 of 60 0% 1 of 30",
    "held 2026-11-24T02:00:00+00:00 1 of",
    "Waits for it: gold.payment_mix gold.payment_mix waits for silver.payments",
    "depot bronze → verdict 20 9 min 18 min",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return yesterday.warehouse(tmp_path_factory.mktemp("yesterday") / "warehouse")


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return build(root, yesterday.NOW)


@pytest.fixture(scope="module")
def text(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("said", [*(f"{said} Next: {then}" for said, then in TOLD.items()), *SHOWN])
def test_the_page_says(text, said):
    assert said in text


def test_nothing_else_is_said_to_be_wrong(text):
    assert f"And {len(TOLD) - 1} more to know, the worst first" in text


def test_no_canary_of_a_body_is_on_the_page(text):
    assert [canary for canary in yesterday.CANARIES if canary in text] == []


def test_every_command_of_the_page_is_one_of_krn_and_every_query_has_an_answer(page, root):
    commands = {unescape(command) for command in re.findall("<code>(krn .*?)</code>", page)}
    assert len(commands) == 8
    for words in map(shlex.split, commands):
        assert words[1] in krn.commands
        if words[1] == "sql":
            assert sql(words[2], root).num_rows > 0
