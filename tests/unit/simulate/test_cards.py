"""The town that pays by card: honest people have habits, thieves have ways, and banks find out late."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from krn.simulate.cards.facts import Initiated, Purchase
from krn.simulate.cards.places import AWAY, HOMES
from krn.simulate.cards.purchases import purchases
from krn.simulate.cards.thieves import KINDS

BERLIN = ZoneInfo("Europe/Berlin")
N, DAYS, START = 20_000, 60, date(2024, 3, 1)
PLANE_KM_H = 1_000


@pytest.fixture(scope="module")
def town() -> list[Purchase]:
    return list(purchases(7, N, START, DAYS, BERLIN))


@pytest.fixture(scope="module")
def honest(town: list[Purchase]) -> list[Initiated]:
    return [each.initiated for each in town if each.initiated and not each.episode]


@pytest.fixture(scope="module")
def by_kind(town: list[Purchase]) -> dict[str, list[list[Purchase]]]:
    """The episodes of each kind, with their payments in order of time."""
    episodes = defaultdict(list)
    for each in town:
        if each.episode and each.initiated:
            episodes[each.episode].append(each)
    kinds = defaultdict(list)
    for episode, payments in episodes.items():
        kinds[episode.kind].append(payments)
    return kinds


def paid(episode: list[Purchase]) -> list[Initiated]:
    return [each.initiated for each in episode if each.initiated]


def declined(episode: list[Purchase]) -> float:
    decided = [each.decisions[0] for each in episode if each.decisions]
    return sum(not each.is_approved for each in decided) / len(decided)


def grouped(payments: list[Initiated], key: Callable[[Initiated], str | None]) -> dict[str | None, list[Initiated]]:
    groups = defaultdict(list)
    for each in payments:
        groups[key(each)].append(each)
    return groups


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(lat), radians(lon)) for lat, lon in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 12_742 * asin(sqrt(half))


def ways(payments: list[Initiated]) -> list[tuple[float, float]]:
    """From one payment with a place to the next: kilometres and hours."""
    placed = [
        (each.stamp.at, (each.lat, each.lon)) for each in payments if each.lat is not None and each.lon is not None
    ]
    return [(km(a, b), (until - since) / timedelta(hours=1)) for (since, a), (until, b) in pairwise(placed)]  # type: ignore[arg-type]


def test_the_same_seed_is_the_same_town_and_another_one_is_not(town: list[Purchase]) -> None:
    again = purchases(7, N, START, DAYS, BERLIN)
    assert all(next(again) == each for each in town[:500])
    assert next(purchases(8, N, START, DAYS, BERLIN)) != town[0]


def test_honest_people_pay_as_often_as_was_asked(town: list[Purchase]) -> None:
    assert N < len(town) < 1.05 * N
    kinds = Counter(each.episode.kind if each.episode else None for each in town)
    first_tries = N - kinds["compromised_terminal"]
    assert first_tries <= kinds[None] <= 1.02 * N


def test_payments_come_in_order_of_time_on_days_of_the_town(town: list[Purchase]) -> None:
    times = [each.initiated.stamp.at for each in town if each.initiated]
    assert times == sorted(times)
    assert times[0].astimezone(BERLIN).date() == START


def test_fraud_is_between_two_and_twenty_in_a_thousand(town: list[Purchase]) -> None:
    assert 0.002 < sum(each.episode is not None for each in town) / len(town) < 0.02


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_of_episode_happens_however_small_the_town(seed: int) -> None:
    kinds = {each.episode.kind for each in purchases(seed, 300, START, DAYS, BERLIN) if each.episode}
    assert kinds == {kind.__name__ for kind in KINDS}


def test_people_sleep_at_night_and_rest_on_sunday(honest: list[Initiated]) -> None:
    local = [each.stamp.at.astimezone(BERLIN) for each in honest]
    hours, weekdays = Counter(at.hour for at in local), Counter(at.weekday() for at in local)
    assert sum(hours[hour] for hour in range(1, 6)) < 0.1 * len(local) < sum(hours[hour] for hour in (17, 18, 19))
    assert weekdays[4] + weekdays[5] > 2.5 * weekdays[6]


def test_people_have_habits_of_their_own(honest: list[Initiated]) -> None:
    """What they usually spend differs more between two than within one; and they go to the same shops."""
    cards = grouped([each for each in honest if each.currency == "GBP"], lambda each: each.card_id).values()
    often = [card for card in cards if len(card) > 20]
    usual = sorted(median(each.amount for each in card) for card in often)
    assert usual[len(usual) * 9 // 10] > 2 * usual[len(usual) // 10]
    first, second = [each.amount for each in often[0][::2]], [each.amount for each in often[0][1::2]]
    assert 0.6 < median(first) / median(second) < 1.6
    favourite = [Counter(each.merchant_id for each in card).most_common(1)[0][1] / len(card) for card in often]
    assert median(favourite) > 0.1


def test_nobody_honest_outruns_a_plane_though_some_travel(honest: list[Initiated]) -> None:
    cards = grouped(honest, lambda each: each.card_id).values()
    far = [(distance, hours) for card in cards for distance, hours in ways(card) if distance > 100]
    assert len(far) > 20
    assert max(distance / hours for distance, hours in far) < PLANE_KM_H / 2


def test_cities_abroad_are_far_from_every_home_and_from_each_other() -> None:
    pairs = [(one, other) for one in AWAY for other in (*HOMES, *AWAY) if one != other]
    assert min(km((one.lat, one.lon), (other.lat, other.lon)) for one, other in pairs) > 1_000


def test_a_card_tester_tries_many_cards_with_small_amounts_on_one_device(
    by_kind: dict[str, list[list[Purchase]]],
) -> None:
    for episode in by_kind["card_testing"]:
        tried = paid(episode)
        assert len({each.device_id for each in tried} - {None}) == 1
        assert len({each.card_id for each in tried}) >= 9
        assert declined(episode) > 0.3
        assert median(each.amount for each in tried) < 10
        most = sorted(each.stamp.at for each in tried)[len(tried) // 2]
        assert most - tried[0].stamp.at < timedelta(hours=1)


def test_a_stolen_card_pays_several_times_what_its_owner_does(
    by_kind: dict[str, list[list[Purchase]]], honest: list[Initiated]
) -> None:
    cards = grouped(honest, lambda each: each.card_id)
    for kind in ("stolen_card", "account_takeover"):
        times = []
        for episode in by_kind[kind]:
            spent = [each.amount for each in paid(episode)]
            own = [
                each.amount for each in cards[paid(episode)[0].card_id] if each.currency == paid(episode)[0].currency
            ]
            times.append(median(spent) / median(own))
        assert median(times) > 3


def test_who_takes_an_account_over_uses_a_card_that_is_known_on_a_device_that_is_not(
    by_kind: dict[str, list[list[Purchase]]], honest: list[Initiated]
) -> None:
    known = {each.device_id for each in honest}
    since = {card: group[0].stamp.at for card, group in grouped(honest, lambda each: each.card_id).items()}
    for episode in by_kind["account_takeover"]:
        for each in paid(episode):
            assert each.device_id is None or each.device_id not in known
            assert since[each.card_id] < each.stamp.at


def test_a_new_account_spends_much_within_a_day_or_two_of_its_first_payment(
    by_kind: dict[str, list[list[Purchase]]], honest: list[Initiated]
) -> None:
    known = {each.card_id for each in honest}
    for episode in by_kind["new_account"]:
        spent = paid(episode)
        assert len({each.card_id for each in spent}) == 1 and spent[0].card_id not in known
        assert spent[-1].stamp.at - spent[0].stamp.at < timedelta(days=2)
    assert median(float(each.amount) for episode in by_kind["new_account"] for each in paid(episode)) > 200


def test_a_burst_is_one_card_in_one_shop_declined_again_and_again(by_kind: dict[str, list[list[Purchase]]]) -> None:
    for episode in by_kind["decline_burst"]:
        tried = paid(episode)
        assert len({(each.card_id, each.merchant_id) for each in tried}) == 1
        assert len(tried) >= 3 and tried[-1].stamp.at - tried[0].stamp.at < timedelta(hours=1)
    assert median(declined(episode) for episode in by_kind["decline_burst"]) > 0.4


def test_a_clone_pays_where_its_owner_cannot_be(
    by_kind: dict[str, list[list[Purchase]]], honest: list[Initiated]
) -> None:
    cards = grouped(honest, lambda each: each.card_id)
    speeds = []
    for episode in by_kind["impossible_travel"]:
        first = next(iter(paid(episode)))
        if first.lat is not None:
            (distance, hours), *_ = ways([*(each for each in cards[first.card_id] if each.stamp < first.stamp), first])[
                -1:
            ]
            speeds.append(distance / hours)
    assert speeds and median(speeds) > PLANE_KM_H


def test_at_a_compromised_terminal_many_cards_meet_fraud_for_weeks(
    by_kind: dict[str, list[list[Purchase]]], honest: list[Initiated]
) -> None:
    spent = paid(max(by_kind["compromised_terminal"], key=len))
    (terminal,) = {each.terminal_id for each in spent}
    first, last = spent[0].stamp.at, spent[-1].stamp.at
    spared = [each for each in honest if each.terminal_id == terminal and first < each.stamp.at < last]
    assert len({each.card_id for each in spent}) > 5
    assert last - first > timedelta(days=5)
    assert 0.3 < len(spent) / len(spent + spared) < 1


def test_what_is_known_of_fraud_is_known_days_later_and_neither_all_nor_all_true(town: list[Purchase]) -> None:
    frauds, others = [each for each in town if each.episode], [each for each in town if not each.episode]
    said = {tuple(fact.label for fact in each.labels) for each in town}
    assert {(), ("fraud",), ("genuine",), ("dispute", "fraud"), ("dispute", "genuine")} <= said
    assert 0.3 < sum(bool(each.labels) for each in frauds) / len(frauds) < 0.95
    assert 0 < sum("fraud" in {fact.label for fact in each.labels} for each in others) < 0.01 * len(others)
    assert any(each.labels and "fraud" not in {fact.label for fact in each.labels} for each in frauds)
    delays = [each.labels[0].stamp.at - each.initiated.stamp.at for each in town if each.labels and each.initiated]
    assert timedelta(0) < min(delays) and timedelta(days=4) < median(delays) < timedelta(days=15)


def test_issuers_answer_late_or_not_at_all_and_seldom_twice(town: list[Purchase]) -> None:
    assert {len(each.decisions) for each in town} == {0, 1, 2}
    waits = [each.decisions[0].stamp.at - each.initiated.stamp.at for each in town if each.decisions and each.initiated]
    assert timedelta(0) < min(waits) and median(waits) < timedelta(seconds=1) < timedelta(minutes=2) < max(waits)
    assert 0.01 < declined([each for each in town if not each.episode]) < 0.06
    assert declined([each for each in town if each.episode]) > 0.15


def test_of_some_payments_only_the_answer_is_told(town: list[Purchase]) -> None:
    lost = [each for each in town if not each.initiated]
    assert lost and all(each.decisions for each in lost)


def test_addresses_belong_to_nobody(town: list[Purchase]) -> None:
    addresses = {each.initiated.ip for each in town if each.initiated} - {None}
    assert len(addresses) > 100
    assert all(str(address).startswith(("100.64.", "100.65.", "100.66.", "100.67.")) for address in addresses)


def test_a_payment_is_cut_before_what_is_not_known_yet(town: list[Purchase]) -> None:
    whole = next(each for each in town if each.initiated and each.decisions and each.labels)
    assert whole.without(set()) == whole
    assert list(whole.without({fact.stamp for fact in whole.facts()}).facts()) == []
    assert list(whole.without({whole.decisions[0].stamp}).facts()) == [whole.initiated, *whole.labels]
