"""The tools that judge the code: each is one test, whose message is what the tool says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from guards.check import PATIENT
from guards.suites import ROOT, SUITES

PYTHON = (sys.executable, "-m")

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

TOOLS = {
    "ruff check": [*PYTHON, "ruff", "check", "."],
    "ruff format": [*PYTHON, "ruff", "format", "--check", "."],
    "mypy": [*PYTHON, "mypy"],
    "mypy focus.py": [*PYTHON, "mypy", "focus.py"],
    "robocop check": [*PYTHON, "robocop", "check", "robot", "resources"],
    "robocop format": [*PYTHON, "robocop", "format", "--check", "robot", "resources"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_has_nothing_to_say(tool: str) -> None:
    said = _run(TOOLS[tool])
    assert said.returncode == 0, f"{tool}:\n{said.stdout}"


def test_an_editor_finds_no_error_in_suites_and_resources(tmp_path: Path) -> None:
    """RobotCode is what the guide for testers prescribes; a false error teaches to overlook."""
    fresh = {"ROBOTCODE_CACHE_DIR": str(tmp_path), **PATIENT}
    # Named one by one: tests beside this one write tables of their own into the project.
    files = [*SUITES.rglob("*.robot"), *(ROOT / "resources").rglob("*.resource")]
    own = [str(file) for file in sorted(files) if not file.name.startswith(("t_", "_t_"))]
    words = ["--no-color", "analyze", "code", *own]
    said = _run([*PYTHON, "robotcode.cli", *words], **fresh).stdout
    errors = [line for line in said.splitlines() if "[ERROR]" in line]
    assert errors == []
    assert "Errors: 0" in said, said


def test_imports_point_one_way() -> None:
    """The layers stand in `pyproject.toml`, each as a sentence."""
    lint = [sys.executable, "-c", LINT_IMPORTS, "--no-cache"]
    said = _run([*lint, "--config", str(ROOT / "pyproject.toml")], ROOT / "libraries")
    assert said.returncode == 0, said.stdout


def test_formatter_keeps_a_table_as_it_is() -> None:
    golden = ROOT / "tests" / "guards" / "tools" / "golden_table.robot"
    said = _run([*PYTHON, "robocop", "format", "--check", "--diff", str(golden)])
    assert said.returncode == 0, said.stdout


def _run(
    command: list[str], folder: Path = ROOT, **variables: str
) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join([str(ROOT / "libraries"), str(ROOT)])
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **variables},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
