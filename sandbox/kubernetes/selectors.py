"""Label and field selectors, as Kubernetes writes them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Labels = Mapping[str, str]
Matcher = Callable[[Labels], bool]

_KEY = r"[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?"
_EQUALITY = re.compile(rf"\s*(?P<key>{_KEY})\s*(?P<operator>==|=|!=)\s*(?P<value>{_VALUE})\s*")
_SET = re.compile(rf"\s*(?P<key>{_KEY})\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)\s*")
_EXISTS = re.compile(rf"\s*(?P<not>!?)\s*(?P<key>{_KEY})\s*")
_FIELD = re.compile(r"\s*(?P<field>[^=!\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^=!\s]*)\s*")
_COMMA_OUTSIDE_PARENTHESES = re.compile(r",(?![^(]*\))")
_FIELDS: Mapping[str, tuple[str, str]] = {
    "metadata.name": ("metadata", "name"),
    "metadata.namespace": ("metadata", "namespace"),
    "status.phase": ("status", "phase"),
    "involvedObject.kind": ("involvedObject", "kind"),
    "involvedObject.name": ("involvedObject", "name"),
}


class SelectorError(ValueError):
    """A selector that cannot be parsed, or a field that cannot be selected by."""


def label_matcher(selector: str) -> Matcher:
    """Return the predicate of an equality- or set-based selector. Raises SelectorError."""
    if not selector.strip():
        return lambda _labels: True
    parts = [_requirement(part) for part in _COMMA_OUTSIDE_PARENTHESES.split(selector)]
    return lambda labels: all(part(labels) for part in parts)


def _requirement(text: str) -> Matcher:
    if match := _EQUALITY.fullmatch(text):
        return _one_of(match["key"], {match["value"]}, negated=match["operator"] == "!=")
    if match := _SET.fullmatch(text):
        values = {value.strip() for value in match["values"].split(",")}
        if not all(re.fullmatch(_VALUE, value) for value in values):
            raise SelectorError(f"unable to parse requirement: {text!r}")
        return _one_of(match["key"], values, negated=match["operator"] == "notin")
    if match := _EXISTS.fullmatch(text):
        key, wanted = match["key"], not match["not"]
        return lambda labels: (key in labels) is wanted
    raise SelectorError(f"unable to parse requirement: {text!r}")


def _one_of(key: str, values: set[str], negated: bool) -> Matcher:
    """An absent label matches a negated requirement, as in Kubernetes."""
    if negated:
        return lambda labels: labels.get(key) not in values
    return lambda labels: labels.get(key) in values


def field_matcher(selector: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return the predicate of a field selector. Raises SelectorError."""
    requirements = [_field_requirement(part) for part in selector.split(",") if part.strip()]

    def matches(item: Mapping[str, Any]) -> bool:
        return all(
            (item.get(section, {}).get(name, "") == value) is equal
            for (section, name), value, equal in requirements
        )

    return matches


def _field_requirement(text: str) -> tuple[tuple[str, str], str, bool]:
    match = _FIELD.fullmatch(text)
    if match is None or match["field"] not in _FIELDS:
        raise SelectorError(f"field label not supported: {text.strip()}")
    return _FIELDS[match["field"]], match["value"], match["operator"] != "!="
