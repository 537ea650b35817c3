"""A spark line: values over time in the height of a line of text, with their limits."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 120, 24
EDGE = 3  # so that the last point's dot is whole


@dataclass(frozen=True)
class Spark:
    """Shapes for an SVG of WIDTH by HEIGHT: its line, end and limits, and whether it ends beyond them."""

    line: str
    end: tuple[float, float]
    limits: tuple[float, ...]
    is_beyond: bool


def spark(values: Sequence[float], low: float | None = None, high: float | None = None) -> Spark:
    """From 0, or below it the least, to the greatest of the values and the limits."""
    limits = [limit for limit in (low, high) if limit is not None]
    least, most = min(0.0, *values, *limits), max(0.0, *values, *limits)
    span = (most - least) or 1.0
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - least) / span * (HEIGHT - 2 * EDGE), 1)

    points = [(round(EDGE + n * step, 1), y(value)) for n, value in enumerate(values)]
    kept = [point for n, point in enumerate(points) if not _is_between(points, n)]
    line = " ".join(f"{x:g},{height:g}" for x, height in kept)
    is_beyond = (low is not None and values[-1] < low) or (high is not None and values[-1] > high)
    return Spark(line, points[-1], tuple(map(y, limits)), is_beyond)


def _is_between(points: Sequence[tuple[float, float]], n: int) -> bool:
    """Whether the line is level at this point: most are, and a page of hundreds can do without them."""
    return 0 < n < len(points) - 1 and points[n - 1][1] == points[n][1] == points[n + 1][1]
