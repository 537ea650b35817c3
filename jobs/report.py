"""Write the report.

spark-submit --properties-file conf/spark-defaults.conf jobs/report.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["report", *sys.argv[1:]])
