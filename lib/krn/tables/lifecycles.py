"""Lifecycles over rows: what of an entity's events contradicts how its life goes."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from krn.contracts.lifecycles import Contradiction, Lifecycle
from krn.tables.folds import EVENT_ORDER


def pays_for(received: Column, total: Column) -> Column:
    """Whether the money received pays for an order, a cent less allowed."""
    return received >= total - F.expr("0.01BD")


def contradicts(contradiction: Contradiction, state_at: Column, then_at: Column) -> Column:
    """Whether `then` was entered after `state`; null where one of them was not."""
    return state_at <= then_at if contradiction.even_at_once else state_at < then_at


def entered(facts: DataFrame, lifecycle: Lifecycle, state: str, entity_id: str, detail: str) -> DataFrame:
    """Each of the facts as an event that brought the state to its entity; `detail` is an SQL expression."""
    event = F.struct(*EVENT_ORDER, F.lit(lifecycle.states[state].type).alias("event_type")).alias("event")
    entry = F.struct(event, F.lit(state).alias("state"), F.expr(detail).alias("detail"))
    return facts.select(F.col(entity_id).alias("entity_id"), entry.alias("entry"))


def contradictions(lifecycle: Lifecycle, entries: DataFrame) -> DataFrame:
    """One row per contradiction of the lifecycle and event that brought its `then`, with the first of its `state`."""
    lives = entries.groupBy("entity_id").agg(F.array_sort(F.collect_list("entry")).alias("life"))
    found = F.explode(F.concat(*map(_found, lifecycle.contradictions))).alias("found")
    return lives.select(F.lit(lifecycle.entity).alias("entity"), "entity_id", found).select(
        "entity", "entity_id", "found.*"
    )


def _found(contradiction: Contradiction) -> Column:
    first = F.slice(F.filter("life", lambda entry: entry["state"] == contradiction.state), 1, 1)

    def after(earlier: Column) -> Column:
        def is_wrong(entry: Column) -> Column:
            came_after = contradicts(contradiction, earlier["event"]["event_time"], entry["event"]["event_time"])
            return (entry["state"] == contradiction.then) & came_after

        def told(entry: Column) -> Column:
            kind, event = F.lit(contradiction.kind).alias("kind"), entry["event"].alias("event")
            return F.struct(kind, earlier["event"].alias("earlier"), event, entry["detail"].alias("detail"))

        return F.transform(F.filter("life", is_wrong), told)

    return F.flatten(F.transform(first, after))  # so that the first is found once, and not for each of the life
