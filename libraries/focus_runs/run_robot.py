"""Robot that ends with whoever started its run: `python -m focus_runs.run_robot ROBOT-ARGUMENTS`.

Its standard input is a pipe that only `focus.py` holds open. When that ends, because the run is
stopped or `focus.py` was killed, the running case is interrupted, its tear-downs are run and the
output is written, as after Ctrl-C. It is a pipe and no signal since it works on every system, and
reaches through pabot whether pabot still lives or not.
"""

import os
import signal
import sys
import threading
import time
from typing import Any

from robot.run import run_cli
from robot.running.signalhandler import STOP_SIGNAL_MONITOR

from focus_runs.going_on import go_on_without_parent
from focus_runs.strict import be_strict

PATIENCE = 40.0  # seconds for tear-downs; focus.py, while it lives, ends us somewhat earlier
HELD = "FOCUS_HELD"  # set by focus.py: our standard input is its pipe
STOPPED = 253  # Robot's code for a run that its user stopped


class NotedStop(type(STOP_SIGNAL_MONITOR)):  # type: ignore[misc]
    """Robot's handler of stop signals, which remembers: between two cases Robot's code does not."""

    came = False

    def __call__(self, *signal_and_frame: Any) -> None:
        self.came = True
        super().__call__(*signal_and_frame)


def main() -> None:
    go_on_without_parent()
    if os.environ.pop(HELD, None):
        pipe = _own_pipe()
        threading.Thread(target=_watch, args=(pipe,), daemon=True).start()
    STOP_SIGNAL_MONITOR.__class__ = NotedStop
    be_strict()
    code = run_cli(sys.argv[1:], exit=False)
    sys.exit(STOPPED if STOP_SIGNAL_MONITOR.came else code)


def _own_pipe() -> int:
    """The pipe as a descriptor that nothing we start inherits; standard input is empty then."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return pipe


def _watch(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    deadline = time.monotonic() + PATIENCE
    while signal.getsignal(signal.SIGINT) is not STOP_SIGNAL_MONITOR:
        if time.monotonic() > deadline:
            os._exit(STOPPED)
        threading.Event().wait(0.02)  # before robot runs suites it could not stop with grace
    _let_nobody_listen()
    _interrupt_main_thread()
    threading.Event().wait(PATIENCE)
    _end_all()


def _let_nobody_listen() -> None:
    """Robot says that it stops; where our reader has died too, that would end it at once."""
    for stream in (1, 2):
        try:
            os.write(stream, b"\n")
        except OSError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream)
            os.close(nothing)


def _interrupt_main_thread() -> None:
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGINT)  # wakes the main thread there
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _end_all() -> None:
    """With what we started and is still in our group."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(STOPPED)


if __name__ == "__main__":
    main()
