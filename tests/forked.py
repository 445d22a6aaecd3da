"""Processes that begin with all imported that they use: forked from one that has, if systems can.

To import Robot, the libraries and what these need takes longer than most of what is tested.
"""

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache, partial
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = os.pathsep.join(str(PROJECT / each) for each in ("libraries", "variables", "resources"))
OWN = (str(PROJECT), str(PROJECT / "tests"))
"""Where only what our tests themselves start may import from."""
LIBRARIES = sorted(file.stem for file in (PROJECT / "libraries").glob("*Library.py"))
# Also what is heavy, which they import on use.
PRELOADED = [
    *["robot.run", "robot.libraries.Collections", "RequestsLibrary", "focus_variables", *LIBRARIES],
    *["kubernetes.stream", "focus_engine.kubernetes.kubeconfig", "pymongo", "grpc", "pika"],
    *["numpy", "focus_engine.latency.sampler.sampler", "sandbox.cli", "proof.lies.workers"],
    *["uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.wsproto_impl"],
    *["uvicorn.lifespan.off", "uvloop", "settled"],
]
FORKS = hasattr(os, "fork")
_beginning = threading.Lock()


def context() -> BaseContext:
    """How to start such processes; where they cannot be forked they import everything anew."""
    made = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    if FORKS:
        with _beginning:
            _begin(made)
    return made


@cache
def _begin(made: Any) -> None:
    """Start what forks, once: for that time the environment says where to import from."""
    made.set_forkserver_preload(PRELOADED)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([FOLDERS, *OWN])
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


class ForkedProcess:
    """A function in such a process, in the manner of subprocess.Popen.

    It is given its standard input and output as a program is: the ends of pipes.
    """

    def __init__(self, work: Callable[..., None], *arguments: Any, errors: Path) -> None:
        ours, fork = multiprocessing.Pipe, context()
        theirs_in, self._input = ours(duplex=False)
        self._output, theirs_out = ours(duplex=False)
        given = (theirs_in, theirs_out, str(errors), dict(os.environ), work, arguments)
        made = fork.Process  # type: ignore[attr-defined]
        self._process = made(target=_with_streams, args=given, daemon=True)  # never waited for
        self._process.start()
        theirs_in.close()
        theirs_out.close()
        self.stdin = os.fdopen(os.dup(self._input.fileno()), "wb")
        self.stdout = os.fdopen(os.dup(self._output.fileno()), "rb")
        self._input.close()
        self._output.close()

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def poll(self) -> int | None:
        """Its exit code, minus the signal that ended it, or None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def wait(self, timeout: float) -> int:
        """Its exit code at its end. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


def _with_streams(
    given: Any, taken: Any, errors: str, env: dict[str, str], work: Callable, arguments: tuple
) -> None:
    with Path(errors).open("ab") as said:
        as_program(env, {0: given, 1: taken, 2: said}, partial(work, *arguments))


def as_program(env: Mapping[str, str], streams: Mapping[int, Any], work: Callable) -> None:
    """Do `work` as if it were a program with this environment and these standard streams."""
    os.environ.clear()
    os.environ.update(env)
    for number, stream in streams.items():
        os.dup2(stream.fileno(), number)
    for stream in {*streams.values()}:
        stream.close()
    sys.stdin = os.fdopen(0, closefd=False)
    try:
        work()
    finally:
        atexit._run_exitfuncs()  # a forked process has no exit of its own
