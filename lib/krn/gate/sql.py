"""The columns that an SQL expression names, found without Spark."""

import re
from collections.abc import Container

_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()")  # not a function's, nor what follows a dot
_LAMBDA = re.compile(r"\(([\w\s,]+)\)\s*->|(\w+)\s*->")  # `x -> …`, `(sum, x) -> …`
_SQL = """
    and or not is null true false in between like rlike ilike escape case when then else end distinct from filter where
    as cast over partition by order asc desc rows range unbounded preceding following current row interval div
    second seconds minute minutes hour hours day days week weeks month months year years
    current_date current_timestamp
    string int integer bigint smallint tinyint double float decimal boolean date timestamp binary
"""
_WORDS = frozenset(_SQL.split())


def names(expression: str) -> frozenset[str]:
    """Each word that may be a column's: no function, text or name that a lambda gives."""
    said = _QUOTED.sub("''", expression)
    given = {name for both in _LAMBDA.findall(said) for name in re.findall(r"\w+", " ".join(both))}
    return frozenset(_NAME.findall(said)) - given


def strangers(expression: str, columns: Container[str]) -> list[str]:
    """The names that are neither a column nor a word of SQL."""
    return sorted(name for name in names(expression) if name not in columns and name.lower() not in _WORDS)


def is_never_true(expression: str) -> bool:
    """Whether it compares with null, which is true for no row: a condition that lets the gate stand open."""
    return bool(re.search(r"(?<![<=>])(?:=|<>|!=|<=|>=|<|>)\s*null\b", _QUOTED.sub("''", expression), re.IGNORECASE))
