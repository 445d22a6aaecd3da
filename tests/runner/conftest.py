"""Every test of the runner has a project of its own, or the judge of its inputs."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import Project, small_project

from focus_engine.preflight import __main__ as preflight
from runner.problem import INVALID


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return small_project(tmp_path / "a project with spaces")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable:
    """What the engine says of variables that are wrong, as a run asks it; nothing of right ones."""
    for name in [name for name in os.environ if name.startswith("FOCUS_")]:
        monkeypatch.delenv(name)

    def judge(environment: str = "staging", **given: str) -> str:
        monkeypatch.setattr(sys, "argv", ["preflight", "--environment", environment, "--reach"])
        for name, text in given.items():
            monkeypatch.setenv(name, text)
        code = preflight.main()
        said = capsys.readouterr().err
        assert code == (INVALID if said else 0)
        return said

    return judge
