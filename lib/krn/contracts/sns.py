"""Amazon SNS around an event: what a topic writes to a queue that did not ask for raw delivery."""

from krn.contracts.contract import Body
from krn.contracts.reasons import Reason

_ABOUT_ITSELF = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


def is_of_sns(body: Body) -> bool:
    """Whether a topic wrote the body. Known by its shape: who can write it can write the event inside as well."""
    topic = body.get("TopicArn")
    is_from_a_topic = isinstance(topic, str) and topic.startswith("arn:") and "type" not in body
    return is_from_a_topic and body.get("Type") in ("Notification", *_ABOUT_ITSELF)


def event(body: Body) -> bytes | Reason:
    """The event inside, or why there is none. No URL is visited and no signature asked for: the queue lets in."""
    if body["Type"] in _ABOUT_ITSELF:
        return Reason.SNS_CONTROL
    message = body.get("Message")
    if message is None:
        return Reason.MISSING_FIELD
    return message.encode() if isinstance(message, str) else Reason.WRONG_TYPE
