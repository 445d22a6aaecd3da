"""A sandbox of our own, started by the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def sandbox(*options: str) -> Iterator[dict[str, str]]:
    """Yields its addresses."""
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "up", *options],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ) as process:
        assert process.stdout is not None  # noqa: S101 - we asked for a pipe
        yield json.loads(process.stdout.readline())
        process.communicate()  # closes its stdin, which ends it
