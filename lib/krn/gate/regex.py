"""What can be wrong with a regular expression that Spark's `rlike` will search for."""

import re

_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|.", re.DOTALL)  # an escape, a class, or one character

_ODD = (" ", "~", "\t", "@", "<b>", "7,50 €", "x", "Zoë", "'", "{}")  # a rule refuses more than one of these


def fault(pattern: object, anchored: bool = False) -> str:
    """What is wrong with the pattern, or "". Anchored: the whole value must match, so `^…\\z` around all of it."""
    if not isinstance(pattern, str):
        return "is a text"
    if anchored and not _is_anchored(pattern):
        return r"is searched for, not matched: write ^…\z, with any alternation in a group ($ lets a newline through)"
    try:
        compiled = _compiled(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    if anchored and sum(compiled.search(odd) is None for odd in _ODD) <= 1:
        return "passes almost anything: say what a value looks like (how long says value_lengths, what not not_match)"
    return ""


def found(pattern: str, text: str) -> bool:
    """Whether Spark would find the pattern in the text."""
    return _compiled(pattern).search(text) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\z", r"\Z"))  # Java's \z, before Python 3.14


def _is_anchored(pattern: str) -> bool:
    parts = _PART.findall(pattern)
    return parts[:1] == ["^"] and parts[-1:] == [r"\z"] and not _has_open_alternation(parts)


def _has_open_alternation(parts: list[str]) -> bool:
    depth = 0
    for part in parts:
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False
