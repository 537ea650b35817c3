"""Every metric by its name: what it says, and the labels that tell its series apart."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A number of a run. An instant counts seconds since 1970, and is compared by its age."""

    name: str
    doc: str
    labels: tuple[str, ...]

    @property
    def is_instant(self) -> bool:
        return self.name.endswith("_timestamp_seconds")

    @property
    def is_share(self) -> bool:
        """Whether those of several runs make one, each by its deliveries."""
        return self.name.endswith("_share")

    @property
    def is_time(self) -> bool:
        """Whether it is compared with a time, such as 6 h."""
        return self.name.endswith("_seconds")


#: Labels are names of ours alone: sources and tables as configured, types of contracts, steps, hops, verdicts. So the
#: number of series is bounded, and no event adds one.
_EVERY = (
    Metric("step_finished_timestamp_seconds", "when a run last finished the step, also if it held a table", ("step",)),
    Metric(
        "run_failed",
        "1: the step's last run failed; 0: it did not; one that was busy or stopped says neither",
        ("step",),
    ),
    Metric("run_duration_seconds", "how long the job's last run took", ("job",)),
    Metric("source_failed", "1: the last run could not take what the source has; 0: it could", ("source",)),
    Metric("source_deliveries", "deliveries that the last run took", ("source",)),
    Metric("source_bytes", "bytes that the last run took", ("source",)),
    Metric("source_backlog", "messages left in the queue by the last run, as the broker estimates", ("source",)),
    Metric(
        "source_last_delivery_timestamp_seconds",
        "when the source last gave a delivery; while it never has, when it was first asked",
        ("source",),
    ),
    Metric("source_newest_event_timestamp_seconds", "when the source's newest accepted event happened", ("source",)),
    Metric("deliveries", "deliveries that the last run with some judged", ("source", "type", "verdict")),
    Metric("quarantine_share", "share of the judged deliveries that was quarantined", ("source", "type")),
    Metric("duplicate_share", "share of the judged deliveries that were duplicates", ("source", "type")),
    Metric(
        "latency_seconds",
        "exact percentile over the newly accepted events: from when they happened to bronze (event_to_bronze), from "
        "there to the commit of their verdict (bronze_to_silver), from there to the end of the run after which all of "
        "gold reflects them (silver_to_gold), and all the way (event_to_gold)",
        ("source", "hop", "quantile"),
    ),
    Metric("table_held", "1: the gate of the table did not open when it was last asked; 0: it did", ("table",)),
    Metric("table_warnings", "expectations that warned in the table's last gate", ("table",)),
    Metric("table_current_timestamp_seconds", "when a run last brought the table up to date", ("table",)),
    Metric("gold_through_version", "version of silver.deliveries that all of gold reflects", ()),
)
METRICS = {metric.name: metric for metric in _EVERY}
