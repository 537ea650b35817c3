"""The columns that an SQL expression names, found without Spark."""

import re
from collections.abc import Container

_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()")  # not a function's, nor what follows a dot
_LAMBDA = re.compile(r"\(([\w\s,]+)\)\s*->|(\w+)\s*->")  # `x -> …`, `(sum, x) -> …`
_WITH_ITSELF = re.compile(
    r"(?:^|\(|\b(?:and|or|not|where)\b)\s*([a-z_][\w.]*)\s*(?:<=>|<>|!=|<=|>=|=|<|>)\s*\1\s*(?:$|\)|and\b|or\b)",
    re.IGNORECASE,
)
_CHANCE = re.compile(r"\b(rand|randn|random|uuid|shuffle)\s*\(", re.IGNORECASE)
_TOKEN = re.compile(r"<=>|\w+|\S")
_TAKES_NULL = {"case", "coalesce", "nullif"}  # what may have a null in it and still be true
_JOINS = {"and", "or", "where"}  # before a bracket they open a group, where another word calls a function
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


def why_never_true(expression: str) -> str:
    """Why a condition is true for no row, or for any by chance, so that its gate stands open; "" if that isn't seen."""
    said = _QUOTED.sub("''", expression)
    if found := _CHANCE.search(said):
        return f"asks {found[1]}(), so it is about other rows each time: say which it is about"
    if found := _WITH_ITSELF.search(said):
        return f"compares {found[1]} with itself: compare it with something else, or write IS NOT NULL"
    return _why_null_or_false(said)


def _why_null_or_false(said: str) -> str:
    words = ["", *_TOKEN.findall(said.lower()), ""]
    inside: list[str] = []  # what each open bracket or CASE belongs to
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if word == "null" and not _asks_for_null(before, after) and not _TAKES_NULL & {*inside}:
            return "compares with null, which is true for no row: write IS NULL or IS NOT NULL"
        if word == "false" and before in ("", "and", "(") and after in ("", "and", ")") and inside[-1:] in ([], [""]):
            return "has a false that makes it true for no row: drop it"
        if word in ("(", "case"):
            inside.append(word if word == "case" else before if before not in _JOINS and before.isidentifier() else "")
        elif word in (")", "end"):
            del inside[-1:]
    return ""


def _asks_for_null(before: str, after: str) -> bool:
    return before in ("is", "not", "<=>", "from") or after == "<=>"  # IS NULL, IS NOT NULL, IS DISTINCT FROM NULL
