"""The notebooks run from top to bottom without Spark; on shops of a few rows their answers are known."""

import io
import json
from base64 import b64decode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from matplotlib.image import imread
from nbclient import NotebookClient
from pyspark.sql.pandas.types import to_arrow_schema
from stolen import a_payment, a_town, nothing

from krn.tables.every import TABLES

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCHEMAS = {table.name: to_arrow_schema(table.schema) for table in TABLES}
#: A picture says its title, and whether names on an axis run into each other.
SPEAKING = """
from itertools import pairwise
from matplotlib.figure import Figure


def crowded(axis):
    boxes = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
    return any(one.overlaps(other) for one, other in pairwise(boxes))


def say(figure, printer, cycle):
    figure.canvas.draw()
    axes = [axis for panel in figure.axes for axis in (panel.xaxis, panel.yaxis)]
    printer.text(figure.get_suptitle() + " CROWDED" * any(map(crowded, axes)))


Figure._repr_pretty_ = say
"""
Rows = list[dict[str, Any]]


def sold(day: int, currency: str, net: int, **keys: str) -> dict[str, Any]:
    amounts = {"gross_sales": net + 2, "discounts": 1, "returns": 1, "net_sales": net}
    counts = {"orders": 1, "units": 1, "new_customers": 1, "returning_customers": 3}
    money = {name: Decimal(amount) for name, amount in amounts.items()}
    return {"business_date": date(2026, 1, 1) + timedelta(day), "currency": currency, **counts, **money, **keys}


def sales(currencies: list[str], days: int) -> Mapping[str, Rows]:
    """Net sales grow by 10 a day, every second day; the names are no formulas."""
    keys: Mapping[str, Mapping[str, str]] = {
        "gold.sales_daily": {"channel": "web"},
        "gold.sales_by_product": {"product_id": "lamp"},
        "gold.sales_by_country": {"country": r"Île $\frac $2"},
    }
    return {
        table: [sold(day, currency, 10 * day - 5, **key) for currency in currencies for day in range(0, days, 2)]
        for table, key in keys.items()
    }


def cohort(month: int, since: int, customers: int, members: int) -> dict[str, Any]:
    retained = (Decimal(customers) / members).quantize(Decimal("0.0001")) if members else None
    key = {"first_month": date(2026, month, 1), "months_since": since, "currency": "EUR"}
    return {**key, "members": members, "customers": customers, "retained": retained}


def customer(number: int, segment: str | None, net: int) -> dict[str, Any]:
    last = date(2026, 1, 1) if segment else None
    key = {"customer_id": str(number), "currency": "EUR", "segment": segment}
    return {**key, "last_order_on": last, "orders": 1, "net_sales": Decimal(net)}


def parcels(carrier: str, late: list[int], transit_h: list[int]) -> Rows:
    same = {"carrier": carrier, "last_status": "delivered"}
    return [
        {**same, "transit_h": Decimal(hours), "days_vs_promise": days}
        for days, hours in zip(late, transit_h, strict=True)
    ]


def lane(rank: int, carrier: str, destination: str, late: int, rated: int, excess: int) -> dict[str, Any]:
    key = {"window": "90d", "origin": "Hamburg", "destination": destination, "carrier": carrier}
    rates = {"late_rate": Decimal(late) / rated, "late_low": Decimal(0), "late_high": Decimal(1)}
    counts = {"n": rated, "late": late, "rated": rated, "rank": rank, "small_sample": rated < 30}
    return {
        **key,
        **counts,
        **{k: v.quantize(Decimal("0.0001")) for k, v in rates.items()},
        "excess_late": Decimal(excess),
    }


def promise(day: int, on_time: int, late: int, not_delivered: int) -> dict[str, Any]:
    parts = {"on_time": on_time, "late": late, "not_delivered": not_delivered}
    return {"promised_on": date(2026, 1, 1) + timedelta(day), "due": sum(parts.values()), **parts}


def waits(stage: str, *days: int, limit: int) -> Rows:
    return [{"stage": stage, "days_in_stage": n, "stuck": n > limit, "value": Decimal(1)} for n in days]


EMPTY: Mapping[str, Rows] = {
    **sales([], 0),
    **{
        name: []
        for name in (
            "gold.customer_cohorts",
            "gold.customer_value",
            "silver.shipments",
            "gold.lane_performance",
            "gold.promise_kept",
            "gold.open_orders",
        )
    },
    **nothing(),
}
ONE_DAY: Mapping[str, Rows] = {
    **sales(["EUR"], 1),
    "gold.sales_daily": [sold(0, "EUR", -5), {**sold(0, "CHF", -9), "orders": 0}],
    "gold.customer_cohorts": [cohort(1, 0, 1, 1), cohort(2, 0, 0, 0), cohort(2, 1, 0, 0)],  # none are no cohort
    "gold.customer_value": [customer(1, "champions", -5)],
    "silver.shipments": parcels("Kite", [1], [24]),
    # Of many parcels on their way, one is rated.
    "gold.lane_performance": [{**lane(1, "Kite", "GB", 1, 1, 1), "n": 40, "small_sample": False}],
    "gold.promise_kept": [promise(0, 0, 1, 0)],
    "gold.open_orders": waits("paid", 2, limit=3),
    **a_payment(),
}
BUSY: Mapping[str, Rows] = {
    **sales(["EUR", "US$"], 80),
    "gold.customer_cohorts": [
        *(cohort(1, 0, 40, 40), cohort(1, 1, 10, 40), cohort(1, 2, 20, 40), cohort(1, 3, 40, 40)),
        *(cohort(2, 0, 20, 20), cohort(2, 1, 5, 20), cohort(2, 2, 0, 20)),
        *(cohort(3, 0, 50, 50), cohort(3, 1, 50, 50)),  # April still runs: not every customer has come back yet
        cohort(4, 0, 9, 9),
    ],
    "gold.customer_value": [
        *(customer(1, "champions", 60), customer(2, "loyal", 20), customer(3, "at_risk", 20), customer(4, "lost", 0)),
        customer(5, None, -7),  # a return in a currency without orders: in no segment
    ],
    "silver.shipments": [
        *parcels("Snail $ Sons & Son of the Very Far Meadow", [2] * 30 + [0] * 10, [96] * 30 + [240] * 10),
        *parcels("Hare Express and Nephews of the Far Meadow", [-1] * 36 + [1] * 4, [24] * 40),
        *parcels("Kite", [9] * 2, [900] * 2),  # slowest, but of two parcels nobody knows
        {"carrier": "Kite", "last_status": "in_transit"},
    ],
    "gold.lane_performance": [
        *(lane(1, "Snail", "GB", 30, 40, 14), lane(2, "Hare", "GB", 4, 40, -12)),
        lane(6, "Hare", "unknown", 30, 30, 18),  # the worst, but nobody knows where
        *(lane(3, "Hare", "FR", 9, 30, -3), lane(4, "Kite", "FR", 2, 2, 1), lane(5, "Kite", "JP", 2, 2, 1)),
        {**lane(1, "Snail", "GB", 99, 99, 99), "window": "all"},
    ],
    # The first day is not among the last 28.
    "gold.promise_kept": [promise(0, 0, 90, 0), promise(20, 3, 1, 1), promise(47, 3, 1, 1)],
    "gold.open_orders": [
        *(*waits("created", 3, 8, 15, 90, limit=7), *waits("paid", 3, 4, limit=3), *waits("shipped", 14, limit=14)),
    ],
    **a_town(),
}
SHOPS = {"busy": BUSY, "one day": ONE_DAY, "empty": EMPTY}


@dataclass(frozen=True)
class Said:
    """What a notebook put out: the titles of its pictures and its sentences, in their order, and the pictures."""

    texts: list[str]
    pictures: list[np.ndarray]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Said]:
    """Every notebook on every shop, two notebooks at a time."""
    roots = [warehouse(tmp_path_factory.mktemp("shop"), tables) for tables in SHOPS.values()]
    names = ("sales", "shipping", "fraud")
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda name: zip(SHOPS, outputs(name, *roots), strict=True), names)
        return {(name, shop): said for name, shops in zip(names, told, strict=True) for shop, said in shops}


def warehouse(root: Path, tables: Mapping[str, Rows]) -> Path:
    for table, rows in tables.items():
        path, schema = root.joinpath(*table.split(".")), SCHEMAS[table]
        path.mkdir(parents=True)
        fitting = [{name: row.get(name) for name in schema.names} for row in rows]
        write_deltalake(str(path), pa.Table.from_pylist(fitting, schema))
    return root


def outputs(name: str, *roots: Path) -> list[Said]:
    """What a notebook puts out on each shop, from top to bottom each time, in one kernel that forgets in between.

    It listens on loopback only. A warning is a text too, so it is among them and fails the comparison.
    """
    given = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    runs = [[nbformat.v4.new_code_cell(_begin(root)), *map(_again, given.cells)] for root in roots]
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=[cell for run in runs for cell in run], metadata=given.metadata),
        kernel_name="python3",
        timeout=120,
        coalesce_streams=True,  # a slow kernel sends a line and its end apart
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    return [_said(run) for run in runs]


def _begin(root: Path) -> str:
    return f"%reset -f\nimport os\nos.environ['KRN_WAREHOUSE'] = {str(root)!r}\n{SPEAKING}"


def _again(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy with a name of its own, as a notebook wants it."""
    return nbformat.NotebookNode({**deepcopy(cell), "id": uuid4().hex})


def _said(cells: list[nbformat.NotebookNode]) -> Said:
    texts, pictures = [], []
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if output["output_type"] == "display_data":
            texts.append(output["data"]["text/plain"])
            pictures.append(imread(io.BytesIO(b64decode(output["data"]["image/png"])))[..., :3])
        else:
            texts += output.get("text", str(output)).splitlines()
    return Said(texts, pictures)


def test_sales_answers_each_question_for_each_currency(said):
    assert said["sales", "busy"].texts == [
        "EUR 426 net a day in the week to 20 Mar 2026, 51% more than in the four weeks before",
        "US$ 426 net a day in the week to 20 Mar 2026, 51% more than in the four weeks before",
        "EUR: 99.5% of gross sales stay; 40 came back, 40 was discounted",
        "US$: 99.5% of gross sales stay; 40 came back, 40 was discounted",
        "EUR: 1 of 1 products (100%) bring 80% of net sales",
        "US$: 1 of 1 products (100%) bring 80% of net sales",
        r"EUR: Île $\frac $2 buys most (100%), above all in the week of 2 Mar 2026",
        r"US$: Île $\frac $2 buys most (100%), above all in the week of 2 Mar 2026",
        "EUR: 75% of the customers from 23 Feb 2026 on had bought before",
        "US$: 75% of the customers from 23 Feb 2026 on had bought before",
        "EUR: 25% of new customers order again in the month after their first",
        "US$: no known customer is past the month of the first order.",
        "EUR: 25% of the customers are champions and bring 60% of net sales",
        "US$: only guests bought.",
    ]


def test_shipping_answers_each_question(said):
    assert said["shipping", "busy"].texts == [
        "Snail $ Sons & Son of the… keeps you waiting: every second parcel takes over 4.0 days, one in 20 over 10.0",
        "60% of the parcels due from 21 Jan 2026 on came on time, 20% late, 20% not at all so far",
        "56% of the delivered parcels came by the promised day: 90% of Hare Express an…'s, 25% of Snail $ Sons & …'s",
        "53% of the parcels of the last 90 days were late; from Hamburg to GB, 42% (32% to 53%)",
        "Snail from Hamburg to GB costs most: 30 of 40 late, 14 more than at the overall rate",
        "4 of 7 open orders are stuck, above all those in the stage created (3)",
    ]


def test_fraud_answers_each_question(said):
    assert said["fraud", "busy"].texts == [
        "1 Mar 2026: 2 of 3 cards can be reviewed, 2 of the first 3 for impossible travel",
        "The model scored 2 of the first 3 cards; it is surest of far59: 75%",
        "Payments with a score of 90 or more: 50% were fraud, and that was 52% of the fraud",
        "38% of the 56 cards to review from 25 Jan 2026 on were fraud, of the first of each day 50%",
        "100% of what many cards hits, amount over limit hits too",
        "Of the fraud known within 28 days, 74% was known within 7, half within 3",
        "EUR: reviewing 1 card a day saves 70% of 3,700 lost to fraud, reviewing all 70%",
        "4 cards on one device within an hour, 75% of 4 payments declined",
    ]


def test_sales_of_a_single_day_can_be_drawn(said):
    assert said["sales", "one day"].texts == [
        "EUR -5 net a day in the week to 1 Jan 2026",
        "CHF: nothing was ordered.",
        "EUR: Nothing was sold; 1 came back, 1 was discounted",
        "CHF: Nothing was sold; 1 came back, 1 was discounted",
        "EUR: no product has net sales.",
        "CHF: no product has net sales.",
        r"EUR: Île $\frac $2 buys most, above all in the week of 29 Dec 2025",
        "CHF: no country has sales.",
        "EUR: 75% of the customers from 29 Dec 2025 on had bought before",
        "CHF: nothing was ordered.",
        "EUR: no known customer is past the month of the first order.",
        "CHF: no known customer is past the month of the first order.",
        "EUR: no net sales are left",
        "CHF: only guests bought.",
    ]


def test_shipping_of_a_single_day_can_be_drawn(said):
    assert said["shipping", "one day"].texts == [
        "No carrier has brought 30 parcels yet",
        "0% of the parcels due from 1 Jan 2026 on came on time, 100% late, 0% not at all so far",
        "0% of the delivered parcels came by the promised day",
        "100% of the parcels of the last 90 days were late",
        "Kite from Hamburg to GB costs most: 1 of 1 late, 1 more than at the overall rate",
        "0 of 1 open orders are stuck",
    ]


@pytest.mark.parametrize(("shop", "is_red"), [("busy", True), ("one day", False)])
def test_a_lane_with_few_rated_parcels_is_grey_however_many_it_carries(said, shop, is_red):
    costly = said["shipping", shop].pictures[4]
    assert bool((costly[..., 0] - costly[..., 1] > 0.3).any()) is is_red


def test_fraud_of_a_single_payment_can_be_drawn(said):
    assert said["fraud", "one day"].texts == [
        "1 Jan 2026: 1 of 1 cards can be reviewed, 1 of the first 1 for impossible travel",
        "No model scores these payments: the rules stand alone.",
        "No matured payment was hit by a rule, or none is fraud.",
        "No alert is matured yet.",
        "Only one rule has hit: impossible travel.",
        "No fraud is 28 days old yet.",
        "Nothing was lost to fraud on matured days.",
        "No device was used with 3 cards within an hour.",
    ]


def test_sales_of_empty_tables_says_so(said):
    assert said["sales", "empty"].texts == ["gold.sales_daily has no rows yet: there is nothing to draw."]


def test_shipping_of_empty_tables_says_so(said):
    assert said["shipping", "empty"].texts == [
        "No parcel has arrived yet.",
        "No promise has fallen due yet.",
        "No parcel with a promise has arrived yet.",
        "No parcel with a promise was shipped and delivered in the last 90 days.",
        "No lane of the last 90 days is worse than the others.",
        "No order is open.",
    ]


def test_fraud_of_empty_tables_says_so(said):
    assert said["fraud", "empty"].texts == [
        "No rule has hit yet.",
        "No model scores these payments: the rules stand alone.",
        "No matured payment was hit by a rule, or none is fraud.",
        "No alert is matured yet.",
        "No rule has hit yet.",
        "No fraud is 28 days old yet.",
        "Nothing was lost to fraud on matured days.",
        "No device was used with 3 cards within an hour.",
    ]


@pytest.mark.parametrize("name", ["sales", "shipping", "fraud"])
def test_every_picture_fits_the_page_and_shows_more_than_its_axes(said, name):
    pictures = said[name, "busy"].pictures
    coloured = [float((picture.max(axis=2) - picture.min(axis=2) > 0.1).mean()) for picture in pictures]
    assert [share for share in coloured if share < 0.001] == []
    assert {picture.shape[1] for picture in pictures if picture.shape[1] > 1230} == set()  # 11 inches and a margin


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_keeps_no_outputs(path):
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)
