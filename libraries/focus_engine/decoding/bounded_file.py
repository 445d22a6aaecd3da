"""Reads a regular file up to a limit of bytes."""

import os
from pathlib import Path
from stat import S_ISREG

from focus_engine.decoding.undecodable import UndecodableError


def read_bounded(path: Path, limit: int) -> bytes:
    """The content of `path`, at most `limit` bytes.

    Raises UndecodableError for more, and for what is no ordinary file: a pipe would be waited for
    and a device never ends. Raises OSError, with its `strerror`, where it cannot be opened.
    """
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except ValueError as error:  # a NUL in the name
        raise UndecodableError(str(error)) from error
    if not S_ISREG(os.fstat(opened).st_mode):  # looked at first: a folder cannot be wrapped
        os.close(opened)
        raise UndecodableError("it is no ordinary file")
    with os.fdopen(opened, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UndecodableError(f"it is larger than {limit} bytes")
    return content


_BINARY = getattr(os, "O_BINARY", 0)  # Windows
