"""A sandbox process of our own, started by the command line as its users start it."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).resolve().parents[1]
TIMEOUT_S = 15


class RunningSandbox:
    """Steered through its control API; ends when its standard input does."""

    def __init__(self, *options: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "up", *options],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        started = time.monotonic()
        line = self.process.stdout.readline()
        self.start_s = time.monotonic() - started
        assert line, self.errors()
        self.addresses: dict[str, Any] = json.loads(line)

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
