"""What checking costs: microseconds a body, and CPU seconds a million, for the bodies that shops send."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.known import compiled

_ORDER = (
    b'{"specversion":"1.0","id":"or-536365","type":"order.created","source":"/online-retail/shop","subject":"536365",'
    b'"time":"2010-12-01T08:26:00.000Z","datacontenttype":"application/json",'
    b'"dataschema":"urn:events:order.created:1","data":{"order_id":"536365","customer_id":"17850",'
    b'"country":"United Kingdom","currency":"GBP","order_total":"35.64","lines":['
    b'{"line_no":1,"product_id":"85123A","description":"WHITE HANGING HEART","quantity":6,"unit_price":"2.55"},'
    b'{"line_no":2,"product_id":"71053","description":"WHITE METAL","quantity":6,"unit_price":"3.39"}]}}'
)
_BODIES = {
    "order, amounts as text": _ORDER,
    "order, amounts as doubles": _ORDER.replace(b'"35.64"', b"35.64").replace(b'"2.55"', b"2.55"),
    "order, a total that is no number": _ORDER.replace(b"35.64", b"abc"),
    "flat body without an envelope": b'{"event_type":"Order Processed","order_id":1,"customer_id":101,"amount":10}',
    "half an order": _ORDER[:300],
}


def main() -> None:
    """Print one line a body."""
    contracts, delivered = compiled(CONTRACTS), Delivered(datetime(2026, 1, 1, tzinfo=UTC), currency="EUR", source="q")
    print(f"{'body':36}{'bytes':>6}  {'verdict':12}{'us each':>8}{'CPU s per million':>19}")
    for name, body in _BODIES.items():
        checked = check(body, delivered, contracts)
        verdict = "accepted" if checked.ok else checked.reasons[0]
        micros = _cost(lambda body=body: check(body, delivered, contracts))
        print(f"{name:36}{len(body):>6}  {verdict:12}{micros:>8.1f}{micros:>19.1f}")


def _cost(work: Callable[[], object], times: int = 20_000, rounds: int = 5) -> float:
    """CPU microseconds of one call, the best of some rounds."""
    return min(_round(work, times) for _ in range(rounds)) / times * 1e6


def _round(work: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
