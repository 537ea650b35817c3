"""Landing files to bronze: the files that are not on the list yet, a row per line."""

import sys
from pathlib import Path

import lake
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from quality import validate

TABLE = "bronze.deliveries"


def main(root: Path, landing: Path) -> None:
    """Append the lines of new files, then put the files on the list."""
    done = root / "processed_files.txt"
    known = set(done.read_text().splitlines()) if done.exists() else set()
    new = sorted({str(path) for path in landing.rglob("*.jsonl.gz")} - known)
    if not new:
        return
    spark = SparkSession.builder.appName("ingest").getOrCreate()
    with lake.jobs_of(spark, TABLE):
        _load(spark, root, new)
    done.write_text("\n".join(sorted(known | set(new))) + "\n")
    lake.say_jobs(spark, TABLE)
    spark.stop()


def _load(spark: SparkSession, root: Path, files: list[str]) -> None:
    """Bronze takes what comes; what it took is validated where it can be read column by column."""
    lines = spark.read.text(files).select(
        F.col("value").alias("payload"),
        F.input_file_name().alias("path"),
        F.current_timestamp().alias("received_at"),
    )
    lake.append(lines, root, TABLE)
    bronze = lake.read(spark, root, TABLE)
    latest = bronze.agg(F.max("received_at")).collect()[0][0]
    validate(bronze.where(F.col("received_at") == latest), TABLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
