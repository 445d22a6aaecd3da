"""Relays what the programs of a pass print, without tracebacks."""

import contextlib
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from runner.system.console import without_insides


class OutputRelay:
    """Prints what comes through `stream` until its end; all of it is kept in `file`."""

    def __init__(self, stream: IO[str], file: Path) -> None:
        self._stream = stream
        self._file = file
        self._said: list[str] = []
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def said(self, patience: float) -> str:
        """All that came, once the stream has ended or `patience` seconds have passed."""
        self._thread.join(patience)
        return "".join(self._said)

    def _copy(self) -> None:
        with self._stream:
            self._copy_lines()

    def _copy_lines(self) -> None:
        lines = without_insides(_kept(self._stream, self._said))
        try:
            with self._file.open("w", encoding="utf-8") as file:
                for line in lines:
                    _show(line)
                    file.write(line)
        except OSError:  # a full disk; who prints would wait for ever where nobody reads on
            for line in lines:
                with contextlib.suppress(OSError):
                    _show(line)


class LetterRelay:
    """Prints each letter at once: a line of robot's console begins with a case, ends with it."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def wait(self, patience: float) -> None:
        """Until the stream has ended or `patience` seconds have passed."""
        self._thread.join(patience)

    def _copy(self) -> None:
        with self._stream:
            while letter := self._stream.read(1):
                _show(letter)


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _kept(lines: Iterable[str], kept: list[str]) -> Iterator[str]:
    for line in lines:
        kept.append(line)
        yield line
