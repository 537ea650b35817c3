"""The archive of classes, made and mapped in as `make archive` and a job do it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from krn.classes import ARCHIVE

HOME = Path(__file__).parents[2]
SESSION = """
from pathlib import Path
from krn.session import JAVA, open_session
open_session(Path.cwd(), "test", {JAVA: "-Xlog:class+load:file=loaded.txt"}).range(1).collect()
"""


@pytest.mark.slow
def test_what_a_run_loads_is_mapped_in_from_the_archive(tmp_path: Path) -> None:
    for folder in ("conf", "expectations"):
        shutil.copytree(HOME / folder, tmp_path / folder)
    shutil.copytree(HOME / ".jars", tmp_path / ".jars", ignore=shutil.ignore_patterns("*.jsa"))
    for command in (["-m", "krn.classes"], ["-c", SESSION]):
        subprocess.run([sys.executable, *command], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / ARCHIVE).is_file()
    loaded = (tmp_path / "loaded.txt").read_text()
    assert "org.apache.spark.sql.catalyst.plans.logical.LogicalPlan source: shared objects file (top)" in loaded
