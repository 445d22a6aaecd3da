"""Runs a program that is not ours, bounded in seconds, memory and in what it may write."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from focus_engine.decoding.undecodable import UndecodableError

LARGEST_OUTPUT = 2**22  # bytes of both outputs together: verdicts and findings are kilobytes
LAST_WORDS_SECONDS = 1.0  # for what is on its way when it has ended
_CHUNK = 2**16  # bytes


@dataclass(frozen=True)
class ProgramEnd:
    """How a program ended: its code, and what it wrote."""

    code: int
    output: bytes
    errors: bytes


LIMITED = """import os, resource, sys
most, hard = int(sys.argv[1]), resource.getrlimit(resource.RLIMIT_AS)[1]
limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"cannot be started: {error.strerror}")
"""


def run_bounded(
    command: Sequence[str] | str,
    seconds: float,
    given: bytes = b"",
    largest: int = LARGEST_OUTPUT,
    memory: int | None = None,
    **options: Any,
) -> ProgramEnd:
    """`command` after its end; `given` is its standard input, `largest` bytes may be written.

    On Linux each of its processes has `memory` bytes of addresses at most; what it asks for beyond
    them it does not get.

    Raises UndecodableError, which says what it did, where it takes longer than `seconds` or writes
    more: it is ended then, with all it started. Raises OSError, with its `strerror`, where it
    cannot be started.
    """
    with tempfile.TemporaryFile() as source:
        source.write(given)
        source.seek(0)
        try:
            process = subprocess.Popen(
                command
                if memory is None
                else _with_memory(command, memory, options.get("cwd") or ""),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                **options,
            )
        except ValueError as error:  # a NUL in a word of the command
            raise UndecodableError(f"cannot be started ({error})") from error
    room = _Room(process, largest)
    output, errors = _Reader(process.stdout, room), _Reader(process.stderr, room)
    try:
        code = process.wait(seconds)
    except BaseException as error:
        _end(process)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise UndecodableError(f"did not end within {seconds:g} s") from None
        raise
    output.join(LAST_WORDS_SECONDS)  # what it started may hold its output open for ever
    errors.join(LAST_WORDS_SECONDS)
    if room.is_exceeded:
        raise UndecodableError(f"wrote more than {largest} bytes")
    return ProgramEnd(code, bytes(output.said), bytes(errors.said))


@dataclass
class _Room:
    """What may still be written; the program is ended as soon as that is exceeded."""

    process: "subprocess.Popen[bytes]"
    left: int
    is_exceeded: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, count: int) -> bool:
        with self._lock:
            self.left -= count
            self.is_exceeded = self.is_exceeded or self.left < 0
        if self.is_exceeded:
            _end(self.process)
        return not self.is_exceeded


class _Reader(threading.Thread):
    """Reads `pipe` to its end, or until there is no room."""

    def __init__(self, pipe: IO[bytes] | None, room: _Room) -> None:
        super().__init__(daemon=True)
        self.said = bytearray()
        self._pipe = pipe
        self._room = room
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        with self._pipe as pipe:
            while (chunk := os.read(pipe.fileno(), _CHUNK)) and self._room.take(len(chunk)):
                self.said += chunk


def _with_memory(
    command: Sequence[str] | str, most: int, folder: str | os.PathLike[str]
) -> Sequence[str] | str:
    """`command` through a program that limits itself first, as nothing else does it in time.

    From outside it may come late, and what runs between fork and exec may hang where threads are.
    """
    if sys.platform != "linux" or isinstance(command, str):
        return command
    is_path = os.sep in command[0]  # which counts from the folder that the program runs in
    program = str(Path(folder).absolute() / command[0]) if is_path else command[0]
    if shutil.which(program) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    return [sys.executable, "-I", "-S", "-c", LIMITED, str(most), *command]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With whatever it started: a child would hold its output open."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:  # all of it has ended
        return
