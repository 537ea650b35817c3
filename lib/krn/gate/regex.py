"""What can be wrong with a regular expression that Spark's `rlike` will search for."""

import re

_FLAGS = re.compile(r"\(\?[isu]+\)")  # those that leave ^ what it is
_PROPERTY = re.compile(r"(?<!\\)((?:\\\\)*)\\[pP](?:\{[^}]+\}|[A-Z])(-?)")  # a class of characters
_NAMED = re.compile(r"\(\?<(?![=!])")  # a group with a name, as Java writes it

_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|.", re.DOTALL)  # an escape, a class, or one character

_ODD = (" ", "~", "\t", "@", "<b>", "7,50 €", "x", "Zoë", "'", "{}")  # a rule refuses more than one of these


def fault(pattern: object, anchored: bool = False) -> str:
    """What is wrong with the pattern, or "". Anchored: the whole value must match, so `^…\\z` around all of it."""
    if not isinstance(pattern, str):
        return "is a text"
    if anchored and not _is_anchored(pattern):
        return r"is searched for, not matched: write ^…\z, with any alternation in a group ($ lets a newline through)"
    if "(?P<" in "".join(part if len(part) == 1 else " " for part in _PART.findall(pattern)):
        return "names a group as Python does, which Java can't read: write (?<name>…)"
    try:
        compiled = _compiled(pattern)
    except re.error as error:
        return f"is no regular expression: {error}"
    if anchored and not _PROPERTY.search(pattern) and sum(compiled.search(odd) is None for odd in _ODD) <= 1:
        return "passes almost anything: say what a value looks like (how long says value_lengths, what not not_match)"
    return ""


def found(pattern: str, text: str) -> bool | None:
    """Whether Spark would find the pattern in the text; None where only Java knows."""
    is_javas = "&&" in pattern or _PROPERTY.search(pattern)
    return None if is_javas else _compiled(pattern).search(text) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    """As Java reads it, whose word is of ASCII; of a property it knows no more than that it is of one character."""
    known = _PROPERTY.sub(lambda found: rf"{found[1]}\w" + (r"\-" if found[2] else ""), pattern)
    return re.compile(_NAMED.sub("(?P<", known.replace(r"\z", r"\Z")), re.ASCII)  # \z is \Z before Python 3.14


def _is_anchored(pattern: str) -> bool:
    parts = _PART.findall(_FLAGS.sub("", pattern, count=1) if _FLAGS.match(pattern) else pattern)
    return parts[:1] == ["^"] and parts[-1:] == [r"\z"] and not _has_open_alternation(parts)


def _has_open_alternation(parts: list[str]) -> bool:
    depth = 0
    for part in parts:
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False
