"""A contract as a JSON Schema: a quick filter that passes only bodies without a fault, most of the good ones.

What it refuses is not at fault yet: `fields` decides. So it may be strict where a rule is costly to say in a schema,
but must never pass what `fields` finds fault with.
"""

from typing import Any

import jsonschema_rs

from krn.contracts.contract import Contract, Field, Kind
from krn.contracts.currencies import CURRENCIES
from krn.contracts.fields import MAX_ID, whole_range

Schema = dict[str, Any]

_SAYS_SOMETHING = r"[^\s\x00-\x1f]"  # \x1c to \x1f are spaces to Python and not to this engine
_YEARS = "^(19[7-9][0-9]|2[01][0-9]{2})-"


def shape(contract: Contract, exact: bool) -> jsonschema_rs.Draft4Validator:
    """The compiled filter of whole events of a contract's newest version.

    `exact` filters bodies whose numbers are Decimals; the other lets no double pass for an amount.
    """
    amount = _EXACT_AMOUNT if exact else _AMOUNT
    # Draft 4: later ones take 6.0 for an integer, which would let a rounded double pass.
    return jsonschema_rs.Draft4Validator(
        _envelope(contract, amount), validate_formats=True, pattern_options=jsonschema_rs.RegexOptions()
    )


def _envelope(contract: Contract, amount: Schema) -> Schema:
    properties = {
        "id": _ID,
        "source": _ID,
        "time": {"type": "string"},  # parsed later, as it is needed anyway
        "subject": {"type": ["string", "null"]},
        "dataschema": {"type": "string", "pattern": f"(^|[/:v])0*{contract.version}$"},
        "data": _object(contract.fields, amount),
    }
    required = ["id", "source", "time", "data", *(["dataschema"] if contract.version > 1 else [])]
    return {"type": "object", "required": required, "properties": properties}


def _object(fields: tuple[Field, ...], amount: Schema) -> Schema:
    required = [field.name for field in fields if field.required]
    schema: Schema = {"type": "object", "properties": {field.name: _value(field, amount) for field in fields}}
    return schema | ({"required": required} if required else {})


def _value(field: Field, amount: Schema) -> Schema:
    schema = _filled(field, amount)
    return schema if field.required else _or_null(schema)


def _or_null(schema: Schema) -> Schema:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [*kinds, "null"]} | values


def _filled(field: Field, amount: Schema) -> Schema:
    match field.kind:
        case Kind.LIST:
            return {"type": "array", "items": _object(field.of, amount)}
        case Kind.INT:
            least, most = whole_range(field)
            return {"type": "integer", "minimum": least, "maximum": most}
        case Kind.NUMBER:
            return {"type": "number"} | _within(field)
        case Kind.TEXT:
            return _text(field)
        case Kind.MONEY:
            return amount
        case kind:
            return _SCHEMAS[kind]


def _within(field: Field) -> Schema:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    return {word: bound for word, bound in bounds.items() if bound is not None}


def _text(field: Field) -> Schema:
    says = {"pattern": _SAYS_SOMETHING} if field.required else {}
    return {"type": "string"} | says | ({"enum": list(field.values)} if field.values else {})


_AMOUNT: Schema = {
    "type": ["string", "integer"],
    "pattern": r"^(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?$",
    "minimum": 0,
    "maximum": 10**14,
    "exclusiveMaximum": True,
}
_EXACT_AMOUNT: Schema = _AMOUNT | {"type": ["string", "number"], "multipleOf": 0.0001}
_ID: Schema = {"type": "string", "maxLength": MAX_ID, "pattern": _SAYS_SOMETHING}
_SCHEMAS: dict[Kind, Schema] = {
    Kind.ID: _ID,
    Kind.CURRENCY: {"type": "string", "enum": sorted(CURRENCIES)},
    Kind.DATE: {"type": "string", "format": "date", "pattern": _YEARS},
    Kind.FLAG: {"type": "boolean"},
    Kind.INSTANT: {"type": "string", "format": "date-time", "pattern": _YEARS + "[^.]{12}[0-5][0-9](\\.[0-9]+)?Z$"},
}
