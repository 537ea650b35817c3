"""Sales at a glance, one currency at a time: amounts of two currencies are never added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from krn.asking import rows, sql_name
from krn.report.chart import Chart, chart, filled
from krn.report.money import exact

DAYS = 400  # enough to see the same month of last year
TOP = 8
PANELS = 6  # currencies that get a chart
TOTALS = ("gross_sales", "discounts", "returns", "net_sales")

_CURRENCIES = """
    SELECT currency, max(business_date) AS last, sum(orders) AS orders FROM gold_sales_daily
    GROUP BY currency ORDER BY orders DESC, currency
"""
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in ("orders", "units", *TOTALS))
_DAYS = f"SELECT business_date, {_SUMS} FROM gold_sales_daily"  # noqa: S608  names of ours


@dataclass(frozen=True)
class Share:
    """One of the top products or countries: its net sales, and its part of the greatest."""

    name: str
    net: str
    units: int
    percent: float


@dataclass(frozen=True)
class Sales:
    """What was sold in one currency from `first` to `last`."""

    currency: str
    first: date
    last: date
    orders: int
    units: int
    totals: dict[str, str]
    headline: str
    chart: Chart
    products: tuple[Share, ...]
    countries: tuple[Share, ...]


def sales(root: Path) -> tuple[Sales, ...]:
    """The currencies with the most orders first."""
    found = rows(root, _CURRENCIES, "gold.sales_daily")
    return tuple(_sales(root, row["currency"], row["last"]) for row in found[:PANELS])


def _sales(root: Path, currency: str, last: date) -> Sales:
    where = f"currency = '{_quoted(currency)}' AND business_date > DATE '{last - timedelta(days=DAYS)}'"
    days = rows(root, f"{_DAYS} WHERE {where} GROUP BY business_date", "gold.sales_daily")
    net = filled({row["business_date"]: row["net_sales"] for row in days}, Decimal(0))
    ordered = (row["business_date"] for row in days if row["orders"] > 0)
    return Sales(
        currency=currency,
        first=min(net),
        last=last,
        orders=sum(row["orders"] for row in days),
        units=sum(row["units"] for row in days),
        totals={name: exact(sum((row[name] for row in days), Decimal(0)), currency) for name in TOTALS},
        headline=headline(net, max(ordered, default=None), currency),
        chart=chart(net, currency),
        products=_top(root, "gold.sales_by_product", "product_id", where, currency),
        countries=_top(root, "gold.sales_by_country", "country", where, currency),
    )


def headline(net: Mapping[date, Decimal], ordered: date | None, currency: str) -> str:
    """Is it more or less than before: 7 days against the 28 before them, when there are so many.

    They end on `ordered`, the last day with an order: what comes back after it says nothing about sales.
    """
    if ordered is None:
        return f"{currency}: nothing was ordered"
    sold = [net[day] for day in sorted(net) if day <= ordered]
    week, before = sold[-7:], sold[-35:-7]
    now = sum(week, Decimal(0)) / len(week)
    short = f"so far, over {len(sold)} {'day' if len(sold) == 1 else 'days'}"
    span = f"in the week to {ordered:%-d %b %Y}" if len(sold) >= 7 else short
    said = f"{currency} {exact(now, currency)} net a day {span}"
    then = sum(before, Decimal(0)) / 28
    if len(before) < 28 or then <= 0:
        return said
    change = round((now - then) / then * 100)
    if change == 0:
        return f"{said}, as in the four weeks before"
    return f"{said}, {abs(change):,}% {'more' if change > 0 else 'less'} than in the four weeks before"


def _top(root: Path, table: str, name: str, where: str, currency: str) -> tuple[Share, ...]:
    query = f"""
        SELECT {name} AS name, sum(net_sales) AS net, sum(units) AS units FROM {sql_name(table)}
        WHERE {where} GROUP BY {name} HAVING sum(net_sales) > 0 ORDER BY net DESC, name LIMIT {TOP}
    """  # noqa: S608  names of ours, and a quoted currency
    found = rows(root, query, table)
    greatest = found[0]["net"] if found else Decimal(1)
    return tuple(_share(row, greatest, currency) for row in found)


def _share(row: Mapping[str, Any], greatest: Decimal, currency: str) -> Share:
    return Share(row["name"], exact(row["net"], currency), row["units"], round(float(row["net"] / greatest) * 100, 1))


def _quoted(text: str) -> str:
    return text.replace("'", "''")
