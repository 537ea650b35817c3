"""The command line: arguments in, one call, an exit code out; each command imports what it needs, and no more."""

import os
import sys
from collections.abc import Sequence

import click

from krn.cli import alerts, fraud, holds, jobs, quarantine, reading, shop, suite, upkeep
from krn.cli.options import end
from krn.errors import KrnError, UsageError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="krn")
def krn() -> None:
    """Turn the notable events of running workers into tables and reports that finally make sense."""


for _module in (jobs, reading, quarantine, shop, upkeep, fraud, holds, suite, alerts):
    for _command in _module.COMMANDS:
        krn.add_command(_command)


def main(args: Sequence[str] | None = None) -> None:
    """Run a command; what goes wrong is one sentence and the exit code that says its kind."""
    from krn import failpoints
    from krn.speaking import log_to_stderr

    log_to_stderr(as_json=os.environ.get("KRN_LOG") == "json")
    if "KRN_FAILPOINT" in os.environ:
        failpoints.kill_at(os.environ["KRN_FAILPOINT"])
    try:
        krn.main(args=list(args) if args is not None else None, standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(UsageError.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except KrnError as ended:
        end(ended.exit_code, str(ended))
