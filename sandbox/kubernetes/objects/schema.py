"""Which fields objects have, and of which type: the release's own table, read as data.

`schema.json` holds, by type, its fields with their types. `[T]` is a list, `{T}` a map;
`[T]@key` is a list that a strategic merge patch merges by that key (`[T]@` by value).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("schema.json")
_TYPE = re.compile(r"(?P<open>[\[{])?(?P<of>[A-Za-z0-9-]+)[\]}]?(@(?P<key>\w*))?")
_INDEX = re.compile(r"\[\d+\]")
_INTEGERS = ("int32", "int64")
_TEXTS = ("string", "time", "microtime", "bytes")


@dataclass(frozen=True)
class FieldType:
    """The type of one field."""

    of: str
    """Name of a type of the table, or a scalar such as `string`."""
    shape: str
    """`one`, `list` or `map`."""
    merge_key: str | None = None

    @property
    def element(self) -> "FieldType":
        """Type of what is in a list or map."""
        return FieldType(self.of, "one")


@dataclass
class Findings:
    """What a look at an object found."""

    unknown: list[str] = field(default_factory=list)
    """Paths of the fields that the type does not have; they are dropped."""
    mismatch: str = ""
    """The first value of a wrong type, in the words of the server's decoder."""


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    table: Mapping[str, Mapping[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return table


@cache
def _field_type(text: str) -> FieldType:
    match = _TYPE.fullmatch(text)
    if match is None:
        raise ValueError(f"{_FILE.name} holds the type {text!r}")
    shape = {"[": "list", "{": "map", None: "one"}[match["open"]]
    return FieldType(match["of"], shape, match["key"])


def field_type(owner: str, name: str) -> FieldType | None:
    """The type of a field, None where the type has no such field."""
    text = _table().get(owner, {}).get(name)
    return None if text is None else _field_type(text)


def conform(kind: str, item: Mapping[str, Any]) -> tuple[dict[str, Any], Findings]:
    """`item` without nulls, empty lists and what its type does not know."""
    findings = Findings()
    return _object(kind, item, "", findings), findings


def _object(owner: str, item: Mapping[str, Any], path: str, findings: Findings) -> dict[str, Any]:
    kept = {}
    for name, value in item.items():
        here = f"{path}.{name}" if path else name
        kind = field_type(owner, name)
        if kind is None:
            findings.unknown.append(here)
        elif value is not None:
            read = _value(kind, value, here, _Place(owner, here), findings)
            if read not in ([], {}) or kind.shape == "one":
                kept[name] = read
    return kept


@dataclass(frozen=True)
class _Place:
    """Where a value stands, as the decoder names it."""

    owner: str
    path: str


def _value(kind: FieldType, value: Any, path: str, place: _Place, findings: Findings) -> Any:
    if kind.shape == "list" and isinstance(value, list):
        return [
            _value(kind.element, one, f"{path}[{index}]", place, findings)
            for index, one in enumerate(value)
        ]
    if kind.shape == "map" and isinstance(value, dict):
        return {
            key: _value(kind.element, one, f"{path}.{key}", place, findings)
            for key, one in value.items()
        }
    if kind.shape == "one" and kind.of in _table() and isinstance(value, dict):
        return _object(kind.of, value, path, findings)
    if not (kind.shape == "one" and _is_scalar(kind.of, value)):
        findings.mismatch = findings.mismatch or _mismatch(kind, value, place)
    return value


def _is_scalar(of: str, value: Any) -> bool:
    if of in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if of in _TEXTS:
        return isinstance(value, str)
    if of == "bool":
        return isinstance(value, bool)
    if of in {"int-or-string", "quantity", "number"}:
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return of == "any"


def _mismatch(kind: FieldType, value: Any, place: _Place) -> str:
    if kind.of == "int-or-string":
        return f"json: cannot unmarshal {_go_name(value)} into Go value of type string"
    prefix = {"list": "[]", "map": "map[string]", "one": ""}[kind.shape]
    go = f"v1.{kind.of}" if kind.of in _table() else kind.of
    return (
        f"json: cannot unmarshal {_go_name(value)} into Go struct field "
        f"{place.owner}.{_INDEX.sub('', place.path)} of type {prefix}{go}"
    )


def _go_name(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names = {str: "string", int: "number", float: "number", list: "array", dict: "object"}
    name = names.get(type(value), "null")
    return f"number {value}" if isinstance(value, float) else name
