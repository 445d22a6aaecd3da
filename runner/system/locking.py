"""Locks between processes, which the system frees when their holder dies."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for an exclusive lock on `path` and hold it. Raises OSError where it cannot be made."""
    with path.open("a+", encoding="utf-8") as file:
        _lock(file, wait=True)
        yield


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on `path` now."""
    try:
        with path.open("a+", encoding="utf-8") as file:
            _lock(file, wait=False)
    except OSError:
        return False
    return True


def _lock(file: IO[str], *, wait: bool) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - exists elsewhere only

        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
