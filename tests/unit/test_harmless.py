"""What is shown holds no card number, and everything else as it was."""

import pytest

from krn.harmless import harmless, is_card_number, masked

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
    assert masked(text) == (
        '{"card_id":"(card number)","amount":"21.00","tracking_no":"4111111111111112","also":"(card number)"}'
    )


def test_digits_in_a_word_or_a_longer_number_stay():
    text = f"x{VISA} {VISA}_1 {VISA}00001"
    assert masked(text) == text


def test_what_an_error_says_has_no_card_number():
    assert harmless(f"card {AMEX} of ann@example.org") == "card (card number) of (e-mail)"
