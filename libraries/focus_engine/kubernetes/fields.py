"""Fields of the API's objects, read by their types: what is of another type is an error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.kubernetes.errors import not_kubernetes
from focus_engine.masking import head_of

SHOWN = 60  # characters of a value
MOST = 2**63  # the integers of the API have 64 bits

Value = TypeVar("Value", bool, int, str)
_WORDS: dict[type, str] = {bool: "a boolean", int: "a whole number", str: "a text"}


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Also a decorator of what reads fields. Raises KubernetesError for those of another type."""
    try:
        with refusing():
            yield
    except UndecodableError as error:
        raise not_kubernetes(what, f"fields that are none of its kind ({error})") from error


def value_in(
    item: dict[str, Any], key: str, kind: type[Value], absent: Value | None = None
) -> Value:
    """The value at `key`; `absent` where it is left out or null, as Go writes what is empty.

    Raises UndecodableError for another type, and for what is left out though it always stands
    there (no `absent`).
    """
    value = item.get(key)
    if value is None:
        value = absent
    if type(value) is not kind:  # a boolean is no number here
        raise UndecodableError(f"{key} is {head_of(repr(value), SHOWN)}, not {_WORDS[kind]}")
    return value


def count_in(item: dict[str, Any], key: str, absent: int | None = None) -> int:
    """As `value_in`, for what Kubernetes counts: never below 0, and in 64 bits."""
    value = value_in(item, key, int, absent)
    if not 0 <= value < MOST:
        raise UndecodableError(f"{key} is {head_of(repr(value), SHOWN)}, which is no count")
    return value


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod's conditions say that it serves. Raises UndecodableError for other types."""
    return any(
        value_in(one, "type", str) == "Ready" and value_in(one, "status", str) == "True"
        for one in (pod.get("status") or {}).get("conditions") or []
    )


def objects_in(item: Any, *path: str) -> list[dict[str, Any]]:
    """The objects in the list at `path` of `item`; none where the API has something else there."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return [each for each in item if isinstance(each, dict)] if isinstance(item, list) else []
