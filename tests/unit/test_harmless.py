"""What is shown holds no card number, and everything else as it was."""

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.harmless import harmless, is_card_number, without_card_numbers

VISA, AMEX = "4111111111111111", "378282246310005"


@pytest.mark.parametrize(
    "text", [VISA, "4111 1111 1111 1111", "3782-822463-10005", "6304000000000000", "4222222222222"]
)
def test_a_number_that_checks_is_a_card_number(text):
    assert is_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{VISA}\n",
        f"\t{VISA}",
        f"\u00a0{VISA}\u00a0",
        "4111.1111.1111.1111",
        "4111/1111/1111/1111",
        "4111_1111_1111_1111",
        "4111\u20131111\u20131111\u20131111",
        "4111\u200b111111111111",
        "４１１１１１１１１１１１１１１１",
        "411111 1111111111",
        "4111--1111--1111--1111",
        "(4111) 1111, 1111, 1111",
    ],
)
def test_what_stands_around_and_between_its_digits_and_their_form_hide_no_card_number(text):
    assert is_card_number(text)


@pytest.mark.parametrize(
    "text", ["4111111111111112", "411111111111", "41111111111111111111", "tok-4111111111111111", "", "٤١١١١١١١١١١١١١١١"]
)
def test_other_texts_are_none(text):
    assert not is_card_number(text)


def test_card_numbers_in_a_text_are_masked_and_nothing_else():
    text = f'{{"card_id":"{VISA}","amount":"21.00","tracking_no":"4111111111111112","also":"3782 822463 10005"}}'
    assert without_card_numbers(text) == (
        '{"card_id":"(card number)","amount":"21.00","tracking_no":"4111111111111112","also":"(card number)"}'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4111 111111111111", "(card number)"),
        ("paid with 411111 1111111111, thanks", "paid with (card number), thanks"),
        ("4111--1111--1111--1111 it is", "(card number) it is"),
        ("a4111111111111111b", "a(card number)b"),
        (r'"of \t4111111111111111\n"', r'"of \t(card number)\n"'),
        (r'"of 4111\u00a01111\u20131111\u20131111."', '"of (card number)."'),
        (r"of \u20114111111111111111", r"of \u2011(card number)"),
        (r"of \uff14111111111111111", "of (card number)"),
        ("of ４１１１ １１１１ １１１１ １１１１", "of (card number)"),
        ("of ⑫ and 4111\u200b1111\u200b1111\u200b1111", "of ⑫ and (card number)"),
        ("12 of 4111111111111111_1", "12 of (card number)_1"),
        ("qty 2 4111111111111111 3782 822463 10005", "qty 2 (card number) (card number)"),
        ('{"a":1,"card":"4111,1111,1111,1111"}', '{"a":1,"card":"(card number)"}'),
        ('{"a":"4111....1111....1111....1111"}', '{"a":"(card number)"}'),
        (r'"half 4111111111111111 \"', r'"half (card number) \"'),
    ],
)
def test_a_card_number_is_masked_in_whatever_groups_and_beside_whatever(text, shown):
    assert without_card_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "411111111111111100001",
        '{"n":[4111,1111,1111,1111]}',
        '{"n":["4111", "1111", "1111", "1111"]}',
        "2026-01-05 10:00:08",
        '"2026-01-05 10:00:08"',
        "2026-01-05 2026-01-02, 2026-01-02",
        "a4111111111111111" + "b" * 15,
    ],
)
def test_longer_numbers_lists_dates_and_tokens_stay(text):
    assert without_card_numbers(text) == text


def _numbers() -> st.SearchStrategy[str]:
    begun = st.tuples(st.sampled_from("3456"), st.text("0123456789", min_size=11, max_size=17)).map("".join)
    return begun.map(lambda some: next(n for last in range(10) if is_card_number(n := f"{some}{last}")))


def _is_mark(character: str) -> bool:
    return not any(map(str.isalnum, unicodedata.normalize("NFKC", character)))


MARKS = st.text(st.characters(exclude_categories=("L", "N", "Cs")).filter(_is_mark), max_size=5)


@given(_numbers().flatmap(lambda n: st.tuples(*(MARKS.map(c.__add__) for c in n))), MARKS)
def test_what_is_a_card_number_is_never_shown(marked, before):
    text = before + "".join(marked)
    assert is_card_number(text)
    for spelled in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        assert without_card_numbers(f'{{"card_id":{spelled}}}') == '{"card_id":"(card number)"}'
    assert without_card_numbers(text) == "(card number)"


@pytest.mark.parametrize(
    "text", ['\\"' * 100_000, '"' + "\\" * 199_999, "1\0" * 100_000, "4 " * 100_000, "1-" * 12 + "-" * 200_000]
)
def test_a_text_made_to_be_slow_is_read_once(text):
    began = time.process_time()
    without_card_numbers(text)
    assert time.process_time() - began < 5


def test_what_an_error_says_has_no_card_number():
    assert harmless(f"card {AMEX} of ann@example.org") == "card (card number) of (e-mail)"
