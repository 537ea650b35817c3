"""What can be wrong with a regular expression that Spark's `rlike` will search for."""

import re

_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|.", re.DOTALL)  # an escape, a class, or one character

_ANY = ("", " ", "~", "x" * 300, "Zoë \t7,50 €", "<b>")  # no rule would let all of these through


def fault(pattern: object, anchored: bool = False) -> str:
    """What is wrong with the pattern, or "". Anchored: the whole value must match, so `^…\\z` around all of it."""
    if not isinstance(pattern, str):
        return "is a text"
    if anchored and not _is_anchored(pattern):
        return r"is searched for, not matched: write ^…\z, with any alternation in a group ($ lets a newline through)"
    try:
        compiled = re.compile(pattern.replace(r"\z", r"\Z"))  # Java's \z, before Python 3.14
    except re.error as error:
        return f"is no regular expression: {error}"
    return "passes anything: say what a value looks like" if anchored and all(map(compiled.search, _ANY)) else ""


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
