"""The page of commands: every command with its arguments and options."""

from collections import Counter
from collections.abc import Iterator

import click

from krn.dictionary.markdown import code, grid, part, sentence
from krn.dictionary.markdown import page as whole

Row = tuple[str, str, str]

_HEADS = ("option", "default", "meaning")
#: An option of so many commands is explained once, at the top.
_MANY = 4


def page(line: click.Command) -> str:
    says = "`bin/env krn …` runs `krn` with its own Python and a right Java. Options come after the command."
    every = dict(_commands("krn", line))
    counts = Counter(row for command in every.values() for row in _options(command))
    shared = {row for row, n in counts.items() if n >= _MANY and row[2]}
    common = part("Options of many commands", grid(_HEADS, sorted(shared)))
    return whole("Commands", says, common, *(_part(name, command, shared) for name, command in every.items()))


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield name, command
        for own, each in sorted(command.commands.items()):
            yield from _commands(f"{name} {own}", each)
    else:
        yield name, command


def _part(name: str, command: click.Command, shared: set[Row]) -> str:
    rows = _options(command)
    also = [row[0] for row in rows if row in shared]
    own = grid(_HEADS, [row for row in rows if row not in shared])
    return part(
        name, sentence(command.help or ""), _usage(name, command), own, f"Also {', '.join(also)}" if also else ""
    )


def _usage(name: str, command: click.Command) -> str:
    arguments = [(p.name or "").upper() for p in command.params if isinstance(p, click.Argument)]
    return f"Usage: {code(' '.join([name, '[OPTIONS]', *arguments]))}"


def _options(command: click.Command) -> list[Row]:
    return [_option(param) for param in command.params if isinstance(param, click.Option)]


def _option(option: click.Option) -> Row:
    takes = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
    default = code(str(option.default)) if option.show_default else ""
    return code(f"{'/'.join(option.opts)}{takes}"), default, sentence(option.help or "")
