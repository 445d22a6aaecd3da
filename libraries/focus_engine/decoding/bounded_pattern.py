"""Looks for a pattern that somebody wrote, bounded in time: some take longer than anybody waits."""

import json
import re
import sys
from collections.abc import Sequence

from focus_engine.decoding.bounded_process import run_bounded
from focus_engine.decoding.undecodable import UndecodableError

LIMIT = 5.0  # seconds; a process is started in hundredths, on a busy machine in tenths
_REPEATS = re.compile(r"[*+?{|]")  # without these nothing is tried twice at one place
_SEARCH = """import json, re, signal, sys
limit, patterns, texts = json.load(sys.stdin)
if hasattr(signal, "setitimer"):  # it ends by itself, also when nobody is left to end it
    signal.setitimer(signal.ITIMER_PROF, limit)
print(json.dumps([[re.search(each, text) is not None for text in texts] for each in patterns]))
"""


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
    try:
        command = [sys.executable, "-I", "-S", "-c", _SEARCH]
        end = run_bounded(command, LIMIT, json.dumps([LIMIT, patterns, texts]).encode())
        return [[bool(found) for found in each] for each in json.loads(end.output)]
    except (OSError, ValueError) as error:
        raise UndecodableError(
            f"was not looked for to the end within {LIMIT:g} s: repeat nothing that repeats itself"
        ) from error
