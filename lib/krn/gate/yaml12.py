"""YAML 1.2 as suites are written in it, read by libyaml: 35 suites in 0.05 s, where a reader in Python takes 0.5.

PyYAML is of YAML 1.1, in which the country NO is false, 12:30 is 750 and 010 is 8. So only its parser is taken; what a
plain word means is said here, by the core schema of 1.2, and dates and instants with it.
"""

import re
from typing import Any, ClassVar

import yaml

_WORDS = (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    (
        "timestamp",
        r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:?\d\d)?))?",
        "0123456789",
    ),
)


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]  # PyYAML has no types
    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A key that is there twice is a mistake: one of its values would be lost without a word."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((str(key) for n, key in enumerate(keys) if key in keys[:n]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} is there twice", node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping

    def construct_whole(self, node: Any) -> int:
        text = str(self.construct_scalar(node))
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


for _kind, _pattern, _first in _WORDS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})\Z"), [*_first, ""])
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_whole)


def is_text(word: str) -> bool:
    """Whether a plain word means itself."""
    return not any(re.fullmatch(pattern, word) for _, pattern, _ in _WORDS)


def read(text: str) -> Any:
    """The document; raises ValueError with the place for what is none."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
