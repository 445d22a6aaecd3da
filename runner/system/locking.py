"""Locks between processes, which the system frees when their holder dies."""

import contextlib
import errno
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from runner.problem import ProblemError

HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # what the systems say of another's lock

AT_ONCE = 1.0  # seconds that nobody is told of
LOOK = 0.05


@contextlib.contextmanager
def locked(path: Path, limit: float | None = None) -> Iterator[None]:
    """Wait for an exclusive lock on `path`, for `limit` seconds, and hold it.

    Raises OSError where it cannot be made, ProblemError where another process does not free it.
    """
    with path.open("a+", encoding="utf-8") as file:
        _wait_for(file, path, limit)
        yield


def _wait_for(file: IO[str], path: Path, limit: float | None) -> None:
    began, told = time.monotonic(), False
    while not _is_locked_by_us(file):
        waited = time.monotonic() - began
        if limit is not None and waited > limit:
            raise ProblemError(
                f"another process holds {path} for more than {limit:g} s. End it (a run, or a "
                "set-up that hangs), or wait for its end and try again."
            )
        if waited > AT_ONCE and not told:
            told = True
            most = f" (for {limit:g} s at most)" if limit is not None else ""
            print(f"Waiting for {path}, which another process holds{most} …", flush=True)
        threading.Event().wait(LOOK)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on `path` now."""
    try:
        with path.open("a+", encoding="utf-8") as file:
            return _is_locked_by_us(file)
    except OSError:
        return False


def _is_locked_by_us(file: IO[str]) -> bool:
    """Whether the lock is ours now; False where another process holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - exists elsewhere only

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in HELD:
            return False
        raise
    return True
