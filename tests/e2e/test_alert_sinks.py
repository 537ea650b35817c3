"""Alerts leave by mail, Slack, Teams, PagerDuty, webhook and SNS, each to a receiver on this machine."""

import json
import logging
import socketserver
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from receiver import Web, serving
from requests.adapters import HTTPAdapter

from krn.alerts.message import Message
from krn.alerts.sinks import reachable, send
from krn.alerts.written import Service, Topic
from krn.errors import Unreachable, UsageError
from krn.sources.embedded import KEYS, REGION, Embedded, embedded

FIRES = Message("krn: table_held", "Critical: gates did not open.\n- gold.sales_daily: 1", "critical", "fires")
OVER = Message("krn: table_held", "Over: the gates opened.", "critical", "over")
TEAM = Service(name="team", url_from="KRN_ALERT_TEAM")


class Mail(socketserver.StreamRequestHandler):
    """Just enough SMTP to take a message."""

    taken: list[EmailMessage]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split(maxsplit=1)[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    with serving(made.server):
        yield made


class _Here(HTTPAdapter):
    """Brings to this machine what is meant for a service of which only the address is fixed."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        meant = urlsplit(str(request.url))
        request.headers["X-Meant-For"] = meant.netloc
        request.url = meant._replace(scheme="http", netloc=self.address).geturl()
        return super().send(request, *args, **kwargs)


@pytest.fixture
def world(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """All of the web is here."""
    monkeypatch.setattr(requests.Session, "get_adapter", lambda session, url: _Here(web.address))
    return web


def tell(url: str, *messages: Message) -> None:
    for message in messages:
        send(TEAM, message, {"KRN_ALERT_TEAM": url}.get)


def test_a_webhook_gets_title_body_and_kind(web: Web) -> None:
    tell(f"json://{web.address}/hook", FIRES, OVER)
    assert [(path, body["title"], body["message"], body["type"]) for path, body in web.posted] == [
        ("/hook", FIRES.title, FIRES.body, "failure"),
        ("/hook", OVER.title, OVER.body, "success"),
    ]


def test_slack_gets_a_message(world: Web) -> None:
    tell("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7", FIRES)
    ((where, body),) = world.posted
    assert where == "hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
    assert (FIRES.title in json.dumps(body), "gold.sales_daily: 1" in json.dumps(body)) == (True, True)


def test_teams_gets_a_card(world: Web) -> None:
    tell("workflows://prod-1.example.org:443/643e69f83c8944438d68119179a10a64/_vPv_o9V8hG2sD", FIRES)
    ((where, body),) = world.posted
    assert where.startswith("prod-1.example.org:443/workflows/643e69f83c8944438d68119179a10a64/")
    title, text = (block["text"] for block in body["attachments"][0]["content"]["body"])
    assert (title, text.replace("\\", "")) == (FIRES.title, FIRES.body)  # what marks up a card is escaped


def test_pagerduty_opens_an_incident_and_closes_the_same_one(world: Web) -> None:
    tell(f"pagerduty://{'k' * 32}@apikey?action=map", FIRES, OVER)
    assert [where for where, _ in world.posted] == 2 * ["events.pagerduty.com/v2/enqueue"]
    opened, closed = (body for _, body in world.posted)
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"]
    assert "gold.sales_daily: 1" in opened["payload"]["summary"]


def test_a_mail_has_the_title_for_a_subject() -> None:
    mail = type("Receiver", (Mail,), {"taken": []})
    server = socketserver.TCPServer(("127.0.0.1", 0), mail)
    with serving(server):
        port = server.server_address[1]
        tell(f"mailto://127.0.0.1:{port}?from=krn@example.org&to=data@example.org&mode=insecure", FIRES)
    (taken,) = mail.taken
    assert (taken["Subject"], "data@example.org" in taken["To"]) == (FIRES.title, True)
    assert "gold.sales_daily: 1" in taken.get_body(("plain", "html")).get_content()


@pytest.fixture(scope="module")
def amazon() -> Iterator[Embedded]:
    with embedded() as service:
        yield service


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def topic(amazon: Embedded, _credentials: None) -> tuple[Topic, Callable[[], dict[str, Any]]]:
    """A topic, and what its one subscriber got."""
    sns = boto3.client("sns", endpoint_url=amazon.endpoint_url, **KEYS)
    arn, queue = sns.create_topic(Name="krn")["TopicArn"], amazon.queue("alerts")
    of_queue = f"arn:aws:sqs:{REGION}:{arn.split(':')[4]}:alerts"
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=of_queue)
    sink = Topic(name="on_call", kind="sns", topic_arn=arn, endpoint_url=amazon.endpoint_url)
    return sink, lambda: json.loads(amazon.client.receive_message(QueueUrl=queue)["Messages"][0]["Body"])


def test_a_topic_of_sns_gets_subject_and_text(topic: tuple[Topic, Callable[[], dict[str, Any]]]) -> None:
    sink, got = topic
    send(sink, replace(FIRES, title=FIRES.title + "x" * 100), {}.get)
    told = got()
    assert (told["Subject"], told["Message"]) == ((FIRES.title + "x" * 100)[:100], FIRES.body)


def test_a_topic_that_is_not_there_is_named(topic: tuple[Topic, Callable[[], dict[str, Any]]]) -> None:
    sink, _ = topic
    gone = sink.model_copy(update={"topic_arn": f"{sink.topic_arn}x"})
    with pytest.raises(Unreachable, match=r"Topic krnx refused a message: NotFound\."):
        send(gone, FIRES, {}.get)


@pytest.mark.parametrize("status", [500, 403, 307])
def test_a_sink_that_refuses_is_named_and_no_secret_is_told(
    status: int, web: Web, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    web.status = status
    with caplog.at_level(logging.DEBUG, "apprise"), pytest.raises(Unreachable) as refused:
        tell(f"json://user:hunter2@{web.address}/secret-path", FIRES)
    assert str(refused.value) == "Sink team did not take a message. Next: krn alerts check tries again"
    assert len(web.posted) == 1  # where it sends us, nobody knows who listens
    said = caplog.text + "".join(capfd.readouterr())
    assert [secret for secret in ("hunter2", "secret-path") if secret in said] == []


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable):
        tell("json://127.0.0.1:9/hook", FIRES)


@pytest.mark.parametrize("url", ["", "no-such-service://hunter2", "hunter2"])
def test_a_variable_that_holds_no_url_is_named_without_what_it_holds(url: str) -> None:
    with pytest.raises(UsageError, match="Sink team: KRN_ALERT_TEAM") as refused:
        reachable(TEAM, {"KRN_ALERT_TEAM": url}.get)
    assert "hunter2" not in str(refused.value)
