"""The file of alerts: every wrong key is named, and what a watch says leads somewhere."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from krn.alerts.written import FILE, Alerts, Service, Topic, load
from krn.cli import krn
from krn.dictionary.markdown import anchor
from krn.errors import UsageError

HOME = Path(__file__).parents[3]
OURS = load(HOME / FILE)
WATCH = {
    "name": "held",
    "severity": "critical",
    "metric": "table_held",
    "when": "> 0",
    "says": "Look.",
    "then": "krn hold list",
    "runbook": "a-table-is-held",
}


def all_of_it() -> Alerts:
    """The file with what it shows in comments."""
    text = re.sub(r"^# ?(\[\[.*|[a-z_]+ = .*)$", r"\1", (HOME / FILE).read_text("utf-8"), flags=re.MULTILINE)
    return Alerts.model_validate(tomllib.loads(text))


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "alerts.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load(path)
    return str(error.value)


def toml(**keys: object) -> str:
    return "\n".join(["[[watches]]", *(f"{key} = {_value(value)}" for key, value in keys.items()), ""])


def _value(value: object) -> str:
    return str(value) if isinstance(value, int) or str(value)[:1] in "[{" else f'"{value}"'


@pytest.mark.parametrize("watch", all_of_it().watches, ids=lambda watch: watch.name)
def test_every_watch_names_a_heading_of_the_runbook_and_a_command_that_exists(watch) -> None:
    heads = re.findall(r"^#+ (.+)$", (HOME / "docs/runbook.md").read_text("utf-8"), re.MULTILINE)
    assert watch.runbook in map(anchor, heads)
    command: click.Command = krn
    for word in shlex.split(watch.then)[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert not isinstance(command, click.Group) or command.invoke_without_command


def test_out_of_the_box_holds_failures_silence_quarantine_and_freshness_are_watched_and_nobody_is_told() -> None:
    watched = {watch.metric for watch in OURS.watches}
    assert watched >= {
        "table_held",
        "run_failed",
        "step_finished_timestamp_seconds",
        "source_last_delivery_timestamp_seconds",
        "quarantine_share",
        "table_current_timestamp_seconds",
    }
    assert (OURS.sinks, OURS.quiet) == ((), ())


def test_what_the_file_shows_in_comments_is_right() -> None:
    shown = all_of_it()
    assert [type(sink) for sink in shown.sinks] == [Service, Topic]
    assert (len(shown.quiet), len(shown.watches) - len(OURS.watches)) == (1, 1)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"metric": "tables_held"}, "there is no metric tables_held; docs/reference/metrics.md has them all"),
        ({"when": "above 3"}, "'above 3' is no condition such as '> 0.1' or '> 6 h'"),
        ({"when": "> 3 weeks"}, "is no condition"),
        ({"when": "> 6 h"}, "table_held is no time"),
        ({"metric": "table_current_timestamp_seconds"}, "is an instant: compare its age, such as '> 6 h'"),
        ({"metric": "table_current_timestamp_seconds", "when": "> 6 h", "for_runs": 2}, "grows by itself"),
        ({"labels": "{ source = 'a' }"}, "table_held has no label source"),
        ({"group_by": "['step']"}, "table_held has no label step"),
        ({"severity": "fatal"}, "severity: Input should be 'info', 'warning' or 'critical'"),
        ({"then": "rm -rf /"}, "then: String should match"),
        ({"for_runs": 0}, "for_runs: Input should be greater than or equal to 1"),
        ({"threshold": 3}, "threshold: Extra inputs are not permitted"),
        ({"name": "Held tables"}, "name: String should match"),
    ],
)
def test_a_wrong_watch_is_refused(tmp_path: Path, keys: dict[str, object], says: str) -> None:
    text = refused(tmp_path, toml(**{**WATCH, **keys}))
    assert says in text
    assert text.endswith("Next: mend the file; conf/alerts.toml shows each key")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[sinks]]\nname = "a"\n', "sinks.0.url.url_from: Field required"),
        ('[[sinks]]\nname = "a"\nurl_from = "AWS_SECRET_ACCESS_KEY"\n', "url_from: String should match"),
        ('[[sinks]]\nname = "a"\nurl_from = "slack://a/b/c"\n', "url_from: String should match"),
        ('[[sinks]]\nname = "a"\nkind = "sns"\ntopic_arn = "krn"\n', "topic_arn: String should match"),
        ('[[sinks]]\nname = "a"\nkind = "fax"\n', "sinks.0: Input tag 'fax'"),
        ('[[quiet]]\nfrom = 1\nuntil = 06:00:00\nwhy = "x"\ndays = ["sunday"]\n', "quiet.0.days.0: Input should be"),
        ("[[watches", "is not TOML"),
        (2 * toml(**WATCH), "named twice: held. Next: give each its own name"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in refused(tmp_path, text)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = refused(tmp_path, toml(**{**WATCH, "severity": "fatal", "metric": "x"}) + "[[sinks]]\n")
    assert [key for key in ("watches.0.severity", "watches.0.metric", "sinks.0.url.name") if key not in text] == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file of alerts .*none.toml\. Next: name one with alerts"):
        load(tmp_path / "none.toml")
