"""The one place that builds a SparkSession, from the same properties file that spark-submit takes."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pyspark import SparkConf
from pyspark.sql import SparkSession


def properties(path: Path) -> dict[str, str]:
    """The keys of a Spark properties file; `#` starts a comment line."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return {key: value.strip() for key, value in pairs}


def open_session(home: Path, app: str, overrides: Mapping[str, str] | None = None) -> SparkSession:
    """A session as `conf/spark-defaults.conf` under `home` says; under spark-submit, as its command line says.

    Relative jar paths are taken from `home`. Executors run the same Python as the driver.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else the UI and RPC listen on every interface
    conf = SparkConf().setAppName(app)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # not started by spark-submit: nobody has read the file yet
        for key, value in {**properties(home / "conf" / "spark-defaults.conf"), **(overrides or {})}.items():
            conf.set(key, _from_home(home, value) if key == "spark.jars" else value.replace("conf/log4j2.properties", f"{home}/conf/log4j2.properties"))
    return SparkSession.builder.config(conf=conf).getOrCreate()


def _from_home(home: Path, jars: str) -> str:
    return ",".join(str(home / jar.strip()) for jar in jars.split(","))
