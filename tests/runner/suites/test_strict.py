"""What chooses cases and judges them is there, or nothing is executed."""

from pathlib import Path

import pytest
from robot.errors import DataError
from small_project import Project

from focus_runs.planned import PlannedCases
from focus_runs.strict import StrictListeners, StrictModifier

ROWS = "*** Test Cases ***\nRow\n    No Operation\n\nOther\n    Evaluate    open(r'{}', 'w')\n"


@pytest.mark.parametrize("name", ["a;b", "a:b", "a b;", ";", "a;b:c;d"])
def test_results_may_be_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    """Robot splits the arguments of a modifier at the first of the two signs that it finds."""
    file = tmp_path / name / "planned.json"
    file.parent.mkdir()
    file.write_text('[["Suite", "Row"]]', encoding="utf-8")
    given = f"focus_runs.planned.PlannedCases;{file}"
    (modifier,) = StrictModifier([given], True)._visitors
    assert isinstance(modifier, PlannedCases)
    assert modifier._paths == {("Suite", "Row")}


def test_a_run_executes_what_is_planned_and_no_more(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/rows.robot", ROWS.format(tmp_path / "executed"))
    done = project.focus("run", "--results", str(tmp_path / "a;b"), "--", "--test", "Row")
    assert done.code == 0, done.console
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("given", ["NoSuchModule", "focus_runs.planned.PlannedCases;a;b", "broken"])
def test_no_modifier_no_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(DataError, match="failed"):
        StrictModifier([given], True)


def test_no_listener_no_cases() -> None:
    with pytest.raises(DataError, match="Nothing is executed"):
        StrictListeners(["NoSuchListener"])


@pytest.mark.parametrize("missing", ["--prerunmodifier", "--listener"])
def test_robot_executes_nothing_without_it(project: Project, tmp_path: Path, missing: str) -> None:
    project.suite("1__alignment/rows.robot", ROWS.format(tmp_path / "executed"))
    words = ("--output", "NONE", "--log", "NONE", "--report", "NONE", missing, "NoSuchModule")
    done = project.module(
        "focus_runs.run_robot", *words, "robot", PYTHONPATH=str(project.root / "libraries")
    )
    assert done.code == 252, done.console
    assert "NoSuchModule" in done.console
    assert not (tmp_path / "executed").exists()
