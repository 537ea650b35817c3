"""Spark's daemon of Python workers, on the pyspark that is installed: no module is looked for in an archive of Spark's.

Spark puts two zips and a jar of 5,000 classes first on the path of the workers. Each task then reads the lists of all
their files again, which is three quarters of what a small task costs.
"""

import sys
from fnmatch import fnmatch
from importlib.machinery import PathFinder

ARCHIVES = ("*/pyspark.zip", "*/py4j-*.zip", "*/spark-core_*.jar")


def without_archives(path: list[str]) -> list[str]:
    """The path without Spark's archives, unless pyspark or py4j is in nothing else."""
    rest = [entry for entry in path if not any(fnmatch(entry, archive) for archive in ARCHIVES)]
    return rest if all(PathFinder.find_spec(name, rest) for name in ("pyspark", "py4j")) else path


if __name__ == "__main__":
    sys.path[:] = without_archives(sys.path)
    sys.path_importer_cache.clear()  # what has been looked for in an archive keeps its list
    from pyspark.daemon import manager

    manager()  # type: ignore[no-untyped-call]
