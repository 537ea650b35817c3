"""A seeded shop that emits realistic events with faults, and the truth that gold must equal."""

from krn.simulate.faults import Rates
from krn.simulate.feed import Feed, stream
from krn.simulate.habits import Habits
from krn.simulate.shop import Shop
from krn.simulate.simulation import Simulation, simulate, write

__all__ = ["Feed", "Habits", "Rates", "Shop", "Simulation", "simulate", "stream", "write"]
