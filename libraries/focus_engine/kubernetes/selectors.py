"""Kubernetes label selectors, over plain JSON."""

from collections.abc import Mapping
from typing import Any

Labels = Mapping[str, str]
Selector = Mapping[str, Any]


def matches(selector: Selector, labels: Labels) -> bool:
    """Whether `labels` match a LabelSelector; an empty one matches everything."""
    equal: Labels = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    return all(labels.get(key) == value for key, value in equal.items()) and all(
        _holds(expression, labels) for expression in expressions
    )


def text_of(labels: Labels) -> str:
    """Labels as the query of a list: `a=b,c=d`."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def labels_of(text: str) -> dict[str, str]:
    """`a=b,c=d` as labels; the environment files name pods so."""
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    key, values = expression["key"], expression.get("values") or []
    operator = expression["operator"]
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    if operator == "In":
        return labels.get(key) in values
    return labels.get(key) not in values  # NotIn also matches what lacks the key
