"""The page as a whole: always one, whatever there is; self-contained; nothing out of an event can run in it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from krn import holds
from krn.gate.result import Check, Result
from krn.outcome import Built, Restated
from krn.report import build, write
from krn.tables.every import TABLES

#: Attributes that load and run nothing.
KNOWN = {
    *(
        "aria-hidden",
        "aria-label",
        *("cx", "cy", "href", "id", "r", "open"),
        "charset",
        "class",
        "colspan",
        "content",
        "height",
        "http-equiv",
        "lang",
        "name",
        "points",
    ),
    *("preserveaspectratio", "role", "scope", "style", "title", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2"),
}
HITS = ("alerts", "hits", "matured_hits", "frauds_hit", "frauds")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SCRIPT, ADDRESS, ANSI = "<script>alert(1)</script>", "ann.smith@example.com", "\x1b[31mred\x9b2J\u202e"
CANARY = f"{SCRIPT} {ADDRESS} {ANSI}'\"&"


class Elements(HTMLParser):
    """Every tag of a page with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_an_empty_warehouse_has_a_page_that_says_how_to_begin(tmp_path: Path):
    text = Elements(build(tmp_path, NOW)).text
    assert "Nothing has come in yet." in text
    assert "Gold has no sales yet." in text
    assert "No run has been recorded yet" in text


def test_a_warehouse_without_gold_has_a_page(small):
    text = Elements(build(small.write(["bronze.deliveries", "silver.deliveries"]), NOW)).text
    assert "nothing built yet" in text
    assert "2 deliveries are in quarantine" in text


def test_a_warehouse_of_holds_only_says_what_is_held(runs):
    runs.add(
        Built(
            "silver.orders",
            "held",
            "1 of 9",
            result=Result("silver.orders", "h", 1, (Check("c", "x", "critical", False, description="adds up"),)),
        ),
        code=3,
    )
    holds.put(runs.root, "silver.orders", {"run": "run0000", "why": "1 of 9 expectations failed", "status": "held"})
    text = Elements(build(runs.root, NOW)).text
    assert "silver.orders is held: 1 of 9 expectations failed. Readers see its previous version." in text
    assert "adds up" in text


def test_a_difference_is_said_in_red_with_both_numbers(small):
    small.rows["silver.deliveries"].pop()
    page = build(small.write(), NOW)
    assert '<section class="standing bad">' in page
    assert "deliveries: 6 against 5" in " ".join(Elements(page).text.split())


def test_the_page_loads_and_runs_nothing(small):
    page = Elements(build(small.write(), NOW))
    assert {"script", "link", "img", "iframe", "object", "form", "base"}.isdisjoint(tag for tag, _ in page.tags)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "src"]
    places = {attributes.get("id") for _, attributes in page.tags}
    assert {str(a["href"]).removeprefix("#") for _, a in page.tags if "href" in a} <= places
    policy = [
        a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


@pytest.fixture
def poisoned(small, runs) -> Path:
    """A canary wherever text of a producer, a file or an error can come from."""
    for row in small.rows["silver.deliveries"][4:]:
        row |= {"type": CANARY, "source": CANARY}
    for row in small.rows["bronze.deliveries"]:
        row["source"] = CANARY
    small.rows["gold.sales_by_country"][0]["country"] = CANARY
    small.rows["gold.sales_by_product"][0]["product_id"] = CANARY
    for table in (
        "gold.sales_daily",
        "gold.sales_by_country",
        "gold.sales_by_product",
        "silver.sales_entries",
        "silver.orders",
    ):
        small.rows[table][-1]["currency"] = CANARY
    on = {"shipped_on": NOW.date(), "carrier": CANARY, "origin": CANARY, "destination": CANARY}
    amount = {"net_sales": Decimal(1), "currency": CANARY}
    lane = {"window": "90d", "n": 1, "late": 1, "rated": 1, "excess_late": Decimal(1), "small_sample": True}
    counts = ("transactions", "approved", "declined", "frauds")
    paid = {"business_date": date(2026, 11, 1), "currency": CANARY, **dict.fromkeys(counts, 1)}
    paid |= {"amount": Decimal(1), "fraud_amount": Decimal(1)}
    small.rows |= {
        "gold.shipping_daily": [on | {"shipped": 1, "delivered": 1, "late": 1}],
        "gold.lane_performance": [on | lane | dict.fromkeys(("late_rate", "late_low", "late_high"), Decimal(1))],
        "silver.shipments": [on | {"transit_h": Decimal(1)}],
        "gold.fraud_daily": [paid],
        "gold.fraud_rule_weekly": [{"rule": CANARY, "currency": CANARY, "week": NOW.date(), **dict.fromkeys(HITS, 1)}],
        "gold.customer_value": [amount | {"customer_id": CANARY, "segment": "lost"}],
    }
    small.rows["gold.sales_daily"][-1] |= {"new_customers": 1, "returning_customers": 1}
    write_deltalake(str(small.root / "silver" / "findings"), pa.table({"kind": [CANARY]}))
    was = Restated(NOW.date(), {CANARY: CANARY}, {CANARY: (1, 2)})
    check = Check(
        CANARY,
        CANARY,
        "critical",
        False,
        unexpected_percent=1.0,
        observed=CANARY,
        description=CANARY,
        notes=CANARY,
        error=CANARY,
    )
    runs.add(Built(CANARY, "waits", CANARY, 0, {}, Result(CANARY, "another", 1, (check,))))
    runs.add(
        Built(
            CANARY, CANARY, CANARY, 0, {}, Result(CANARY, CANARY, 1, (check,), CANARY), n_restated=1, restated=(was,)
        ),
        job=CANARY,
        code=1,
        error=CANARY,
        n=1,
    )
    holds.put(runs.root, "silver.orders", {"table": CANARY, "run": CANARY, "why": CANARY, "status": CANARY})
    return small.write()


def test_nothing_out_of_an_event_or_an_error_can_run_in_the_page(poisoned):
    page = build(poisoned, NOW)
    assert "<script" not in page
    silent = [part.split('"')[1] for part in page.split("<h2") if "&lt;script&gt;" not in part]
    assert silent == ["freshness"]  # which shows times alone; it reached every other section
    assert not [c for c in page if c != "\n" and not c.isprintable()]
    assert {name for _, attributes in Elements(page).tags for name in attributes} <= KNOWN


def test_no_address_of_a_person_is_in_the_page(poisoned):
    assert "@" not in build(poisoned, NOW).replace("@media", "")


def test_the_page_is_written_whole_to_the_reports_of_the_warehouse(small):
    path = write(small.write(), NOW)
    assert path == small.root / "reports" / "report.html"
    assert path.read_text(encoding="utf-8") == build(small.root, NOW)
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_the_page_is_written_where_asked(small, tmp_path: Path):
    assert write(small.write(), NOW, tmp_path / "new" / "page.html") == tmp_path / "new" / "page.html"


def test_the_same_warehouse_gives_the_same_page(small, runs):
    runs.add(Built("silver.orders", "published"))
    root = small.write()
    assert build(root, NOW) == build(root, NOW)


def test_a_page_of_a_thousand_runs_of_every_table_stays_small(small, runs):
    root = small.write()
    for n in range(10):
        runs.add(*(moving(table.name, n) for table in TABLES), n=n)
    records = sorted((root / "ops" / "runs").glob("*/*.json"))
    for n in range(10, 1000):
        records[n % 10].with_name(f"run{n:04}.json").hardlink_to(records[n % 10])
    page = build(root, NOW)
    assert len(page.encode()) < 800_000
    assert page.count('class="cell warned"') == len(TABLES) * 30 + 1  # and one in the legend
    assert page.count('class="spark beyond"') == len(TABLES) * 20


def moving(table: str, run: int) -> Built:
    """Twenty expectations whose failing share differs from run to run."""
    share = 6.5 + run % 7
    counts = {"unexpected_percent": share, "tolerated_percent": 5.0, "unexpected_count": 13 + run, "element_count": 200}
    said = {"description": f"Of every row of {table} something holds.", "notes": "Or else somebody should look. " * 5}
    checks = tuple(
        Check(f"something-that-holds-{n}", "expect_x", "warning", False, **counts, **said) for n in range(20)
    )
    return Built(table, "published", result=Result(table, "hash", 200, checks), seconds=1.0)
