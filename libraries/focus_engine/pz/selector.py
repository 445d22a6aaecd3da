"""Paths with wildcards, as the profile writes them: `$.services[*].module`, `$.**.uri`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from focus_engine.checks.finding import Path
from focus_engine.verdict import ToolError

_STEP = re.compile(r"\.(?P<deep>\*\*)|\.(?P<any>\*)|\.(?P<key>[\w-]+)|\[(?P<index>\*|\d+)\]"
                   r"|\['(?P<quoted>[^']*)'\]")  # fmt: skip


@dataclass(frozen=True)
class _Step:
    """One step: a key or index, or any one step, or (`deep`) any number of steps."""

    exact: str | int | None = None
    deep: bool = False
    list_only: bool = False

    def fits(self, part: str | int) -> bool:
        if self.list_only:
            return isinstance(part, int)
        return self.exact is None or self.exact == part


@dataclass(frozen=True)
class Selector:
    """A parsed path pattern."""

    text: str
    steps: tuple[_Step, ...]

    def matches(self, path: Sequence[str | int]) -> bool:
        return _matches(self.steps, tuple(path))

    def select(self, data: Any) -> Iterator[tuple[Path, Any]]:
        """Every value that the pattern reaches, with its path."""
        return ((path, value) for path, value in walk(data) if self.matches(path))


def parse(text: str) -> Selector:
    """Raises ToolError when `text` is no path pattern."""
    if not text.startswith("$"):
        raise ToolError(f"'{text}' is no path: it must start with '$', as in $.services[*].module.")
    steps: list[_Step] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ToolError(f"'{text}' is no path: '{text[position:]}' is not understood.")
        steps.append(_step(match))
        position = match.end()
    return Selector(text, tuple(steps))


def _step(match: re.Match[str]) -> _Step:
    if match["deep"]:
        return _Step(deep=True)
    if match["any"]:
        return _Step()
    if match["index"] == "*":
        return _Step(list_only=True)
    if match["index"]:
        return _Step(exact=int(match["index"]))
    return _Step(exact=match["key"] or match["quoted"])


def walk(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in `data`, parents before children."""
    yield path, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from walk(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from walk(value, (*path, index))


def _matches(steps: tuple[_Step, ...], path: Path) -> bool:
    if not steps:
        return not path
    head, rest = steps[0], steps[1:]
    if head.deep:
        return any(_matches(rest, path[cut:]) for cut in range(len(path) + 1))
    return bool(path) and head.fits(path[0]) and _matches(rest, path[1:])
