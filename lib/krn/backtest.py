"""Replays rules over the published features of history, without Spark: what they would have hit, and what that was."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from krn import delta_rs, reading
from krn.errors import UsageError
from krn.tables.gold.transaction_features import TABLE as FEATURES
from krn.tables.rules import RuleSet
from krn.tables.silver.labels import TABLE as LABELS

TOGETHER = "(together)"
ALL = "(all)"

#: `is_matured` as in gold.fraud_rule_weekly: fraud is mostly known by then, and what is not known to be fraud is not.
_JUDGED = """
    CREATE TEMP TABLE judged AS
    SELECT card_id, business_date, currency, amount, label IS NOT NULL AS is_fraud,
           label IS NOT NULL AND decision <> 'declined' AS is_loss, business_date < $unmatured_from AS is_matured,
           {hits}
    FROM features LEFT JOIN (SELECT transaction_id, label, decision FROM labels WHERE label = 'fraud' AND is_latest)
         USING (transaction_id)
    WHERE business_date BETWEEN $first AND $last
"""
_OF_RULE = """
    SELECT {place} AS place, grouping(currency) AS is_all, if(is_all = 1, $all, currency) AS currency,
           count(DISTINCT (card_id, business_date)) FILTER (WHERE {hit}) AS alerts,
           count(*) FILTER (WHERE {hit}) AS hits,
           count(*) FILTER (WHERE {hit} AND is_matured) AS matured_hits,
           count(*) FILTER (WHERE {hit} AND is_matured AND is_fraud) AS frauds_hit,
           count(*) FILTER (WHERE is_matured AND is_fraud) AS frauds,
           if(is_all = 1, NULL, coalesce(sum(amount) FILTER (WHERE {hit} AND is_matured AND is_loss), 0))
               AS amount_saved
    FROM judged GROUP BY GROUPING SETS ((currency), ()) HAVING is_all = 0 OR count(DISTINCT judged.currency) > 1
"""
_RATED = """
    SELECT $names[place + 1] AS rule, currency, round(alerts / $days, 2) AS alerts_a_day,
           hits, matured_hits, frauds_hit, frauds,
           round(frauds_hit / nullif(matured_hits, 0), 4) AS precision,
           round(frauds_hit / nullif(frauds, 0), 4) AS recall, amount_saved
    FROM ({rules}) ORDER BY place, is_all, currency
"""


def backtest(root: Path, rules: RuleSet, first: date, last: date, today: date, label_delay_days: int) -> pa.Table:
    """One row per rule and currency, and one for all rules together, over the business days from `first` to `last`.

    Of several currencies one more row has the counts of all: a card with two of them is one alert; money is not added.
    """
    if last < first:
        raise UsageError(f"{last} is before {first}.", "krn fraud backtest --from 2026-01-01 --to 2026-01-31")
    connection = duckdb.connect(config={"enable_external_access": "false"})
    connection.register("features", delta_rs.opened(reading.path_of(FEATURES.name, root)).to_pyarrow_dataset())
    connection.register("labels", reading.arrow(LABELS.name, root))
    hits = ", ".join(f"{rule.condition} AS hit_{n}" for n, rule in enumerate(rules.rules))
    unmatured_from = today - timedelta(days=label_delay_days)
    connection.execute(_JUDGED.format(hits=hits), {"first": first, "last": last, "unmatured_from": unmatured_from})
    conditions = [f"hit_{n}" for n in range(len(rules.rules))]
    conditions.append(f"({' OR '.join(conditions)})")
    parts = (_OF_RULE.format(place=n, hit=hit) for n, hit in enumerate(conditions))
    names = [*(rule.name for rule in rules.rules), TOGETHER]
    query = _RATED.format(rules=" UNION ALL ".join(parts))
    days = (last - first).days + 1
    return connection.sql(query, params={"names": names, "days": days, "all": ALL}).to_arrow_table()
