"""Real Robot in a process of its own."""

import atexit
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from forked import OWN, context

TIMEOUT = 120  # seconds: generous, for a machine that is busy


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
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    inherited = [path for path in sys.path if path not in OWN]
    sys.path[:] = [*environment.get("PYTHONPATH", "").split(os.pathsep), *inherited]
    with console.open("w", encoding="utf-8") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    from robot.run import run_cli  # noqa: PLC0415 - in this process, with its paths

    try:
        run_cli(arguments)
    finally:
        atexit._run_exitfuncs()  # a forked process has no exit of its own
