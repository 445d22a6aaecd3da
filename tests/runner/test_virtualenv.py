"""When `.venv` is made, reused and made again. Making and installing are replaced by records."""

from pathlib import Path

import pytest

from runner import virtualenv
from runner.problem import ProblemError
from runner.virtualenv import VirtualEnvironment

REQUIREMENTS = ("requirements.lock",)


class Recording(VirtualEnvironment):
    """Notes what would be made and installed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.done: list[object] = []
        self.fails = False

    def _make(self) -> None:
        self.done.append("make")
        self.python.parent.mkdir(parents=True, exist_ok=True)
        self.python.touch()

    def _install(self, requirements: list[str]) -> None:
        self.done.append(requirements)
        if self.fails:
            raise ProblemError("no network")


@pytest.fixture
def environment(tmp_path: Path) -> Recording:
    root = tmp_path / "a project"
    root.mkdir()
    for name in virtualenv.DEVELOPMENT:
        (root / name).write_text("x==1\n", encoding="utf-8")
    return Recording(root)


def test_the_first_run_makes_and_installs(environment: Recording) -> None:
    assert environment.python_with(REQUIREMENTS) == environment.python
    assert environment.done == ["make", ["requirements.lock"]]


def test_later_runs_have_nothing_to_do(environment: Recording) -> None:
    environment.python_with(virtualenv.DEVELOPMENT)
    environment.done.clear()
    environment.python_with(virtualenv.DEVELOPMENT)
    environment.python_with(REQUIREMENTS)
    assert environment.done == []


def test_changed_requirements_are_installed_into_the_same_environment(
    environment: Recording,
) -> None:
    environment.python_with(REQUIREMENTS)
    (environment.python.parents[2] / "requirements.lock").write_text("x==2\n", encoding="utf-8")
    environment.done.clear()
    environment.python_with(REQUIREMENTS)
    assert environment.done == [["requirements.lock"]]


def test_a_higher_level_keeps_what_is_installed(environment: Recording) -> None:
    environment.python_with(virtualenv.SANDBOX)
    environment.done.clear()
    environment.python_with(("requirements.lock", "requirements-dev.lock"))
    assert environment.done == [sorted({*virtualenv.SANDBOX, "requirements-dev.lock"})]


def test_a_half_made_environment_is_made_again(environment: Recording) -> None:
    environment.fails = True
    with pytest.raises(ProblemError):
        environment.python_with(REQUIREMENTS)
    environment.fails = False
    environment.done.clear()
    environment.python_with(REQUIREMENTS)
    assert environment.done == ["make", ["requirements.lock"]]


@pytest.mark.parametrize("record", ["[]", "{}", '{"python"', '{"installed": 1}', "\xff", "null"])
def test_a_damaged_record_is_as_good_as_none(environment: Recording, record: str) -> None:
    environment.python_with(REQUIREMENTS)
    environment._record.write_text(record, encoding="latin-1")
    environment.done.clear()
    environment.python_with(REQUIREMENTS)
    assert environment.done == ["make", ["requirements.lock"]]


def test_an_environment_without_its_python_is_made_again(environment: Recording) -> None:
    environment.python_with(REQUIREMENTS)
    environment.python.unlink()
    environment.done.clear()
    environment.python_with(REQUIREMENTS)
    assert environment.done[0] == "make"


def test_an_environment_of_another_python_is_made_again(
    environment: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.python_with(REQUIREMENTS)
    environment.done.clear()
    monkeypatch.setattr(virtualenv, "PYTHON", "3.99")
    environment.python_with(REQUIREMENTS)
    assert environment.done == ["make", ["requirements.lock"]]


@pytest.mark.parametrize(
    "said",
    ["The virtual environment was not created: ensurepip is not available", "No module named venv"],
)
def test_a_missing_venv_module_names_the_package(said: str) -> None:
    assert "-venv" in virtualenv._venv_advice(said)
