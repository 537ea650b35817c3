"""A seeded shop, and a town that pays by card, emit realistic events with faults; the truth that gold must equal."""

from krn.simulate.faults import Rates
from krn.simulate.feed import Feed, stream
from krn.simulate.habits import Habits
from krn.simulate.shop import Shop
from krn.simulate.simulation import Simulation, emit, simulate, write

__all__ = ["Feed", "Habits", "Rates", "Shop", "Simulation", "emit", "simulate", "stream", "write"]
