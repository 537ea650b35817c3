"""TOML files as typed values; every fault of a file is named at once."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from krn.errors import UsageError

Model = TypeVar("Model", bound=BaseModel)
Keys = tuple[int | str, ...]


def dotted(keys: Keys) -> str:
    """The keys that lead to a value, as TOML writes them."""
    return ".".join(map(str, keys))


def read(path: Path, what: str, then: str) -> dict[str, Any]:
    """The values of a file; a UsageError calls a file that is not there `what`, and `then` is how to name another."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"There is no {what} {path}.", then) from None
    except OSError as wrong:
        raise UsageError(f"{path} can't be read: {wrong.strerror}.", then) from None
    except ValueError as wrong:  # of TOML, of UTF-8, or of a number with thousands of digits
        raise UsageError(f"{path} is not TOML: {wrong}.", "mend the file") from None


def validated(
    model: type[Model], values: Mapping[str, Any], where: object, then: str, place: Callable[[Keys], str] = dotted
) -> Model:
    """The values as a `model`; a UsageError names all that is wrong, each at its place."""
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        problems = "; ".join(f"{place(error['loc'])}: {error['msg']}" for error in wrong.errors())
        raise UsageError(f"{where}: {problems}.", then) from None
