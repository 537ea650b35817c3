"""A gate that can't judge is shut, says which expectation and why, and shows no value of the data."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from judging import judged_as_written
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from krn.gate import Expectation, Number, Result, Suite, judge, reconcile, surplus, with_reconciled
from krn.gate.limits import Limits
from krn.session import LOUD

NOT_NULL = Expectation("named", "expect_column_values_to_not_be_null", {"column": "id"}, "critical")
IN_SET = "expect_column_values_to_be_in_set"


KEY = Expectation("key", "expect_key_to_be_unique", {"columns": ["id"]}, "warning")
SHARE, PERCENTILE = "expect_column_share_in_set_to_be_between", "expect_column_percentile_to_be_between"
ROWS = "expect_table_row_count_to_be_between"
USUAL = {"min_value": {"$PARAMETER": "usual_low"}, "max_value": {"$PARAMETER": "usual_high"}}
#: Those that Great Expectations does not have, as they are for `frame`.
OWN = (
    KEY,
    Expectation("share", SHARE, {"column": "id", "value_set": ["bob"], "max_value": 0.5}, "critical"),
    Expectation("half", PERCENTILE, {"column": "n", "percentile": 0.5, "max_value": 1.5}, "critical"),
    Expectation("usual", ROWS, USUAL, "warning", limits=Limits("whole", 1, 3, 12, "12 runs")),
)


def suite(*expectations: Expectation, reconcile: tuple[Expectation, ...] = ()) -> Suite:
    return Suite("silver.things", expectations, reconcile=reconcile)


def only(severity: str = "critical", kind: str = IN_SET, **kwargs: object) -> Suite:
    return suite(Expectation("it", kind, kwargs, severity))


@pytest.fixture(scope="module")
def frame(spark: SparkSession) -> DataFrame:
    rows = [("alice", 1, Decimal("12345678901234.0001")), ("bob", 2, Decimal("0.2900"))]
    return spark.createDataFrame(rows, "id string, n int, amount decimal(18,4)")


def jobs(spark: SparkSession, work) -> int:
    group = str(uuid4())
    spark.sparkContext.setJobGroup(group, group)
    work()
    return len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))


@pytest.mark.parametrize(("severity", "status"), [("critical", "held"), ("warning", "warned"), ("info", "passed")])
@pytest.mark.parametrize("engine", ["fused", "plain"])
def test_the_severity_of_a_failure_decides(frame, severity, status, engine):
    assert judge(only(severity, column="n", value_set=[1]), frame, engine=engine).status == status


@pytest.mark.parametrize("engine", ["fused", "plain"])
@pytest.mark.parametrize(
    ("kind", "kwargs", "error"),
    [
        ("expect_nothing", {}, "ExpectationNotFoundError"),
        (IN_SET, {"column": "nope", "value_set": [1]}, "there is no column nope. Next: mend the suite"),
        (IN_SET, {"column": "n", "values": [1]}, "ValidationError"),
        (
            IN_SET,
            {"column": "n", "value_set": {"$PARAMETER": "known"}},
            "the parameter known has no value. Next: look at what the job passes",
        ),
    ],
)
def test_an_expectation_that_means_nothing_is_an_error(frame, engine, kind, kwargs, error):
    result = judge(suite(NOT_NULL, Expectation("it", kind, kwargs, "info")), frame, engine=engine)
    assert (result.status, [check.error for check in result.checks]) == ("error", ["", error])


@pytest.mark.parametrize("engine", ["fused", "plain"])
def test_own_expectations_hold_what_breaks_them(frame, engine):
    """Bob three times: two rows too many for his key and one too many in all, three of four in the set."""
    found = judge(suite(*OWN), frame.union(frame.where("n = 2")).union(frame.where("n = 2")), engine=engine)
    assert [(check.id, check.status, check.observed) for check in found.checks] == [
        ("key", "warned", 2),
        ("share", "held", 0.75),
        ("half", "held", 2.0),
        ("usual", "warned", 4),
    ]


@pytest.mark.parametrize("engine", ["fused", "plain"])
def test_an_expectation_without_limits_yet_passes_and_one_that_got_none_is_an_error(frame, engine):
    cold = Expectation("rows", ROWS, USUAL, "warning", limits=Limits("whole", None, None, 0, "no runs"))
    share = Expectation("share", SHARE, {"column": "n", "value_set": [1], **USUAL}, "warning", limits=cold.limits)
    checks = judge(suite(cold, share, replace(cold, id="none", limits=None)), frame, engine=engine).checks
    assert [(check.status, check.observed, check.limits) for check in checks[:2]] == [
        ("passed", 2, cold.limits),
        ("passed", 0.5, cold.limits),
    ]
    assert checks[2].error == "the parameter usual_low, usual_high has no value. Next: look at what the job passes"


@pytest.mark.parametrize(
    ("engine", "error"), [("fused", "NumberFormatException: CAST_INVALID_INPUT"), ("plain", "CAST_INVALID_INPUT")]
)
def test_what_spark_cannot_count_is_named_and_the_others_are_judged(frame, engine, error):
    bad = Expectation("it", IN_SET, {"column": "id", "value_set": [7]}, "info")
    result = judge(suite(NOT_NULL, bad), frame, extra={"total": F.sum("n")}, engine=engine)
    assert [(check.id, check.success, check.error) for check in result.checks] == [
        ("named", True, ""),
        ("it", False, error),
    ]
    assert (result.status, result.rows, result.extra) == ("error", 2, {"total": 3})


def test_no_value_gets_into_the_result_or_the_log(frame, caplog):
    for name in LOUD:
        logging.getLogger(name).addHandler(caplog.handler)
    lowest = Expectation("low", "expect_column_min_to_be_between", {"column": "id", "min_value": 0}, "info")
    casts = Expectation("it", IN_SET, {"column": "id", "value_set": [7]}, "info")
    result = judge(
        suite(
            lowest,
            casts,
            Expectation("re", "expect_column_values_to_match_regex", {"column": "id", "regex": "x"}, "info"),
        ),
        frame,
    )
    assert "alice" not in repr(result) + caplog.text


def test_a_frame_that_cannot_be_counted_is_an_error(frame):
    result = judge(suite(NOT_NULL), frame, extra={"bad": F.sum(F.col("id").cast("int"))})
    assert (result.status, result.rows, result.why) == ("error", None, "NumberFormatException: CAST_INVALID_INPUT")


def test_the_callers_aggregates_ride_along_and_stay_exact(spark, frame):
    result = judge(suite(NOT_NULL), frame, extra={"total": F.sum("amount"), "rows": F.count(F.lit(1))})
    assert (result.rows, result.extra) == (2, {"total": Decimal("12345678901234.2901"), "rows": 2})


@pytest.mark.parametrize(("value_set", "status"), [([1, 2], "passed"), ([9], "held")])
def test_a_gate_is_one_aggregate_and_a_job_for_the_key_and_judging_starts_none(
    spark, tmp_path, frame, value_set, status
):
    frame.write.parquet(str(tmp_path / "rows"))
    written = spark.read.parquet(str(tmp_path / "rows"))
    many = suite(NOT_NULL, *only(column="n", value_set=value_set).expectations, *OWN)
    assert judge(many, written).status == status
    assert jobs(spark, lambda: judge(many, written)) == jobs(spark, written.agg(F.count("n")).collect) + 1


def test_a_decimal_range_is_exact_where_a_float_is_not(frame):
    most = only(kind="expect_column_values_to_be_between", column="amount", max_value=12345678901234)
    assert judge(most, frame, engine="plain").status == "passed"
    assert judge(most, frame).status == "held"


@pytest.mark.parametrize(
    "bounds",
    [
        {"min_value": 2, "max_value": 8},
        {"min_value": 2},
        {"max_value": 8},
        {"min_value": 0, "max_value": 0},
        {"min_value": 2, "max_value": 8, "strict_min": True, "strict_max": True},
        {"min_value": 3 * 10**18},
    ],
    ids=str,
)
def test_lengths_are_of_characters_however_many_bytes_each_takes(spark, bounds):
    texts = [of * n for of in ("a", "é", "€", "𝄞") for n in range(11)] + ["a" * 7 + "𝄞", "𝄞a", None]
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    asked = only(kind="expect_column_value_lengths_to_be_between", column="text", **bounds)
    (here,), (there,) = judge(asked, frame).checks, judge(asked, frame, engine="plain").checks
    assert here == there
    low, high = bounds.get("min_value", 0), bounds.get("max_value", 99)
    strict = "strict_min" in bounds
    assert here.unexpected_count == sum(
        not (low < len(text) < high if strict else low <= len(text) <= high) for text in texts if text is not None
    )


@pytest.mark.parametrize("most", [1e308, 2.5e-300])
def test_a_bound_that_no_decimal_holds_is_compared_as_a_float(spark, most):
    frame = spark.createDataFrame([(1.0,), (0.0,)], "x double")
    asked = only(kind="expect_column_values_to_be_between", column="x", max_value=most)
    assert judge(asked, frame).checks == judge(asked, frame, engine="plain").checks


def test_a_latest_instant_is_compared_with_its_offset(spark):
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    frame = spark.createDataFrame([(at,)], "at timestamp")
    fresh, stale = (
        judge(only(kind="expect_column_max_to_be_between", column="at", min_value=since), frame)
        for since in (at, at.replace(minute=1))
    )
    assert fresh.checks[0].observed == "2026-01-01T12:00:00+00:00"
    assert (fresh.status, stale.status) == ("passed", "held")


KEYS: dict[str, tuple[str, list[tuple[object, ...]], int]] = {
    "each once": ("id string, n int", [("a", 1), ("a", 2), ("b", 1)], 0),
    "one twice": ("id string, n int", [("a", 1), ("a", 1), ("b", 1)], 1),
    "one three times": ("id string, n int", [("a", 1), ("a", 1), ("a", 1)], 2),
    "a null in it": ("id string, n int", [("a", 1), ("a", 2), ("b", None)], 1),
    "two signs of zero": ("id double, n int", [(0.0, 1), (-0.0, 1)], 1),
    "no number twice": ("id double, n int", [(float("nan"), 1), (-float("nan"), 1)], 1),
    "two signs of zero within": ("id struct<x: double>, n int", [((0.0,), 1), ((-0.0,), 1)], 1),
    "one amount twice": ("id decimal(38,4), n int", [(Decimal("1.0"), 1), (Decimal("1.0000"), 1)], 1),
    "the same the other way around": ("id int, n int", [(1, 2), (2, 1)], 0),
    "two cases that are equal": ("id string collate UTF8_LCASE, n int", [("a", 1), ("A", 1)], 1),
    "two that share a hash": ("id array<int>, n int", [([1], 1), ([1, None], 1)], 0),
    "no rows": ("id string, n int", [], 0),
}


@pytest.fixture(scope="module")
def compiling(spark: SparkSession) -> SparkSession:
    """A session that compiles its plans, as one does over many rows; those of the tests interpret them."""
    session = spark.newSession()
    session.conf.set("spark.sql.codegen.wholeStage", "true")
    session.conf.set("spark.sql.codegen.factoryMode", "CODEGEN_ONLY")
    return session


@pytest.mark.parametrize("case", KEYS)
def test_the_surplus_of_a_key_is_exact_by_hashes_and_by_spark_compiled_and_interpreted(
    spark, compiling, monkeypatch, case
):
    schema, rows, owed = KEYS[case]
    unique = only(kind="expect_key_to_be_unique", columns=["id", "n"])
    for held, session in ((surplus.HELD, spark), (surplus.HELD, compiling), (0, spark)):
        monkeypatch.setattr(surplus, "HELD", held)
        (found,) = judge(unique, session.createDataFrame(rows, schema)).checks
        assert (found.observed, found.success) == (owed, owed == 0)


def test_each_of_several_keys_has_its_own_surplus_in_one_job(spark):
    frame = spark.createDataFrame([("a", 1), ("a", 2), ("b", 2)], "id string, n int")
    keys = (["id", "n"], ["id"], ["n"])
    several = suite(*(Expectation("-".join(of), KEY.type, {"columns": of}, "critical") for of in keys))
    spark.sparkContext.setJobGroup("several keys", "")
    found = judge(several, frame).checks
    jobs = spark.sparkContext.statusTracker().getJobIdsForGroup("several keys")
    assert ([check.observed for check in found], len(jobs)) == ([0, 1, 1], 4)  # counts, hashes, and each that repeats


@pytest.mark.parametrize("case", [case for case, (_, rows, _) in KEYS.items() if rows])
def test_the_surplus_of_the_key_of_a_candidate_is_exact_from_its_files(spark, tmp_path, case):
    schema, rows, owed = KEYS[case]
    unique = only(kind="expect_key_to_be_unique", columns=["id", "n"])
    result = judged_as_written(unique, spark.createDataFrame(rows, schema).repartition(2), tmp_path)
    assert [(found.observed, found.success) for found in result.checks] == [(owed, owed == 0)]


@pytest.mark.parametrize("few", [surplus.FEW, 0])
@pytest.mark.parametrize("case", KEYS)
def test_the_surplus_of_the_key_of_a_frame_is_exact_from_its_files(spark, tmp_path, monkeypatch, case, few):
    schema, rows, owed = KEYS[case]
    monkeypatch.setattr(surplus, "FEW", few)
    spark.createDataFrame(rows, schema).repartition(2).write.parquet(str(tmp_path / "rows"))
    frame, files = spark.read.schema(schema).parquet(str(tmp_path / "rows")), sorted(tmp_path.glob("rows/*.parquet"))
    (found,) = judge(only(kind="expect_key_to_be_unique", columns=["id", "n"]), frame, files=files).checks
    assert (found.observed, found.success) == (owed, owed == 0)


def test_a_key_that_arrow_reads_from_files_takes_no_job_and_one_that_it_cannot_read_takes_sparks(
    spark, tmp_path, frame
):
    frame.write.parquet(str(tmp_path / "rows"))
    rows, files = spark.read.parquet(str(tmp_path / "rows")), sorted(tmp_path.glob("rows/*.parquet"))
    counting = jobs(spark, rows.agg(F.count("n")).collect)
    assert jobs(spark, lambda: judge(suite(KEY), rows, files=files)) == counting
    assert jobs(spark, lambda: judge(suite(KEY), rows, files=[tmp_path / "none.parquet"])) == counting + 1
    assert judge(suite(KEY), rows, files=[tmp_path / "none.parquet"]).status == "passed"


def test_a_key_that_spark_cannot_compute_is_an_error_and_hides_no_other_check(spark):
    frame = spark.createDataFrame([("7",), ("x",)], "n string").withColumn("id", F.col("n").cast("int"))
    both = suite(KEY, Expectation("text", IN_SET, {"column": "n", "value_set": ["7", "x"]}, "critical"))
    unique, text = judge(both, frame).checks
    assert (unique.status, "CAST_INVALID_INPUT" in unique.error) == ("error", True)
    assert text.status == "passed"


def gap(**kwargs: object) -> Suite:
    zero = Expectation(
        "gap", "expect_column_values_to_be_between", {"column": "gap", "min_value": 0, "max_value": 0}, "critical"
    )
    equal = Expectation(
        "equal", "expect_column_pair_values_to_be_equal", {"column_A": "here", "column_B": "there"}, "critical"
    )
    return Suite("gold.sales", (), (Number("gap", "this", "…"),), (zero, equal))


@pytest.mark.parametrize(
    ("there", "gap_", "ids"),
    [
        ("99999999999999999.9999", "0.0000", []),
        ("99999999999999999.9998", "0.0000", ["equal"]),
        ("99999999999999999.9999", "0.0001", ["gap"]),
        ("99999999999999999.9999", "-0.0001", ["gap"]),
    ],
)
def test_sums_are_reconciled_to_the_last_digit(there, gap_, ids):
    numbers = {"here": Decimal("99999999999999999.9999"), "there": Decimal(there), "gap": Decimal(gap_)}
    assert [check.id for check in reconcile(gap(), numbers).failed] == ids


def test_whole_numbers_beyond_a_float_are_told_apart():
    result = reconcile(gap(), {"here": 2**60, "there": 2**60 + 1, "gap": 0})
    assert [check.id for check in result.failed] == ["equal"]


def test_a_reconciled_check_has_its_number_or_the_difference_of_the_two():
    found = reconcile(gap(), {"here": Decimal("1.0001"), "there": 1, "gap": 3}).checks
    assert [(check.observed, check.unexpected_count) for check in found] == [(3, None), (Decimal("0.0001"), None)]


def test_a_reconciled_number_may_have_limits():
    kwargs = {"column": "days_old", "max_value": USUAL["max_value"]}
    age = Expectation("age", "expect_column_values_to_be_between", kwargs, "warning")
    fresh, cold = (
        Suite("gold.sales", (), (), (replace(age, limits=Limits("whole", None, high, 12, "12 runs")),))
        for high in (2, None)
    )
    assert [reconcile(fresh, {"days_old": days}).status for days in (2, 3)] == ["passed", "warned"]
    assert reconcile(cold, {"days_old": 900}).status == "passed"


def test_a_number_that_nobody_measured_is_an_error():
    assert reconcile(gap(), {"here": 1, "there": 1}).status == "error"


def test_a_reconciliation_that_fails_holds_a_candidate_that_passed():
    passed = Result("gold.sales", "hash", 1)
    assert with_reconciled(passed, gap(), lambda: {"here": 1, "there": 1, "gap": 0}).status == "passed"
    assert with_reconciled(passed, gap(), lambda: {"here": 1, "there": 2, "gap": 0}).status == "held"
