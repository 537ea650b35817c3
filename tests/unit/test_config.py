"""The configuration: what wins over what, and that every wrong key is named before anything starts."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from krn.config import Config, Landing, Sqs, load, validated
from krn.errors import UsageError

CONF = Path(__file__).parents[2] / "conf"
Toml = Callable[[str], Path]


@pytest.fixture
def toml(tmp_path: Path) -> Toml:
    def write(text: str) -> Path:
        path = tmp_path / "krn.toml"
        path.write_text(text)
        return path

    return write


def said(wrong: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as error:
        wrong()
    return str(error.value)


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None, {}) == Config(warehouse=Path("warehouse").absolute())


def test_the_tables_to_build_are_a_list_in_the_file_and_a_text_elsewhere(toml: Toml) -> None:
    assert load(toml('tables = ["gold.sales_*"]\n'), {}).tables == ("gold.sales_*",)
    assert load(None, {}, ["tables=gold.sales_*, gold.payment_mix"]).tables == ("gold.sales_*", "gold.payment_mix")


def test_the_environment_wins_over_the_file_and_a_set_over_both(toml: Toml) -> None:
    path = toml('timezone = "Europe/Berlin"\ncurrency = "EUR"\ngate = "plain"\n')
    config = load(path, {"KRN_CURRENCY": "USD", "KRN_GATE": "fused", "HOME": "/x"}, ["gate=off"])
    assert (config.timezone, config.currency, config.gate) == ("Europe/Berlin", "USD", "off")


def test_variables_that_are_no_keys_are_left_alone() -> None:
    said_elsewhere = ("CONFIG", "FAILPOINT", "HOME", "LOG", "PII_KEY", "YES")
    assert load(None, {f"KRN_{name}": "x" for name in said_elsewhere}) == load(None, {})


def test_a_secret_of_alerts_is_no_key_but_their_file_is_one() -> None:
    config = load(None, {"KRN_ALERT_TEAM": "slack://a/b/c", "KRN_ALERTS": "/etc/krn/alerts.toml"})
    assert config == Config(alerts=Path("/etc/krn/alerts.toml"))


def test_a_set_finds_a_source_by_its_name(toml: Toml) -> None:
    path = toml('[[sources]]\nname = "a"\nkind = "landing"\npath = "/a"\n[[sources]]\nname = "b"\nkind = "sqs"\n')
    config = load(path, {}, ["sources.a.settle_s=0.5", "sources.b.queue=orders"])
    assert config.sources == (Landing(name="a", path=Path("/a"), settle_s=0.5), Sqs(name="b", queue="orders"))


def test_a_set_for_a_source_that_is_not_there_says_so() -> None:
    assert said(lambda: load(None, {}, ["sources.shop.path=/x"])) == (
        "--set sources.shop: no source has this name. Next: krn doctor shows the sources"
    )


def test_a_set_without_a_value_says_its_form() -> None:
    assert said(lambda: load(None, {}, ["timezone"])).startswith("--set timezone: not of the form key=value.")


def test_every_wrong_key_is_named_at_once(toml: Toml) -> None:
    path = toml(
        'colour = "red"\ngate = "ajar"\ncurrency = "pounds"\n'
        '[[sources]]\nname = "Shop files"\nkind = "landing"\npath = "/a"\nmax_fils = 1\n'
    )
    text = said(lambda: load(path, {"KRN_TIMEZONE": "Europe/Londn"}))
    named = ("colour", "gate", "currency", "timezone", "sources.0.landing.name", "sources.0.landing.max_fils")
    assert [key for key in named if f"{key}: " not in text] == []
    assert text.startswith(f"{path}: ")


@pytest.mark.parametrize("zone", ["Europe/Londn", "", "../../etc/passwd", "/etc/passwd"])
def test_a_time_zone_that_nobody_keeps_is_refused(zone: str) -> None:
    assert f"timezone: Value error, {zone!r} is not a time zone" in said(lambda: validated({"timezone": zone}, "it"))


@pytest.mark.parametrize("place", ["s3://bucket/wh", "s3a://bucket/wh", "abfss://c@a.dfs.example/wh", "file:///wh"])
@pytest.mark.parametrize("key", ["warehouse", "path"])
def test_an_object_store_is_refused_until_there_is_a_lock_for_it(key: str, place: str) -> None:
    source = {"name": "a", "kind": "landing", "path": "/a"}
    values = {"sources": [{**source, key: place}]} if key == "path" else {key: place}
    assert "only local paths; object stores need a lease lock" in said(lambda: validated(values, "it"))


def test_two_sources_of_one_name_are_refused() -> None:
    same = {"name": "a", "kind": "landing", "path": "/a"}
    assert said(lambda: validated({"sources": [same, same]}, "it")).startswith("it: two sources share a name: a")


@pytest.mark.parametrize(
    ("of", "envelope", "text"),
    [
        ("none", None, "dead has dead letters of none, which is none of the other sources."),
        ("dead", None, "dead has dead letters of dead, which is none of the other sources."),
        ("a", {"type": "kind"}, "dead has dead letters of a, and an envelope of its own."),
    ],
)
def test_dead_letters_are_of_another_source_and_come_in_its_envelope(of: str, envelope: object, text: str) -> None:
    queue = {"name": "a", "kind": "sqs"}
    dead = {"name": "dead", "kind": "sqs", "dead_letters_of": of, "envelope": envelope}
    assert text in said(lambda: validated({"sources": [queue, dead]}, "it"))


def own(**envelope: object) -> Callable[[], Config]:
    return lambda: validated({"sources": [{"name": "till", "kind": "sqs", "envelope": envelope}]}, "it")


@pytest.mark.parametrize(
    ("envelope", "text"),
    [
        ({"type": "=payment.recieved"}, "'payment.recieved' is no event type: write payment.received"),
        ({"type": "=teleported"}, "'teleported' is no event type."),
        ({"type": "=sale", "types": {"sell": "order.created"}}, "'sale' is no event type."),
        ({"type": "kind", "types": {"sale": "order.craeted"}}, "'order.craeted' is no event type: write order.created"),
        (
            {"type": "=payment.received", "data": {"amuont": "sum", "order_id": "bill"}},
            "'amuont' is no field of payment.received: write amount.",
        ),
        (
            {"type": "=sale", "types": {"sale": "order.created"}, "data": {"lines[].quantiy": "n", "sum": "total"}},
            "'lines[].quantiy' is no field of order.created: write lines[].quantity; 'sum' is no field of order.cr",
        ),
        ({"type": "=order.created", "data": {"order_id[].no": "n"}}, "'order_id[].no' is no field of order.created"),
        ({"type": "kind", "data": {"promised_delivery_dat": "due"}}, ": write promised_delivery_date."),
    ],
)
def test_an_envelope_that_names_what_no_contract_has_is_refused(envelope: dict[str, object], text: str) -> None:
    found = said(own(**envelope))
    assert found.startswith("it: sources.0.sqs.envelope: Value error, ")
    assert text in found


@pytest.mark.parametrize(
    "envelope",
    [
        {"type": "kind", "types": {"sale": "order.created"}, "data": {"lines[].line_no": "#", "lines[].sku": "code"}},
        {"type": "kind", "types": {"sale": "order.created"}, "data": {"order_id": "no", "method": "how"}},  # pays too
        {"type": "=sale", "types": {"sale": "order.created"}, "data": {"lines": "items"}},
    ],
)
def test_an_envelope_may_name_all_that_its_bodies_can_be_about(envelope: dict[str, object]) -> None:
    assert own(**envelope)().sources


def test_bodies_in_s3_lie_in_named_buckets_and_no_pattern_names_one() -> None:
    def queue(*buckets: str) -> Config:
        return validated({"sources": [{"name": "a", "kind": "sqs", "offloaded": {"buckets": buckets}}]}, "it")

    assert queue("shop-payloads").sources
    assert "offloaded.buckets: Tuple should have at least 1 item" in said(queue)
    for pattern in ("*", "shop-*", "Shop", "a/b"):
        assert "offloaded.buckets.0: String should match" in said(lambda pattern=pattern: queue(pattern))


def test_a_kind_of_source_that_krn_does_not_know_is_refused() -> None:
    assert "'kafka'" in said(lambda: validated({"sources": [{"name": "a", "kind": "kafka"}]}, "it"))


def test_a_file_that_is_missing_or_is_not_toml_is_named(toml: Toml, tmp_path: Path) -> None:
    assert said(lambda: load(tmp_path / "no.toml", {})).startswith(f"There is no configuration file {tmp_path}/no.toml")
    path = toml("warehouse = [")
    assert said(lambda: load(path, {})).startswith(f"{path} is not TOML: ")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "krn.toml"
    path.write_bytes(b"\xff\xfe")
    assert said(lambda: load(path, {})).startswith(f"{path} is not TOML: ")


def test_today_is_a_date_of_the_business_and_not_of_greenwich() -> None:
    clock = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert Config(timezone="Europe/Berlin").run_args(clock)["today"] == date(2026, 4, 1)


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load(None, {}).currency = "EUR"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["local", "prod"])
def test_the_files_that_come_with_krn_are_right(name: str) -> None:
    path = CONF / f"{name}.toml"
    assert load(path, {}).model_fields_set >= tomllib.loads(path.read_text()).keys()


def test_a_visibility_shorter_than_three_rounds_is_refused() -> None:
    queue = {"name": "shop", "kind": "sqs", "queue": "q", "visibility_s": 100, "round_seconds": 60}
    with pytest.raises(UsageError, match="visibility_s must be at least 3 x round_seconds"):
        validated({"sources": [queue]}, "it")


@pytest.mark.parametrize(("landing", "lake"), [("in", "in/lake"), ("in", "in"), ("in", "out/../in/x")])
def test_a_warehouse_lies_in_no_landing_folder(tmp_path: Path, landing: str, lake: str) -> None:
    source = {"name": "shop", "kind": "landing", "path": str(tmp_path / landing)}
    with pytest.raises(UsageError, match="lies in the landing folder of shop"):
        validated({"warehouse": str(tmp_path / lake), "sources": [source]}, "it")


def test_a_landing_folder_may_lie_beside_the_warehouse(tmp_path: Path) -> None:
    source = {"name": "shop", "kind": "landing", "path": str(tmp_path / "warehouse_in")}
    assert validated({"warehouse": str(tmp_path / "warehouse"), "sources": [source]}, "it").sources


def test_a_warehouse_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("no folder")
    with pytest.raises(UsageError, match="is no folder"):
        validated({"warehouse": str(tmp_path / "lake")}, "it")


@pytest.mark.parametrize("key", ["timezone.foo", "sources.shop.path.x", "sources.shop"])
def test_a_set_below_what_has_no_keys_is_refused(toml: Toml, key: str) -> None:
    path = toml('timezone = "UTC"\n[[sources]]\nname = "shop"\nkind = "landing"\npath = "in"\n')
    with pytest.raises(UsageError, match="there is no such key"):
        load(path, {}, [f"{key}=1"])


def test_sources_that_are_no_list_have_no_names(toml: Toml) -> None:
    with pytest.raises(UsageError, match="no source has this name"):
        load(toml('sources = "x"\n'), {}, ["sources.shop.path=x"])


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read: Is a directory"):
        load(tmp_path, {})
