"""The cities where people live, and those where they travel, or their cards do."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    city: str
    country: str
    currency: str
    lat: float
    lon: float


#: By city: how many of the card holders live there.
HOMES: dict[Place, int] = {
    Place("London", "GB", "GBP", 51.507, -0.128): 30,
    Place("Leeds", "GB", "GBP", 53.800, -1.549): 14,
    Place("Bath", "GB", "GBP", 51.381, -2.359): 8,
    Place("Berlin", "DE", "EUR", 52.520, 13.405): 16,
    Place("Ulm", "DE", "EUR", 48.402, 9.988): 8,
    Place("Lyon", "FR", "EUR", 45.764, 4.836): 10,
    Place("Metz", "FR", "EUR", 49.119, 6.176): 6,
    Place("Cork", "IE", "EUR", 51.897, -8.476): 8,
}
#: More than a thousand kilometres from every home and from each other.
AWAY = (
    Place("Athens", "GR", "EUR", 37.984, 23.728),
    Place("Lisbon", "PT", "EUR", 38.722, -9.139),
    Place("Rovaniemi", "FI", "EUR", 66.503, 25.729),
    Place("Tokyo", "JP", "JPY", 35.677, 139.650),
)


def near(rng: Random, place: Place) -> tuple[float, float]:
    """A point in town: half of them within some four kilometres of its middle."""
    return round(rng.gauss(place.lat, 0.03), 5), round(rng.gauss(place.lon, 0.05), 5)
