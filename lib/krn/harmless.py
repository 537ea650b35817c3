"""Text out of events and errors, made harmless to show: nothing that steers a terminal, no address, no card number."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise

#: C0 and C1 controls (ANSI escapes begin with one), marks that turn or hide text, halves of surrogate pairs.
_STEERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"[\t\r\n]+")
_LETTER = re.compile("[A-Za-z]")
_BETWEEN = re.compile(r"[\W_]+")
_CARD_NUMBER = re.compile(r"[1-9][0-9]{12,18}")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
HIDDEN_CARD, HIDDEN_ADDRESS = "(card number)", "(e-mail)"
#: A string in JSON; an escape outside of one is taken by itself, so that a text of nothing else is read once.
_QUOTED = re.compile(r'\\.|"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u[0-9A-Fa-f]{4}|[bfnrt"/\\])')
_DATE = r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])"
_BEGINS_WITH_A_DATE = re.compile(r"[\W_]*" + _DATE)
#: Full of digits and no card number: a date, and a token or a hash, of which one in 700 would be hidden by chance.
_NO_CARD_NUMBER = re.compile(_DATE + "|(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
#: 13 digits or more, between two of them up to three marks, none of which parts the values of a list.
_DIGITS = re.compile(r"""[0-9](?:\0*(?:(?![,;:"'\[\]{}\0])[\W_]\0*){0,3}[0-9]){12,}""")


def is_card_number(text: str) -> bool:
    """Whether the letters and digits of a text are those of a card number.

    The form of the digits, and what stands between and around them, makes no difference.
    """
    if _LETTER.search(text):
        return False
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return _CARD_NUMBER.fullmatch(digits) is not None and _checks(_sums(digits), 0, len(digits))


def _sums(digits: str) -> tuple[list[int], list[int]]:
    """What the digits before each place add up to, those at odd places doubled, and those at even ones."""
    numbers = [*map(int, digits)]
    of_odd = [number if place % 2 == 0 else _DOUBLED[number] for place, number in enumerate(numbers)]
    of_even = [number if place % 2 else _DOUBLED[number] for place, number in enumerate(numbers)]
    return [*accumulate(of_odd, initial=0)], [*accumulate(of_even, initial=0)]


def _checks(sums: tuple[list[int], list[int]], first: int, end: int) -> bool:
    """Whether the last digit checks the others: every other one before it is doubled (ISO/IEC 7812-1, Luhn)."""
    added = sums[(end - 1) % 2]
    return (added[end] - added[first]) % 10 == 0


def without_card_numbers(text: str) -> str:
    """`text` without the card numbers that stand in it, in whatever groups; `text` may be JSON.

    A text that is one as a whole, or a string in JSON that is, is hidden whatever stands between its digits.
    """
    if _is_hidden(text):
        return HIDDEN_CARD
    return _without_runs(_QUOTED.sub(_quoted, text))


def _is_hidden(text: str) -> bool:
    return is_card_number(text) and not _BEGINS_WITH_A_DATE.match(text)


def _quoted(string: re.Match[str]) -> str:
    try:
        told = json.loads(string[0], strict=False) if string[1] else ""
    except ValueError:
        told = string[1]
    return f'"{HIDDEN_CARD}"' if _is_hidden(told) else string[0]


def _without_runs(text: str) -> str:
    shown: list[str] = []
    end = 0
    for first, last in card_numbers(text):
        shown += text[end:first], HIDDEN_CARD
        end = last
    return "".join((*shown, text[end:]))


def card_numbers(text: str) -> Iterator[tuple[int, int]]:
    """From where to where card numbers stand in a text, in whatever groups."""
    plain = _NO_CARD_NUMBER.sub(lambda other: "x" * len(other[0]), _plain(text))
    for run in _DIGITS.finditer(plain):
        yield from _numbers(run)


def _plain(text: str) -> str:
    """`text` with each digit in ASCII, and each escape of JSON as what it stands for, filled up to its length."""
    if not text.isascii():
        text = "".join(map(_in_ascii, text))
    return _ESCAPE.sub(lambda escape: _in_ascii(json.loads(f'"{escape[0]}"')).ljust(len(escape[0]), "\0"), text)


def _in_ascii(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain in "0123456789" else character


def _numbers(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """From where to where card numbers stand in a run of digits, each of whole groups; the longest comes first."""
    places = [run.start() + place for place, c in enumerate(run[0]) if c in "0123456789"]
    is_edge = [True, *(run.string[a + 1 : b].strip("\0") != "" for a, b in pairwise(places)), True]
    sums, first = _sums("".join(run.string[place] for place in places)), 0
    while first < len(places):
        may_begin = is_edge[first] and run.string[places[first]] != "0"
        ends = (end for n in range(19, 12, -1) if (end := first + n) <= len(places) and is_edge[end])
        last = next((end for end in ends if _checks(sums, first, end)), None) if may_begin else None
        if last is not None:
            yield places[first], places[last - 1] + 1
        first = last or first + 1


def printable(text: str) -> str:
    """`text` as one line that steers nothing; what could is a visible mark."""
    return _STEERS.sub("\ufffd", _BREAKS.sub(" ", text))


def harmless(text: str, limit: int = 300) -> str:
    """Printable, at most `limit` characters, without a card number or any word that may be an e-mail address."""
    words = " ".join(
        HIDDEN_ADDRESS if "@" in word else word for word in without_card_numbers(printable(text)).split(" ")
    )
    return words if len(words) <= limit else f"{words[: limit - 1]}…"
