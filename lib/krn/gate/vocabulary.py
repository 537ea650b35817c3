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


def _range(kind: str) -> dict[str, str]:
    return {"min_value": kind, "max_value": kind, "strict_min": "flag", "strict_max": "flag"}


_WHERE = {"row_condition": "text", "condition_parser": "parser"}
_ROW = {**_WHERE, "mostly": "share"}
_COLUMN = {"column": "column"}
_PAIR = {"column_A": "column", "column_B": "column"}
_IGNORE = {"ignore_row_if": "ignore"}


def _row(must: Mapping[str, str], may: Mapping[str, str] | None = None, fits: str = "any") -> Words:
    return Words({**_COLUMN, **must}, {**_ROW, **(may or {})}, is_row=True, fits=fits)


ALLOWED: Mapping[str, Words] = {
    "expect_column_values_to_not_be_null": _row({}),
    "expect_column_values_to_be_null": _row({}),
    "expect_column_values_to_be_in_set": _row({"value_set": "values"}),
    "expect_column_values_to_not_be_in_set": _row({"value_set": "values"}),
    "expect_column_values_to_be_between": _row({}, _range("value"), fits="ordered"),
    "expect_column_values_to_match_regex": _row({"regex": "anchored"}, fits="text"),
    "expect_column_values_to_not_match_regex": _row({"regex": "regex"}, fits="text"),
    "expect_column_value_lengths_to_be_between": _row({}, _range("whole"), fits="text"),
    "expect_column_value_lengths_to_equal": _row({"value": "whole"}, fits="text"),
    "expect_column_pair_values_to_be_equal": Words(_PAIR, {**_ROW, **_IGNORE}, is_row=True),
    "expect_column_pair_values_a_to_be_greater_than_b": Words(
        _PAIR, {**_ROW, **_IGNORE, "or_equal": "flag"}, is_row=True
    ),
    "expect_column_min_to_be_between": Words(_COLUMN, {**_WHERE, **_range("value")}, fits="ordered"),
    "expect_column_max_to_be_between": Words(_COLUMN, {**_WHERE, **_range("value")}, fits="ordered"),
    "expect_column_mean_to_be_between": Words(_COLUMN, {**_WHERE, **_range("number")}, fits="number"),
    "expect_column_sum_to_be_between": Words(_COLUMN, {**_WHERE, **_range("number")}, fits="number"),
    "expect_column_percentile_to_be_between": Words(
        {**_COLUMN, "percentile": "share"}, {**_WHERE, **_range("number")}, fits="number"
    ),
    "expect_column_share_in_set_to_be_between": Words(
        {**_COLUMN, "value_set": "values"}, {**_WHERE, **_range("share")}
    ),
    "expect_table_row_count_to_be_between": Words({}, {**_WHERE, **_range("whole")}),
    "expect_table_row_count_to_equal": Words({"value": "whole"}, _WHERE),
    "expect_key_to_be_unique": Words({"columns": "columns"}),  # no row_condition: a grain holds everywhere
}

_DECLARED = "the declared columns: a build conforms to them"
_CONTRACT = "a check in the contract"
_GOLD = "a gold table that computes it, and a range on its column"
_ORDER = "a lag computed in the transform, and a range on it: rows of a frame have no order"
_PERCENTILE = "expect_column_percentile_to_be_between (this one needs passes of its own)"
_SET = "expect_column_values_to_be_in_set (this one collects every distinct value)"
_UNIQUE = "expect_key_to_be_unique (this one needs a window, so a pass of its own)"

BANNED: Mapping[str, str] = {
    "expect_column_values_to_be_unique": _UNIQUE,
    "expect_compound_columns_to_be_unique": _UNIQUE,
    "expect_multicolumn_values_to_be_unique": _UNIQUE,
    "expect_select_column_values_to_be_unique_within_record": _UNIQUE,
    "expect_column_proportion_of_unique_values_to_be_between": _UNIQUE,
    "expect_column_unique_value_count_to_be_between": _GOLD,
    "expect_column_values_to_be_increasing": _ORDER,
    "expect_column_values_to_be_decreasing": _ORDER,
    "expect_column_distinct_values_to_be_in_set": _SET,
    "expect_column_distinct_values_to_equal_set": _SET,
    "expect_column_distinct_values_to_contain_set": _SET,
    "expect_column_most_common_value_to_be_in_set": _GOLD,
    "expect_column_median_to_be_between": _PERCENTILE,
    "expect_column_quantile_values_to_be_between": _PERCENTILE,
    "expect_column_kl_divergence_to_be_less_than": _GOLD,
    "expect_column_value_z_scores_to_be_less_than": _GOLD,
    "expect_column_stdev_to_be_between": _GOLD,
    "expect_multicolumn_sum_to_equal": "a column with the sum, and expect_column_pair_values_to_be_equal",
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
    "expect_column_values_to_match_like_pattern": "expect_column_values_to_match_regex",
    "expect_column_values_to_match_regex_list": "one expect_column_values_to_match_regex with an alternation",
    "expect_table_row_count_to_equal_other_table": "`numbers` and `reconcile`",
    "expect_query_results_to_match_comparison": "`numbers` and `reconcile`",
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
