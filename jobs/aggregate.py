"""Build gold.

spark-submit --properties-file conf/spark-defaults.conf jobs/aggregate.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["aggregate", *sys.argv[1:]])
