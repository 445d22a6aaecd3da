"""Reads what a user or an earlier run left: ordinary files only, up to a limit."""

from pathlib import Path

LARGEST = 2**26  # bytes; records and argument files are kilobytes


def read_bounded(file: Path, largest: int = LARGEST) -> bytes:
    """Raises OSError where it cannot be opened, ValueError for a pipe, a device and more bytes."""
    if file.exists() and not file.is_file():  # a pipe would be waited for, a device never ends
        raise ValueError("it is no ordinary file")
    with file.open("rb") as opened:
        content = opened.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"it is larger than {largest} bytes")
    return content
