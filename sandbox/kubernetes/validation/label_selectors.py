"""Validation of label selectors inside objects."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.kubernetes.api.responses import StatusCause
from sandbox.kubernetes.validation import names
from sandbox.kubernetes.validation.causes import forbidden, invalid, required
from sandbox.kubernetes.validation.metadata import labels

_WITH_VALUES = ("In", "NotIn")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")


def label_selector(path: str, selector: Mapping[str, Any]) -> Iterator[StatusCause]:
    """What is wrong with `matchLabels` and `matchExpressions`."""
    yield from labels(f"{path}.matchLabels", selector.get("matchLabels", {}))
    for index, requirement in enumerate(selector.get("matchExpressions", [])):
        yield from _requirement(f"{path}.matchExpressions[{index}]", requirement)


def _requirement(path: str, requirement: Mapping[str, Any]) -> Iterator[StatusCause]:
    operator, values = requirement.get("operator", ""), requirement.get("values", [])
    if operator in _WITH_VALUES and not values:
        why = "must be specified when `operator` is 'In' or 'NotIn'"
        yield required(f"{path}.values", why)
    if operator in _WITHOUT_VALUES and values:
        why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        yield forbidden(f"{path}.values", why)
    if operator not in (*_WITH_VALUES, *_WITHOUT_VALUES):
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    key = requirement.get("key", "")
    for why in names.label_key(key):
        yield invalid(f"{path}.key", key, why)
    for index, value in enumerate(values):
        for why in names.label_value(value):
            yield invalid(f"{path}.values[{index}]", value, why)
