"""What our tests fork has all imported, and is handled as a program that was called."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from forked import FORKS, PRELOADED, ForkedProcess

pytestmark = pytest.mark.skipif(not FORKS, reason="this system starts each process anew")


def say_what_is_missing(code: int) -> None:
    missing = [name for name in PRELOADED if name not in sys.modules]
    print(json.dumps([missing, sys.stdin.read()]), flush=True)
    print("a word", file=sys.stderr, flush=True)
    sys.exit(code)


def test_it_has_all_imported_and_streams_of_its_own(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    process = ForkedProcess(say_what_is_missing, 3, errors=errors)
    assert process.poll() is None
    with process.stdin, process.stdout:
        process.stdin.write(b"given")
        process.stdin.close()
        assert json.loads(process.stdout.read()) == [[], "given"]
    assert (process.wait(30), errors.read_text()) == (3, "a word\n")


def test_it_can_be_waited_for_and_ended(tmp_path: Path) -> None:
    process = ForkedProcess(say_what_is_missing, 0, errors=tmp_path / "errors")
    with process.stdin, process.stdout:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
