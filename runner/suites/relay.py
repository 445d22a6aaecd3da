"""Relays what the programs of a pass print, line by line, without tracebacks."""

import contextlib
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

TRACEBACK = "Traceback (most recent call last):"


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
        lines = told(_kept(self._stream, self._said))
        try:
            with self._file.open("w", encoding="utf-8") as file:
                for line in lines:
                    _show(line)
                    file.write(line)
        except OSError:  # a full disk; who prints would wait for ever where nobody reads on
            for line in lines:
                with contextlib.suppress(OSError):
                    _show(line)


def _show(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _kept(lines: Iterable[str], kept: list[str]) -> Iterator[str]:
    for line in lines:
        kept.append(line)
        yield line


def told(lines: Iterable[str]) -> Iterator[str]:
    """`lines` but for tracebacks, of which only the last line with its error stays."""
    inside = False
    for line in lines:
        if line.strip() == TRACEBACK:
            inside = True
        elif not inside or (line.strip() and not line[:1].isspace()):
            inside = False
            yield line
