"""What gold scores card transactions with: the rules, and the models that fit the tables as they are defined now."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from krn import models, rules
from krn.config import Config
from krn.engine.fingerprint import fingerprint
from krn.models import Standing
from krn.outcome import Run
from krn.store import Store
from krn.tables.gold.fraud_model_scores import TABLE as SCORES
from krn.tables.table import Table


def equipped(run: Run, config: Config, home: Path, store: Store, clock: datetime) -> tuple[Run, Standing]:
    """The run with rules and models, and how the models stand; without any, scores that are there are taken out.

    Only gold asks for them: a fault in the file of rules keeps nothing from being taken and judged.
    """
    args = {**run.args, "rules": rules.load(config.fraud_rules or home / rules.FILE)}
    definition = {i.of.name: fingerprint(i.of, args) for i in SCORES.reads.values() if isinstance(i.of, Table)}
    found, age = models.found(config.warehouse, definition), config.model_max_age_days
    usable = models.usable(found, age)
    scoring = usable if usable or store.exists(SCORES.name) else None
    return replace(run, args={**args, "models": scoring}), models.standing(found, clock, age)
