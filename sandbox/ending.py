"""Ends a sandbox on SIGINT, SIGTERM and their like, or the end of stdin (its starter is gone)."""

import asyncio
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from types import FrameType

_Handler = Callable[[int, FrameType | None], None]

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")


def ending() -> asyncio.Event:
    """An event of the running loop that is set when it is time to end."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        loop.call_soon_threadsafe(event.set)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        end()

    for name in _SIGNALS:
        if hasattr(signal, name):
            _handle(loop, getattr(signal, name), event, on_signal)
    if _stdin_is_held_open():
        threading.Thread(target=_read_to_end, args=(end,), name="stdin", daemon=True).start()
    return event


def _handle(
    loop: asyncio.AbstractEventLoop,
    number: signal.Signals,
    event: asyncio.Event,
    fallback: _Handler,
) -> None:
    """Handle a signal in the loop, or where the system's loop cannot, in the main thread."""
    try:
        loop.add_signal_handler(number, event.set)
    except NotImplementedError:
        signal.signal(number, fallback)


def _stdin_is_held_open() -> bool:
    """Whether somebody holds our stdin: a pipe or a socket, not a terminal or /dev/null."""
    if sys.stdin is None:
        return False
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _read_to_end(end: Callable[[], None]) -> None:
    """Read stdin to its end; by descriptor, since a buffered read would block the exit."""
    try:
        while os.read(0, 4096):
            pass
    finally:
        end()
