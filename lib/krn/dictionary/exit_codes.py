"""The page of exit codes: what a scheduler sees, and the errors behind it."""

import inspect
from collections.abc import Iterator

from krn import errors
from krn.dictionary.markdown import code, grid
from krn.dictionary.markdown import page as whole
from krn.errors import KrnError
from krn.sources.sink import NotCommitted

_BESIDE = (
    (0, "", "Done: every gate passed, warned or was waived."),
    (1, "", "A bug: the log has the traceback. Nothing is half done; the same command is safe to run again."),
    (130, "", "Interrupted from the keyboard; what was under way is done again by the next run."),
)


def page() -> str:
    says = "What a command ends with. [The runbook](../runbook.md) says what to do about each."
    rows = sorted((*_BESIDE, *_errors()))
    cells = [(str(number), code(error) if error else "", meaning) for number, error, meaning in rows]
    return whole("Exit codes", says, grid(("code", "error", "meaning"), cells))


def _errors() -> Iterator[tuple[int, str, str]]:
    for error in (*vars(errors).values(), NotCommitted):
        if isinstance(error, type) and issubclass(error, KrnError) and error is not KrnError:
            yield error.exit_code, error.__name__, inspect.getdoc(error) or ""
