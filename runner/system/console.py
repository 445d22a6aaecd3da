"""The console: a reader who may go away, and what programs say without their insides."""

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

ENCODING = "PYTHONIOENCODING"
TRACEBACK = "Traceback (most recent call last):"
CHAINED = {
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
}


def outlive_readers() -> None:
    """Let what is said go nowhere once nobody can read it: the run and its results go on.

    What a console has no character for is replaced.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        setattr(sys, name, _Outlived(stream))


class _Outlived:
    """A stream whose terminal may be closed, whose pipe may be left, or whose disk may be full."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._unread():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._unread():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _unread(self) -> Iterator[None]:
        """From its first error on, it and what we start then write nowhere."""
        try:
            yield
        except OSError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)


def with_encoding(env: Mapping[str, str], *, captured: bool) -> dict[str, str]:
    """`env` for a program of Python that says things to us, in UTF-8, or to our console, where what
    there is no character for is replaced."""
    if captured:
        return {**env, ENCODING: "utf-8"}  # and no more: robot takes all of it for a name
    usual = "utf-8" if env.get("PYTHONUTF8") == "1" else sys.stdout.encoding
    encoding = env.get(ENCODING, "").partition(":")[0] or usual or "utf-8"
    errors = "" if encoding.lower() in {"utf-8", "utf8"} else ":replace"
    return {**env, ENCODING: f"{encoding}{errors}"}


def without_insides(lines: Iterable[str]) -> Iterator[str]:
    """`lines` but for tracebacks, of which only the last line with its error stays."""
    inside = False
    for line in lines:
        words = line.strip()
        if words == TRACEBACK or words in CHAINED:
            inside = True
        elif not inside or (words and not line[:1].isspace()):
            inside = False
            yield line
