"""Spark's daemon of Python workers, on the pyspark that is installed: no module is looked for in an archive.

Spark puts its own zips and a jar of 5,000 classes first on the path of the workers. Each task then reads the lists of
all their files again, which is three quarters of what a small task costs.
"""

import sys
from importlib.machinery import PathFinder


def without_archives(path: list[str]) -> list[str]:
    """The path without zips and jars, unless pyspark is in nothing else."""
    folders = [entry for entry in path if not entry.endswith((".zip", ".jar"))]
    return folders if PathFinder.find_spec("pyspark", folders) else path


if __name__ == "__main__":
    sys.path[:] = without_archives(sys.path)
    sys.path_importer_cache.clear()  # what has been looked for in an archive keeps its list
    from pyspark.daemon import manager

    manager()  # type: ignore[no-untyped-call]
