"""What a source gave in a day against what it usually gives, in a word."""

from datetime import UTC, datetime, timedelta

import pytest

from krn.report.volume import Volume, scarce, troubles, volumes

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "copies", "word"),
    [
        (100, 4, ""),
        (130, 4, ""),
        (0, 0, "silent"),
        (50, 4, "few"),
        (200, 4, "many"),
        (1000, 4, "many"),
        (200, 104, "repeated"),
    ],
)
def test_a_day_unlike_the_others_has_a_word(today, copies, word):
    assert Volume("shop", [100] * 30 + [today], [4] * 30 + [copies]).word == word


def test_a_new_source_has_no_usual_day():
    assert Volume("shop", [100, 100, 100, 0], [0] * 4).word == ""


def test_a_source_that_often_sends_nothing_is_not_silent():
    assert Volume("shop", [1, 0, 2, 0, 0, 3, 0, 1, 0], [0] * 9).word == ""


def test_a_source_that_rests_on_sundays_is_silent_on_no_sunday_but_on_a_monday():
    week = [30, 30, 30, 30, 30, 30, 0]
    assert Volume("shop", week * 6, [0] * 42).word == ""
    assert Volume("shop", [*week * 6, 0], [0] * 43).word == "silent"


def test_deliveries_are_counted_by_source_and_by_spans_of_24_hours_since_the_first(small):
    moments = [NOW - timedelta(hours=hours) for hours in (0, 23, 24, 50, 50, 24 * 400)]
    small.rows["bronze.deliveries"] = [
        {"row_id": n, "batch": 1, "source": "shop", "received_at": moment} for n, moment in enumerate(moments)
    ] + [{"row_id": 9, "batch": 1, "source": "till", "received_at": NOW - timedelta(hours=25)}]
    small.rows["silver.deliveries"] = [
        {"row_id": 1, "source": "shop", "verdict": "duplicate", "received_at": moments[1]},
        {"row_id": 2, "source": "shop", "verdict": "accepted", "received_at": moments[0]},
    ]
    assert volumes(small.write(["bronze.deliveries", "silver.deliveries"]), NOW) == (
        Volume("shop", (2, 1, 2), (0, 0, 1)),
        Volume("till", (1, 0), (0, 0)),
    )


def test_a_trouble_says_how_much_and_how_much_was_expected():
    shop = Volume("a@b.example", [1000] * 30 + [0], [0] * 31)
    (found,) = troubles([shop, Volume("till", [5] * 31, [0] * 31)])
    assert (found.level, found.section) == ("warn", "changes")
    assert found.says == "(e-mail) is silent: nothing in 24 hours, usually 1,000 deliveries."


@pytest.mark.parametrize(
    ("paid", "says"), [(0, "sends no payment.received: nothing in"), (3, "sent 3 payment.received")]
)
def test_a_type_that_a_source_stops_to_send_is_named_though_the_source_sends_as_it_does(small, paid, says):
    days = {"order.created": [40] * 9, "payment.received": [30] * 8 + [paid]}
    small.rows["silver.deliveries"] = [
        {"row_id": n, "source": "shop", "type": type_, "verdict": "accepted", "received_at": NOW - timedelta(days=ago)}
        for type_, counts in days.items()
        for ago, count in enumerate(reversed(counts))
        for n in range(count)
    ]
    root, shop = small.write(["silver.deliveries"]), Volume("shop", [70] * 9, [0] * 9)
    (found,) = troubles(scarce(root, NOW, [shop]))
    assert (found.level, f"shop {says}" in found.says) == ("warn", True)
    assert scarce(root, NOW, [Volume("shop", [70] * 8 + [0], [0] * 9)]) == ()  # that is told of the source


def test_nothing_is_said_of_types_before_what_came_is_judged(small):
    small.rows["silver.deliveries"] = [
        {
            "row_id": n,
            "source": "shop",
            "type": "order.created",
            "verdict": "accepted",
            "received_at": NOW - timedelta(d),
        }
        for d in range(1, 9)
        for n in range(40)
    ]
    assert scarce(small.write(["silver.deliveries"]), NOW, [Volume("shop", [40] * 9, [0] * 9)]) == ()
