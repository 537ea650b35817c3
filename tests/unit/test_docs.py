"""What README and docs name is there: commands, targets, paths, links, exit codes, and bodies that are accepted."""

import ast
import hashlib
import os
import re
import shlex
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from krn.cli import krn
from krn.config import load
from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled
from krn.dictionary.markdown import anchor
from krn.gate.vocabulary import ALLOWED
from krn.sources.formats import bodies
from krn.tables.every import TABLES

HOME = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(HOME)): path.read_text(encoding="utf-8")
    for path in (*HOME.glob("*.md"), *sorted(HOME.glob("docs/**/*.md")))
}
EVERY = "\n".join(PAGES.values())
TARGETS = set(re.findall(r"^([a-z]+):", (HOME / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
#: Folders of the repository: what a page names below one of them must be there.
ROOTS = ("bench", "bin", "conf", "docs", "expectations", "jobs", "lib", "notebooks", "tests")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)|^ {4,}([^\n]+)$|^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def code(text: str) -> Iterator[str]:
    """Every span and every line of a block."""
    for found in CODE.finditer(text):
        yield from filter(None, (found[1] or found[2] or found[3]).splitlines())


def typed(text: str, program: str) -> set[str]:
    """The command lines of `program` in a text, from its name on."""
    lines = (re.search(rf"(?:^|bin/env |&& )({program} .+)", line) for line in code(text))
    return {found[1] for found in lines if found}


def unknown_to_krn(line: str) -> str:
    """What of a command line krn does not know; empty when it knows all of it."""
    command: click.Command = krn
    words = [word.strip("…") for word in shlex.split(line, comments=True)[1:]]
    while isinstance(command, click.Group) and words:
        if command.invoke_without_command and words[0].startswith(("-", "[")):
            break
        if words[0] not in command.commands:
            return words[0]
        command = command.commands[words.pop(0)]
    have = {name for param in command.params for name in param.opts} | {"--help", "[OPTIONS]"}
    return next((word for word in words if word.startswith("--") and word.split("=")[0] not in have), "")


@pytest.mark.parametrize("page", PAGES)
def test_every_krn_command_that_a_page_names_exists(page: str) -> None:
    lines = {line for line in typed(PAGES[page], "krn") if re.match("krn [a-z]", line)}
    assert {line: unknown for line in lines if (unknown := unknown_to_krn(re.split("  +", line)[0]))} == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    assert {line.split()[1] for line in typed(PAGES[page], "make")} - TARGETS == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_there(page: str) -> None:
    words = {word.rstrip(".,:;") for line in code(PAGES[page]) for word in line.split()}
    paths = {w for w in words if w.split("/")[0] in ROOTS and "/" in w and not re.search(r"[A-Z]{3}|[*<…(=]", w)}
    mine = {path for path in paths if not path.endswith("order.shipped.jsonl")}  # the example of a how-to
    assert {path for path in mine if not (HOME / path).exists()} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [link for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]) if not leads(page, link)] == []


def leads(page: str, link: str) -> bool:
    path, _, heading = link.partition("#")
    if path.startswith("https://"):
        return True
    target = os.path.normpath(Path(page).parent / path) if path else page
    if not heading:
        return (HOME / target).exists()
    heads = re.findall(r"^#+ (.+)$", PAGES.get(target, ""), re.MULTILINE)
    return heading in map(anchor, heads)


@pytest.mark.parametrize("page", sorted(p for p in PAGES if p.startswith("docs/")))
def test_every_page_can_be_reached_from_the_readme(page: str) -> None:
    seen, new = set[str](), {"README.md"}
    while new:
        seen |= new
        links = {(at, link.partition("#")[0]) for at in new for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[at])}
        new = {os.path.normpath(Path(at).parent / link) for at, link in links if link.endswith(".md")} - seen
        new &= PAGES.keys()
    assert page in seen


def test_every_error_and_exit_code_is_in_the_reference() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (HOME / "lib/krn").rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    errors = {c.name for c in classes if any(isinstance(b, ast.Name) and b.id == "KrnError" for b in c.bases)}
    assert len(errors) > 5
    assert {name for name in errors if f"`{name}`" not in PAGES["docs/reference/exit-codes.md"]} == set()


def test_the_runbook_has_a_word_on_every_exit_code() -> None:
    codes = set(re.findall(r"^\| (\d+) \|", PAGES["docs/reference/exit-codes.md"], re.MULTILINE))
    said = set(re.findall(r"^### (\d+)", PAGES["docs/runbook.md"], re.MULTILINE))
    assert said == codes


def test_every_reason_for_setting_a_file_aside_is_in_the_runbook() -> None:
    text = "".join(
        (HOME / f"lib/krn/sources/{name}.py").read_text("utf-8") for name in ("probe", "stream", "listing", "formats")
    )
    raised = re.findall(r'Damaged\("(\w+)"\)|Probed\(None, 0, 0, "(\w+)"\)|return "(\w+)"$', text, re.MULTILINE)
    reasons = {next(filter(None, found)) for found in raised} | {"unknown_format"}
    assert len(reasons) > 10
    assert {reason for reason in reasons if f"`{reason}`" not in PAGES["docs/runbook.md"]} == set()


def test_every_body_that_a_page_shows_is_accepted() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    bodies = re.findall(r"^```json\n(.*?)^```", EVERY, re.MULTILINE | re.DOTALL)
    assert len(bodies) == 2
    for body in bodies:
        assert check(body.encode(), Delivered(now, source="shop", currency="GBP"), compiled(CONTRACTS)).reasons == ()


def test_the_shop_of_the_how_to_comes_in_by_its_configuration(tmp_path: Path) -> None:
    shown = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGES["docs/how-to/bring-another-shops-data.md"], re.MULTILINE)
    records, block = map(textwrap.dedent, shown)
    (tmp_path / "krn.toml").write_text(block)
    (source,) = load(tmp_path / "krn.toml", {}).sources
    assert source.envelope
    contracts = compiled(CONTRACTS, envelopes={"till": source.envelope.paths})
    (tmp_path / "payments.csv").write_text(records.lstrip("\n"))
    (made,) = bodies(tmp_path / "payments.csv", hashlib.sha256())
    found = [check(body, Delivered(datetime.now(UTC), source="till"), contracts) for body in made.to_pylist()]
    assert [(f.reasons, f.type, f.keys["order_id"]) for f in found] == [
        ((), "payment.received", "A1"),
        ((), "payment.received", "A2"),
    ]


def test_the_blocks_of_the_how_to_are_one_configuration(tmp_path: Path) -> None:
    page = PAGES["docs/how-to/connect-a-queue.md"]
    blocks = re.findall(r"(?:^    [\[a-z].*\n|^\n(?=    \[sources\.))+", page, re.MULTILINE)
    (tmp_path / "krn.toml").write_text(
        "".join(textwrap.dedent(b) for b in blocks if b.strip().startswith("[[sources]]"))
    )
    config = load(tmp_path / "krn.toml", {})
    assert [s.name for s in config.sources] == ["shop_events", "shop_orders", "shop_events_dead", "shop_files"]
    assert config.dead_letters == {"shop_events_dead": "shop_events"}


def test_every_table_that_a_page_names_exists() -> None:
    have = {t.name for t in TABLES} | {"silver.events", "silver.duplicates", "silver.quarantine"}
    named = {name for line in code(EVERY) for name in re.findall(r"\b(?:bronze|silver|gold)\.[a-z_]+\b", line)}
    assert named - have == set()


def test_every_type_of_expectation_that_a_page_shows_may_be_used() -> None:
    shown = re.findall(r"type: (expect_\w+)", EVERY)
    assert shown
    assert set(shown) - ALLOWED.keys() == set()


def test_a_picture_is_small_enough_for_a_page() -> None:
    assert max(path.stat().st_size for path in (HOME / "docs/images").iterdir()) < 300_000


@pytest.mark.parametrize("wrong", ["krn frobnicate", "krn hold lift", "krn show --colour gold.sales_daily"])
def test_a_command_that_does_not_exist_would_be_found(wrong: str) -> None:
    assert unknown_to_krn(wrong) in wrong.split()


@pytest.mark.parametrize("wrong", ["nowhere.md", "docs/glossary.md#no-such-heading", "#no-such-heading"])
def test_a_link_to_nowhere_would_be_found(wrong: str) -> None:
    assert not leads("README.md", wrong)
