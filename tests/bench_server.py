"""The server of `bench/` in a process of its own: slow as its options say."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[1]


@contextmanager
def bench_server(*options: str) -> Iterator[str]:
    """The address of a server with these options."""
    command = [sys.executable, str(PROJECT / "bench" / "server.py"), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        scheme = "https" if "--certificate" in options else "http"
        yield f"{scheme}://127.0.0.1:{int(process.stdout.readline())}"
        process.communicate(timeout=60)
