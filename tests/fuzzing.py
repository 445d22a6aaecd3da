"""How long the doors are fuzzed: shortly, or with FOCUS_FUZZ=100000 as many inputs as it says.

All of them: `FOCUS_FUZZ=100000 python3 focus.py test -- -m fuzz`.

What nests is made by chance from a seed, and hypothesis draws that seed alone: drawing each part
of such an input cost ten times what the door itself does with it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("FOCUS_FUZZ") or 0)

_SETTINGS = settings(
    max_examples=INPUTS or 100,
    deadline=None,
    derandomize=not INPUTS,  # a red short run is red again
    database=None,
    suppress_health_check=list(HealthCheck) if INPUTS else [],
)

PLAIN = (
    *(None, True, 0, -1, 1.5, 10**30, "", "a", "1", "True", "9" * 5000, "\xb2", "--roi 1 2"),
    *("it's", "\ud800", "\0", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", 2**31, -(2**63)),
)

Maker = Callable[[Random], Any]
Test = Callable[..., None]


def fuzzed(test: Test) -> Test:
    """`test`, which has a door for foreign data: with as many inputs as FOCUS_FUZZ says."""
    return pytest.mark.fuzz(_SETTINGS(test))


def made(make: Maker) -> st.SearchStrategy[Any]:
    """What `make` makes of a seed that hypothesis draws."""
    return st.integers(0, 2**64).map(lambda seed: make(Random(seed)))  # noqa: S311 - no secret


def one_of(*makers: Maker) -> Maker:
    return lambda chance: chance.choice(makers)(chance)


def pick(*values: Any) -> Maker:
    return lambda chance: chance.choice(values)


def several(maker: Maker, most: int = 2) -> Maker:
    return lambda chance: [maker(chance) for _ in range(chance.randint(0, most))]


def pieces(texts: Sequence[str], most: int) -> Maker:
    """A text of at most `most` of `texts`."""
    return lambda chance: "".join(chance.choices(texts, k=chance.randint(0, most)))


def record(always: Mapping[str, Maker], sometimes: Mapping[str, Maker] | None = None) -> Maker:
    """A dictionary with the keys of `always`, and about half of those of `sometimes`."""

    def make(chance: Random) -> dict[str, Any]:
        taken = {key: maker for key, maker in (sometimes or {}).items() if chance.random() < 0.5}
        return {key: maker(chance) for key, maker in {**always, **taken}.items()}

    return make


def values(names: str, deepest: int = 3) -> Maker:
    """Values as JSON has them, whose keys are mostly those of the door (`names`, by blanks)."""
    keys = names.split()

    def make(chance: Random, depth: int = 0) -> Any:
        kind = chance.randint(0, 5) if depth < deepest else 0
        if kind == 4:
            return [make(chance, depth + 1) for _ in range(chance.randint(0, 2))]
        if kind == 5:
            return {
                chance.choice(keys): make(chance, depth + 1) for _ in range(chance.randint(0, 3))
            }
        return chance.choice(PLAIN)

    return make


def noise(most: int) -> Maker:
    """Any bytes."""
    return lambda chance: chance.randbytes(chance.randint(0, most))
