"""The page of configuration keys: type, default, limits and meaning of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from krn.config import NOT_CONFIG, Config
from krn.dictionary.markdown import code, grid, part
from krn.dictionary.markdown import page as whole

_KEYS = {
    "warehouse": "folder of the tables; a local path",
    "timezone": "IANA name of the zone whose days are business days",
    "currency": "ISO 4217 code of amounts in bodies that name none",
    "gate": "fused: one pass; plain: Great Expectations as it comes, slower; off: publish without asking",
    "fraud_rules": "file of the rules that score card transactions; conf/fraud_rules.toml unless named",
    "label_delay_days": "days until fraud is mostly known to be fraud",
    "review_capacity": "cards that can be reviewed a day",
    "threads": "tables that are built at a time, each once its inputs are",
    "model_max_age_days": "days after its training for which a model of fraud scores; then only rules do",
    "on_problem": "command that gets the run's record as JSON on its standard input when a run ends not ok",
    "alerts": "file of watches and of who is told; conf/alerts.toml unless named",
    "tables": "names to build, such as gold.sales_*, with all that they are made from; none: every table",
    "sources": "where events come from; the keys of each kind are below",
}
_SQS = {
    "name": "name of the source in tables, logs and reports",
    "kind": "what the source is",
    "queue_url": "URL of the queue; or give its name",
    "queue": "name of the queue in the role's account",
    "region": "region of the queue",
    "endpoint_url": "address of an emulator; leave it out for Amazon",
    "threads": "calls under way at a time; each brings at most 10 messages",
    "round_messages": "messages after which a round ends",
    "round_bytes": "bytes after which a round ends",
    "round_seconds": "seconds after which a round ends",
    "max_rounds": "rounds after which a run ends",
    "max_seconds": "seconds after which a run takes no further round",
    "visibility_s": "seconds a message taken stays hidden from others; at least 3 times round_seconds",
    "dead_letters_of": "name of the source whose dead letters the queue holds; they are judged as that source's",
    "offloaded": "buckets of bodies that senders leave in S3; its keys are below. None: no body is fetched",
    "envelope": "where bodies that are no CloudEvents say what they are; its keys are below",
}
_OFFLOADED = {
    "buckets": "the only buckets whose objects may be read; any sender of the queue can have any of them read",
    "max_bytes": "an object above it stays in S3, and the message's pointer is quarantined",
    "endpoint_url": "address of an emulator; leave it out for Amazon",
}
_LANDING = {
    "name": "name of the source in tables, logs and reports",
    "kind": "what the source is",
    "path": "the folder; folders in it are read too",
    "settle_s": "seconds that a file must have been left alone",
    "max_files": "files after which a batch ends",
    "max_bytes": "bytes after which a batch ends; a larger file is a batch of its own",
    "envelope": "where bodies that are no CloudEvents say what they are; its keys are below",
}
_ENVELOPE = {
    "type": "path or constant of the event type",
    "types": "the source's words for types, and the contracts'",
    "id": "path of what is unique within the source, blanks around it included; none: hashed",
    "hash": "paths that an id is hashed from; none: the whole body",
    "time": "path of when it happened; none: when it was delivered",
    "timezone": "IANA name of the zone of times without an offset; of a time that comes twice the first is taken",
    "source": "path or constant of who says so; none: the name of the source",
    "data": "a contract's field, and the path or constant it is filled from; none: the body is the data. "
    "A body, such as a row of CSV, is one whole event",
}
_ENVIRONMENT = {
    "KRN_CONFIG": "the TOML file, where --config is not given",
    "KRN_FAILPOINT": "tests only: the name of a step at which the process kills itself",
    "KRN_HOME": "folder with conf, expectations and .jars, where it is not the one krn is installed from",
    "KRN_LOG": "json: one JSON object a line on standard error",
    "KRN_PII_KEY": "key of the tokens that stand for personal values beyond bronze; without it they are left out",
    "KRN_YES": "1: set-up installs system packages without asking",
}


def page() -> str:
    schema = Config.model_json_schema()
    kinds = schema["$defs"]
    says = (
        "One TOML file (`--config`), over it `KRN_WAREHOUSE=…` and its like, over both `--set key=value`. "
        "`--set sources.NAME.path=…` reaches into a source. Every wrong key is named at once, and nothing starts."
    )
    return whole(
        "Configuration",
        says,
        part("Keys", _grid(schema["properties"], _KEYS)),
        part("Keys of a queue", 'A `[[sources]]` block with `kind = "sqs"`.', _grid(kinds["Sqs"]["properties"], _SQS)),
        part(
            "Keys of bodies in S3",
            "A `[sources.offloaded]` block of a queue: [how to use it](../how-to/connect-a-queue.md#bodies-in-s3).",
            _grid(kinds["Offloaded"]["properties"], _OFFLOADED),
        ),
        part("Keys of a folder", 'With `kind = "landing"`.', _grid(kinds["Landing"]["properties"], _LANDING)),
        part(
            "Keys of an envelope",
            "A `[sources.envelope]` block. A value is a path into the body, or a constant after `=`: "
            "[how to use it](../how-to/bring-another-shops-data.md).",
            _grid(kinds["OwnEnvelope"]["properties"], _ENVELOPE),
        ),
        part(
            "Environment",
            grid(("variable", "meaning"), [(code(name), _ENVIRONMENT[name]) for name in sorted(NOT_CONFIG)]),
        ),
    )


def _grid(keys: Mapping[str, Mapping[str, Any]], meanings: Mapping[str, str]) -> str:
    rows = [
        (code(name), _type(key), _default(key), "; ".join(_limits(key)), meanings[name]) for name, key in keys.items()
    ]
    return grid(("key", "type", "default", "limits", "meaning"), rows)


def _type(key: Mapping[str, Any]) -> str:
    named = [str(one["type"]) for one in (key, *key.get("anyOf", ())) if one.get("type") not in (None, "null")]
    return named[0] if named else "object"


def _default(key: Mapping[str, Any]) -> str:
    default = key.get("default")
    if isinstance(default, (list, dict, type(None))) or default == "":
        return "none" if "default" in key else "required"
    return code(f"{default:_}" if isinstance(default, int) else str(default))


def _limits(key: Mapping[str, Any]) -> Iterator[str]:
    for word, sign in (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<=")):
        if word in key:
            yield code(f"{sign} {key[word]:_}")
    if "enum" in key:
        yield ", ".join(map(str, key["enum"]))
    if "pattern" in key:
        yield f"matches {code(key['pattern'])}"
