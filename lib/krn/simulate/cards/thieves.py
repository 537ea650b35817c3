"""What thieves do: each kind of episode begins behind somebody's payment at a terminal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from krn.simulate.cards.attempts import Attempt, Hand, stolen
from krn.simulate.cards.compromised import Compromised
from krn.simulate.cards.days import Town
from krn.simulate.cards.facts import Episode
from krn.simulate.cards.holders import Holder, address, device, holder
from krn.simulate.cards.places import AWAY

SECONDS, MINUTES, HOURS = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """The payment behind which an episode begins, and all that a thief can make use of."""

    rng: Random
    town: Town
    compromised: Compromised
    seen: Attempt
    episode: Episode

    def hand(self, distrust: float) -> Hand:
        return Hand(self.episode, distrust)

    def hand_on_the_net(self, distrust: float) -> Hand:
        return Hand(self.episode, distrust, device(self.rng), address(self.rng))

    def later(self, at: datetime, usually: timedelta) -> datetime:
        """Some time after `at`, half of the time within `usually`."""
        ms = usually / timedelta(milliseconds=1) * self.rng.lognormvariate(0, 0.7)
        return at + timedelta(milliseconds=1 + round(ms))

    def stranger(self) -> Holder:
        """The holder of a card that nobody here has seen before."""
        return holder(self.rng, self.town.tills, f"{self.rng.getrandbits(32):08x}")


Kind = Callable[[Scene], Iterator[Attempt]]


def card_testing(scene: Scene) -> Iterator[Attempt]:
    """Numbers bought by the dozen are tried on one device with small amounts; some that work are used within a day."""
    rng, at, till = scene.rng, scene.seen.at, scene.town.tills.online(scene.rng)
    hand = scene.hand_on_the_net(distrust=rng.uniform(0.5, 0.9))
    for _ in range(rng.randint(9, 45)):
        card = rng.choice(scene.town.holders.all) if rng.random() < 0.4 else scene.stranger()
        at = scene.later(at, 14 * SECONDS)
        tried = stolen(rng, hand, at, card, till, rng.uniform(0.01, 0.15))
        yield tried
        if tried.is_approved and rng.random() < 0.5:
            shop = scene.town.tills.online(rng)
            yield stolen(rng, hand, scene.later(at, 9 * HOURS), card, shop, rng.uniform(2, 9))


def stolen_card(scene: Scene) -> Iterator[Attempt]:
    """Spent in town within hours, several times what the owner spends."""
    rng, place = scene.rng, scene.seen.till.place
    assert place
    hand, greed = scene.hand(distrust=0.2), rng.uniform(2, 9)
    at = scene.later(scene.seen.at, 5 * HOURS)
    for _ in range(rng.randint(2, 10)):
        till = scene.town.tills.in_city(rng, place)
        yield stolen(rng, hand, at, scene.seen.holder, till, greed * rng.lognormvariate(0, 0.4))
        at = scene.later(at, 40 * MINUTES)


def decline_burst(scene: Scene) -> Iterator[Attempt]:
    """One card in one shop, again and again for less, until the thief gives up."""
    rng, till = scene.rng, scene.town.tills.online(scene.rng)
    hand, times_usual = scene.hand_on_the_net(distrust=rng.uniform(0.7, 0.95)), rng.uniform(3, 12)
    card = scene.seen.holder if rng.random() < 0.7 else scene.stranger()
    at = scene.later(scene.seen.at, 20 * HOURS)
    for _ in range(rng.randint(4, 14)):
        yield stolen(rng, hand, at, card, till, times_usual)
        at, times_usual = scene.later(at, 35 * SECONDS), times_usual * rng.uniform(0.6, 1)


def impossible_travel(scene: Scene) -> Iterator[Attempt]:
    """A clone pays in another country while the owner is still in town."""
    rng, hand = scene.rng, scene.hand(distrust=0.25)
    there = rng.choice([place for place in AWAY if place != scene.seen.till.place])
    at = scene.later(scene.seen.at, 25 * MINUTES)
    for _ in range(rng.randint(1, 4)):
        till = scene.town.tills.in_city(rng, there)
        yield stolen(rng, hand, at, scene.seen.holder, till, rng.lognormvariate(0.5, 0.7))
        at = scene.later(at, 50 * MINUTES)


def account_takeover(scene: Scene) -> Iterator[Attempt]:
    """A card that is well known pays on the net, from a device that is not."""
    rng, hand, at = scene.rng, scene.hand_on_the_net(distrust=0.25), scene.later(scene.seen.at, 30 * HOURS)
    greed = rng.uniform(3, 14)
    for _ in range(rng.randint(1, 6)):
        till = scene.town.tills.online(rng)
        yield stolen(rng, hand, at, scene.seen.holder, till, greed * rng.lognormvariate(0, 0.3))
        at = scene.later(at, 25 * MINUTES)


def new_account(scene: Scene) -> Iterator[Attempt]:
    """Opened under somebody's name, and spent at once."""
    rng, hand, card = scene.rng, scene.hand_on_the_net(distrust=0.15), scene.stranger()
    at = scene.later(scene.seen.at, 3 * HOURS)
    for _ in range(rng.randint(1, 5)):
        spent = rng.lognormvariate(6.4, 0.6)
        yield stolen(rng, hand, at, card, scene.town.tills.online(rng), spent / card.usual)
        at = scene.later(at, 70 * MINUTES)


def compromised_terminal(scene: Scene) -> Iterator[Attempt]:
    """The card that is seen is charged again; after that it takes what comes."""
    scene.compromised.begin(scene.seen, scene.episode)
    yield replace(scene.seen, at=scene.later(scene.seen.at, 2 * MINUTES), episode=scene.episode)


#: By kind: how many begin per million honest payments.
KINDS: dict[Kind, int] = {
    card_testing: 50, stolen_card: 180, decline_burst: 110, impossible_travel: 180, account_takeover: 160,
    new_account: 150, compromised_terminal: 40,
}  # fmt: skip
