"""Named places where a test may end a run; in production nothing is armed and `reached` does nothing."""

import os
import signal
from collections.abc import Callable

_actions: dict[str, Callable[[], None]] = {}


def reached(name: str) -> None:
    """Run the action armed at `name`, if any. Names are part of the interface: fault tests use them."""
    action = _actions.get(name)
    if action is not None:
        action()


def arm(name: str, action: Callable[[], None]) -> None:
    """Let `action` happen whenever `name` is reached."""
    _actions[name] = action


def disarm() -> None:
    """Forget every armed action."""
    _actions.clear()


def kill_at(spec: str) -> None:
    """Arm `name` or `name:n` (the n-th time it is reached) with SIGKILL on this process, as `KRN_FAILPOINT` asks."""
    name, _, nth = spec.partition(":")
    left = [int(nth or 1)]

    def kill() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    arm(name, kill)
