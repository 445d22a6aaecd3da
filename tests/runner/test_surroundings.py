"""What surrounds focus.py: variables of Python, signals, consoles, folders, and what is in them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import Done, Project

from runner import virtualenv
from runner.ambient import OF_PYTHON
from runner.problem import ProblemError
from runner.processes import start
from runner.system.place import require_packages_seen, require_usable_project

ON_WINDOWS = sys.platform == "win32"
FAILS = "*** Test Cases ***\nRow …\n    Fail    it failed …\n"
PYTHON_VARIABLES = {
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONSAFEPATH": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONVERBOSE": "1",
}
CONSOLES = {
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "of an old terminal": {"PYTHONIOENCODING": "cp437"},
    "of Windows": {"PYTHONIOENCODING": "cp1252"},
    "of locale C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def test_all_variables_are_tried() -> None:
    assert {*PYTHON_VARIABLES} == {*OF_PYTHON}


def test_variables_of_python_change_no_run(project: Project) -> None:
    project.suite("1__alignment/rows.robot", FAILS)
    own = {name: text for name, text in PYTHON_VARIABLES.items() if name != "PYTHONVERBOSE"}
    done = project.focus("run", **own)
    assert done.code == 1, done.console
    assert "1 cases: 0 passed, 1 failed" in done.console
    assert "Traceback" not in done.console
    assert "Warning" not in done.console
    told = project.focus("run", "--help", **own)
    assert told.code == 0
    assert "Traceback" not in told.console


@pytest.mark.parametrize("kind", CONSOLES)
def test_a_console_without_our_characters(project: Project, tmp_path: Path, kind: str) -> None:
    project.suite("1__alignment/rows.robot", FAILS)
    results = tmp_path / ("results" if "LC_ALL" in CONSOLES[kind] else "日本")
    env = project.environment(CONSOLES[kind])
    command = [sys.executable, str(project.root / "focus.py"), "run", "--results", str(results)]
    done = subprocess.run(command, check=False, env=env, capture_output=True)
    assert (done.returncode, done.stderr) == (1, b""), done.stdout
    assert b"1 cases: 0 passed, 1 failed" in done.stdout
    assert (results / "log.html").is_file()


@pytest.mark.skipif(ON_WINDOWS, reason="other consoles there")
def test_what_we_start_shows_what_the_console_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert start([sys.executable, "-c", "print('…')"]).wait() == 0
    said = start([sys.executable, "-c", "print('…')"], stdout=subprocess.PIPE).communicate()[0]
    assert said == "…\n"


@pytest.mark.skipif(ON_WINDOWS, reason="no such signal there")
def test_who_ignores_ends_of_children_hides_no_code(project: Project) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            [sys.executable, str(project.root / "focus.py"), "pz", "nosuch"],
            env=project.environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        console, _ = process.communicate()
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert process.returncode != 0, console


@pytest.mark.parametrize("options", [["-I"], ["-P"]])
def test_python_need_not_look_beside_its_script(project: Project, options: list[str]) -> None:
    command = [sys.executable, *options, str(project.root / "focus.py"), "--help"]
    done = subprocess.run(command, check=False, env=project.environment({}), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def _refused(done: Done, *said: str) -> None:
    assert done.code == 252, done.console
    for words in said:
        assert words in done.console


@pytest.mark.parametrize("name", ["random.py", "libraries/random.py", "json/__init__.py"])
def test_what_hides_a_module_of_python(project: Project, name: str) -> None:
    """A check that said nothing would have ended with 0, though it had not happened."""
    (project.root / name).parent.mkdir(exist_ok=True)
    (project.root / name).write_text("raise SystemExit(0)\n", encoding="utf-8")
    _refused(project.focus("check", "nosuch"), f"{Path(name).parts[0]}", "of Python", "Rename it")


def test_what_hides_nothing(project: Project) -> None:
    for name in ("random", "string"):
        (project.root / name).mkdir()
    (project.root / "random.txt").touch()
    require_usable_project(project.root)


def test_what_hides_a_package(project: Project, tmp_path: Path) -> None:
    for name in ("requests/__init__.py", "six.py", "pymongo-4.1.dist-info/RECORD"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).touch()
    require_packages_seen(tmp_path / "site", project.root)
    own = project.root / "libraries" / "requests.py"
    own.touch()
    with pytest.raises(ProblemError, match="hides the module 'requests' of the installed packages"):
        require_packages_seen(tmp_path / "site", project.root)


@pytest.mark.parametrize("name", [f"a{os.pathsep}b", "a\nb", "a\udcff"])
def test_a_project_in_a_folder_that_no_list_can_name(name: str) -> None:
    with pytest.raises(ProblemError, match="in its name"):
        require_usable_project(Path("/") / name)


INTERPRETERS = {
    "says that it is one": ("#!/bin/sh\necho python; exit 0\n", "is no Python that starts"),
    "repeats what it is asked": ('#!/bin/sh\necho "$@"\n', "is no Python that starts"),
    "says nothing": ("#!/bin/sh\nexec sleep 60\n", r"did not answer within 0\.2 s"),
    "is no program": ("\0", "is no Python that starts"),
}


@pytest.mark.skipif(ON_WINDOWS, reason="no scripts are programs there")
@pytest.mark.parametrize("kind", INTERPRETERS)
def test_an_interpreter_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    script, said = INTERPRETERS[kind]
    (tmp_path / "python").write_text(script, encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(virtualenv, "ANSWER_LIMIT", 0.2 if "nothing" in kind else 30.0)
    _names(monkeypatch, str(tmp_path / "python"), said)


@pytest.mark.skipif(ON_WINDOWS, reason="makes links")
def test_an_interpreter_that_is_not_found_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    inside = tmp_path / "venv" / "bin" / "python"
    inside.symlink_to(sys.executable)
    (tmp_path / "my python").symlink_to("venv/bin/python")
    (tmp_path / "again").symlink_to("my python")
    for name in ("my python", "again"):
        _names(monkeypatch, str(tmp_path / name), f"is a link .* name {inside} itself")
    assert virtualenv._environment_of_link(inside) is None
    (tmp_path / "a:b").symlink_to("venv")
    _names(monkeypatch, str(tmp_path / "a:b" / "bin" / "python"), "a folder with a ':'")
    _names(monkeypatch, str(tmp_path / ("x" * 300)), "File name too long")


def test_an_interpreter_that_may_not_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    _names(monkeypatch, "/closed/python", "Permission denied")


def _names(monkeypatch: pytest.MonkeyPatch, given: str, said: str) -> None:
    monkeypatch.setenv("FOCUS_PYTHON", given)
    with pytest.raises(ProblemError, match=f"FOCUS_PYTHON names what .*{said}"):
        virtualenv.prepared_python(virtualenv.RUN)
