"""What forests say of columns of features, in Arrow: probabilities, and the features that moved them most."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from krn.tables.forest import UNKNOWN, Forest, Numbers
from krn.tables.models import REASON, TOLD, TOP, is_money


def teller(forests: Sequence[Forest]) -> Callable[[pa.Array, pa.Array, pa.Array], pa.Array]:
    """A function of each row's forest, of what its money is multiplied by and of its features; it gives `TOLD`."""
    money = np.array([is_money(feature) for feature in forests[0].features])

    def told(place: pa.Array, times: pa.Array, given: pa.Array) -> pa.Array:
        rows = np.column_stack([column.to_numpy(zero_copy_only=False) for column in given.flatten()])
        scaled = np.where(money & (rows != UNKNOWN), rows * times.to_numpy(zero_copy_only=False)[:, None], rows)
        places = place.to_numpy(zero_copy_only=False)
        probability, base, moved = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(rows.shape)
        for n in np.unique(places):
            of = np.flatnonzero(places == n)
            probability[of], moved[of] = forests[n].explained(scaled[of])
            base[of] = forests[n].base
        return _as_told(forests[0].features, rows, probability, base, moved)

    return told


def _as_told(features: Sequence[str], rows: Numbers, probability: Numbers, base: Numbers, moved: Numbers) -> pa.Array:
    strongest = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :TOP]
    most, value = (np.take_along_axis(of, strongest, axis=1) for of in (moved, rows))
    did = most != 0
    reasons = [
        pa.array(np.array(features)[strongest[did]]),
        pa.array(most[did]),
        pa.array(value[did], mask=value[did] == UNKNOWN),
    ]
    ends = np.concatenate([[0], did.sum(axis=1).cumsum()])
    lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.StructArray.from_arrays(reasons, names=REASON))
    rest = probability - base - most.sum(axis=1)
    columns = [pa.array(probability), pa.array(base), lists, pa.array(rest)]
    return pa.StructArray.from_arrays(columns, names=TOLD.names)
