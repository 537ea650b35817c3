"""Everything that a warehouse holds as text: values of Parquet files column by column, all other files as they are."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

#: The one place where exact bodies are kept.
BODIES = ("bronze/deliveries/", "payload")


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Each file, or each column of a Parquet file, with its text; change files, checkpoints and candidates as well."""
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        name = str(file.relative_to(root))
        if file.suffix != ".parquet":
            yield name, file.read_bytes().decode(errors="replace")
            continue
        table = pq.ParquetFile(file).read()
        for column in table.column_names:
            if not (BODIES[0] in name and column == BODIES[1]):
                yield f"{name} {column}", str(table[column].to_pylist())


def places(root: Path, *wanted: str) -> list[tuple[str, str]]:
    """Where each wanted text is found, whatever its case."""
    return [(name, text) for name, found in texts(root) for text in wanted if text.lower() in found.lower()]
