"""Markdown: headings, tables, code, and text that can't be taken for markup."""

from collections.abc import Iterable, Sequence


def page(title: str, says: str, *parts: str) -> str:
    """A page with its title, what it is about, and its parts."""
    return "\n\n".join([f"# {title}", says, *parts]) + "\n"


def part(title: str, *paragraphs: str) -> str:
    """A second-level heading and what stands under it; empty paragraphs are left out."""
    return "\n\n".join([f"## {title}", *filter(None, paragraphs)])


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty when there are no rows."""
    lines = [_row([_cell(cell) for cell in row]) for row in rows]
    return "\n".join([_row(heads), _row(["---"] * len(heads)), *lines]) if lines else ""


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines if line)


def code(*words: str) -> str:
    """Each word as code, with commas between."""
    return ", ".join(f"`{word}`" for word in words)


def sentence(text: str) -> str:
    """A doc as one line that ends in a full stop."""
    flat = " ".join(text.split())
    return flat if flat.endswith((".", ":")) or not flat else f"{flat}."


def anchor(heading: str) -> str:
    """What a link calls a heading."""
    kept = (c for c in heading.lower() if c.isalnum() or c in " -_")
    return "".join(kept).replace(" ", "-")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """One line that ends neither its cell nor, outside of code, begins a tag."""
    spans = " ".join(text.split()).replace("|", "\\|").split("`")
    return "`".join(span if i % 2 else span.replace("<", "&lt;") for i, span in enumerate(spans))
