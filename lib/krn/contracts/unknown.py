"""What a source's own envelope names and no contract has: words that would be taken for facts and lost."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from krn.contracts.contract import Contract
from krn.contracts.envelope import EACH, Envelope, constant


def unknown(own: Envelope, contracts: Iterable[Contract]) -> Iterator[str]:
    """A sentence for each event type, and each key of `data`, that no contract has which a body may be about."""
    known = {contract.type: contract for contract in contracts}
    stated = constant(own.type)
    only = None if stated is None else own.types.get(stated, stated)
    for name in sorted({*own.types.values()} | ({only} if only is not None else set())):
        if name not in known:
            yield f"{name!r} is no event type{_near(name, known)}"
    if only is None:  # a body says its type, and a word that `types` does not translate may be any
        yield from _fields(own, known.values(), "any event")
    elif only in known:
        yield from _fields(own, [known[only]], only)


def _fields(own: Envelope, contracts: Iterable[Contract], of: str) -> Iterator[str]:
    names = {name for contract in contracts for name in _names(contract)}
    for key in own.data:
        if key not in names:
            yield f"{key!r} is no field of {of}{_near(key, names)}"


def _names(contract: Contract) -> Iterator[str]:
    for field in contract.fields:
        yield field.name
        yield from (f"{field.name}{EACH}{each.name}" for each in field.of)


def _near(name: str, names: Iterable[str]) -> str:
    meant = get_close_matches(name, list(names), 1)
    return f": write {meant[0]}" if meant else ""
