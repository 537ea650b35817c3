"""Text out of events and errors, made harmless to show: nothing that steers a terminal, no address of a person."""

import re

#: C0 and C1 controls (ANSI escapes begin with one), marks that turn or hide text, halves of surrogate pairs.
_STEERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"[\t\r\n]+")


def printable(text: str) -> str:
    """`text` as one line that steers nothing; what could is a visible mark."""
    return _STEERS.sub("\ufffd", _BREAKS.sub(" ", text))


def harmless(text: str, limit: int = 300) -> str:
    """Printable, at most `limit` characters, without any word that may be an e-mail address."""
    masked = " ".join("(e-mail)" if "@" in word else word for word in printable(text).split(" "))
    return masked if len(masked) <= limit else f"{masked[: limit - 1]}…"
