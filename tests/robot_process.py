"""Real Robot in a process of its own."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from forked import OWN, as_program, context

TIMEOUT = 240  # seconds: generous, for a machine that is busy


def robot(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, console: Path
) -> int | None:
    """The exit code of `robot arguments` in `folder`, with its output in the file `console`."""
    process = context().Process(target=_run, args=(arguments, environment, folder, console))  # type: ignore[attr-defined]
    process.start()
    process.join(TIMEOUT)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"robot did not end in {TIMEOUT} s: {console.read_text()}")
    return process.exitcode


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, console: Path
) -> None:
    os.chdir(folder)
    inherited = [path for path in sys.path if path not in OWN]
    sys.path[:] = [*environment.get("PYTHONPATH", "").split(os.pathsep), *inherited]
    from robot.run import run_cli  # noqa: PLC0415 - in this process, with its paths

    with console.open("wb") as output:
        as_program(environment, {1: output, 2: output}, partial(run_cli, arguments))
