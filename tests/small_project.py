"""A small project of its own: the real runner, listener and engine; own suites; a stub sandbox."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.cases import RunResult, read_outcome

ROOT = Path(__file__).resolve().parents[1]
STUB_SANDBOX = ROOT / "tests" / "runner" / "stub_sandbox.py"
COPIED = (
    "focus.py",
    "robot.args",
    "runner",
    "variables",
    "libraries/focus_engine",
    "libraries/focus_keywords/run",
    "libraries/focus_runs",
    "libraries/FocusListener.py",
    "libraries/MaskingListener.py",
    "libraries/TicketTags.py",
)
# Reading the real file takes longer than all else that most runs do.
TICKETS = """\
reasons: {}
tickets: {PZ-13874: {subject: NFFT of zero, cases: [Nfft Rejected.Zero]}}
without_ticket: []
"""


@dataclass(frozen=True)
class Done:
    code: int
    console: str


class Project:
    """Runs commands in a copy of the project whose path has spaces."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.results = root / "results"

    def suite(self, name: str, text: str) -> None:
        file = self.root / "robot" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def focus(self, *words: str, **env: str) -> Done:
        """`focus.py` from another folder, without any set-up."""
        command = [sys.executable, str(self.root / "focus.py"), *words]
        return self._done(command, self.root.parent, self.environment(env))

    def module(self, *words: str, **env: str) -> Done:
        """`python -m …` in the project, as a tester does in an editor."""
        return self._done([sys.executable, "-m", *words], self.root, self.environment(env))

    def run_script(self, script: Path, *words: str, **env: str) -> Done:
        """A Python script of a test, in the project."""
        command = [sys.executable, str(script), *words]
        return self._done(command, self.root, self.environment(env))

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        clean = {name: text for name, text in os.environ.items() if not name.startswith("FOCUS_")}
        path = os.pathsep.join([str(Path(sys.executable).parent), clean.get("PATH", "")])
        return {**clean, "PATH": path, "FOCUS_PYTHON": sys.executable, **extra}

    def outcome(self) -> RunResult:
        return read_outcome([self.results / "output.xml"])

    def _done(self, command: Sequence[str], folder: Path, env: dict[str, str]) -> Done:
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        return Done(done.returncode, done.stdout)


def small_project(root: Path) -> Project:
    """A project in `root`, without a suite."""
    root.mkdir()
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            # with its bytecode, which fits by the files' times, but for what is being written now
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(source, target)
    (root / "variables" / "tickets.yaml").write_text(TICKETS, encoding="utf-8")
    endpoints = root / "variables" / "endpoints.yaml"  # whose cases are not here
    endpoints.write_text(
        endpoints.read_text(encoding="utf-8").replace("{case:", "{reason:"), encoding="utf-8"
    )
    (root / "resources").mkdir()
    (root / "sandbox").mkdir()
    shutil.copy(STUB_SANDBOX, root / "sandbox" / "__main__.py")
    made = Project(root)
    made.suite("__init__.robot", "*** Settings ***\nName    Focus Server\n")
    return made
