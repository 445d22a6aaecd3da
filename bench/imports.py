"""How much later Robot starts when it imports all of our libraries."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import Line

LIBRARIES = Path(__file__).resolve().parents[1] / "libraries"
MOST_SECONDS = 0.15
CHILD_SECONDS = 60
NOTHING_WRITTEN = ("--output", "NONE", "--log", "NONE", "--report", "NONE")
# Seconds of CPU: a start waits for nothing, and other processes hardly change them.
STARTED = """\
import sys, time, robot
robot.run_cli(sys.argv[1:], exit=False)
print(time.process_time())
"""


def importing_all_libraries(rounds: int) -> list[Line]:
    names = sorted(path.stem for path in LIBRARIES.glob("*Library.py"))
    with TemporaryDirectory() as folder:
        bare, full = Path(folder) / "bare.robot", Path(folder) / "full.robot"
        case = "*** Test Cases ***\nNothing\n    No Operation\n"
        bare.write_text(case, encoding="utf-8")
        imports = "".join(f"Library    {name}\n" for name in names)
        full.write_text(f"*** Settings ***\n{imports}\n{case}", encoding="utf-8")
        for suite in (bare, full):
            _seconds(suite)  # writes the bytecode
        pairs = [(_seconds(bare), _seconds(full)) for _ in range(2 * rounds + 1)]
    own, ours = (min(column) for column in zip(*pairs, strict=True))  # others only add to it
    over = ours - own
    text = f"{over:.3f} s ({len(names)} libraries; Robot alone takes {own:.2f} s)"
    goal = f"importing all libraries over Robot's own start: <= {MOST_SECONDS:g} s"
    return [Line(goal, text, over <= MOST_SECONDS)]


def _seconds(suite: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", STARTED, *NOTHING_WRITTEN, str(suite)],
        check=True,
        capture_output=True,
        text=True,
        cwd=suite.parent,
        env={**os.environ, "PYTHONPATH": str(LIBRARIES)},
        timeout=CHILD_SECONDS,
    )
    return float(done.stdout.split()[-1])
