"""A lock that another process holds is told, and not waited for without end."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.problem import ProblemError
from runner.system import locking
from runner.system.locking import is_free, locked

HOLDER = """
import sys
from pathlib import Path
from runner.system.locking import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds `lock` until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")],
        env={**os.environ, "PYTHONPATH": str(Path(locking.__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.stdin.close()
    process.stdout.close()
    process.wait()


def test_what_is_held_is_named_and_given_up(tmp_path: Path, capsys, holder) -> None:
    assert not is_free(tmp_path / "lock")
    held = r"another process holds .*lock for more than 1\.5 s"
    with pytest.raises(ProblemError, match=held), locked(tmp_path / "lock", 1.5):
        pass
    assert f"Waiting for {tmp_path / 'lock'}, which" in capsys.readouterr().out


@pytest.mark.parametrize("limit", [60.0, None])
def test_what_becomes_free_is_taken(tmp_path: Path, capsys, holder, limit: float | None) -> None:
    threading.Timer(0.2, holder.stdin.close).start()
    with locked(tmp_path / "lock", limit):
        assert not is_free(tmp_path / "lock")
    assert is_free(tmp_path / "lock")
    assert capsys.readouterr().out == ""
