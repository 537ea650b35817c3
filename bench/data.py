"""The deliveries to measure with: a history, an increment on it, and the truth after each; made once a folder."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from krn.simulate import Feed, stream
from krn.simulate.deliver import land
from krn.simulate.simulation import write_truth

STEPS = ("history", "increment")


@dataclass(frozen=True)
class Data:
    """`landing(step)` holds the step's files, `truth(step)` the rows that must be there after it."""

    folder: Path
    rows: dict[str, int]
    clocks: dict[str, str]

    def landing(self, step: str) -> Path:
        return self.folder / step

    def truth(self, step: str) -> dict[str, list[dict[str, str]]]:
        return {path.stem: _rows(path) for path in sorted((self.folder / "truth" / step).glob("*.csv"))}


def generated(folder: Path, seed: int, events: int, increment: int) -> Data:
    """The data in `folder`, made unless it is there and complete."""
    asked = {"seed": seed, "history": events, "increment": increment}
    manifest = folder / "manifest.json"
    if not manifest.exists():
        clocks = _generate(folder, seed, {"history": events, "increment": increment})
        manifest.write_text(json.dumps({"asked": asked, "clocks": clocks}))
    made = json.loads(manifest.read_text())
    if made["asked"] != asked:
        raise SystemExit(f"{folder} holds {made['asked']}, not {asked}: name another --work folder")
    return Data(folder, {step: asked[step] for step in STEPS}, made["clocks"])


def _generate(folder: Path, seed: int, sizes: dict[str, int]) -> dict[str, str]:
    feed = stream(seed, sum(sizes.values()), keep_books=True)
    return {step: _taken(feed, n, folder, step) for step, n in sizes.items()}


def _taken(feed: Feed, n: int, folder: Path, step: str) -> str:
    """Take the next `n` deliveries and the truth after them; returns the midnight after the last, the step's clock."""
    land(folder / step, feed.take(n))
    write_truth(folder / "truth" / step, feed.truth())
    last = max(path.name.removeprefix("dt=") for path in (folder / step).iterdir())
    return f"{datetime.fromisoformat(last) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
