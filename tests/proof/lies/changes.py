"""How one JSON value can lie: changes by type, each pure, and how a leaf is addressed."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

DROP = object()
"""The value that a change gives to say: leave the key out."""

EPOCH_S = 1e8  # numbers from here on are taken for epoch seconds, from EPOCH_MS on for milliseconds
EPOCH_MS = 1e11

_IS_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")

DEEPEST = 5  # levels of a document in which lies are told
MANY_KEYS = 12

Change = Callable[[Any], Any]


def _other_type(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        return True
    if isinstance(value, str):
        return len(value)
    return {} if isinstance(value, list) else []


def _shifted(value: str, by: timedelta) -> str:
    at = datetime.fromisoformat(value) + by
    return at.isoformat().replace("+00:00", "Z")


def _half(value: Any) -> Any:
    return value[: len(value) // 2]


def _without(index: Callable[[list[Any]], int]) -> Change:
    def change(value: Any) -> Any:
        at = index(value)
        return [*value[:at], *value[at + 1 :]]

    return change


BY_TYPE = "of another type"
ANY: dict[str, Change] = {
    "dropped": lambda _: DROP,
    "null": lambda _: None,
    BY_TYPE: _other_type,
}
NUMBER: dict[str, Change] = {
    "plus one": lambda value: value + 1,
    "minus one": lambda value: value - 1,
    "zero": lambda value: type(value)(0),
}
TIME: dict[str, Change] = {
    "times 1000": lambda value: value * 1000,
    "divided by 1000": lambda value: value // 1000,
    "hours later": lambda value: value + 7200 * (1000 if value > EPOCH_MS else 1),
    "now": lambda value: int(time.time() * (1000 if value > EPOCH_MS else 1)),
    "in 1971": lambda value: 40_000_000 * (1000 if value > EPOCH_MS else 1),
}
TEXT: dict[str, Change] = {"emptied": lambda _: "", "longer": lambda value: f"{value}x"}
TEXT_OF_TIME: dict[str, Change] = {
    "hours later": lambda value: _shifted(value, timedelta(hours=2)),
    "days before": lambda value: _shifted(value, timedelta(days=-2)),
}
BYTES: dict[str, Change] = {
    "cut by a byte": lambda value: value[:-1],
    "zeroed": lambda value: bytes(len(value)),
    "doubled": lambda value: value * 2,
    "of swapped bytes": lambda value: bytes(value[at ^ 1] for at in range(len(value) & ~1)),
    "emptied": lambda _: b"",
}
MOMENT: dict[str, Change] = {
    "tomorrow": lambda _: datetime.now(UTC) + timedelta(days=1),
    "in 1971": lambda _: datetime(1971, 1, 1, tzinfo=UTC),
    "as a text": lambda value: value.isoformat(),
    "as a number": lambda value: int(value.timestamp()),
    "seconds later": lambda value: value + timedelta(seconds=1.7),
}
LIST: dict[str, Change] = {
    "without its first": _without(lambda _: 0),
    "without its middle": _without(lambda value: len(value) // 2),
    "without its last": _without(lambda value: len(value) - 1),
    "cut in half": _half,
    "reversed": lambda value: value[::-1],
    "doubled": lambda value: [*value, *value],
    "emptied": lambda _: [],
}

OF_TYPE: dict[type, dict[str, Change]] = {list: LIST, bytes: BYTES, datetime: MOMENT}


def changes_of(value: Any) -> dict[str, Change]:
    """The changes that make something else of `value`, by name."""
    found = ANY | _changes_of_type(value)
    told = {name: change for name, change in found.items() if _differs(change(value), value)}
    if value is None:
        told.pop("null", None)
    return told


def _changes_of_type(value: Any) -> dict[str, Change]:
    match value:
        case bool():
            return {"the opposite": lambda given: not given}
        case int() | float():
            return NUMBER | (TIME if value > EPOCH_S else {})
        case str() if value:
            return TEXT | (TEXT_OF_TIME if _IS_TIME.match(value) else {})
        case _:
            return OF_TYPE.get(type(value), {})


def change_named(name: str, value: Any) -> Any:
    """What `name` makes of `value`; the value itself where it cannot be applied to it."""
    change = changes_of(value).get(name)
    return value if change is None else change(value)


def paths_of(value: Any, above: str = "$", depth: int = DEEPEST) -> Iterator[tuple[str, Any]]:
    """Every addressed value, `$.channels.min`, so many levels deep.

    Of what holds many alike (a list, an object with more than a dozen keys) the first, one in the
    middle and the last.
    """
    yield above, value
    if depth and isinstance(value, dict):
        for key in _some(list(value), at_least=MANY_KEYS):
            yield from paths_of(value[key], f"{above}.{key}", depth - 1)
    elif depth and isinstance(value, list):
        for index in _some(list(range(len(value)))):
            yield from paths_of(value[index], f"{above}[{index}]", depth - 1)


def _some(places: list[Any], at_least: int = 3) -> list[Any]:
    if len(places) <= at_least:
        return places
    return [places[0], places[len(places) // 2], places[-1]]


def changed_at(value: Any, path: str, change: str) -> Any:
    """A copy of `value` in which the value at `path` lies; itself where there is none."""
    if path == "$":
        told = change_named(change, value)
        return value if told is DROP else told
    return _changed(value, _steps(path), change)


def _changed(value: Any, steps: list[str | int], change: str) -> Any:
    step, *rest = steps
    if not _has(value, step):
        return value
    told = _changed(value[step], rest, change) if rest else change_named(change, value[step])
    if isinstance(value, list):
        return [*value[:step], *([] if told is DROP else [told]), *value[step + 1 :]]
    return {
        key: told if key == step else item
        for key, item in value.items()
        if not (key == step and told is DROP)
    }


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and len(value) > step
    return isinstance(value, dict) and step in value


def _steps(path: str) -> list[str | int]:
    parts = path.removeprefix("$").replace("[", ".[").split(".")
    return [int(part[1:-1]) if part.startswith("[") else part for part in parts if part]


def _differs(told: Any, value: Any) -> bool:
    return told is DROP or type(told) is not type(value) or told != value
