"""Looks for a pattern that somebody wrote, bounded in time: some take longer than anybody waits."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from focus_engine.decoding.bounded_process import run_bounded
from focus_engine.decoding.undecodable import UndecodableError

LIMIT = 5.0  # seconds; a process is started in hundredths, on a busy machine in tenths
LOOKED_THROUGH = 2e7  # characters in a second by a pattern that is none of those, at the least
LARGE = 1_000_000  # characters that are told in a message
# What nobody looks for, and the words that most sentences share: what fits these fits anything.
ANYTHING = (
    "",
    "q",
    "Lorem ipsum dolor sit amet, 13579 {consectetur}: 'adipiscing' [elit]\n/do?eiusmod=tempor.",
    "GET /nothing should be unlike this, but the server answered 0: none.",
)
SHOWN = 80  # characters of a pattern in a message
_REPEATS = re.compile(r"[*+?{|]")  # without these nothing is tried twice at one place
_LOOK = """import json, re, signal, sys
limit, every, patterns, texts = json.load(sys.stdin)
if hasattr(signal, "setitimer"):  # it ends by itself, also when nobody is left to end it
    signal.setitimer(signal.ITIMER_PROF, limit)
def look(pattern, text):
    if not every:
        return re.search(pattern, text) is not None
    return [[found.groups(), found.groupdict()] for found in re.finditer(pattern, text, re.M)]
print(json.dumps([[look(each, text) for text in texts] for each in patterns]))
"""


@dataclass(frozen=True)
class Match:
    """One place where a pattern fits: its groups in order and by name, None where one is not."""

    groups: tuple[str | None, ...]
    named: dict[str, str | None]


def regular(pattern: str) -> str:
    """`pattern`, which must be a regular expression; raises ValueError, for a field of a file."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        shown = pattern if len(pattern) <= SHOWN else f"{pattern[:SHOWN]}…"
        raise ValueError(f"'{shown}' is no regular expression: {error}") from error
    return pattern


@lru_cache(maxsize=64)
def fitting_anything(*patterns: str) -> list[str]:
    """Those of `patterns` that fit also what nobody looks for. Raises ValueError, as `regular`.

    Kept, because the same few files are read again by each session, and a process looks.
    """
    try:
        found = each_found_in(ANYTHING, patterns)
    except UndecodableError as error:
        raise ValueError(f"one of {', '.join(map(repr, patterns))} {error}") from error
    return [pattern for pattern, fits in zip(patterns, found, strict=True) if any(fits)]


def found_in(texts: Sequence[str], pattern: str) -> list[bool]:
    """Of each of `texts` whether `pattern`, a regular expression, is in it; see `each_found_in`."""
    return each_found_in(texts, [pattern])[0]


def each_found_in(texts: Sequence[str], patterns: Sequence[str]) -> list[list[bool]]:
    """For each of `patterns`, of each of `texts` whether it is in it.

    Raises UndecodableError, whose text continues a sentence about a pattern, where that takes
    longer than LIMIT: Python cannot be interrupted in it, so it is another process that looks.
    """
    if not any(map(_REPEATS.search, patterns)):
        return [[re.search(each, text) is not None for text in texts] for each in patterns]
    found = _look(patterns, texts, every=False)
    return [[bool(each) for each in row] for row in found]


def matches_in(texts: Sequence[str], pattern: str) -> list[list[Match]]:
    """In each of `texts` every place where `pattern` fits, `^` and `$` at each line.

    Raises UndecodableError, as `each_found_in`.
    """
    [found] = _look([pattern], texts, every=True)
    return [[Match(tuple(groups), named) for groups, named in row] for row in found]


def _look(patterns: Sequence[str], texts: Sequence[str], *, every: bool) -> list[Any]:
    size = sum(map(len, texts))
    limit = LIMIT + size * len(patterns) / LOOKED_THROUGH
    try:
        command = [sys.executable, "-I", "-S", "-c", _LOOK]
        wanted = json.dumps([limit, every, patterns, texts]).encode()
        found: list[Any] = json.loads(run_bounded(command, limit, wanted).output)
    except (OSError, ValueError) as error:
        where = f" in {size / 1e6:.0f} million characters" if size >= LARGE else ""
        shorter = ", or give a shorter text" if where else ""
        raise UndecodableError(
            f"was not looked for to the end{where} within {limit:.3g} s: repeat nothing that "
            f"repeats itself{shorter}"
        ) from error
    return found
