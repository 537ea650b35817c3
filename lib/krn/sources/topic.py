"""Publishes a short text to an SNS topic."""

from botocore.exceptions import BotoCoreError, ClientError

from krn.errors import Unreachable
from krn.sources.aws import code, connect_sns

SUBJECT = 100  # characters that SNS takes


def publish(topic_arn: str, region: str, endpoint_url: str | None, subject: str, text: str) -> None:
    """Raises Unreachable where the topic did not take it."""
    name = topic_arn.rsplit(":", 1)[-1]
    try:
        connect_sns(region, endpoint_url).publish(TopicArn=topic_arn, Subject=subject[:SUBJECT], Message=text)
    except ClientError as refused:
        raise Unreachable(
            f"Topic {name} refused a message: {code(refused)}.", "check its name and the role"
        ) from refused
    except BotoCoreError as gone:
        raise Unreachable(f"Topic {name} does not answer ({type(gone).__name__}).", "krn doctor") from gone
