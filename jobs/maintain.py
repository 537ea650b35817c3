"""Compact, purge and vacuum the tables.

spark-submit --properties-file conf/spark-defaults.conf jobs/maintain.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["maintain", *sys.argv[1:]])
