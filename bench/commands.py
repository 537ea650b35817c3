"""What a question on the command line costs a person who waits: CPU seconds and wall clock, the best of three."""

import sys
import tempfile
from pathlib import Path

from meter import Cost, metered

HOME = Path(__file__).parents[1]
_COMMANDS = {
    "krn -h": ("-h",),
    "krn suite check": ("suite", "check"),
    "krn tables": ("tables",),
    "krn sql": ("sql", "SELECT count(*) FROM gold.sales_daily"),
    "krn hold list": ("hold", "list"),
    "krn report": ("report", "--out", "page.html"),
}


def main(warehouse: Path) -> None:
    """Print one line a command, over the tables of a warehouse."""
    if not (warehouse / "gold").is_dir():
        raise SystemExit(f"There are no tables in {warehouse}. Next: make demo")
    print(f"{'':18}{'CPU s':>8}{'wall s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, args in _COMMANDS.items():
            own = () if name in ("krn -h", "krn suite check") else ("--warehouse", str(warehouse))
            found = [_once([*args, *own], Path(folder)) for _ in range(3)]
            print(f"{name:18}{min(c.cpu for c in found):>8.2f}{min(c.wall for c in found):>8.2f}")


def _once(args: list[str], folder: Path) -> Cost:
    return metered([str(Path(sys.executable).with_name("krn")), *args], folder, folder / "log")[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME / ".krn" / "demo" / "warehouse")
