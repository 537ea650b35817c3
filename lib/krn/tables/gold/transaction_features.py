"""One row per card transaction with what was known at its instant t of its card, terminal, merchant and device.

A window w is (t - w, t] in event time and holds the transaction itself and all others at that very instant; `prior`
leaves the transaction itself out. Decisions and labels count from the instant at which they became known. Money is
compared with money of the transaction's own currency.
"""

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from krn.tables.folds import stacked
from krn.tables.silver import cards as cards_table
from krn.tables.silver import labels as labels_table
from krn.tables.silver import transactions as transactions_table
from krn.tables.table import Column, Input, Table
from krn.tables.times import A_DAY, HOUR, MINUTE
from krn.tables.types import COUNT, DAY, INSTANT, MEASURE, MONEY, MONEY_SUM, TEXT
from krn.tables.windows import running, upto, within

WINDOWS = {"1h": HOUR, "24h": A_DAY, "7d": 7 * A_DAY, "30d": 30 * A_DAY}
RISK_WINDOWS = {"1d": A_DAY, "7d": 7 * A_DAY, "30d": 30 * A_DAY}
PRIOR = 30 * A_DAY
#: Spans of what a card paid of late, which is compared with its 30 days.
RECENT = {"3d": 3 * A_DAY, "7d": 7 * A_DAY, "14d": 14 * A_DAY}
DECLINES = 10 * MINUTE
EARTH_KM = 6371.0
_UNITS = 10_000  # of an amount: its 4 decimals as a whole number, which a double holds exactly up to 9 * 10^11
#: From here on no square of an amount is added up: sums of greater ones could exceed 38 digits.
_TOO_GREAT_TO_SQUARE = 10**10


def transaction_features(
    transactions: DataFrame, decisions: DataFrame, labels: DataFrame, cards: DataFrame, label_delay_days: int
) -> DataFrame:
    """Each entity is gathered and sorted once, with the decisions or labels about it between its transactions."""
    made = transactions.where("initiated_at IS NOT NULL").withColumn("at", F.unix_micros("initiated_at"))
    for sharer, name in (("device_id", "device_cards_1h"), ("ip_token", "ip_cards_1h")):
        made = _cards_on(made, sharer, name)
    for place in ("terminal", "merchant"):
        made = _at_place(made, labels, place, label_delay_days * A_DAY)
    return _with_age(_spending(_of_card(made, decisions)), cards).select(*(c.name for c in TABLE.columns))


def _cards_on(made: DataFrame, sharer: str, name: str) -> DataFrame:
    """Distinct cards on a device within an hour: cards that came less cards that left.

    A card comes with a transaction that has none of the card in the hour before it, and leaves an hour after one that
    has none in the hour after it.
    """
    whole = (sharer, "_alone")
    card = Window.partitionBy(*whole, "card_id").orderBy("at", "transaction_id")
    turns = _gathered(made, sharer).withColumns(
        {
            "_came": F.when(F.col("at") - F.lag("at").over(card) < HOUR, 0).otherwise(1),
            "_left": F.when(F.lead("at").over(card) - F.col("at") < HOUR, 0).otherwise(1),
        }
    )
    entity = Window.partitionBy(*whole).orderBy("at")
    counted = turns.withColumns(
        {"_came": F.sum("_came").over(upto(entity)), "_left": F.sum("_left").over(upto(entity, HOUR))}
    )
    there = F.col("_came") - F.coalesce("_left", F.lit(0))
    return counted.select(*made.columns, F.when(F.col(sharer).isNotNull(), there).alias(name))


def _gathered(made: DataFrame, entity: str) -> DataFrame:
    """The rows of an entity in one partition; a row that names none is alone in its own, so that none is crowded."""
    alone = F.when(F.col(entity).isNull(), F.col("transaction_id"))
    return made.withColumn("_alone", alone).repartition(entity, "_alone")


def _at_place(made: DataFrame, labels: DataFrame, place: str, delay: int) -> DataFrame:
    """Counts, sums, and frauds known, at a terminal or a merchant.

    A fraud rate divides by the transactions of the window `delay` earlier: those whose labels come in this one.
    """
    whole = (f"{place}_id", "_alone")
    gathered = _gathered(stacked(made, _frauds(labels, f"{place}_id")), f"{place}_id")
    entity = Window.partitionBy(*whole).orderBy("at")
    backs = [0, *WINDOWS.values(), delay, *(delay + span for span in RISK_WINDOWS.values())]
    counted = running(gathered, entity, {"n": F.count("transaction_id")}, backs)
    known = counted.withColumns({f"_frauds_{w}": F.sum(f"_frauds_{w}").over(upto(entity)) for w in RISK_WINDOWS})
    money = Window.partitionBy(*whole, "currency").orderBy("at")
    summed = running(known.where("transaction_id IS NOT NULL"), money, {"sum": F.sum("amount")}, [0, *WINDOWS.values()])
    named = F.col(f"{place}_id").isNotNull()
    features = {
        **{f"{place}_n_{w}": within("n", span) for w, span in WINDOWS.items()},
        **{f"{place}_sum_{w}": within("sum", span).cast(MONEY_SUM) for w, span in WINDOWS.items()},
        **{f"{place}_frauds_{w}": F.coalesce(f"_frauds_{w}", F.lit(0).cast(COUNT)) for w in RISK_WINDOWS},
        **{
            f"{place}_fraud_rate_{w}": _divided(F.coalesce(f"_frauds_{w}", F.lit(0)), within("n", span, delay))
            for w, span in RISK_WINDOWS.items()
        },
    }
    return summed.select(*made.columns, *(F.when(named, value).alias(name) for name, value in features.items()))


def _frauds(labels: DataFrame, entity: str) -> DataFrame:
    """A fraud counts in a window from when it is known, until the window has passed it or another label holds."""
    known, later = F.unix_micros("known_at"), F.unix_micros("superseded_at")
    turns = [_turn(known, dict.fromkeys(RISK_WINDOWS, 1))]
    turns += [_turn(F.least(known + span, later), {w: -1}) for w, span in RISK_WINDOWS.items()]
    frauds = labels.where((F.col("label") == "fraud") & F.col(entity).isNotNull())
    return frauds.select(entity, F.explode(F.array(*turns)).alias("turn")).select(entity, "turn.*")


def _turn(at: SparkColumn, counts: dict[str, int]) -> SparkColumn:
    return F.struct(at.alias("at"), *(F.lit(counts.get(w, 0)).alias(f"_frauds_{w}") for w in RISK_WINDOWS))


def _of_card(made: DataFrame, decisions: DataFrame) -> DataFrame:
    """Counts of a card, its declines known, and how far it came from where it was last."""
    declines = decisions.where("decision = 'declined'").select(
        "card_id", F.unix_micros("decided_at").alias("at"), F.lit(1).alias("_decline")
    )
    card = Window.partitionBy("card_id")
    before = card.orderBy("at", "transaction_id").rowsBetween(Window.unboundedPreceding, -1)
    place = F.when(F.col("lat").isNotNull() & F.col("lon").isNotNull(), F.struct("at", "lat", "lon"))
    seen = (
        stacked(made, declines)
        .repartition("card_id")
        .withColumn("_place", place)
        .withColumn("_last", F.last("_place", ignorenulls=True).over(before))
    )
    counted = running(seen, card.orderBy("at"), {"n": F.count("transaction_id")}, [0, *WINDOWS.values()])
    known = running(counted, card.orderBy("at"), {"declines": F.count("_decline")}, [0, DECLINES])
    decided = F.unix_micros("decided_at")
    is_own = (F.col("decision") == "declined") & (decided <= F.col("at")) & (decided > F.col("at") - DECLINES)
    features = {
        **{f"card_n_{w}": within("n", span) for w, span in WINDOWS.items()},
        "card_declines_10m": within("declines", DECLINES) - F.when(is_own, 1).otherwise(0),
        "km": _km(),
    }
    moved = known.where("transaction_id IS NOT NULL").select(
        *made.columns, F.col("_last.at").alias("_since"), *(value.alias(name) for name, value in features.items())
    )
    hours = (F.col("at") - F.col("_since")) / HOUR
    speed = F.round(F.col("km") / hours, 4)
    return moved.withColumn("kmh", F.when(F.col("km").isNotNull(), speed)).withColumn("km", F.round("km", 4))


def _km() -> SparkColumn:
    """The great circle from the last place of the card; null without one within 30 days, or at the same instant."""
    since = F.col("at") - F.col("_last.at")
    north, south = F.radians("lat"), F.radians("_last.lat")
    east = F.radians(F.col("lon") - F.col("_last.lon"))
    half = F.pow(F.sin((north - south) / 2), 2) + F.cos(north) * F.cos(south) * F.pow(F.sin(east / 2), 2)
    distance = 2 * EARTH_KM * F.asin(F.sqrt(F.least(half, F.lit(1.0))))
    return F.when(F.col("_place").isNotNull() & (since > 0) & (since < PRIOR), distance)


def _spending(made: DataFrame) -> DataFrame:
    """What a card spent, and the amount against its amounts before."""
    same = ("card_id", "currency")
    ranked = Window.partitionBy(*same).orderBy("at", "amount", "transaction_id")
    spent = Window.partitionBy(*same).orderBy("at")
    units = (F.col("amount") * _UNITS).cast("decimal(18,0)")
    squared = F.when(F.col("amount") < _TOO_GREAT_TO_SQUARE, units * units)
    tied = made.withColumns(
        {
            "_units": units,
            "_squared": squared,
            "_lesser": F.when(F.lag("at").over(ranked) == F.col("at"), F.lag("amount").over(ranked)),
            "_has_greater": F.lead("at").over(ranked) == F.col("at"),
        }
    ).withColumns(
        {
            # The frames that slide, since a maximum has no difference: they cost the card's transactions in that time.
            "_before": F.max("amount").over(spent.rangeBetween(1 - PRIOR, -1)),
            "_lately": F.max("amount").over(spent.rangeBetween(1 - RECENT["14d"], -1)),
            "_at_once": F.max("amount").over(spent.rangeBetween(Window.currentRow, Window.currentRow)),
        }
    )
    summed = running(tied, spent, {"sum": F.sum("amount")}, [0, *WINDOWS.values(), *RECENT.values()])
    counted = running(summed, spent, {"n": F.count("*")}, [0, *RECENT.values(), PRIOR])
    prior = _prior(running(counted, spent, {"squares": F.sum("_squared"), "squared": F.count("_squared")}, [0, PRIOR]))
    return prior.withColumns({f"card_sum_{w}": within("sum", span).cast(MONEY_SUM) for w, span in WINDOWS.items()})


def _prior(made: DataFrame) -> DataFrame:
    """Mean, standard deviation and maximum of the amounts before, of exact sums in ten-thousandths."""
    n = within("n", PRIOR) - 1
    others = F.when(F.col("_has_greater"), F.col("_at_once")).otherwise(F.col("_lesser"))
    total = ((within("sum", PRIOR) - F.col("amount")).cast("decimal(34,4)") * F.lit(_UNITS)).cast("decimal(38,0)")
    squares = F.when(within("squared", PRIOR) == within("n", PRIOR), within("squares", PRIOR) - F.col("_squared"))
    sums = made.withColumns(
        {
            "prior_n_30d": n,
            "prior_max_30d": F.greatest("_before", others),
            "_max_14d": F.greatest("_lately", others),
            "_total": total,
            "_squares": squares.cast("decimal(38,0)"),
        }
    )
    n, total = F.col("prior_n_30d"), F.col("_total")
    whole = n.cast("decimal(10,0)")
    spread = F.try_subtract(F.try_multiply(whole, F.col("_squares")), F.try_multiply(total, total))
    means = sums.withColumns(
        {
            "prior_mean_30d": _divided(total, n * _UNITS),
            "prior_std_30d": F.sqrt(_divided(spread, n * (n - 1))) / _UNITS,
            "amount_ratio": _divided(F.col("_units") * whole, total),
        }
    )
    above = _divided(F.col("_units") * whole - total, n * _UNITS)
    return means.withColumns({"amount_z": F.try_divide(above, F.col("prior_std_30d")), **_of_late()})


def _of_late() -> dict[str, SparkColumn]:
    """How the other amounts of the last days stand to those of 30."""
    others = {w: _divided(within("sum", span) - F.col("amount"), within("n", span) - 1) for w, span in RECENT.items()}
    means = {f"recent_mean_ratio_{w}": _divided(mean, F.col("prior_mean_30d")) for w, mean in others.items()}
    return {**means, "recent_max_ratio_14d": _divided(F.col("_max_14d"), F.col("prior_mean_30d"))}


def _divided(part: SparkColumn, whole: SparkColumn) -> SparkColumn:
    """The quotient of two numbers as a double; null where `whole` is 0."""
    return F.try_divide(part.cast("double"), whole.cast("double"))


def _with_age(made: DataFrame, cards: DataFrame) -> DataFrame:
    known = made.join(cards.select("card_id", "first_seen_at"), on="card_id", how="left")
    return known.withColumn("account_age_h", (F.col("at") - F.unix_micros("first_seen_at")) / HOUR)


def _window_columns(entity: str) -> list[Column]:
    return [
        *(Column(f"{entity}_n_{w}", COUNT, f"transactions of the {entity} in {w}") for w in WINDOWS),
        *(Column(f"{entity}_sum_{w}", MONEY_SUM, f"their amounts in {w}, in this currency") for w in WINDOWS),
    ]


def _risk_columns(place: str) -> list[Column]:
    return [
        *(
            Column(f"{place}_frauds_{w}", COUNT, f"frauds at the {place} that became known in {w}")
            for w in RISK_WINDOWS
        ),
        *(
            Column(
                f"{place}_fraud_rate_{w}",
                MEASURE,
                f"{place}_frauds_{w} by the {place}'s transactions in the {w} that end the label delay before t; "
                "null where there are none",
            )
            for w in RISK_WINDOWS
        ),
    ]


TABLE = Table(
    name="gold.transaction_features",
    doc=__doc__,
    key=("transaction_id",),
    scope="initiated_on",
    window_days=30,
    window_arg="label_delay_days",
    inputs={
        "transactions": Input(
            transactions_table.TABLE,
            fields=(
                *("card_id", "merchant_id", "terminal_id", "device_id", "ip_token", "amount", "currency"),
                *("lat", "lon", "initiated_at", "initiated_on", "business_date", "decision", "decided_at"),
            ),
        ),
        "decisions": Input(
            transactions_table.TABLE,
            scope="CASE WHEN decision = 'declined' AND card_id IS NOT NULL THEN to_date(decided_at) END",
            fields=("card_id", "decision", "decided_at"),
        ),
        "labels": Input(
            labels_table.TABLE,
            scope="CASE WHEN label = 'fraud' THEN known_on END",
            fields=("known_on", "superseded_at", "label", "terminal_id", "merchant_id"),
        ),
        "cards": Input(cards_table.TABLE, via="card_id"),
    },
    args=("label_delay_days",),
    may_be_empty=True,
    columns=(
        Column("transaction_id", TEXT, "the transaction"),
        Column("card_id", TEXT, "token of the card", pii="P2"),
        Column("merchant_id", TEXT, "who is to be paid"),
        Column("terminal_id", TEXT, "where the card was used; null where not said"),
        Column("device_id", TEXT, "the buyer's device; null where not said", pii="P2"),
        Column("ip_token", TEXT, "token of the buyer's address; null where not said, or there is no key", pii="P2"),
        Column("amount", MONEY, "what is to be paid"),
        Column("currency", TEXT, "ISO 4217 code of the amount"),
        Column("initiated_at", INSTANT, "t: when it was tried"),
        Column("initiated_on", DAY, "UTC day of t"),
        Column("business_date", DAY, "business date of t"),
        *_window_columns("card"),
        Column("card_declines_10m", COUNT, "declines of the card's other transactions that became known in 10 minutes"),
        Column("prior_n_30d", COUNT, "other transactions of the card in this currency in 30d"),
        Column("prior_mean_30d", MEASURE, "mean of their amounts; null without any"),
        Column(
            "prior_std_30d",
            MEASURE,
            "standard deviation (n - 1) of their amounts; null for fewer than 2, or with one of 10^10 and more in 30d",
        ),
        Column("prior_max_30d", MONEY, "the greatest of their amounts; null without any"),
        Column("amount_ratio", MEASURE, "amount by prior_mean_30d; null where that is null or 0"),
        Column("amount_z", MEASURE, "amount less prior_mean_30d, by prior_std_30d; null where that is null or 0"),
        *(
            Column(
                f"recent_mean_ratio_{w}",
                MEASURE,
                f"mean of the card's other amounts in this currency in {w}, by prior_mean_30d; null without any, or "
                "where that is 0",
            )
            for w in RECENT
        ),
        Column(
            "recent_max_ratio_14d",
            MEASURE,
            "the greatest of the card's other amounts in this currency in 14d, by prior_mean_30d; null without any, or "
            "where that is 0",
        ),
        Column(
            "km",
            MEASURE,
            "great circle, to 4 decimals, from the place of the previous transaction: the card's last one before this "
            "that has a place, of one instant the last by transaction_id; null where this one has no place, or the "
            "previous is missing, 30 days old or of the same instant",
        ),
        Column("kmh", MEASURE, "km by the hours since the previous transaction, to 4 decimals; null where km is"),
        Column("account_age_h", MEASURE, "hours since the card was seen first"),
        *_window_columns("terminal"),
        *_risk_columns("terminal"),
        *_window_columns("merchant"),
        *_risk_columns("merchant"),
        Column("device_cards_1h", COUNT, "distinct cards on the device in 1h; null where no device is said"),
        Column("ip_cards_1h", COUNT, "distinct cards at the address in 1h; null where no address is known"),
    ),
    transform=transaction_features,
)
