"""Drop: quarantined rows that nobody will mend are marked as resolved; their verdicts stay, and so does gold."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from pyspark.sql import functions as F

from krn.harmless import harmless
from krn.outcome import Built, Run
from krn.quarantine.chosen import Chosen
from krn.store import Store
from krn.tables.silver import deliveries as silver

log = structlog.get_logger()

_LONGEST = 200  # characters of a person's reason


@dataclass(frozen=True)
class Said:
    """Who drops rows, when and why."""

    by: str
    at: datetime
    why: str

    @property
    def text(self) -> str:
        return f"{silver.DROPPED} {harmless(self.by, 60)} at {self.at:%Y-%m-%d %H:%MZ}: {harmless(self.why, _LONGEST)}"


def drop(store: Store, run: Run, chosen: Chosen, said: Said) -> Built:
    """Mark the chosen rows that are open, in one commit; where none is open, nothing is written.

    The cursor is left to the next judge: it tells by which terms events were accepted, and those are not asked here.
    """
    if not store.exists(silver.TABLE.name):
        return Built(silver.TABLE.name, "unchanged", "no open row matches")
    rows = store.read(silver.TABLE.name).where(chosen.sql).where("resolution IS NULL")
    n = rows.count()
    built = Built(silver.TABLE.name, "unchanged", "no open row matches", store.head(silver.TABLE.name))
    if n:
        marked = rows.withColumns({"resolution": F.lit(said.text), "_change": F.lit("update")})
        version = store.merge(silver.TABLE, marked, {**run.commit(None), "token": "drop", "dropped": n})
        built = Built(silver.TABLE.name, "published", "dropped", version, {"update": n})
    log.info("dropped", table=built.table, outcome=built.outcome, **built.rows)
    return built
