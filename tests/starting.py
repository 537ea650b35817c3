"""A command in a process of its own, and what of the heavy it loads; its seconds are for bench/commands.py to say."""

import subprocess
import sys

from krn.session import JAVA, SMALL

HEAVY = (
    "apprise",
    "boto3",
    "deltalake",
    "duckdb",
    "great_expectations",
    "matplotlib",
    "moto",
    "pandas",
    "prometheus_client",
    "pyspark",
)
#: For a process that starts Spark for seconds over a handful of rows: as little compiling as can be.
QUICK = {
    "JDK_JAVA_OPTIONS": f"{SMALL[JAVA]} -Dspark.sql.codegen.wholeStage=false -Dspark.sql.codegen.factoryMode=NO_CODEGEN"
}
_COMMAND = f"""
import sys
from krn.cli import main
try:
    main()
finally:
    spark = sys.modules.get("pyspark")
    loaded = [m for m in {HEAVY!r} if m in sys.modules]
    print(*loaded, *(["a JVM"] if spark and spark.SparkContext._gateway else []), file=sys.stderr, sep=",")
"""


def started(*args: str) -> tuple[str, set[str]]:
    """What a command that ends well prints, and the heavy modules it loaded; `a JVM` is among them if it has one."""
    ran = subprocess.run([sys.executable, "-c", _COMMAND, *args], capture_output=True, text=True, check=True)
    return ran.stdout, set(filter(None, ran.stderr.splitlines()[-1].split(",")))
