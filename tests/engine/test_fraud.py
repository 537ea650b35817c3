"""Card payments through the engine: what comes late makes again the rows that it can change, and no other."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from paying import START, approved, declined, initiated, labelled
from world import deliver, same_as_in_full, step

from krn.outcome import Built
from krn.store import Store
from krn.tables.gold import fraud_scores, transaction_features
from krn.tables.silver import cards, labels, transactions

TABLES = (transactions.TABLE, cards.TABLE, labels.TABLE, transaction_features.TABLE, fraud_scores.TABLE)


def on(day: int, minutes: int = 0) -> datetime:
    return START + timedelta(days=day, minutes=minutes)


def every_five_days() -> Iterator[bytes]:
    """One card at one terminal, from day 0 to day 60, each approved at once."""
    for day in range(0, 61, 5):
        yield initiated(f"T{day}", on(day), terminal_id="t")
        yield approved(f"T{day}", on(day, minutes=1))


def changed_rows(built: Mapping[str, Built]) -> tuple[int, int, int]:
    rows = built[transaction_features.TABLE.name].rows
    return rows["insert"], rows["update"], rows["delete"]


def test_what_comes_late_makes_again_what_it_can_change_and_no_other(store: Store) -> None:
    deliver(store, *every_five_days())
    step(store, "r1", TABLES)

    deliver(store, initiated("late", on(11), terminal_id="t"))
    assert changed_rows(step(store, "r2", TABLES)) == (1, 6, 0)  # it is in the 30 days of days 15, 20, …, 40

    # The decline of `late` is in the 10 minutes of day 25; that of T30 comes before T30, which does not count it.
    deliver(store, declined("late", on(25, minutes=-5)), declined("T30", on(30, minutes=-1)))
    assert changed_rows(step(store, "r3", TABLES)) == (0, 1, 0)

    deliver(store, labelled("T5", on(31)))
    assert changed_rows(step(store, "r4", TABLES)) == (0, 6, 0)  # known in the 30 days of days 35, 40, …, 60
    assert same_as_in_full(store, TABLES) == []
