"""Reads fraud rules: a TOML file of conditions in a small language of features, numbers and comparisons.

A condition is written as in Python and becomes SQL, part by part. What has no part here, such as a text, a call or a
name that is no feature, is refused, so a file of rules can't do anything but compare.
"""

import ast
import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pyspark.sql.types import NumericType

from krn import toml
from krn.contracts.currencies import CURRENCIES
from krn.errors import UsageError
from krn.tables.gold.transaction_features import TABLE as FEATURES
from krn.tables.rules import Rule, RuleSet

FILE = Path("conf", "fraud_rules.toml")
_THEN = "mend the file; conf/fraud_rules.toml shows each key"
FEATURE_NAMES = tuple(c.name for c in FEATURES.columns if isinstance(c.type, NumericType))

Number = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
_LOGIC: Mapping[type[ast.AST], str] = {ast.And: "AND", ast.Or: "OR"}
_COMPARED: Mapping[type[ast.AST], str] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "=",
    ast.NotEq: "<>",
}
#: No division: one by 0 would stop the job.
_SUMS: Mapping[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_OF_SEVERAL = {"max": "greatest", "min": "least"}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Written(_Frozen):
    """A rule as its file has it; a threshold may differ by currency, and a currency without one is not judged."""

    name: _Name
    version: int = Field(ge=1, lt=2**31)
    points: int = Field(ge=1, le=100)
    observed: str
    condition: str
    threshold: Number | dict[str, Number]
    description: str = Field(min_length=1)


class WrittenSet(_Frozen):
    """A file of rules."""

    name: _Name
    rules: tuple[Written, ...] = Field(min_length=1)


def load(path: Path) -> RuleSet:
    """The rules of a file, ready to be applied; every fault is named at once."""
    told = toml.read(path, "file of rules", "name one with fraud_rules in the configuration")
    written = toml.validated(WrittenSet, told, path, _THEN, partial(_place, told))
    compiled, refused = list[Rule](), list(_problems(written))
    for rule in written.rules:
        try:
            compiled.append(_compiled(rule))
        except _NotOurs as unknown:
            refused.append(f"{rule.name}: {unknown}")
        except RecursionError:
            refused.append(f"{rule.name}: too many things in one another")
    if refused:
        raise UsageError(f"{path}: {'; '.join(refused)}.", _THEN)
    return RuleSet(written.name, tuple(compiled))


def _place(told: Mapping[str, Any], keys: toml.Keys) -> str:
    """The keys that lead to a fault, and of which rule it is, where that has a name."""
    place = toml.dotted(keys)
    match keys:
        case ("rules", int(number), str(), *_):
            name = told["rules"][number].get("name")
            return f"{place} of {name}" if name else place
    return place


def _problems(written: WrittenSet) -> Iterator[str]:
    names = [rule.name for rule in written.rules]
    yield from (f"{name}: named twice" for name in sorted({n for n in names if names.count(n) > 1}))
    for rule in written.rules:
        if rule.threshold == {}:
            yield f"{rule.name}: threshold names no currency"
        if isinstance(rule.threshold, dict):
            yield from (f"{rule.name}: {c} is no currency" for c in rule.threshold if c not in CURRENCIES)


class _NotOurs(Exception):
    """A part of a condition that the language does not have."""


def _compiled(rule: Written) -> Rule:
    threshold = _threshold(rule.threshold)
    observed = _number(_parsed(rule.observed), {"threshold": threshold})
    condition = _truth(_parsed(rule.condition), {"threshold": threshold, "observed": observed})
    return Rule(rule.name, rule.version, rule.points, condition, observed, threshold)


def _threshold(written: int | float | dict[str, Any]) -> str:
    if not isinstance(written, dict):
        return _literal(written)
    cases = " ".join(f"WHEN '{currency}' THEN {_literal(limit)}" for currency, limit in sorted(written.items()))
    return f"CASE currency {cases} END"


def _literal(number: int | float) -> str:
    try:
        double = float(number)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double):
        raise _NotOurs("a number is greater than any double")
    return f"CAST('{double!r}' AS DOUBLE)"  # as text, since Spark and DuckDB read 0.1 as decimals of their own


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _NotOurs(f"{text!r} is not a condition") from None


def _truth(node: ast.expr, words: Mapping[str, str]) -> str:
    match node:
        case ast.BoolOp(op, values):
            return f"({f' {_LOGIC[type(op)]} '.join(_truth(value, words) for value in values)})"
        case ast.UnaryOp(ast.Not(), value):
            return f"(NOT {_truth(value, words)})"
        case ast.Compare(left, [op], [right]) if type(op) in _COMPARED:
            return f"coalesce({_number(left, words)} {_COMPARED[type(op)]} {_number(right, words)}, false)"
    raise _NotOurs(f"{ast.unparse(node)!r} compares nothing")


def _number(node: ast.expr, words: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return _literal(value)
        case ast.Name(name) if name in words:
            return words[name]
        case ast.Name(name) if name in FEATURE_NAMES:
            return f"CAST({name} AS DOUBLE)"
        case ast.Name(name):
            raise _NotOurs(f"{name} is no feature; gold.transaction_features has them all")
        case ast.UnaryOp(ast.USub(), value):
            return f"(-{_number(value, words)})"
        case ast.BinOp(left, op, right) if type(op) in _SUMS:
            return f"({_number(left, words)} {_SUMS[type(op)]} {_number(right, words)})"
        case ast.Call(ast.Name(name), [_, _, *_] as of, []) if name in _OF_SEVERAL:
            return f"{_OF_SEVERAL[name]}({', '.join(_number(value, words) for value in of)})"
    raise _NotOurs(f"{ast.unparse(node)!r} is no number")
