"""The ways back as steps of a run: each under the locks of what it writes, each told to the journal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from krn.config import Config
from krn.judge import judge
from krn.lock import hold
from krn.outcome import Run
from krn.pipeline import Progress, Step, Stop
from krn.quarantine import rejudge
from krn.quarantine.chosen import Chosen
from krn.quarantine.drop import Said
from krn.quarantine.drop import drop as drop_rows
from krn.quarantine.fix import take
from krn.quarantine.fixes import Fix
from krn.store import Store


def rejudging(chosen: Chosen, becomes: rejudge.Becomes) -> Step:
    """Judge the chosen rows again, and put what becomes of them into `becomes`."""

    def step(_config: Config, store: Store, run: Run, progress: Progress, _stop: Stop) -> None:
        with hold(store.root, "silver"):
            built, found = rejudge.rejudge(store, run, chosen)
        becomes.extend(found)
        progress.tables.extend(built)
        progress.notes["rejudged"] = found
        progress.notes["judged_again"] = {"type": chosen.type}

    return step


def foretelling(chosen: Chosen, becomes: rejudge.Becomes) -> Step:
    """Put what would become of the chosen rows into `becomes`; nothing is done, so the journal is told of nothing."""

    def step(_config: Config, store: Store, run: Run, _progress: Progress, _stop: Stop) -> None:
        with hold(store.root, "silver"):
            becomes.extend(rejudge.foretold(store, run, chosen))

    return step


def fixing(fixes: Sequence[Fix], name: str) -> Step:
    """Take the fixes of a file called `name`, and judge them with whatever else waits for a verdict."""

    def step(_config: Config, store: Store, run: Run, progress: Progress, _stop: Stop) -> None:
        with hold(store.root, "ingest"), hold(store.root, "silver"):
            progress.sources.append(take(fixes, name, store, run.id, lambda: datetime.now(UTC)))
            progress.tables.extend(judge(store, run))

    return step


def dropping(chosen: Chosen, by: str, why: str) -> Step:
    """Mark the chosen rows as resolved."""

    def step(_config: Config, store: Store, run: Run, progress: Progress, _stop: Stop) -> None:
        said = Said(by, datetime.now(UTC), why)
        with hold(store.root, "silver"):
            built = drop_rows(store, run, chosen, said)
        progress.tables.append(built)
        progress.notes["dropped"] = {"rows": built.rows.get("update", 0), "chosen": chosen.sql, "resolution": said.text}

    return step
