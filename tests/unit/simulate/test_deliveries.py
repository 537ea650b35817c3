"""What the shop sends and what happens to it on the way."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import orjson
import pytest

from krn.contracts import CONTRACTS
from krn.simulate import Feed, Rates, Shop, Simulation, emit, simulate, stream, write
from krn.simulate.broken import OF_CARDS, breaks
from krn.simulate.cards.facts import CardFact
from krn.simulate.events import Event, event
from krn.simulate.facts import Fact
from krn.simulate.faults import NO_FAULTS, Delivery, deliveries
from krn.simulate.shop import lives

SMALL = Shop(seed=3, orders=300, days=20, transactions=300)
KEYS = {contract.type: contract.key for contract in CONTRACTS}
FAULTY = Rates(0.2, 0.2, 0.3, 0.3, 0.6, 0.2)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def facts(shop: Shop = SMALL) -> list[Fact | CardFact]:
    return [fact for life in lives(shop) for fact in life.facts()]


@pytest.fixture(scope="module")
def faulty() -> Simulation:
    return simulate(SMALL, FAULTY)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, Shop(seed=5, orders=100, days=10, transactions=100))
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_folder_that_is_written_on_the_way_is_the_same(tmp_path: Path) -> None:
    manifest = emit(tmp_path / "one", SMALL, FAULTY, parts=2)
    simulation = write(tmp_path / "two", SMALL, FAULTY, parts=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert (manifest.deliveries, manifest.verdicts) == (len(simulation.deliveries), simulation.verdicts)


def test_a_file_holds_no_time_of_writing(tmp_path: Path) -> None:
    write(tmp_path, Shop(seed=5, orders=10, days=2))
    assert {path.read_bytes()[4:8] for path in tmp_path.rglob("*.gz")} == {bytes(4)}


def test_another_seed_is_another_shop() -> None:
    assert simulate(Shop(1, 50, 5)).truth != simulate(Shop(2, 50, 5)).truth


def test_faults_do_not_change_the_truth(faulty: Simulation) -> None:
    assert faulty.truth == simulate(SMALL, NO_FAULTS).truth


def test_every_good_event_arrives_unharmed(faulty: Simulation) -> None:
    accepted = [delivery.body for delivery in faulty.deliveries if delivery.stamp]
    assert sorted(accepted) == sorted(event(fact).body for fact in facts())


def test_deliveries_arrive_in_order(faulty: Simulation) -> None:
    for way in (faulty.by_file, faulty.by_queue):
        assert list(way) == sorted(way, key=lambda delivery: delivery.arrives_at)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_strays_from_another_shop_keeps_its_place_too(seed: int) -> None:
    simulation = simulate(Shop(seed=seed, orders=300, days=30))
    for way in (simulation.by_file, simulation.by_queue):
        assert [a for a, b in pairwise(way) if b.arrives_at < a.arrives_at] == []


def test_every_kind_of_fault_occurs(faulty: Simulation) -> None:
    expected = {"good", "late", "reordered", "duplicate", "business_duplicate", "id_conflict", *OF_CARDS}
    assert {delivery.kind for delivery in faulty.deliveries} == expected


def test_a_duplicate_has_the_bytes_of_a_good_event(faulty: Simulation) -> None:
    good = {delivery.body for delivery in faulty.deliveries if delivery.stamp}
    copies = {delivery.body for delivery in faulty.deliveries if delivery.kind == "duplicate"}
    assert copies and copies <= good


def test_a_business_duplicate_repeats_the_key_under_an_id_that_comes_after(faulty: Simulation) -> None:
    by_key = defaultdict(list)
    for delivery in faulty.deliveries:
        if delivery.verdict == "accepted" and not delivery.is_flat:
            by_key[key_of(orjson.loads(delivery.body))].append(delivery)
    repeated = [found for found in by_key.values() if len(found) > 1]
    assert repeated
    for found in repeated:
        assert min(found, key=lambda delivery: rank(delivery.body)).stamp


def key_of(body: dict[str, object]) -> tuple[object, ...]:
    data, kind = body["data"], str(body["type"])
    told = {**data, "time": body["time"]}  # type: ignore[dict-item]
    return (kind, *(told[name] for name in KEYS[kind])) if KEYS[kind] else (kind, body["id"])


def rank(body: bytes) -> tuple[datetime, str, str]:
    envelope = orjson.loads(body)
    return datetime.fromisoformat(envelope["time"]).astimezone(UTC), envelope["source"], envelope["id"]


def test_a_contradiction_reuses_an_id_and_follows_the_good_event_by_the_same_way(faulty: Simulation) -> None:
    contradictions = [(i, each) for i, each in enumerate(faulty.by_file) if each.kind == "id_conflict"]
    assert contradictions
    ids = [id_of(each.body) if each.stamp else None for each in faulty.by_file]
    for i, delivery in contradictions:
        told = id_of(delivery.body)
        good = [j for j, known in enumerate(ids) if known == told]
        assert len(good) == 1 and good[0] < i
        assert faulty.by_file[good[0]].body != delivery.body
        assert faulty.by_file[good[0]].arrives_at.date() == delivery.arrives_at.date()


def id_of(body: bytes) -> tuple[object, object]:
    envelope = orjson.loads(body)
    return envelope.get("source"), envelope.get("id")


@pytest.mark.parametrize("kind", OF_CARDS)
def test_a_broken_copy_owes_a_reason_and_differs_from_the_good_event(kind: str) -> None:
    breaking, owes = OF_CARDS[kind]
    assert owes
    for sent in (sent for sent in events_of_each_type() if kind in breaks(sent.type)):
        broken = [breaking(Random(seed), sent) for seed in range(20)]
        assert all(body != sent.body and b"\n" not in body for body in broken if body is not None)


def events_of_each_type() -> list[Event]:
    return list({(sent.type, sent.is_flat): sent for sent in map(event, facts())}.values())


def test_a_leaked_number_has_the_length_and_the_check_digit_of_a_card_s() -> None:
    sent = next(made for made in map(event, facts()) if made.type == "transaction.initiated")
    numbers = {
        orjson.loads(OF_CARDS["pan_leak"][0](Random(seed), sent) or b"")["data"]["card_id"] for seed in range(200)
    }
    assert {len(number) for number in numbers} == set(range(13, 20))
    for number in numbers:
        counted = [2 * int(d) if place % 2 else int(d) for place, d in enumerate(reversed(number))]
        assert sum(n - 9 if n > 9 else n for n in counted) % 10 == 0


def test_a_truncated_copy_is_cut_between_two_characters() -> None:
    sent = next(made for made in map(event, facts()) if "é" in made.body.decode())
    for seed in range(3 * len(sent.body)):
        assert OF_CARDS["truncated"][0](Random(seed), sent).decode()  # type: ignore[union-attr]


def test_what_is_not_text_goes_by_file_only(faulty: Simulation) -> None:
    assert not any(delivery.kind == "not_utf8" for delivery in faulty.by_queue)
    for delivery in faulty.by_file:
        if delivery.kind == "not_utf8":
            with pytest.raises(UnicodeDecodeError):
                delivery.body.decode()


def test_all_copies_of_a_flat_body_are_in_the_file_that_dates_it(faulty: Simulation) -> None:
    flat = [delivery for delivery in faulty.deliveries if delivery.is_flat]
    assert {delivery.arrives_at.hour for delivery in flat} == {12}
    assert not any(delivery.is_flat for delivery in faulty.by_queue)


def test_the_guide_s_body_is_sent_as_the_guide_prints_it() -> None:
    sent = next(made for made in map(event, facts()) if made.is_flat)
    assert sent.body.startswith(b'{"event_type": "Order Processed", "order_id": 1, "customer_id": 1')


def test_without_faults_each_event_is_delivered_once_when_it_happens() -> None:
    sent = event(facts()[0])
    assert [(each.arrives_at, each.kind) for each in deliveries(sent, Random(1), NO_FAULTS)] == [
        (sent.stamp.at, "good")
    ]


def test_a_folder_holds_what_the_manifest_says(tmp_path: Path) -> None:
    simulation = write(tmp_path, Shop(seed=5, orders=200, days=10), parts=3, rates=FAULTY)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    lines = [line for path in tmp_path.rglob("*.gz") for line in gzip.decompress(path.read_bytes()).split(b"\n")[:-1]]
    queued = [json.loads(line).encode() for line in (tmp_path / "queue.jsonl").read_text().splitlines()]
    assert sorted(lines + queued) == sorted(delivery.body for delivery in simulation.deliveries)
    assert sum(manifest["verdicts"].values()) == len(lines) + len(queued) == manifest["deliveries"]
    owing = (tmp_path / "faults.jsonl").read_text().splitlines()
    assert manifest["verdicts"]["quarantined"] == len(owing) == simulation.verdicts["quarantined"]


def test_a_flat_file_bears_the_time_of_its_orders(tmp_path: Path) -> None:
    write(tmp_path, Shop(seed=5, orders=10, days=2))
    for path in (tmp_path / "legacy").rglob("*.gz"):
        dropped = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        assert (str(dropped.date()), dropped.hour) == (path.parent.name.removeprefix("dt="), 12)


def test_what_a_stream_says_after_a_cut_is_true_of_the_events_before_it() -> None:
    feed = stream(seed=2, n_events=500, keep_books=True)
    orders = {orjson.loads(each.body)["data"]["order_id"] for each in feed.take(500) if is_order(each)}
    assert {row.order_id for row in feed.truth().orders} == orders
    orders |= {orjson.loads(each.body)["data"]["order_id"] for each in feed.take(50) if is_order(each)}
    assert {row.order_id for row in feed.truth().orders} == orders


def test_after_a_cut_only_parcels_that_were_told_of_are_counted() -> None:
    feed = Feed(Shop(seed=4, orders=200, days=10), Rates(late=0.2))
    taken = list(feed.take(900))
    sent = {each.stamp for each in taken if each.stamp and b'"type":"order.shipped"' in each.body}
    there = {each.stamp for each in taken if each.stamp and b'"type":"order.delivered"' in each.body}
    assert 0 < len(there) < len(sent)
    assert sum(row.shipped for row in feed.truth().shipping_daily) == len(sent)
    assert sum(row.n_delivered for row in feed.truth().orders) <= len(there)


def test_asking_for_the_truth_on_the_way_changes_nothing() -> None:
    shop = Shop(seed=4, orders=200, days=10)
    feed = Feed(shop, NO_FAULTS)
    taken = list(feed.take(500))
    assert feed.truth() == feed.truth()
    taken += feed
    assert feed.truth() == simulate(shop, NO_FAULTS).truth


def is_order(delivery: Delivery) -> bool:
    return delivery.stamp is not None and b'"type":"order.created"' in delivery.body
