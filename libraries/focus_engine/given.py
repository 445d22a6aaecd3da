"""What people give: numbers and paths in FOCUS_* variables, command lines, files to write."""

import argparse
import contextlib
import math
import os
import re
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_json import LIMITS
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.verdict import ToolError

DAY = 86_400.0  # seconds
SHORTEST = 0.1  # seconds: nothing that goes over a network is waited for less
INVALID = 252  # Robot Framework's code for invalid input, as of every command of focus.py
INTERRUPTED = 253  # … and for what its user stopped
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf|nan")


def seconds_given(variable: str, default: float) -> float:
    """The seconds in `variable`, else `default`; from SHORTEST to a day.

    Raises ToolError, which quotes numbers only: what is none may be a secret in a wrong place.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return float(default)
    if not _DECIMAL.fullmatch(text):  # Python also takes 1_0 and the digits of every script
        raise ToolError(
            f"{variable} is no number of seconds. Write one of {SHORTEST:g} to {DAY:g}, such as "
            f"{default:g}."
        )
    value = float(text)
    if not (math.isfinite(value) and SHORTEST <= value <= DAY):
        raise ToolError(f"{variable} is {value:g}, but {SHORTEST:g} to {DAY:g} s is possible.")
    return value


def whole_given(variable: str, default: int, least: int, most: int) -> int:
    """The whole number in `variable`, else `default`. Raises ToolError outside least to most."""
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]+", text) or len(text) > 20:  # noqa: PLR2004 - 64 bits
        raise ToolError(f"{variable} is no whole number. Write one of {least} to {most}.")
    value = int(text)
    if not least <= value <= most:
        raise ToolError(f"{variable} is {value}, but {least} to {most} is possible.")
    return value


def seed_given(default: int) -> int:
    """FOCUS_SEED, of everything that is drawn at random."""
    return whole_given("FOCUS_SEED", default, 0, 2**63 - 1)


def shard_given() -> tuple[int, int] | None:
    """Number and count of FOCUS_SHARD, which `focus.py run --shard` sets; None where it is not set.

    Raises ToolError, which does not quote it, for anything else.
    """
    text = os.environ.get("FOCUS_SHARD", "").strip()
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ToolError("FOCUS_SHARD is no shard. Write 1/4, 2/4, 3/4 or 4/4, or unset it.")
    return int(found[1]), int(found[2])


def label_given(variable: str) -> str:
    """The text in `variable`, which objects of a cluster can carry; nothing where it is not set.

    Raises ToolError, which does not quote it, for anything else.
    """
    text = os.environ.get(variable, "").strip()
    if text and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,38}[A-Za-z0-9])?", text):
        raise ToolError(
            f"{variable} cannot be a label. Write letters, digits and dashes, at most 40, with a "
            "letter or digit at both ends."
        )
    return text


def file_given(variable: str, default: Path) -> Path:
    """The file that `variable` names, else `default`. Raises ToolError where there is none."""
    return _existing(variable, default, "file")


def folder_given(variable: str, default: Path, *, made: bool = False) -> Path:
    """The folder that `variable` names, else `default`. Raises ToolError where there is none.

    With `made` it may be absent, because it is made when something is written.
    """
    text = os.environ.get(variable, "").strip()
    if made and text and "\0" not in text and _can_be_made(Path(text)):
        return Path(text)
    return _existing(variable, default, "folder")


def _can_be_made(folder: Path) -> bool:
    """Whether `folder` is absent, and what is there of the path to it is a folder."""
    try:
        if folder.exists() or folder.is_symlink():
            return False
        return next(filter(os.path.lexists, folder.absolute().parents)).is_dir()
    except OSError:  # longer than a name may be, or not to be looked into
        return False


def _existing(variable: str, default: Path, kind: str) -> Path:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    try:
        path = Path(text)
        there = path.is_dir() if kind == "folder" else path.is_file()
    except (OSError, ValueError):  # longer than a name may be, or with a NUL
        there = False
    if not there:
        raise ToolError(
            f"{variable} names no {kind} that is there and can be read. Give the path of a {kind}."
        )
    return path


def write_named(file: Path, text: str, is_ours: Callable[[bytes], bool]) -> None:
    """Write a file that somebody named: the whole of `text`, or what was there stays as it was.

    `is_ours` says of what is there whether it may be replaced; an empty file always may. Raises
    ToolError where it may not, for what is no ordinary file, and where the system refuses.
    """
    target = Path(os.path.realpath(file))  # a link goes on leading to it
    beside = target.with_name(f".focus-{secrets.token_hex(8)}")
    try:
        _require_ours(file, target, is_ours)
        try:
            with beside.open("xb") as opened:
                opened.write(text.encode())
            if target.exists():
                beside.chmod(target.stat().st_mode)
            beside.replace(target)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    except (OSError, UndecodableError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise ToolError(f"cannot write {file}: {reason}. Name another file.") from error


def _require_ours(file: Path, target: Path, is_ours: Callable[[bytes], bool]) -> None:
    try:
        there = read_bounded(target, LIMITS.size)
    except FileNotFoundError:
        return
    if there and not is_ours(there):
        raise ToolError(
            f"{file} holds what this command did not write, so it is left as it is. "
            "Name another file, or remove it."
        )


class CommandParser(argparse.ArgumentParser):
    """argparse whose code for wrong usage is none of a command's own answers."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. `{self.prog} --help` tells the options.", file=sys.stderr)
        sys.exit(INVALID)


def end_quietly() -> None:
    """Let this process end without a word where its output is closed (`| head`) or it is stopped.

    For what only prints: what has something to undo must go on. Windows knows no SIGPIPE.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(INTERRUPTED))
