"""The expectation types a suite may use: those that fuse into one pass and equal plain Great Expectations."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """The arguments of one type, each with the kind of value it takes; `lint` knows the kinds."""

    must: Mapping[str, str] = field(default_factory=dict)
    may: Mapping[str, str] = field(default_factory=dict)
    is_row: bool = False  # says something about each row, so it takes `mostly`
    fits: str = "any"  # which columns: any, text, number, ordered
    compares: tuple[str, ...] = ()  # arguments that name columns of one kind: Spark would cast one for the other


def _range(kind: str) -> dict[str, str]:
    return {"min_value": kind, "max_value": kind, "strict_min": "flag", "strict_max": "flag"}


_WHERE = {"row_condition": "condition", "condition_parser": "parser"}
_ROW = {**_WHERE, "mostly": "share"}
_COLUMN = {"column": "column"}
_PAIR = {"column_A": "column", "column_B": "column"}
_MANY = {"column_list": "columns"}


def _row(must: Mapping[str, str], may: Mapping[str, str] | None = None, fits: str = "any") -> Words:
    return Words({**_COLUMN, **must}, {**_ROW, **(may or {})}, is_row=True, fits=fits)


def _pair(may: Mapping[str, str] | None = None) -> Words:
    return Words(_PAIR, {**_ROW, "ignore_row_if": "ignore", **(may or {})}, is_row=True, compares=tuple(_PAIR))


def _many(must: Mapping[str, str] | None = None, fits: str = "any") -> Words:
    return Words(
        {**_MANY, **(must or {})},
        {**_ROW, "ignore_row_if": "ignore_of_many"},
        is_row=True,
        fits=fits,
        compares=tuple(_MANY),
    )


def _measured(kind: str, fits: str = "any") -> Words:
    return Words(_COLUMN, {**_WHERE, **_range(kind)}, fits=fits)


ALLOWED: Mapping[str, Words] = {
    "expect_column_values_to_not_be_null": _row({}),
    "expect_column_values_to_be_null": _row({}),
    "expect_column_values_to_be_in_set": _row({"value_set": "values"}),
    "expect_column_values_to_not_be_in_set": _row({"value_set": "values"}),
    "expect_column_values_to_be_between": _row({}, _range("value"), fits="ordered"),
    "expect_column_values_to_match_regex": _row({"regex": "anchored"}, fits="text"),
    "expect_column_values_to_not_match_regex": _row({"regex": "regex"}, fits="text"),
    "expect_column_values_to_match_regex_list": _row(
        {"regex_list": "anchored_list"}, {"match_on": "match"}, fits="text"
    ),
    "expect_column_values_to_not_match_regex_list": _row({"regex_list": "regex_list"}, fits="text"),
    "expect_column_value_lengths_to_be_between": _row({}, _range("count"), fits="text"),
    "expect_column_value_lengths_to_equal": _row({"value": "count"}, fits="text"),
    "expect_column_pair_values_to_be_equal": _pair(),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair({"or_equal": "flag"}),
    "expect_column_pair_values_to_be_in_set": Words(
        {**_PAIR, "value_pairs_set": "pairs"},
        {"mostly": "share", "ignore_row_if": "ignore", "row_condition": "unheeded"},
        is_row=True,
    ),
    "expect_multicolumn_values_to_be_equal": _many(),
    "expect_select_column_values_to_be_unique_within_record": _many(),
    "expect_multicolumn_sum_to_equal": _many({"sum_total": "number"}, fits="number"),
    "expect_column_min_to_be_between": _measured("value", fits="ordered"),
    "expect_column_max_to_be_between": _measured("value", fits="ordered"),
    "expect_column_mean_to_be_between": _measured("number", fits="number"),
    "expect_column_median_to_be_between": _measured("number", fits="number"),  # exact: a counter for each value
    "expect_column_stdev_to_be_between": _measured("spread", fits="number"),
    "expect_column_sum_to_be_between": _measured("number", fits="number"),
    "expect_column_percentile_to_be_between": Words(
        {**_COLUMN, "percentile": "share"}, {**_WHERE, **_range("number")}, fits="number"
    ),
    "expect_column_share_in_set_to_be_between": Words(
        {**_COLUMN, "value_set": "values"}, {**_WHERE, **_range("proportion")}
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": _measured("proportion"),
    # of all rows, so each of these carries every other sum of the pass through a shuffle of its own
    "expect_column_unique_value_count_to_be_between": _measured("count"),
    "expect_column_proportion_of_unique_values_to_be_between": _measured("proportion"),
    "expect_table_row_count_to_be_between": Words({}, {**_WHERE, **_range("count")}),
    "expect_table_row_count_to_equal": Words({"value": "count"}, _WHERE),
    "expect_key_to_be_unique": Words({"columns": "columns"}, _WHERE),
}

_DECLARED = "the declared columns: a build conforms to them"
_CONTRACT = "a check in the contract, which quarantines the event (here it would be Python, row by row)"
_GOLD = "a gold table that computes it, and a range on its column"
_ORDER = "a lag computed in the transform, and a range on it: rows of a frame have no order"
_IN_SET = "expect_column_values_to_be_in_set (this one collects every distinct value)"
_KEY = "expect_key_to_be_unique (this one needs a window, so a pass of its own)"
_REGEX = "expect_column_values_to_{}match_regex{} (this one has no Spark form); % is .* and _ is ."
_RANGE = "expect_column_values_to_be_between with limits that are known (this one needs a pass to find its own)"
_SHARE = "expect_column_share_in_set_to_be_between for each value (this one collects every distinct value)"
_NUMBERS = "`numbers` and `reconcile`"
_NAME_ONLY = "(Great Expectations has this one in name only)"

BANNED: Mapping[str, str] = {
    "expect_column_values_to_be_unique": _KEY,
    "expect_compound_columns_to_be_unique": _KEY,
    "expect_multicolumn_values_to_be_unique": _KEY,
    "expect_column_values_to_be_increasing": _ORDER,
    "expect_column_values_to_be_decreasing": _ORDER,
    "expect_column_distinct_values_to_be_in_set": _IN_SET,
    "expect_column_distinct_values_to_equal_set": f"{_IN_SET}, and expect_column_unique_value_count_to_be_between",
    "expect_column_distinct_values_to_contain_set": _SHARE,
    "expect_column_most_common_value_to_be_in_set": _SHARE,
    "expect_column_kl_divergence_to_be_less_than": _SHARE,
    "expect_column_chisquare_test_p_value_to_be_greater_than": f"{_SHARE} {_NAME_ONLY}",
    "expect_column_pair_cramers_phi_value_to_be_less_than": f"{_GOLD} {_NAME_ONLY}",
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than": f"{_GOLD} {_NAME_ONLY}",
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": f"{_GOLD} {_NAME_ONLY}",
    "expect_column_quantile_values_to_be_between": "expect_column_percentile_to_be_between for each quantile "
    "(this one needs a pass of its own)",
    "expect_column_value_z_scores_to_be_less_than": _RANGE,
    "expect_column_values_to_not_be_outliers": _RANGE,
    "expect_column_values_to_be_of_type": _DECLARED,
    "expect_column_values_to_be_in_type_list": _DECLARED,
    "expect_column_type_to_be": _DECLARED,
    "expect_column_to_exist": _DECLARED,
    "expect_table_columns_to_match_set": _DECLARED,
    "expect_table_columns_to_match_ordered_list": _DECLARED,
    "expect_table_column_count_to_equal": _DECLARED,
    "expect_table_column_count_to_be_between": _DECLARED,
    "expect_column_values_to_match_strftime_format": _CONTRACT,
    "expect_column_values_to_be_dateutil_parseable": _CONTRACT,
    "expect_column_values_to_be_json_parseable": _CONTRACT,
    "expect_column_values_to_match_json_schema": _CONTRACT,
    "expect_column_values_to_match_like_pattern": _REGEX.format("", ""),
    "expect_column_values_to_match_like_pattern_list": _REGEX.format("", "_list"),
    "expect_column_values_to_not_match_like_pattern": _REGEX.format("not_", ""),
    "expect_column_values_to_not_match_like_pattern_list": _REGEX.format("not_", "_list"),
    "expect_table_row_count_to_equal_other_table": _NUMBERS,
    "expect_query_results_to_match_comparison": _NUMBERS,
    "unexpected_rows_expectation": "a column that says it, and a value set on that (this one runs its query twice)",
}

RECONCILE = frozenset(
    {
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_a_to_be_greater_than_b",
    }
)
