"""A file of corrected bodies: each is taken exactly as it stands, or the line is named and nothing is taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn.errors import UsageError
from krn.quarantine.fixes import MOST, read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def file(folder: Path, *lines: str) -> Path:
    path = folder / "fixes.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_line_names_a_row_and_its_body(tmp_path):
    (fix,) = read(file(tmp_path, '{"row_id": 5, "body": {"id": "e"}}'))
    assert (fix.line, fix.row_id, fix.body) == (1, 5, b'{"id": "e"}')


@pytest.mark.parametrize("body", ['{"a":1.10,  "b": 1e2}', '{"a": 12345678901234567890.50}', '{"a":1,"a":2}', "{}"])
def test_the_body_is_what_stands_there_to_the_last_character(tmp_path, body):
    for line in (f'{{"row_id": 5, "body": {body}}}', f' {{ "body" :{body} , "row_id":5 }} \r'):
        assert [fix.body.decode() for fix in read(file(tmp_path, line))] == [body]


@given(body=st.dictionaries(st.text(), JSON, max_size=4), ascii_only=st.booleans())
def test_whatever_json_a_body_is_it_comes_out_as_it_went_in(tmp_path_factory, body, ascii_only):
    text = json.dumps(body, ensure_ascii=ascii_only).encode("utf-8", "ignore").decode()
    (fix,) = read(file(tmp_path_factory.mktemp("f"), f'{{"row_id": 1, "body": {text}}}'))
    assert fix.body.decode() == text


def test_empty_lines_count_and_say_nothing(tmp_path):
    assert [(f.line, f.row_id) for f in read(file(tmp_path, "", '{"row_id": 5, "body": {}}', "  ", ""))] == [(2, 5)]


@pytest.mark.parametrize(
    "line",
    [
        "5",
        "not json",
        '{"row_id": 5}',
        '{"row_id": "5", "body": {}}',
        '{"row_id": true, "body": {}}',
        '{"row_id": 0, "body": {}}',
        '{"row_id": 5, "body": "{}"}',
        '{"row_id": 5, "body": [1]}',
        '{"row_id": 5, "body": {}, "by": "ann"}',
        '{"row_id": 5, "row_id": 6, "body": {}}',
        '{"row_id": 5, "body": {}} {"row_id": 6, "body": {}}',
        '{"row_id": 5, "body": {}',
        '{"row_id": 5, "body": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
    ],
)
def test_a_line_that_is_no_fix_is_named_and_its_content_is_not(tmp_path, line):
    with pytest.raises(UsageError, match=r"fixes\.jsonl: no fix in line 2\. Nothing was taken") as refused:
        read(file(tmp_path, '{"row_id": 1, "body": {}}', line))
    assert "ann" not in str(refused.value)


def test_two_fixes_of_one_row_are_a_mistake(tmp_path):
    lines = ['{"row_id": 5, "body": {}}', '{"row_id": 6, "body": {}}', '{"row_id": 5, "body": {"a": 1}}']
    with pytest.raises(UsageError, match="a second fix of one row in line 1, 3"):
        read(file(tmp_path, *lines))


def test_a_file_that_is_too_long_is_to_be_split(tmp_path):
    with pytest.raises(UsageError, match=f"{MOST:,} are the most"):
        read(file(tmp_path, *["{}"] * (MOST + 1)))


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(UsageError, match="gone cannot be read"):
        read(tmp_path / "gone")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="bytes cannot be read"):
        read(tmp_path / "bytes")


def test_the_same_body_for_the_same_row_has_one_key(tmp_path):
    def key(**fix: Any) -> str:
        (found,) = read(file(tmp_path, json.dumps(fix)))
        return found.key

    assert key(row_id=5, body={"a": 1}) == key(row_id=5, body={"a": 1})
    assert len({key(row_id=5, body={"a": 1}), key(row_id=6, body={"a": 1}), key(row_id=5, body={"a": 2})}) == 3
