"""Real Robot in a process of its own, forked from one that has imported what all of them need."""

import atexit
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from unittest.mock import patch

TIMEOUT = 120  # seconds: generous, for a machine that is busy
PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = os.pathsep.join(str(PROJECT / each) for each in ("libraries", "variables", "resources"))
OURS = sorted(file.stem for file in (PROJECT / "libraries").glob("*Library.py"))
# Also what is heavy, which they import on use.
PRELOADED = [
    *["robot.run", "robot.libraries.Collections", "RequestsLibrary", "focus_variables", *OURS],
    *["kubernetes.stream", "focus_engine.kubernetes.kubeconfig", "pymongo", "grpc", "pika"],
    *["numpy", "focus_engine.latency.sampler.sampler"],
]

_context = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")


def robot(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, console: Path
) -> int | None:
    """The exit code of `robot arguments` in `folder`, with its output in the file `console`."""
    if _context.get_start_method() == "forkserver":
        _context.set_forkserver_preload(PRELOADED)
        with patch.dict(os.environ, {"PYTHONPATH": FOLDERS}):
            forkserver.ensure_running()
    process = _context.Process(target=_run, args=(arguments, environment, folder, console))
    process.start()
    process.join(TIMEOUT)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"robot did not end in {TIMEOUT} s: {console.read_text()}")
    return process.exitcode


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, console: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:0] = environment.get("PYTHONPATH", "").split(os.pathsep)
    with console.open("w", encoding="utf-8") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    from robot.run import run_cli  # noqa: PLC0415 - in this process, with its paths

    try:
        run_cli(arguments)
    finally:
        atexit._run_exitfuncs()  # a forked process has no exit of its own
