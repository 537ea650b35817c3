"""Why a delivery is set aside: every reason, each with a sentence a person can act on."""

from enum import Enum


class Reason(Enum):
    """A reason's `word` is what the tables hold; its `sentence` says what is wrong and where to mend it."""

    ENCODING = "encoding", "The bytes or escapes are not Unicode text; have the producer send UTF-8."
    EMPTY = "empty", "The body has nothing in it; look for a producer that sends before it has written."
    NOT_JSON = "not_json", "The body is not JSON; look for a truncated write, a byte order mark or another format."
    TRAILING_DATA = "trailing_data", "Something follows the JSON document; send one document a message or line."
    DUPLICATE_KEY = "duplicate_key", "An object names a key twice, so its value is ambiguous; send each key once."
    NOT_AN_OBJECT = (
        "not_an_object",
        "The body is JSON but no object, or a CSV record with more or fewer cells than its header; mend the producer.",
    )
    TOO_DEEP = "too_deep", "The body is nested more than 254 levels deep; flatten it."
    MISSING_FIELD = "missing_field", "A required field is absent or null; the data dictionary lists them by type."
    BLANK = "blank", "An identifier or a required text holds nothing but spaces; leave it out or fill it."
    WRONG_TYPE = "wrong_type", "A value has another JSON type than its field; compare it with the data dictionary."
    BAD_NUMBER = "bad_number", "An amount is not a plain decimal such as 12.34; mind commas, signs and exponents."
    NOT_FINITE = "not_finite", "A number is NaN, infinite or beyond what a double holds; mend the calculation."
    PRECISION = "precision", "An amount has more than 14 digits before the point or 4 after; round it at the producer."
    OUT_OF_RANGE = "out_of_range", "A number, a sum of amounts or a name's length is outside what the contract allows."
    NOT_ALLOWED = "not_allowed", "A value is none of its field's enumeration; correct it or extend the contract."
    BAD_CURRENCY = "bad_currency", "A currency is not an ISO 4217 code in capitals, such as EUR."
    BAD_TIME = "bad_time", "A time is not RFC 3339 with an offset, or a date not ISO, or it is outside 1970 to 2200."
    FUTURE_TIME = "future_time", "The event is more than 5 minutes ahead of its receipt; check the producer's clock."
    UNKNOWN_TYPE = "unknown_type", "No contract describes this event type; add one, then rejudge."
    UNKNOWN_VERSION = (
        "unknown_version",
        "The contract has no such version; add an adapter, then rejudge.",
    )
    ID_CONFLICT = "id_conflict", "An earlier delivery used this source and id for other content; send a new id."
    PAN_LEAK = "pan_leak", "A card identifier is a card number in clear; have the producer send a token."
    REPEATED_LINE_NO = "repeated_line_no", "Two lines of an order have one number; number each line once."
    SNS_CONTROL = (
        "sns_control",
        "SNS asks about a subscription, whose URL krn never visits; confirm it if it is yours.",
    )
    NESTED_NOTIFICATION = "nested_notification", "A notification of SNS lies in another; have the topic deliver raw."
    POINTER_NOT_FOLLOWED = (
        "pointer_not_followed",
        "The body lies in a bucket that its source's `offloaded.buckets` lacks, or the pointer to it is broken.",
    )
    PAYLOAD_MISSING = "payload_missing", "The object in S3 that the message points to is gone; have it sent again."
    PAYLOAD_TOO_LARGE = "payload_too_large", "The object in S3 is above `offloaded.max_bytes`; send less, or raise it."
    PAYLOAD_DIFFERS = "payload_differs", "The object in S3 has another size than the message says; have it sent again."
    NO_LINES = "no_lines", "Lines are due and the list is empty: an order with a total, or a cancellation of nothing."

    def __init__(self, word: str, sentence: str) -> None:
        self.word = word
        self.sentence = sentence
