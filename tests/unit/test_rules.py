"""Rules are data: what a file of them can say, and that it can say nothing else."""

from pathlib import Path

import pytest

from krn import rules
from krn.errors import UsageError

RULE = {"name": "r", "version": 1, "points": 10, "observed": "amount", "condition": "observed > threshold"}


def written(folder: Path, *given: dict[str, object], threshold: str = "threshold = 5") -> Path:
    lines = ['name = "mine"']
    for rule in given:
        lines += ["[[rules]]", 'description = "why"', *(f"{k} = {v!r}" for k, v in (RULE | rule).items()), threshold]
    path = folder / "rules.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as error:
        rules.load(path)
    return str(error.value)


def test_a_condition_becomes_sql(tmp_path):
    path = written(tmp_path, {"observed": "max(km, 2 * kmh)", "condition": "observed >= threshold and not km < 1"})
    (rule,) = rules.load(path).rules
    km, two, one, five = "CAST(km AS DOUBLE)", "CAST('2.0' AS DOUBLE)", "CAST('1.0' AS DOUBLE)", "CAST('5.0' AS DOUBLE)"
    observed = f"greatest({km}, ({two} * CAST(kmh AS DOUBLE)))"
    assert rule.observed == observed
    assert rule.condition == f"(coalesce({observed} >= {five}, false) AND (NOT coalesce({km} < {one}, false)))"


def test_a_threshold_may_differ_by_currency(tmp_path):
    path = written(tmp_path, {}, threshold="threshold = {EUR = 5, GBP = 4.5}")
    (rule,) = rules.load(path).rules
    assert (
        rule.threshold
        == "CASE currency WHEN 'EUR' THEN CAST('5.0' AS DOUBLE) WHEN 'GBP' THEN CAST('4.5' AS DOUBLE) END"
    )


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "amount",
        "amount > 'a'",
        "card_id > 5",
        "amount > hidden",
        "amount > 5; DROP TABLE x",
        "amount > 5 -- and more",
        "__import__('os').system('true') > 1",
        "eval(amount) > 5",
        "amount.real > 5",
        "amount / km > 5",
        "amount > 1e999",
        "amount > True",
        "1 < amount < 5",
        "amount in (1, 2)",
        "(lambda: amount)() > 5",
        "[x for x in amount] > 5",
        "max(amount, key=km) > 5",
        "not amount",
        "max(amount) > 5",
        "max() > 5",
        "min(amount, min(km)) > 5",
        "-True > amount",
        "amount > 1" + "0" * 400,
        "amount > -1" + "0" * 400,
        "amount > " + "-" * 1_000 + "5",
        "amount > " + "1 + " * 1_000 + "5",
        "not " * 1_000 + "amount > 5",
        "-" * 10_000 + "amount > 5",
    ],
)
def test_what_is_no_comparison_of_features_is_refused(tmp_path, condition):
    assert ": r: " in refused(written(tmp_path, {"condition": condition}))


@pytest.mark.parametrize(
    "threshold",
    [
        "threshold = {}",
        "threshold = true",
        "threshold = {EUR = 5, GBP = false}",
        "threshold = '5'",
        "threshold = {EUR = '5'}",
        "threshold = inf",
        "threshold = 1" + "0" * 400,
        "threshold = {EUR = 1" + "0" * 400 + "}",
        "threshold = []",
    ],
)
def test_a_threshold_that_is_no_number_is_refused_by_the_name_of_its_rule(tmp_path, threshold):
    said = refused(written(tmp_path, {"name": "dear"}, threshold=threshold))
    assert ": dear: " in said or " of dear: " in said


def test_a_number_of_more_digits_than_python_reads_is_refused(tmp_path):
    assert "is not TOML" in refused(written(tmp_path, {}, threshold="threshold = 1" + "0" * 5_000))


def test_a_number_may_be_negative(tmp_path):
    path = written(tmp_path, {"observed": "-amount", "condition": "observed < -1 - -km"}, threshold="threshold = -2")
    (rule,) = rules.load(path).rules
    assert rule.threshold == "CAST('-2.0' AS DOUBLE)"
    assert rule.observed == "(-CAST(amount AS DOUBLE))"
    assert rule.condition == (
        "coalesce((-CAST(amount AS DOUBLE)) < ((-CAST('1.0' AS DOUBLE)) - (-CAST(km AS DOUBLE))), false)"
    )


def test_every_fault_is_named_at_once(tmp_path):
    path = written(tmp_path, {"condition": "x > 1"}, {"observed": "km / 2"}, threshold="threshold = {EURO = 5}")
    assert refused(path) == (
        f"{path}: r: named twice; r: EURO is no currency; r: EURO is no currency; r: x is no feature; "
        "gold.transaction_features has them all; r: 'km / 2' is no number. "
        "Next: mend the file; conf/fraud_rules.toml shows each key"
    )


@pytest.mark.parametrize(
    "fault", [{"points": 0}, {"points": 101}, {"version": 0}, {"version": 2**31}, {"name": "A b"}, {"wrong": 1}]
)
def test_a_key_that_is_wrong_is_refused(tmp_path, fault):
    assert refused(written(tmp_path, fault)).startswith(f"{tmp_path / 'rules.toml'}: rules.0.")


def test_a_file_that_is_not_there_or_not_toml_is_a_usage_error(tmp_path):
    assert refused(tmp_path / "gone.toml").startswith("There is no file of rules")
    (tmp_path / "bad.toml").write_text("[[", encoding="utf-8")
    assert "is not TOML" in refused(tmp_path / "bad.toml")
