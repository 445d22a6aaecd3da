"""Label and field selectors, as Kubernetes writes them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Labels = Mapping[str, str]
Matcher = Callable[[Labels], bool]
ObjectMatcher = Callable[[Mapping[str, Any]], bool]

_KEY = r"[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?"
_VALUE = r"([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?"
_EQUALITY = re.compile(rf"\s*(?P<key>{_KEY})\s*(?P<operator>==|=|!=)\s*(?P<value>{_VALUE})\s*")
_SET = re.compile(rf"\s*(?P<key>{_KEY})\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)\s*")
_EXISTS = re.compile(rf"\s*(?P<not>!?)\s*(?P<key>{_KEY})\s*")
_FIELD = re.compile(r"\s*(?P<field>[^=!\s]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^=!\s]*)\s*")
_COMMA_OUTSIDE_PARENTHESES = re.compile(r",(?![^(]*\))")
_EVERYWHERE = ("metadata.name", "metadata.namespace")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "events": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "jobs": ("status.successful",),
    "namespaces": ("status.phase",),
    "services": ("spec.clusterIP", "spec.type"),
}
"""By which fields a kind can be selected, besides name and namespace."""


class SelectorError(ValueError):
    """A selector that cannot be parsed, or a field that cannot be selected by."""


def label_matcher(selector: str) -> Matcher:
    """The predicate of an equality- or set-based selector. Raises SelectorError."""
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


def field_matcher(plural: str, selector: str) -> ObjectMatcher:
    """The predicate of a field selector on objects of a kind. Raises SelectorError."""
    parts = [part for part in selector.split(",") if part.strip()]
    requirements = [_field_requirement(plural, part) for part in parts]
    return lambda item: all(
        (_field(item, name) == value) is equal for name, value, equal in requirements
    )


def object_matcher(plural: str, label_selector: str, field_selector: str) -> ObjectMatcher:
    """The predicate of both selectors. Raises SelectorError."""
    labels = label_matcher(label_selector)
    fields = field_matcher(plural, field_selector)
    return lambda item: labels(item["metadata"].get("labels", {})) and fields(item)


def _field_requirement(plural: str, text: str) -> tuple[str, str, bool]:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise SelectorError(f"invalid field selector: {text.strip()}")
    name, special = match["field"], _FIELDS.get(plural, ())
    if name not in (*_EVERYWHERE, *special):
        if special:
            raise SelectorError(f"field label not supported: {name}")
        raise SelectorError(
            f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"'
        )
    return name, match["value"], match["operator"] != "!="


def _field(item: Mapping[str, Any], name: str) -> str:
    value: Any = item
    for step in name.split("."):
        value = value.get(step, "") if isinstance(value, Mapping) else ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.get("component", "") if isinstance(value, Mapping) else str(value)
