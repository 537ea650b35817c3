"""Great Expectations is loaded when a gate needs it, or before, beside something else."""

import subprocess
import sys

PROGRAM = """
import sys, threading
from krn import gate
before = "great_expectations" in sys.modules
gate.load_beside()
others = [one for one in threading.enumerate() if one is not threading.main_thread()]
for one in others:
    one.join()
print(before, len(others), "krn.gate.judging" in sys.modules)
"""


def test_it_is_loaded_beside_and_not_before() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "1", "True"]
