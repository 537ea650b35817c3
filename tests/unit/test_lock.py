"""One run of a job at a time: who excludes whom, and that a dead holder holds nothing."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from krn.errors import Busy
from krn.lock import hold


@pytest.mark.parametrize(
    ("first", "second", "goes"), [(False, False, False), (False, True, False), (True, False, False), (True, True, True)]
)
def test_only_two_that_share_go_together(tmp_path: Path, first: bool, second: bool, goes: bool) -> None:
    with hold(tmp_path, "silver", shared=first), ExitStack() as stack:
        if not goes:
            stack.enter_context(pytest.raises(Busy))
        stack.enter_context(hold(tmp_path, "silver", shared=second))


def test_other_stages_and_other_warehouses_are_free(tmp_path: Path) -> None:
    with hold(tmp_path / "a", "silver"), hold(tmp_path / "a", "gold"), hold(tmp_path / "b", "silver"):
        pass


def test_a_lock_is_free_again_after_its_block_however_it_ended(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path, "silver"):
        _ = 1 / 0
    with hold(tmp_path, "silver"):
        pass


def test_busy_says_what_is_worked_on_and_ends_with_75(tmp_path: Path) -> None:
    with hold(tmp_path, "gold"), pytest.raises(Busy) as busy, hold(tmp_path, "gold"):
        pass
    assert str(busy.value) == (
        f"Another run is working on gold in {tmp_path}; nothing was done. Next: wait for it, then run again"
    )
    assert busy.value.exit_code == 75


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from krn.lock import hold\n"
    code += "with hold(Path(sys.argv[1]), 'silver'): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy), hold(tmp_path, "silver"):
            pass
        holder.kill()
    with hold(tmp_path, "silver"):
        pass
