"""Telling somebody: through Apprise what its URL says, through SNS a topic. A sink that fails says so and no secret."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from krn.alerts.message import Message
from krn.alerts.written import Service, Sink
from krn.errors import Unreachable, UsageError

#: The value of a variable of the environment; None where it is not set.
Variable = Callable[[str], str | None]

_TYPES: Mapping[str, str] = {"info": "info", "warning": "warning", "critical": "failure"}


def send(sink: Sink, message: Message, variable: Variable) -> None:
    """Raises Unreachable or UsageError where the sink did not take the message."""
    if isinstance(sink, Service):
        _notify(sink, message, variable)
    else:
        from krn.sources.topic import publish  # boto3 takes 0.3 s that other sinks do not need

        publish(sink.topic_arn, sink.region, sink.endpoint_url, message.title, message.body)


def reachable(sink: Sink, variable: Variable) -> None:
    """Raises UsageError where a sink's variable is not set, or holds what Apprise does not know; tells nobody."""
    if isinstance(sink, Service):
        _service(sink, variable)


def _service(sink: Service, variable: Variable) -> Any:
    """What tells a sink; its URL holds secrets, so no error repeats it and Apprise's own log is off."""
    url = variable(sink.url_from)
    if not url:
        raise UsageError(f"Sink {sink.name}: {sink.url_from} is not set.", f"export {sink.url_from}=…")
    import apprise

    logging.getLogger("apprise").disabled = True
    asset = apprise.AppriseAsset(app_id="krn", app_desc="krn", app_url="", async_mode=False, http_redirects=False)
    asset.image_url_mask = asset.image_url_logo = ""  # a message loads nothing from elsewhere
    service = apprise.Apprise(asset=asset)
    if not service.add(url):
        raise UsageError(f"Sink {sink.name}: {sink.url_from} holds no URL that Apprise knows.", "mend the variable")
    return service


def _notify(sink: Service, message: Message, variable: Variable) -> None:
    kind = "success" if message.kind == "over" else _TYPES[message.severity]
    service = _service(sink, variable)
    if not service.notify(body=message.body, title=message.title, notify_type=kind, body_format="text"):
        raise Unreachable(f"Sink {sink.name} did not take a message.", "krn alerts check tries again")
