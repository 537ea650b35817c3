"""The generated pages are what the code says, and nothing in them breaks a table of Markdown."""

from pathlib import Path

import click
import pytest

from krn.cli import krn
from krn.contracts import CONTRACTS
from krn.contracts.contract import Field
from krn.contracts.reasons import Reason
from krn.dictionary import pages, stale, write
from krn.dictionary.markdown import anchor, grid
from krn.tables.every import TABLES

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {path.name: text for path, text in pages(HOME, krn).items()}


def fields(declared: tuple[Field, ...], within: str = "") -> list[str]:
    names = [f"{within}{field.name}" for field in declared]
    return names + [name for field in declared for name in fields(field.of, f"{within}{field.name}[].")]


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project of which only the suites are there."""
    (tmp_path / "expectations").symlink_to(HOME / "expectations")
    return tmp_path


def test_the_pages_in_docs_are_current() -> None:
    assert stale(HOME, krn) == []


def test_pages_that_are_missing_are_stale_until_they_are_written(home: Path) -> None:
    every = list(pages(home, krn))
    assert stale(home, krn) == every
    assert write(home, krn) == every
    assert stale(home, krn) == []


def test_only_the_page_that_differs_is_written_again(home: Path) -> None:
    _, changed, *_ = write(home, krn)
    changed.write_text("by hand", encoding="utf-8")
    assert write(home, krn) == [changed]


def test_a_look_writes_nothing(home: Path) -> None:
    stale(home, krn)
    assert not (home / "docs").exists()


def test_within_a_command_the_command_line_is_the_one_that_runs(home: Path) -> None:
    write(home, krn)
    with click.Context(krn):
        assert stale(home) == []


def test_two_looks_give_the_same_pages(written: dict[str, str]) -> None:
    assert {path.name: text for path, text in pages(HOME, krn).items()} == written


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_a_table_is_listed_under_it(written: dict[str, str], table) -> None:
    listed = section(written["tables.md"], table.name)
    assert [column.name for column in table.columns if f"\n| `{column.name}` |" not in listed] == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.type)
def test_every_field_of_an_event_is_listed_under_it(written: dict[str, str], contract) -> None:
    listed = section(written["events.md"], contract.type)
    assert [name for name in fields(contract.fields) if f"\n| `{name}` |" not in listed] == []


def test_every_reason_has_its_sentence(written: dict[str, str]) -> None:
    assert [r for r in Reason if f"| `{r.word}` | {r.sentence} |" not in written["reasons.md"]] == []


def test_a_nested_command_is_listed_by_its_whole_name(written: dict[str, str]) -> None:
    assert "`krn hold list [OPTIONS]`" in section(written["commands.md"], "krn hold list")


def test_an_option_of_many_commands_is_explained_once(written: dict[str, str]) -> None:
    assert written["commands.md"].count("TOML file, such as conf/local.toml.") == 1
    assert "`--config PATH`" in section(written["commands.md"], "krn show")


def test_every_row_of_every_table_has_the_cells_of_its_head(written: dict[str, str]) -> None:
    for name, page in written.items():
        heads = 0
        for line in page.splitlines():
            cells = line.replace("\\|", "").count("|")
            heads = cells if not heads else heads * (cells > 0)
            assert cells == heads, f"{name}: {line}"


def test_a_cell_can_neither_end_its_row_nor_begin_a_tag() -> None:
    assert grid(("a",), [("x | y\n<b> `<= 1`",)]).splitlines()[-1] == "| x \\| y &lt;b> `<= 1` |"


def test_a_table_without_rows_is_left_out() -> None:
    assert grid(("a",), []) == ""


def test_an_anchor_is_what_a_link_calls_a_heading() -> None:
    assert anchor("silver.order_lines") == "silverorder_lines"
    assert anchor("69: a dependency is unreachable") == "69-a-dependency-is-unreachable"
