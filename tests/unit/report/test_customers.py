"""Customers at a glance: new against returning, cohorts and segments, one currency at a time."""

from datetime import date
from decimal import Decimal
from typing import Any

from krn.report.customers import customers

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


def worth(customer: str, segment: str | None, net: str = "10", currency: str = "EUR") -> dict[str, Any]:
    return {"customer_id": customer, "segment": segment, "net_sales": Decimal(net), "currency": currency}


def cohort(month: date, since: int, retained: str, members: int = 8, currency: str = "EUR") -> dict[str, Any]:
    of = {"first_month": month, "months_since": since, "currency": currency}
    return of | {"members": members, "retained": Decimal(retained) if members else None}


def told(small: Any) -> Any:
    first, second, third = small.rows["gold.sales_daily"]
    first |= {"new_customers": 1, "returning_customers": 0}
    second |= {"new_customers": 0, "returning_customers": 1}
    third |= {"new_customers": 1, "returning_customers": 1}
    return customers(small.write())


def test_new_customers_stand_against_those_who_return(small):
    found = told(small)
    assert (found.newcomers, found.returning, found.percent) == (2, 2, 50)
    assert [b.says for b in found.chart.blocks if b.part == "returning"] == ["Mon 23 Nov 2026: 1 new, 2 returning"]


def test_a_shop_of_guests_has_no_section(small):
    assert customers(small.write()) is None


def test_a_warehouse_without_sales_has_no_section(small):
    assert customers(small.write(["bronze.deliveries"])) is None


def test_the_currencies_of_most_customers_have_their_segments(small):
    few = [worth("x", "lost", currency="CHF"), worth("y", None, currency="CHF")]
    more = [worth(c, "lost", currency="USD") for c in "abc"]
    small.rows["gold.customer_value"] = [
        *few,
        *more,
        worth("a", "at_risk"),
        worth("b", "lost", "5"),
        worth("c", "at_risk", "1.005"),
        worth("d", None),
    ]
    dollar, euro = sorted(told(small).worth, key=lambda found: found.currency, reverse=True)
    assert (dollar.currency, dollar.n, euro.currency, euro.n) == ("USD", 3, "EUR", 3)
    assert [(s.name, s.n, s.net, s.percent) for s in euro.segments] == [
        ("at risk", 2, "11.01", 66.7),
        ("lost", 1, "5.00", 33.3),
    ]


def test_cohorts_are_a_triangle_of_the_months_after_the_first(small):
    small.rows["gold.customer_value"] = [worth("a", "lost")]
    rows = [
        cohort(JAN, 0, "1"),
        cohort(JAN, 1, "0.375"),
        cohort(JAN, 2, "0"),
        cohort(FEB, 0, "1", 4),
        cohort(FEB, 1, "0.5", 4),
    ]
    small.rows["gold.customer_cohorts"] = [
        *reversed(rows),
        cohort(MAR, 0, "1", 2),
        cohort(JAN, 1, "0.9", currency="CHF"),
    ]
    (euro,) = told(small).worth
    assert [(c.month, c.members, c.retained) for c in euro.cohorts] == [
        (JAN, 8, (38, 0)),
        (FEB, 4, (50,)),
        (MAR, 2, ()),
    ]


def test_a_month_without_members_is_no_row_of_the_triangle(small):
    small.rows["gold.customer_value"] = [worth("a", "lost")]
    nobody = [cohort(JAN, 0, "0", members=0), cohort(JAN, 1, "0", members=0)]
    small.rows["gold.customer_cohorts"] = [*nobody, cohort(FEB, 0, "1"), cohort(FEB, 1, "0.5")]
    (euro,) = told(small).worth
    assert [c.month for c in euro.cohorts] == [FEB]


def test_there_is_no_triangle_before_the_second_month(small):
    small.rows |= {"gold.customer_value": [worth("a", "lost")], "gold.customer_cohorts": [cohort(JAN, 0, "1")]}
    (euro,) = told(small).worth
    assert euro.cohorts == ()
