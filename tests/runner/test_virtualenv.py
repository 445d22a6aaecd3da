"""When `.venv` is made, reused and made again. Making and installing are replaced by records."""

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from runner import processes, virtualenv
from runner.problem import BrokenToolError, ProblemError
from runner.system import packages
from runner.virtualenv import VirtualEnvironment

REQUIREMENTS = ("requirements.lock",)
NOTED = "x-1.dist-info/RECORD"


def noted(site: Path, files: dict[str, bytes]) -> None:
    """A package as pip leaves it."""
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    rows = [f"{name},sha256=x,{len(content)}" for name, content in files.items()]
    (site / NOTED).parent.mkdir(exist_ok=True)
    (site / NOTED).write_text("\n".join([*rows, f"{NOTED},,", ""]), encoding="utf-8")


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
        noted(self.site, {"x/__init__.py": b"x = 1"})


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


class Installers:
    """Answers for pip and uv, and notes which of them was asked for which locks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *failing: str) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self._failing = failing
        monkeypatch.setattr(processes, "finished", self._finished)

    def _finished(self, command: list[str], env: dict[str, str]) -> CompletedProcess[str]:
        words = command[2:]
        if words == ["pip", "config", "list"]:
            return CompletedProcess(command, 0, "global.index-url='https://index.example'\n")
        assert {"--require-hashes", "--no-deps"} < {*words}
        assert (env.get("UV_DEFAULT_INDEX") == "https://index.example") == (words[0] == "uv")
        locks = [Path(word).name for word in words if word.endswith(".lock")]
        self.asked.append((words[0], locks))
        step = "setup" if locks == [*virtualenv.INSTALLER] else words[0]
        fails = step in self._failing
        return CompletedProcess(command, int(fails), f"ERROR: {step} is sad\n" if fails else "")


FETCHED, WANTED = ("pip", [*virtualenv.INSTALLER]), [*virtualenv.SANDBOX]


@pytest.mark.parametrize(
    ("failing", "asked"),
    [
        ((), [FETCHED, ("uv", WANTED)]),
        (("setup",), [FETCHED, ("pip", WANTED)]),
        (("uv",), [FETCHED, ("uv", WANTED), ("pip", WANTED)]),
    ],
)
def test_uv_installs_and_pip_where_it_does_not(
    environment: Recording, monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...], asked: list
) -> None:
    installers = Installers(monkeypatch, *failing)
    VirtualEnvironment._install(environment, WANTED)
    assert installers.asked == asked


def test_what_is_wrong_is_said_by_pip(
    environment: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    Installers(monkeypatch, "setup", "uv", "pip")
    with pytest.raises(BrokenToolError, match=r"could not install .*ERROR: pip is sad"):
        VirtualEnvironment._install(environment, WANTED)


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


DAMAGE = {
    "a file is gone": (lambda site: (site / "x/__init__.py").unlink(), "x/__init__.py"),
    "a file is cut": (lambda site: (site / "x/__init__.py").write_bytes(b"x"), "x/__init__.py"),
    "a folder is gone": (lambda site: shutil.rmtree(site / "x"), "x/__init__.py"),
    "pip uninstalled it": (lambda site: shutil.rmtree(site / "x-1.dist-info"), "package x"),
    "its record is empty": (lambda site: (site / NOTED).write_bytes(b""), NOTED),
    "its record is cut": (lambda site: (site / NOTED).write_bytes(b"x/__init__.py,sha"), NOTED),
    "its record is no text": (lambda site: (site / NOTED).write_bytes(b"\xff\0,\n"), NOTED),
    "all is gone": (shutil.rmtree, "package x"),
}


@pytest.mark.parametrize(("harm", "named"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_packages_are_named_before_anything_runs(
    environment, monkeypatch: pytest.MonkeyPatch, harm, named
) -> None:
    monkeypatch.delenv("FOCUS_PYTHON", raising=False)
    environment.python_with(REQUIREMENTS)
    harm(environment.site)
    with pytest.raises(BrokenToolError, match=f"missing or damaged: {named}.*Remove the folder"):
        environment.python_with(REQUIREMENTS)


def test_a_lock_names_what_this_system_needs(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    lock.write_text("a==1 \\\n    --hash=sha256:x==\nb==2 ; sys_platform == 'win32'\n# c==1\n")
    assert list(packages.named_in(lock)) == ["a"]


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
