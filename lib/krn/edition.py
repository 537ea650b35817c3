"""Which krn made a run: its version, a fingerprint of its code, and its contracts, so that a change has a date."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any

from krn.contracts import CONTRACTS


@cache
def edition() -> Mapping[str, Any]:
    """The version, 16 hex digits over the package's Python files, and each contract's version and fingerprint."""
    contracts = {contract.type: f"{contract.version} {contract.fingerprint}" for contract in CONTRACTS}
    return {"version": metadata.version("krn"), "code": _code(), "contracts": contracts}


def _code() -> str:
    files = sorted(_files(resources.files("krn"), ""))
    return hashlib.sha256("\0".join(f"{name}\n{text}" for name, text in files).encode()).hexdigest()[:16]


def _files(folder: Traversable, name: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{name}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{name}{entry.name}", entry.read_text(encoding="utf-8")
