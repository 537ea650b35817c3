"""What is wrong with the arguments of one expectation."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pyspark.sql.types import IntegralType

from krn.gate.coverage import columns_of
from krn.gate.kinds import FITS, KINDS, Types, is_alike, misfit
from krn.gate.suite import Expectation, is_parameter
from krn.gate.vocabulary import Words

_NOT_NULL = "expect_column_values_to_not_be_null"
_ALWAYS: Mapping[str, tuple[tuple[Any, Any], ...]] = {  # by kind, the ranges that hold everything
    "count": ((0, None),),
    "spread": ((0, None),),
    "proportion": ((0, None), (None, 1), (0, 1)),
}


def arguments(expectation: Expectation, words: Words, types: Types) -> Iterator[str]:
    """Each mistake as one sentence."""
    given, takes = expectation.kwargs, {**words.must, **words.may}
    yield from (f"no argument {name}: write it" for name in words.must if name not in given)
    yield from (f"unknown argument {name}{near(name, takes)}" for name in given if name not in takes)
    if expectation.severity == "critical" and words.is_row and expectation.type != _NOT_NULL and "mostly" not in given:
        yield "critical without mostly: say that one row holds the table (mostly: 1.0), or how many may differ"
    if expectation.severity == "critical" and _is_below_half(given.get("mostly")):
        yield f"mostly {given['mostly']} lets most rows differ: say what holds for half of them at least"
    columns = [types[name] for name in columns_of(expectation) if name in types]
    if unfit := [column for column in columns if not FITS[words.fits](column)]:
        yield f"{unfit[0].simpleString()} column; this type is for {words.fits} columns"
        return
    yield from _values(given, takes, types)
    yield from _bounds(given, takes, types)
    yield from _compared(given, words, types)
    yield from _pairs(given, types)


def near(name: str, known: Collection[str]) -> str:
    """What may have been meant by a name, or what there is."""
    if meant := get_close_matches(name, known, 1):
        return f": write {meant[0]}"
    return f": it takes {', '.join(known)}" if len(known) < 20 else ": docs/reference/expectations.md has them all"


def _is_below_half(mostly: object) -> bool:
    return isinstance(mostly, float) and 0 < mostly < 0.5


def _values(given: Mapping[str, Any], takes: Mapping[str, str], types: Types) -> Iterator[str]:
    column = types.get(str(given.get("column")))
    for name, value in given.items():
        if name in takes and not is_parameter(value) and (problem := KINDS[takes[name]](value, types, column)):
            yield f"{name} {problem}"


def _bounds(given: Mapping[str, Any], takes: Mapping[str, str], types: Types) -> Iterator[str]:
    """What is wrong with a range: open on both sides, rounded, or nothing lies in it, or everything does."""
    if "min_value" not in takes:
        return
    low, high = given.get("min_value"), given.get("max_value")
    if low is None and high is None:
        yield "neither min_value nor max_value: write one"
    elif low is not None and high is not None and _is_empty(low, high, given):
        yield f"nothing lies between {low} and {high}: mend the bounds"
    elif takes["min_value"] == "value" and _has_no_whole(low, high, given, types):
        yield f"no whole number lies between {low} and {high}: mend the bounds"
    elif rounded := [bound for bound in (low, high) if type(bound) is int and _is_rounded(bound)]:
        yield f"Great Expectations makes {rounded[0]} a float, which rounds it: write one with fewer digits"
    elif (low, high) in _ALWAYS.get(takes["min_value"], ()) and not (
        given.get("strict_min") or given.get("strict_max")
    ):
        yield "its range passes anything: write a bound that something can break"


def _is_empty(low: Any, high: Any, given: Mapping[str, Any]) -> bool:
    try:
        return bool(low > high or (low == high and (given.get("strict_min") or given.get("strict_max"))))
    except TypeError:
        return False  # the values are the problem, and are named


def _is_rounded(bound: int) -> bool:
    try:
        return int(float(bound)) != bound
    except OverflowError:
        return True


def _has_no_whole(low: Any, high: Any, given: Mapping[str, Any], types: Types) -> bool:
    """Whether a column of whole numbers can have no value in a range."""
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    is_whole = isinstance(types.get(str(given.get("column"))), IntegralType)
    return is_whole and low + bool(given.get("strict_min")) > high - bool(given.get("strict_max"))


def _compared(given: Mapping[str, Any], words: Words, types: Types) -> Iterator[str]:
    """What is wrong with columns that are compared with each other."""
    names = [str(name) for argument in words.compares for name in _listed(given.get(argument))]
    known = [name for name in names if name in types]
    if len(set(names)) == 1:
        yield f"{names[0]} is compared with itself: name two columns"
    elif not is_alike([types[name] for name in known]):
        kinds = ", ".join(f"{name} is {types[name].simpleString()}" for name in known)
        yield f"{kinds}: compare columns of one kind"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(given: Mapping[str, Any], types: Types) -> Iterator[str]:
    """What is wrong with the values of a pair, each against its own column; a null is a value here."""
    columns = [types.get(str(given.get(name))) for name in ("column_A", "column_B")]
    pairs = given.get("value_pairs_set")
    for pair in pairs if isinstance(pairs, list) else ():
        each = zip(pair, columns, strict=False) if isinstance(pair, list) else ()
        yield from (
            f"value_pairs_set: {says}"
            for value, column in each
            if value is not None and (says := misfit(value, column))
        )
