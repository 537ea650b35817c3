"""Judge what came in and build silver.

spark-submit --properties-file conf/spark-defaults.conf jobs/transform.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["transform", *sys.argv[1:]])
