"""YAML 1.2 as another reader of it reads it, and nothing in a file runs or gets lost."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from krn.gate import yaml12

HOME = Path(__file__).parents[3]
WORDS = "NO yes on 12:30 010 0o10 0x1F 1e3 .5 -1 +2 ~ null true True '1' 2026-01-02 2026-1-2 1. .inf -.inf 0 1e-5 1.5.2"


@pytest.mark.parametrize("word", [*WORDS.split(), "2026-01-02T03:04:05Z", "2026-01-02 03:04:05+02:00", "''", ""])
def test_a_word_means_what_it_means_in_yaml_1_2(word: str):
    text = f"word: {word}\n"
    assert yaml12.read(text) == YAML(typ="safe", pure=True).load(text)
    assert type(yaml12.read(text)["word"]) is type(YAML(typ="safe", pure=True).load(text)["word"])


def test_a_suite_is_read_as_another_reader_reads_it():
    path = HOME / "expectations" / "silver" / "deliveries.yml"
    assert yaml12.read(path.read_text()) == YAML(typ="safe", pure=True).load(path)


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [ls]",
        "a: 1\nb: 2\na: 3",
        "a: {b: 1, b: 2}",
        "a: [",
        "a: 2026-13-45",
        "a: b\n---\nc: d",
        "? [a]\n: b",
    ],
)
def test_what_is_no_document_of_plain_values_is_refused(text: str):
    with pytest.raises(ValueError, match=r".+"):
        yaml12.read(text)


@pytest.mark.parametrize("word", [*WORDS.replace("'1'", "1e5 0o17 a.b").split()])
def test_a_word_is_text_when_it_is_read_as_itself(word: str):
    assert yaml12.is_text(word) is (yaml12.read(f"word: {word}")["word"] == word)
