"""Take what the sources have into bronze.

spark-submit --properties-file conf/spark-defaults.conf jobs/ingest.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
