"""The benches: `python bench` lists them, `python bench pipeline --events 100000` runs one, `python bench all` each."""

import runpy
import sys

BENCHES = {
    "pipeline": "a million events to gold, an increment, an empty run: krn beside idiomatic PySpark (45 minutes)",
    "features": "what was known at each of a million card transactions, and one day more (3 minutes)",
    "fraud": "how well rules and a model rank the frauds of a simulated town, week by week (4 minutes)",
    "gate": "20 expectations over two million rows, in one pass and as Great Expectations runs them (2 minutes)",
    "check": "one body against its contract, in microseconds (10 seconds)",
    "commands": "what a question on the command line costs, over the demo's tables (30 seconds)",
}


def main(args: list[str]) -> None:
    """Run the benches that are asked for; the arguments after a name are that bench's own."""
    match args:
        case ["all"]:
            for name in BENCHES:
                _run(name, [])
        case [name, *own] if name in BENCHES:
            _run(name, own)
        case _:
            print(__doc__, *(f"{name:10}{says}" for name, says in BENCHES.items()), sep="\n")


def _run(name: str, args: list[str]) -> None:
    sys.argv = [name, *args]
    runpy.run_module(name, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
