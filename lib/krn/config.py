"""The configuration: a TOML file, `KRN_*` and `--set` over it; typed, frozen, every wrong key named at once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from krn import toml
from krn.contracts import CONTRACTS
from krn.contracts.envelope import Envelope
from krn.contracts.unknown import unknown
from krn.errors import UsageError

#: Variables that start with KRN_ but are not configuration keys: secrets and switches read by the command line itself.
NOT_CONFIG = frozenset({"KRN_CONFIG", "KRN_FAILPOINT", "KRN_HOME", "KRN_LOG", "KRN_PII_KEY", "KRN_YES"})

#: Secrets too: the URLs of sinks, which conf/alerts.toml names by their variables.
ALERT_URLS = "KRN_ALERT_"

SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"{name!r} is not a time zone of the IANA list, such as Europe/London") from unknown
    return name


def _local_path(path: Path) -> Path:
    if "://" in str(path) or ":/" in str(path):
        raise ValueError(f"{path}: only local paths; object stores need a lease lock that krn does not have yet")
    return path.expanduser().absolute()


def _no_pattern(path: Path) -> Path:
    if set("*?[]{}\\`") & set(str(path)):
        raise ValueError(f"{path}: Spark takes one of * ? [ ] {{ }} \\ ` for a pattern; choose another folder")
    return path


def _listed(names: object) -> object:
    """A list where the environment or the command line can only give a text."""
    return names.replace(",", " ").split() if isinstance(names, str) else names


LocalPath = Annotated[Path, AfterValidator(_local_path)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class OwnEnvelope(_Frozen):
    """Where bodies that are no CloudEvents say what they are: paths into the body, or constants after `=`."""

    type: str
    types: dict[str, str] = {}
    id: str = ""
    hash: tuple[str, ...] = ()
    time: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    source: str = ""
    data: dict[str, str] = {}

    @property
    def paths(self) -> Envelope:
        """As bodies are read with it."""
        return Envelope(**self.model_dump())

    @model_validator(mode="after")
    def _names_what_contracts_have(self) -> Self:
        if found := list(unknown(self.paths, CONTRACTS)):
            raise ValueError("; ".join(found))
        return self


BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]


class Offloaded(_Frozen):
    """The buckets whose objects may be read in place of a body, and how much of one."""

    buckets: tuple[BucketName, ...] = Field(min_length=1)
    max_bytes: int = Field(4 * 2**20, ge=1, le=128 * 2**20)
    endpoint_url: str | None = None


class Sqs(_Frozen):
    """A queue of Amazon SQS, or of an emulator at `endpoint_url`."""

    name: SourceName
    kind: Literal["sqs"] = "sqs"
    queue_url: str | None = None
    queue: str | None = None
    region: str = "us-east-1"
    endpoint_url: str | None = None
    threads: int = Field(16, ge=1, le=64)
    round_messages: int = Field(20_000, ge=1, le=100_000)
    round_bytes: int = Field(64 * 2**20, ge=2**20)
    round_seconds: float = Field(60, gt=0)
    max_rounds: int = Field(1_000, ge=1)
    max_seconds: float = Field(3_000, gt=0)
    visibility_s: int = Field(300, ge=1, le=43_200)
    dead_letters_of: SourceName | None = None
    offloaded: Offloaded | None = None
    envelope: OwnEnvelope | None = None

    @model_validator(mode="after")
    def _hides_a_message_until_it_is_committed(self) -> Self:
        if self.visibility_s < 3 * self.round_seconds:
            raise ValueError("visibility_s must be at least 3 x round_seconds, else slow commits come twice")
        return self


class Landing(_Frozen):
    """A folder into which workers put files."""

    name: SourceName
    kind: Literal["landing"] = "landing"
    path: LocalPath
    settle_s: float = Field(60, ge=0)
    max_files: int = Field(10_000, ge=1)
    max_bytes: int = Field(2**30, ge=1)
    envelope: OwnEnvelope | None = None


Source = Annotated[Sqs | Landing, Field(discriminator="kind")]


class Config(_Frozen):
    """Where and how much; what and why is in the code."""

    warehouse: Annotated[LocalPath, AfterValidator(_no_pattern)] = Path("warehouse")
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    currency: str = Field("GBP", pattern=r"^[A-Z]{3}$")
    gate: Literal["fused", "plain", "off"] = "fused"
    threads: int = Field(2, ge=1, le=16)
    fraud_rules: LocalPath | None = None
    label_delay_days: int = Field(7, ge=0, le=90)
    review_capacity: int = Field(100, ge=1)
    model_max_age_days: int = Field(60, ge=1)
    on_problem: str | None = None
    alerts: LocalPath | None = None
    tables: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    sources: tuple[Source, ...] = ()

    @property
    def dead_letters(self) -> dict[str, str]:
        """By the name of a source that is a dead-letter queue, the source whose dead letters it holds."""
        return {s.name: s.dead_letters_of for s in self.sources if isinstance(s, Sqs) and s.dead_letters_of}

    @property
    def made_warehouse(self) -> Path:
        """The warehouse for those who look at it; one that is not there is not made by looking."""
        if not self.warehouse.exists():
            raise UsageError(f"There is no warehouse {self.warehouse}.", "krn run makes it; or name the right one")
        return self.warehouse

    def today(self, clock: datetime) -> date:
        """The business date of an instant."""
        return clock.astimezone(ZoneInfo(self.timezone)).date()

    def run_args(self, clock: datetime) -> dict[str, object]:
        """The values a transform may ask for by name."""
        of_fraud = {"label_delay_days": self.label_delay_days, "review_capacity": self.review_capacity}
        return {"timezone": self.timezone, "currency": self.currency, "today": self.today(clock), **of_fraud}


def load(path: Path | None, environ: Mapping[str, str], sets: Iterable[str] = ()) -> Config:
    """The configuration of `path` (none = defaults), `KRN_WAREHOUSE=…` over it, `--set key=value` over both."""
    values = _file(path)
    for name, text in environ.items():
        if name.startswith("KRN_") and name not in NOT_CONFIG and not name.startswith(ALERT_URLS):
            values[name.removeprefix("KRN_").lower()] = text
    for pair in sets:
        key, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair}: not of the form key=value.", "krn run --set timezone=Europe/London")
        _put(values, key.split("."), text)
    return validated(values, str(path or "the configuration"))


def validated(values: Mapping[str, Any], where: str) -> Config:
    """A `Config` of `values`; every wrong key is named at once."""
    config = toml.validated(Config, values, where, "mend the keys, or see the comments in conf/local.toml")
    _known_dead_letters(config, where)
    _apart(config, where)
    names = [s.name for s in config.sources]
    if len(set(names)) != len(names):
        raise UsageError(
            f"{where}: two sources share a name: {', '.join(sorted(names))}.", "give each source its own name"
        )
    return config


def _known_dead_letters(config: Config, where: str) -> None:
    """Dead letters are judged as their source's, so it is there, and they have no envelope of their own."""
    alive = {s.name for s in config.sources if s.name not in config.dead_letters}
    for source in config.sources:
        of = config.dead_letters.get(source.name)
        if of is not None and (of not in alive or source.envelope):
            state = f"{where}: {source.name} has dead letters of {of}, "
            state += "and an envelope of its own." if of in alive else "which is none of the other sources."
            raise UsageError(state, "name the source they were sent to; its envelope is theirs")


def _apart(config: Config, where: str) -> None:
    """The warehouse is a folder, and in no landing folder: krn would take its own files for deliveries."""
    lake = config.warehouse.resolve()
    if lake.exists() and not lake.is_dir():
        raise UsageError(f"{where}: warehouse {lake} is no folder.", "name a folder, or one that is not there yet")
    for source in config.sources:
        if isinstance(source, Landing) and lake.is_relative_to(source.path.resolve()):
            state = f"{where}: the warehouse {lake} lies in the landing folder of {source.name}, {source.path}."
            raise UsageError(state, "put one beside the other")


def _file(path: Path | None) -> dict[str, Any]:
    return toml.read(path, "configuration file", "krn run --config conf/local.toml") if path else {}


def _put(values: dict[str, Any], keys: list[str], text: str) -> None:
    """Set a nested key; `sources.shop.path` finds the source by its name."""
    head, *rest = keys
    if not rest:
        values[head] = text
    elif head == "sources":
        listed = values.get("sources")
        for source in listed if isinstance(listed, list) else []:
            if isinstance(source, dict) and source.get("name") == rest[0]:
                _below(source, rest[0], rest[1:], text)
                return
        raise UsageError(f"--set sources.{rest[0]}: no source has this name.", "krn doctor shows the sources")
    else:
        _below(values.setdefault(head, {}), head, rest, text)


def _below(values: object, name: str, keys: list[str], text: str) -> None:
    if not keys or not isinstance(values, dict):
        state = f"--set {'.'.join((name, *keys))}: there is no such key."
        raise UsageError(state, "see the comments in conf/local.toml")
    _put(values, keys, text)
