"""The one place that builds a SparkSession, from the same properties file that spark-submit takes."""

import logging
import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import structlog
from py4j.protocol import Py4JJavaError
from pyspark import SparkConf, SparkContext
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from krn import gateway, java

JAVA = "spark.driver.extraJavaOptions"
#: For runs of many small jobs: the quick compiler alone, as conf/spark-defaults.conf tells.
#: That compiler has 48 MB for its code, which 20 s of Spark fill; then the JVM stops compiling for good.
SMALL = {JAVA: "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"}
#: The project's files that its properties name.
_OURS = re.compile(r"\.jars/[\w.-]+|conf/log4j2\.properties")
#: Loggers of PySpark that write 30 KB for each query that fails, its message with the value in it among them.
LOUD = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
#: What Hadoop's own servers and jobs are told: 770 of 1,080 keys that Spark sends out with whatever it reads or writes.
SERVERS = (
    *("ha.", "hadoop.http.", "hadoop.registry.", "hadoop.zk.", "ipc.[port_number].", "ipc.server.", "yarn."),
    *("mapreduce.job.", "mapreduce.jobhistory.", "mapreduce.map.", "mapreduce.reduce.", "mapreduce.shuffle."),
    "mapreduce.task.",
)


def properties(path: Path) -> dict[str, str]:
    """The keys of a Spark properties file; `#` starts a comment line."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return {key: value.strip() for key, value in pairs}


def open_session(home: Path, app: str, overrides: Mapping[str, str] | None = None) -> SparkSession:
    """A session as `conf/spark-defaults.conf` under `home` says; under spark-submit, as its command line says.

    `overrides` win over the file, but Java options are added to it. Relative paths are taken from `home`. Executors
    run the same Python as the driver.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else the UI and RPC listen on every interface
    if is_submitted():
        SparkContext._ensure_initialized()  # from here on a SparkConf has what the command line says
    conf = SparkConf().setAppName(app)
    if not is_submitted():  # nobody has read the file or chosen a Java
        os.environ["JAVA_HOME"] = str(java.find(os.environ).home)
        os.environ.pop("SPARK_HOME", None)
        defaults = properties(home / "conf" / "spark-defaults.conf")
        found = {
            **defaults,
            **(overrides or {}),
            JAVA: f"{defaults.get(JAVA, '')} {(overrides or {}).get(JAVA, '')}".strip(),
        }
        conf.setAll([(key, _from_home(home, key, value)) for key, value in found.items()])
    is_local = (conf.get("spark.master") or "").partition("[")[0] == "local"
    if is_local and Path(__file__).is_file():  # else a worker's daemon does not find krn, which comes in an archive
        conf.set("spark.python.daemon.module", "krn.daemon")
    spark = SparkSession.builder.config(conf=conf).getOrCreate()
    if is_local:
        _forget_servers(spark)
    gateway.know_classes(spark)
    gateway.remember_methods(spark)
    pass_sigterm_on()
    for name in LOUD:
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)
    return spark


def _forget_servers(spark: SparkSession) -> None:
    hadoop = spark._jsc.hadoopConfiguration()
    for prefix in SERVERS:
        for name in list(hadoop.getPropsWithPrefix(prefix)):
            hadoop.unset(prefix + name)


def is_submitted() -> bool:
    """Whether spark-submit started this process: then its JVM is the one that is told to stop."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


@cache
def pass_sigterm_on() -> None:
    """Let the JVM pass SIGTERM on to this process, which ends it when what it holds is finished.

    A JVM ends at once on SIGTERM, and under spark-submit it is the one that is told: the commit under way would be
    lost. `java.beans.EventHandler` makes the Java handler that Python cannot write: a call of `destroy` on our process.
    """
    SparkContext._ensure_initialized()
    jvm = SparkContext._jvm
    if jvm is None:
        return
    me = jvm.java.lang.ProcessHandle.of(os.getpid()).get()
    tell = jvm.java.beans.EventHandler.create(jvm.java.lang.Class.forName("sun.misc.SignalHandler"), me, "destroy")
    try:
        jvm.sun.misc.Signal.handle(jvm.sun.misc.Signal("TERM"), tell)
    except Py4JJavaError as refused:  # a JVM under -Xrs leaves signals alone
        structlog.get_logger().warning("sigterm_ends_at_once", why=str(refused.java_exception))


def _from_home(home: Path, key: str, value: str) -> str:
    """Paths in the file are relative to the project; a job may be started elsewhere. Java's options end at a space."""
    quote = '"' if key == JAVA else ""
    return _OURS.sub(lambda found: f"{quote}{home / found[0]}{quote}", value)
