"""Calls that settle messages ten at a time: retried where the broker is at fault, counted where the receipt is."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from krn.sources.aws import explained
from krn.sources.delivery import AckReport, Delivery
from krn.sources.pull import Impatient

ATTEMPTS = 5
#: What SQS says of a receipt that is no longer the message's own.
EXPIRED = frozenset({"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"})

Call = Callable[[list[dict[str, Any]]], Mapping[str, Any]]


def in_tens(deliveries: Sequence[Delivery], call: Call, queue: str, pool: Executor, done: threading.Event) -> AckReport:
    """Settle all `deliveries` with `call` on `pool`; no new call after `done`. Raises Unreachable when refused."""
    tens = [deliveries[at : at + 10] for at in range(0, len(deliveries), 10)]
    reports = list(pool.map(partial(_settle, call=call, queue=queue, done=done), tens))
    return AckReport(sum(r.acked for r in reports), sum(r.expired for r in reports), sum(r.failed for r in reports))


def _settle(ten: Sequence[Delivery], call: Call, queue: str, done: threading.Event) -> AckReport:
    left = {str(n): delivery.receipt for n, delivery in enumerate(ten)}
    expired = refused = 0
    for attempt in range(ATTEMPTS):
        pause = 0.1 * 2**attempt * random.random() if attempt else 0.0  # noqa: S311 - jitter
        if not left or done.wait(pause):
            break
        failures = _failures(left, call, queue)
        faults = [f.get("Code") for f in failures.values() if f.get("SenderFault")]
        expired += sum(code in EXPIRED for code in faults)
        refused += sum(code not in EXPIRED for code in faults)
        left = {n: left[n] for n, failure in failures.items() if not failure.get("SenderFault")}
    return AckReport(len(ten) - expired - refused - len(left), expired, refused + len(left))


def _failures(left: Mapping[str, str], call: Call, queue: str) -> dict[str, Mapping[str, Any]]:
    """The entries that one call could not settle, by id; all of them when the broker was busy."""
    try:
        with explained(queue):
            answer = call([{"Id": n, "ReceiptHandle": receipt} for n, receipt in left.items()])
    except Impatient:
        return {n: {} for n in left}
    return {str(failure["Id"]): failure for failure in answer.get("Failed", ())}
