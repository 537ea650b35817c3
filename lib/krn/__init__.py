"""krn turns the notable events of running workers into tables and reports that finally make sense."""

from typing import Any

__all__ = ["read"]


def read(name: str, **where: Any) -> Any:
    """Read a table or view by its name, as `krn.reading.read` does; `import krn` alone costs nothing."""
    from krn.reading import read as read_table

    return read_table(name, **where)
