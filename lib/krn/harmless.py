"""Text out of events and errors, made harmless to show: nothing that steers a terminal, no address, no card number."""

import re
import unicodedata

#: C0 and C1 controls (ANSI escapes begin with one), marks that turn or hide text, halves of surrogate pairs.
_STEERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"[\t\r\n]+")
_LETTER = re.compile("[A-Za-z]")
_BETWEEN = re.compile(r"[\W_]+")
_CARD_NUMBER = re.compile(r"[0-9]{13,19}")
#: 13 to 19 digits in one, or in groups as on a card, that are no part of a longer word.
_LIKE_A_CARD_NUMBER = re.compile(
    r"(?<!\w)([0-9]{13,19}|[0-9]{4}([ -])[0-9]{4}\2[0-9]{4}\2[0-9]{1,7}|[0-9]{4}([ -])[0-9]{6}\3[0-9]{5})(?!\w)",
    re.ASCII,
)


def is_card_number(text: str) -> bool:
    """Whether the letters and digits of a text are 13 to 19 digits whose last one checks the others.

    The form of the digits, and what stands between and around them, makes no difference (ISO/IEC 7812-1, Luhn).
    """
    if _LETTER.search(text):
        return False
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if _CARD_NUMBER.fullmatch(digits) is None:
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def masked(text: str) -> str:
    """`text` without the card numbers that stand in it."""
    return _LIKE_A_CARD_NUMBER.sub(lambda run: "(card number)" if is_card_number(run[0]) else run[0], text)


def printable(text: str) -> str:
    """`text` as one line that steers nothing; what could is a visible mark."""
    return _STEERS.sub("\ufffd", _BREAKS.sub(" ", text))


def harmless(text: str, limit: int = 300) -> str:
    """Printable, at most `limit` characters, without a card number or any word that may be an e-mail address."""
    words = " ".join("(e-mail)" if "@" in word else word for word in masked(printable(text)).split(" "))
    return words if len(words) <= limit else f"{words[: limit - 1]}…"
