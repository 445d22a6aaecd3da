"""A sandbox process of our own."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

from forked import FORKS, PROJECT, ForkedProcess

TIMEOUT_S = 60


class RunningSandbox:
    """Steered through its control API; ends when its standard input does."""

    forked = FORKS
    """Whether it need not be started by the command line, as its users start it."""

    def __init__(self, *options: str) -> None:
        self._errors = tempfile.NamedTemporaryFile()  # noqa: SIM115 - as long as the process
        started = time.monotonic()
        start = self._fork if self.forked else self._call
        self.process = start(["up", *options])
        line = self.process.stdout.readline()
        self.start_s = time.monotonic() - started
        assert line, self.errors()
        self.addresses: dict[str, Any] = json.loads(line)

    def _fork(self, words: list[str]) -> ForkedProcess:
        return ForkedProcess(_sandbox, words, errors=Path(self._errors.name))

    def _call(self, words: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox", *words],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Close its standard input; return the exit code."""
        self.process.stdin.close()
        code = self.process.wait(TIMEOUT_S)
        self.process.stdout.close()
        return code

    def errors(self) -> str:
        """What the process wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read().decode()

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Use the control API; return its JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self.addresses["control_url"].rstrip("/") + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")


def _sandbox(words: list[str]) -> None:
    from sandbox.cli import main  # noqa: PLC0415 - in the process that has it imported

    os.chdir(PROJECT)
    sys.exit(main(words))
