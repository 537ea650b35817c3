"""What can go wrong, each with the exit code a scheduler sees and the next command a person types."""


class KrnError(Exception):
    """The state things are in, and what to do next; `exit_code` is what the process ends with."""

    exit_code = 1

    def __init__(self, state: str, then: str = "") -> None:
        super().__init__(f"{state} Next: {then}" if then else state)
        self.state, self.then = state, then


class UsageError(KrnError):
    """The command or the configuration is wrong; nothing was started."""

    exit_code = 2


class GateHeld(KrnError):
    """A gate held a candidate or a table waits for one; readers keep the previous version."""

    exit_code = 3


class Unreadable(KrnError):
    """Data that krn must read is damaged; it is named, never skipped."""

    exit_code = 4


class LostCommit(KrnError):
    """A commit that Delta reported as done is not in the table's log; nothing was acknowledged on its strength."""

    exit_code = 4


class Unreachable(KrnError):
    """A dependency (queue, object store, Java) cannot be reached or refuses."""

    exit_code = 69


class Busy(KrnError):
    """Another run of the same job holds the lock."""

    exit_code = 75


class Stopped(KrnError):
    """SIGTERM: what was durable is finished and acknowledged, the rest is left for the next run."""

    exit_code = 143
