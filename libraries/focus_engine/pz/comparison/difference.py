"""The structural difference of two configurations, without any policy applied."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from focus_engine.checks.finding import Path
from focus_engine.evidence import compact
from focus_engine.pz.profile_file import ChangeKind, ListKey
from focus_engine.pz.selector import Selector, parse

MOST_COMPARED = 20_000  # names with names, to see whether one was renamed
_SIMILAR_NAMES = 0.6
_TRIVIAL: tuple[Any, ...] = (None, True, False, 0, 1, "", [], {})


@dataclass(frozen=True)
class Difference:
    """One change at `path`. `before` and `after` are values; None with REMOVED or ADDED.

    In keyed lists `path` names the item by its key; `place` is where it is in the new tree.
    """

    kind: ChangeKind
    path: Path
    before: Any
    after: Any
    place: Path


class Comparer:
    """Compares trees; `identity` says which lists are keyed, others are compared by position."""

    def __init__(self, identity: Sequence[ListKey]) -> None:
        self._keyed: list[tuple[Selector, str]] = [(parse(i.path), i.key) for i in identity]

    def compare(self, before: Any, after: Any) -> Iterator[Difference]:
        return self._values(before, after, (), ())

    def _values(self, before: Any, after: Any, path: Path, place: Path) -> Iterator[Difference]:
        if (type(before), type(after)) == (float, int) and before == after:
            return  # 512 is the number 512.0; 60.0 is no integer to a program that counts with it
        if type(before) is not type(after):  # bool, int and float are three types
            yield Difference(ChangeKind.TYPE_CHANGED, path, before, after, place)
        elif isinstance(before, dict):
            yield from self._mappings(before, after, path, {key: (*place, key) for key in after})
            yield from _renamed(before, after, path, place)
        elif isinstance(before, list):
            yield from self._lists(before, after, path, place)
        elif before != after:
            yield Difference(ChangeKind.VALUE_CHANGED, path, before, after, place)

    def _mappings(
        self,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        path: Path,
        places: Mapping[str, Path],
    ) -> Iterator[Difference]:
        for key, value in before.items():
            inner = (*path, key)
            if key in after:
                yield from self._values(value, after[key], inner, places[key])
            else:
                yield Difference(ChangeKind.REMOVED, inner, value, None, inner)
        for key in (key for key in after if key not in before):
            yield Difference(ChangeKind.ADDED, (*path, key), None, after[key], places[key])

    def _lists(
        self, before: list[Any], after: list[Any], path: Path, place: Path
    ) -> Iterator[Difference]:
        key = next((key for selector, key in self._keyed if selector.matches(path)), None)
        if key is not None:
            old, new = _by_key(before, key), _by_key(after, key)
            if old is not None and new is not None:
                places = {name: (*place, index) for index, name in enumerate(new)}
                yield from self._mappings(old, new, path, places)
                yield from _reordered(old, new, path, place)
                return
        yield from self._positions(before, after, path, place)

    def _positions(
        self, before: list[Any], after: list[Any], path: Path, place: Path
    ) -> Iterator[Difference]:
        if len(before) != len(after):
            yield Difference(ChangeKind.LENGTH_CHANGED, path, len(before), len(after), place)
        elif before != after and _items(before) == _items(after):
            yield Difference(ChangeKind.REORDERED, path, before, after, place)
            return
        for index, (old, new) in enumerate(zip(before, after, strict=False)):
            yield from self._values(old, new, (*path, index), (*place, index))


def _reordered(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path, place: Path
) -> Iterator[Difference]:
    old = [key for key in before if key in after]
    new = [key for key in after if key in before]
    if old != new:
        yield Difference(ChangeKind.REORDERED, path, old, new, place)


def _by_key(items: list[Any], key: str) -> dict[str, Any] | None:
    """`items` by identity; None when one has no identity or two share one."""
    keys = [item if key == "." else item.get(key) if isinstance(item, dict) else None
            for item in items]  # fmt: skip
    texts = [compact(value) if not isinstance(value, str) else value for value in keys]
    if None in keys or len(set(texts)) != len(texts):
        return None
    return dict(zip(texts, items, strict=True))


def _items(items: list[Any]) -> Counter[str]:
    return Counter(compact(item) for item in items)


def _renamed(
    before: Mapping[str, Any], after: Mapping[str, Any], path: Path, place: Path
) -> Iterator[Difference]:
    """Pairs of a removed and an added key that look like one key under a new name."""
    added = [key for key in after if key not in before]
    removed = [key for key in before if key not in after]
    if len(added) * len(removed) > MOST_COMPARED:  # each with each: who has changed so much knows
        return
    for old in removed:
        for new in added:
            if _looks_renamed(old, before[old], new, after[new]):
                yield Difference(
                    ChangeKind.RENAMED_CANDIDATE, (*path, old), old, new, (*place, new)
                )


def _looks_renamed(old: str, old_value: Any, new: str, new_value: Any) -> bool:
    if _normal(old) == _normal(new):
        return True
    similar = SequenceMatcher(None, _normal(old), _normal(new)).ratio() >= _SIMILAR_NAMES
    return similar and old_value not in _TRIVIAL and compact(old_value) == compact(new_value)


def _normal(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
