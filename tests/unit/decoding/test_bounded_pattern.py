"""What looks for a pattern ends, also when whoever asked has been killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import wait_until

from focus_engine.decoding import bounded_pattern
from focus_engine.decoding.undecodable import UndecodableError

ASKS = """
import sys
from focus_engine.decoding import bounded_pattern
bounded_pattern.LIMIT = 1.0
print("asks", flush=True)
bounded_pattern.found_in(["e" * 400], "(e+)+" + sys.argv[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_search_outlives_nobody_for_long() -> None:
    libraries = Path(bounded_pattern.__file__).parents[2]
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKS, "§"],
        env={**os.environ, "PYTHONPATH": str(libraries)},
        stdout=subprocess.PIPE,
    )
    with asking:
        wait_until(lambda: _children(asking.pid), "it is looked for")
        (child,) = _children(asking.pid)
        asking.kill()
    wait_until(lambda: not Path(f"/proc/{child}").exists(), "its end", 20)


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in found]


def test_a_long_text_is_given_the_time_that_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_pattern, "LIMIT", 2.0)
    lines = ["no such thing is said here " * 3000] * 300
    assert (
        bounded_pattern.each_found_in(lines, [rf"^never{each}.*$" for each in range(20)])
        == [[False] * 300] * 20
    )
    monkeypatch.setattr(bounded_pattern, "LOOKED_THROUGH", 1e12)
    monkeypatch.setattr(bounded_pattern, "LIMIT", 0.01)
    with pytest.raises(UndecodableError, match=r"in 24 million characters .*, or give a shorter"):
        bounded_pattern.found_in(lines, "x*y")
