"""A run owns its results, and a rerun is the same experiment."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from runner_runs import running
from small_project import Project, small_project
from waiting import wait_until

ROW = "*** Test Cases ***\n{}\n    {}\n"
SAYS_FAULT = ROW.format("Row", "Fail    expected 200, got 500.")


@pytest.fixture(scope="module")
def failed_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_project(tmp_path_factory.mktemp("failed") / "a project with spaces")
    project.suite("1__alignment/rows.robot", SAYS_FAULT)
    assert project.focus("run", "--contract", "observed-2025-10", "--fault", "x").code == 1
    return project


@pytest.fixture
def failed(failed_once: Project, tmp_path: Path) -> Project:
    """A project whose last run failed, on a sandbox of its own shape."""
    copy = tmp_path / failed_once.root.name
    shutil.copytree(failed_once.root, copy)
    return Project(copy)


@pytest.mark.skipif(sys.platform == "win32", reason="waits by files of a shell")
def test_two_runs_in_one_checkout(project: Project, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    wait = f"Wait Until Created    {mark}.go    60 s"
    library = "*** Settings ***\nLibrary    OperatingSystem\n\n"
    row = ROW.format("Slow", f"Evaluate    pathlib.Path(r'{mark}').touch()\n    {wait}")
    project.suite("1__alignment/slow.robot", library + row)
    project.suite("1__alignment/quick.robot", ROW.format("Quick", "Fail    got 500."))
    with running(project, tmp_path / "tmp", "--", "--suite", "Slow") as slow:
        wait_until(mark.exists, "the slow run runs")
        quick = project.focus("run", "--", "--suite", "Quick")
        assert quick.code == 1, quick.console
        assert "1 cases: 0 passed, 1 failed" in quick.console
        assert list(project.outcome().cases) == ["Focus Server.Alignment.Quick.Quick"]
        Path(f"{mark}.go").touch()
        done = slow.end()
    assert done.code == 0, done.console
    assert "1 cases: 1 passed, 0 failed" in done.console
    assert list(project.outcome().cases) == ["Focus Server.Alignment.Slow.Slow"]
    assert (project.results / "previous" / "output.xml").is_file()
    assert not [*project.results.glob(".run-*")]


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (["--fault", "mistyped"], {"STUB_BROKEN": "1"}),
        (["--environment", "moon"], {}),
        (["--", "--suite", "Nothing of this name"], {}),
        (["--seed", "x"], {}),
    ],
)
def test_wrong_input_erases_nothing(failed: Project, words: list[str], env: dict[str, str]) -> None:
    before = (failed.results / "output.xml").read_bytes()
    for _ in range(2):
        assert failed.focus("run", *words, **env).code == 252
    assert (failed.results / "output.xml").read_bytes() == before
    assert not (failed.results / "previous").exists()


def test_a_rerun_repeats_the_system(failed: Project, tmp_path: Path) -> None:
    arguments = tmp_path / "arguments"
    done = failed.focus("run", "--rerun-failed", STUB_ARGUMENTS=str(arguments))
    assert done.code == 1, done.console
    words = arguments.read_text(encoding="utf-8")
    assert "--contract observed-2025-10 --fault x" in words


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (["--environment", "staging"], {}, "--contract observed-2025-10 --fault x"),
        (["--fault", "y"], {}, "a rerun repeats the last run"),
        (["--seed", "7"], {}, "a rerun repeats the last run"),
        ([], {"FOCUS_SEED": "7"}, "FOCUS_SEED had another value"),
        ([], {"FOCUS_BASE_URL": "http://127.0.0.1:9/x"}, "FOCUS_BASE_URL had another value"),
        (["--", "-v", "ENVIRONMENT:staging"], {"FOCUS_BASE_URL": "http://127.0.0.1:9/x"}, ""),
        (["--", "--suite", "Other"], {}, "give the same words after --"),
    ],
)
def test_a_rerun_of_another_experiment_is_refused(
    failed: Project, words: list[str], env: dict[str, str], said: str
) -> None:
    before = (failed.results / "output.xml").read_bytes()
    done = failed.focus("run", "--rerun-failed", *words, **env)
    assert done.code == 252, done.console
    assert said in done.console
    assert (failed.results / "output.xml").read_bytes() == before


def test_a_rerun_needs_the_variables_of_the_first_run(project: Project) -> None:
    project.suite("1__alignment/rows.robot", SAYS_FAULT)
    variable = ["--", "-v", "TOKEN:s3cr3t"]
    assert project.focus("run", *variable).code == 1
    assert project.focus("run", "--rerun-failed").code == 252
    assert project.focus("run", "--rerun-failed", "--", "-v", "TOKEN:other").code == 252
    assert project.focus("run", "--rerun-failed", *variable).code == 1


@pytest.mark.parametrize("left", [0, 1, 300, 2000])
def test_a_rerun_of_a_cut_output(failed: Project, left: int) -> None:
    output = failed.results / "output.xml"
    output.write_bytes(output.read_bytes()[:left])
    done = failed.focus("run", "--rerun-failed")
    assert done.code == 252, done.console
    assert "Run without --rerun-failed first" in done.console
    assert "Traceback" not in done.console


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"target": {}}', "null", "{"])
def test_a_rerun_of_a_damaged_record(failed: Project, text: str) -> None:
    (failed.results / "run.json").write_text(text, encoding="utf-8")
    done = failed.focus("run", "--rerun-failed")
    assert done.code == 252, done.console
    assert "run.json is damaged" in done.console


def test_a_rerun_by_hand_has_no_record(failed: Project) -> None:
    (failed.results / "run.json").unlink()
    done = failed.focus("run", "--rerun-failed")
    assert done.code == 252
    assert "was not left by focus.py run" in done.console


def test_a_skip_at_the_second_time_does_not_excuse_the_failure(project: Project) -> None:
    row = ROW.format("Row", "${seen} =    Evaluate    pathlib.Path(r'${CURDIR}/seen').exists()")
    rest = (
        "    Evaluate    pathlib.Path(r'${CURDIR}/seen').touch()\n"
        "    Skip If    ${seen}    UNDETERMINED: too busy.\n    Fail    got 500.\n"
    )
    project.suite("1__alignment/rows.robot", row + rest)
    assert project.focus("run").code == 1
    done = project.focus("run", "--rerun-failed")
    assert done.code == 1, done.console
    assert "got 500." in done.console


def test_the_record_holds_no_value_of_a_variable(failed: Project) -> None:
    assert failed.focus("run", FOCUS_STREAM_HOST="10.9.8.7").code == 1
    text = (failed.results / "run.json").read_text(encoding="utf-8")
    assert "10.9.8.7" not in text
    assert set(json.loads(text)["variables"]) == {"FOCUS_STREAM_HOST"}
