"""Files that hold no lines of JSON: what bodies their records become, and what sets a file aside."""

import errno
import gzip
import hashlib
import io
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from krn.contracts import CONTRACTS
from krn.contracts.check import check
from krn.contracts.contract import Delivered
from krn.contracts.envelope import Envelope
from krn.contracts.known import compiled
from krn.sources.formats import ROWS, bodies
from krn.sources.landing import decide
from krn.sources.listing import File, listing
from krn.sources.probe import probe


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read(path: Path) -> list[Any]:
    return [json.loads(body) for some in bodies(path, hashlib.sha256()) for body in some.to_pylist()]


def looked(path: Path) -> tuple[int, str]:
    found = path.stat()
    probed = probe(path.parent, File(path.name, found.st_size, found.st_mtime_ns))
    assert probed is not None
    return probed.rows, probed.reason


RECORDS = b'no,note\r\n1,"a ""b"", c"\r\n2,"two\r\nlines"\r\n\r\n3,\xc3\xa9\r\n'
READ = [{"no": "1", "note": 'a "b", c'}, {"no": "2", "note": "two\r\nlines"}, {"no": "3", "note": "é"}]


@pytest.mark.parametrize(("name", "data"), [("a.csv", RECORDS), ("a.csv.gz", gzip.compress(RECORDS, mtime=0))])
def test_records_of_csv_are_objects_of_text_under_the_names_of_the_header(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = put(tmp_path / name, data)
    assert (read(path), looked(path)) == (READ, (3, ""))


def test_a_record_longer_or_shorter_than_the_header_is_a_list_of_its_cells_under_no_names(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", b"a,b\n1\n1,2,3,4\n1,2\n")
    assert read(path) == [["1"], ["1", "2", "3", "4"], {"a": "1", "b": "2"}]
    assert looked(path) == (3, "")


def test_such_a_record_is_quarantined(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", b"id,at\nA,2026-01-05T09:30:00Z,Ann\n")
    own = compiled(CONTRACTS, envelopes={"till": Envelope("=order.cancelled", id="id", data={"order_id": "id"})})
    found = check(json.dumps(read(path)[0]).encode(), Delivered(datetime.now(UTC), source="till"), own)
    assert (found.ok, found.reasons) == (False, ("not_an_object",))


@pytest.mark.parametrize("data", [b"a,b\n1,2\n3,4", b"a,b\n1,2\n3", b'a,b\n1,"2"', b"a,b"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_last_record_without_a_line_end_may_be_cut_so_its_file_is_set_aside(
    tmp_path: Path, data: bytes, packed: bool
) -> None:
    path = put(tmp_path / f"a.csv{'.gz' * packed}", gzip.compress(data, mtime=0) if packed else data)
    assert looked(path) == (0, "half_written")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_last_record_ends_in_any_line_end_that_csv_has(tmp_path: Path, end: bytes) -> None:
    assert looked(put(tmp_path / "a.csv", b"a,b" + end + b"1,2" + end)) == (1, "")


def test_an_empty_file_of_csv_holds_nothing(tmp_path: Path) -> None:
    assert looked(put(tmp_path / "a.csv", b"")) == (0, "")


def test_a_file_with_a_header_alone_has_no_bodies(tmp_path: Path) -> None:
    assert looked(put(tmp_path / "a.csv", b"a,b\n")) == (0, "")


def packed(table: pa.Table) -> bytes:
    pq.write_table(table, file := io.BytesIO())
    return file.getvalue()


TWICE = packed(pa.table([[1], [2]], names=["a", "a"]))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.csv", b"a,a\n1,2\n", "bad_header"),
        ("a.csv", b"a,\n1,2\n", "bad_header"),
        ("a.csv", b'a,b\n1,"2\n', "bad_csv"),
        ("a.csv", b"a,b\n1,\xe9\n", "encoding"),
        ("a.csv.gz", gzip.compress(RECORDS, mtime=0)[:-9], "truncated_gzip"),
        ("a.parquet", b"PAR1 and no more", "bad_parquet"),
        ("a.parquet", TWICE, "bad_header"),
    ],
)
def test_a_file_that_cannot_be_loaded_whole_is_set_aside(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    assert looked(put(tmp_path / name, data)) == (0, reason)


def test_rows_of_parquet_are_objects_with_exact_amounts_and_iso_times(tmp_path: Path) -> None:
    rows = {
        "no": [1],
        "sum": [Decimal("10.50")],
        "at": [datetime(2026, 1, 5, 9, 30, tzinfo=UTC)],
        "on": [date(2026, 1, 5)],
        "lines": [[{"n": 2}]],
        "none": pa.array([None], pa.string()),
    }
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    times = {"at": "2026-01-05T09:30:00+00:00", "on": "2026-01-05"}
    assert read(tmp_path / "a.parquet") == [{"no": 1, "sum": "10.50", **times, "lines": [{"n": 2}], "none": None}]
    assert looked(tmp_path / "a.parquet") == (1, "")


def test_an_amount_of_nothing_is_spelled_without_an_exponent(tmp_path: Path) -> None:
    rows = {"a": pa.array([Decimal("0E-18"), Decimal("1E-18")], pa.decimal128(38, 18))}
    path = put(tmp_path / "a.parquet", packed(pa.table(rows)))
    assert read(path) == [{"a": "0.000000000000000000"}, {"a": "0.000000000000000001"}]


def test_numbers_that_are_not_finite_are_told_and_not_lost(tmp_path: Path) -> None:
    rows = {"a": [math.nan, math.inf, 1.5], "b": [[{"c": -math.inf, "d": 1}], [], None]}
    path = put(tmp_path / "a.parquet", packed(pa.table(rows)))
    assert read(path) == [
        {"a": "nan", "b": [{"c": "-inf", "d": 1}]},
        {"a": "inf", "b": []},
        {"a": 1.5, "b": None},
    ]


def test_an_amount_that_is_not_finite_is_quarantined_as_such(tmp_path: Path) -> None:
    row = {"no": ["1"], "at": ["2026-01-05T09:30:00Z"], "cost": [math.nan]}
    path = put(tmp_path / "a.parquet", packed(pa.table(row)))
    own = Envelope("=product.upserted", id="no", time="at", data={"product_id": "no", "list_price": "cost"})
    contracts = compiled(CONTRACTS, envelopes={"till": own})
    found = check(json.dumps(read(path)[0]).encode(), Delivered(datetime.now(UTC), source="till"), contracts)
    assert found.reasons == ("not_finite",)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([253_402_300_800_000_000], pa.timestamp("us", "UTC")),
        pa.array([2**30], pa.int32()).view(pa.date32()),
        pa.array([10**15], pa.duration("s")),
        pa.array([1], pa.timestamp("us", "Mars/Phobos")),
        pa.array([b"\xff"], pa.binary()).view(pa.string()),
    ],
    ids=["year 10000", "day 2^30", "a duration of ages", "no time zone", "no utf-8"],
)
def test_a_value_that_nothing_can_spell_sets_its_file_aside_and_no_other(tmp_path: Path, values: pa.Array) -> None:
    pq.write_table(pa.table({"a": values}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "b.parquet")
    decided = decide(tmp_path, listing(tmp_path, 0, 0).files, {})
    assert [(d.file.path, d.reason, d.rows) for d in decided] == [
        ("a.parquet", "bad_parquet", 0),
        ("b.parquet", None, 1),
    ]


def test_a_parquet_page_that_differs_from_its_checksum_sets_the_file_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    numbers = pa.table({"a": list(range(1_000))})
    pq.write_table(numbers, path, write_page_checksum=True, compression=None, use_dictionary=False)
    assert looked(path) == (1_000, "")
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    assert looked(put(path, bytes(data))) == (0, "bad_parquet")


def test_a_parquet_page_whose_header_is_damaged_is_the_files_fault_and_not_the_systems(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    data = bytearray(path.read_bytes())
    data[4:12] = b"\xff" * 8
    assert looked(put(path, bytes(data))) == (0, "bad_parquet")


def test_a_parquet_file_that_the_system_refuses_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", refuse)
    assert looked(tmp_path / "a.parquet") == (0, "unreadable")


def test_many_records_come_in_portions_and_in_order(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", b"n\n" + b"".join(b"%d\n" % n for n in range(2 * ROWS + 1)))
    digest = hashlib.sha256()
    portions = list(bodies(path, digest))
    assert [len(some) for some in portions] == [ROWS, ROWS, 1]
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()
