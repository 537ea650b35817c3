"""Text out of events and errors, made harmless to show: nothing that steers a terminal or a browser, no address of a person."""

import re

#: C0 and C1 controls (ANSI escapes begin with one), marks that turn or hide text, halves of surrogate pairs.
_STEERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ADDRESS = re.compile(r"[^\s@]+@\S+")


def printable(text: str) -> str:
    """`text` as one line that steers nothing; whatever could is a visible mark."""
    return _STEERS.sub("\ufffd", re.sub(r"[\t\r\n]+", " ", text))


def harmless(text: object, limit: int = 200) -> str:
    """Printable, at most `limit` characters, and with anything like an e-mail address masked."""
    masked = _ADDRESS.sub("(e-mail)", printable(str(text)[: 10 * limit]))
    return masked if len(masked) <= limit else f"{masked[: limit - 1]}…"
