"""Train a model of fraud.

spark-submit --properties-file conf/spark-defaults.conf jobs/train.py --config conf/prod.toml
"""

import sys

from krn.cli import main

if __name__ == "__main__":
    main(["fraud", "train", *sys.argv[1:]])
