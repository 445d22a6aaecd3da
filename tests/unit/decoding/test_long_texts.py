"""What looks at foreign text takes a time that grows with the text, not with its square."""

import time
from collections.abc import Callable, Iterable

import pytest

from focus_engine.contract.configure.leak_checks import TRACES
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import masked
from focus_engine.pz.live.log_text import entries, read_lines
from focus_engine.pz.reading.variables import substitute
from focus_engine.reading.told_numbers import LimitSide, numbers_of

LENGTH = 200_000  # characters, of which the square is hours
LIMIT = 20.0  # seconds of this process; each takes less than one


def _traces(text: str) -> None:
    for pattern in TRACES.values():
        list(pattern.finditer(text))


def _limits(text: str) -> None:
    for told in numbers_of(text[: LENGTH // 10]):
        for side in LimitSide:
            told.is_limit(side), told.is_limit(side, loosely=True)


def _twice(text: str) -> None:
    names = [f'"{text[:1]}{number}":0' for number in range(len(text) // 4)]
    with pytest.raises(UndecodableError, match="stands twice"):
        decode_json(f"{{{','.join([*names, names[-1]])}}}")


LOOKS: dict[str, tuple[Callable[[str], object], Iterable[str]]] = {
    "traces of the inside": (_traces, ("/a", "/", 'File "', "a.py/", "/a.", "site-")),
    "keys that stand twice": (_twice, ("k",)),
    "secrets": (masked, ("token", "token-", "Bearer ", "secret ", "--a-", "-----BEGIN ", "key=")),
    "other secrets": (masked, ("://a:", "eyJhbGciOi", "eyJ.", "pass", "_pass", "?sig=", "a")),
    "limits": (_limits, ("1 ", "limit ", "one ", "1,", "at most ", "-")),
    "variables": (lambda text: substitute(text, {}), ("${A:-", "${A", "${", "${A:-}")),
    "log lines": (
        lambda text: list(entries(read_lines(text))),
        ("2025-99-99T09:14:02Z ", "Traceback (most recent call last):\n", " \n", "E: \n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LOOKS)
def test_a_long_text_is_looked_through_once(what: str) -> None:
    look, pieces = LOOKS[what]
    for piece in pieces:
        began = time.process_time()
        look(piece * (LENGTH // len(piece)))
        assert time.process_time() - began < LIMIT, piece
