"""The page of events: every contract with its fields, checks and adapters."""

from collections.abc import Iterator

from krn.contracts import CONTRACTS
from krn.contracts.contract import Contract, Field, Kind
from krn.dictionary.markdown import bullets, code, grid, part, sentence
from krn.dictionary.markdown import page as whole

_KINDS = {
    Kind.ID: ("text that is not blank, at most 200 characters, case kept", "string"),
    Kind.TEXT: ("text; not blank where required", "string"),
    Kind.MONEY: ("a plain decimal in a string, or a number: 14 digits before the point, 4 after", "decimal(18,4)"),
    Kind.CURRENCY: ("an ISO 4217 code in capitals", "string"),
    Kind.INT: ("a whole number of 32 bits", "int"),
    Kind.NUMBER: ("a number that a double holds", "double"),
    Kind.DATE: ("an ISO date within 1970 to 2200", "date"),
    Kind.INSTANT: ("an RFC 3339 time with offset within 1970 to 2200", "timestamp"),
    Kind.FLAG: ("true or false", "boolean"),
    Kind.LIST: ("a list of objects", "array"),
}


def page() -> str:
    says = (
        "What each event type must say in `data`. The envelope around it is CloudEvents 1.0 in JSON; "
        "[how to send events](../how-to/connect-a-queue.md#what-to-send) shows one. Fields that are not named here are "
        "kept and do no harm."
    )
    kinds = grid(("kind", "in JSON", "in Spark"), [(kind.value, *spelled) for kind, spelled in _KINDS.items()])
    return whole("Events", says, *map(_contract, CONTRACTS), part("Kinds", kinds))


def _contract(contract: Contract) -> str:
    fields = grid(("field", "kind", "required", "PII", "rule", "meaning"), _rows(contract.fields, ""))
    return part(contract.type, sentence(contract.doc), bullets(_facts(contract)), fields)


def _facts(contract: Contract) -> Iterator[str]:
    yield f"Version: {contract.version}"
    yield f"Key of the business fact: {code(*contract.key)}" if contract.key else "Each event is a fact of its own"
    yield f"Lifted into columns: {code(*contract.entity_keys)}" if contract.entity_keys else ""
    for adapter in contract.adapters:
        told = "version" if isinstance(adapter.of, int) else "a flat body with the `event_type`"
        yield f"Taken as well: {told} {adapter.of}"
    for check in contract.checks:
        yield f"Quarantined as {code(check.reason.word)} by a look at {code(*check.reads)}: {check.reason.sentence}"


def _rows(fields: tuple[Field, ...], within: str) -> Iterator[tuple[str, ...]]:
    for field in fields:
        name, required = f"{within}{field.name}", "yes" if field.required else ""
        yield code(name), field.kind.value, required, field.pii, _rule(field), sentence(field.doc)
        yield from _rows(field.of, f"{name}[].")


def _rule(field: Field) -> str:
    least = "" if field.minimum is None else code(f">= {field.minimum}")
    most = "" if field.maximum is None else code(f"<= {field.maximum}")
    below = "may be below 0" if field.signed else ""
    return "; ".join(filter(None, (field.unit, least, most, below, ", ".join(field.values))))
