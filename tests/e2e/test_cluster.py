"""Judge on executors that know krn from its zip alone."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HOME = Path(__file__).parents[2]
#: A Python that sees the locked packages and no installed krn: -S leaves out the links that an editable install adds.
PYTHON = """#!/bin/sh
PYTHONPATH="{packages}:$PYTHONPATH" exec "{python}" -S "$@"
"""
PROGRAM = """
import json, sys
from datetime import datetime, UTC
from importlib.util import find_spec
from pathlib import Path
from krn.engine.checking import Terms, checked
from krn.session import SMALL, open_session
from krn.sources.bronze import staged
from krn.sources.delivery import Delivery
from krn.tables.bronze.deliveries import TABLE

home, package, body = Path(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
cluster = {"spark.master": "local-cluster[1,1,1024]", "spark.executor.memory": "900m"}
spark = open_session(home, "cluster", {**SMALL, **cluster})

def has_code(_):
    found = find_spec("krn")  # an installed krn leaves a folder of expectations there, with no code in it
    return found is not None and found.origin is not None

def knows_krn():
    return spark.sparkContext.parallelize([0], 1).map(has_code).first()

before = knows_krn()
spark.sparkContext.addPyFile(package)
given = [Delivery("k1", body, ""), Delivery("k2", b"not json", ""), Delivery("k3", b"\\xff", "")]
frame = spark.createDataFrame(staged(given, "shop", "sqs", 1, datetime(2026, 2, 1, tzinfo=UTC), "r"), TABLE.schema)
rows = checked(frame, Terms("GBP")).orderBy("position").collect()
print(json.dumps([before, knows_krn(), [[r.ok, r.type, r.order_id, r.reasons] for r in rows]]))
spark.stop()
"""
ORDER = {
    "id": "e1",
    "source": "/shop",
    "type": "order.cancelled",
    "time": "2026-01-01T12:00:00Z",
    "data": {"order_id": "A1"},
}


def test_executors_judge_with_the_zip_and_know_no_krn_without_it(tmp_path: Path) -> None:
    package = shutil.make_archive(str(tmp_path / "krn"), "zip", HOME / "lib", "krn")
    python = tmp_path / "python"
    python.write_text(PYTHON.format(packages=sysconfig.get_path("purelib"), python=sys.executable))
    python.chmod(0o755)
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SPARK_HOME")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(HOME), package, json.dumps(ORDER)],
        cwd=tmp_path,
        env={**env, "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr[-3_000:]
    assert json.loads(ran.stdout.splitlines()[-1]) == [
        False,
        True,
        [
            [True, "order.cancelled", "A1", []],
            [False, None, None, ["not_json"]],
            [False, None, None, ["encoding"]],
        ],
    ]
