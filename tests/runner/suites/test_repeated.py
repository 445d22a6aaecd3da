"""A run owns its results, and a rerun is the same experiment."""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from runner_runs import running
from small_project import Project, small_project
from waiting import wait_until

from runner.problem import ProblemError
from runner.suites import record as records
from runner.suites import request, robot_options
from runner.suites.request import FirstRun
from runner.suites.results import Results
from runner.suites.target import RunTarget

VARIABLE = ("-v", "TOKEN:s3cr3t")
ADDRESS = "http://127.0.0.1:9/x"
EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive\n\n"
ROW = "*** Test Cases ***\n{}\n    {}\n"
SAYS_FAULT = ROW.format("Row", "Fail    expected 200, got 500.")


@pytest.fixture(scope="module")
def failed_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_project(tmp_path_factory.mktemp("failed") / "a project with spaces")
    project.suite("1__alignment/rows.robot", SAYS_FAULT)
    shaped = ("--contract", "observed-2025-10", "--fault", "x")
    assert project.focus("run", *shaped, "--", *VARIABLE).code == 1
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
    library = EXCLUSIVE.replace("\n\n", "\nLibrary    OperatingSystem\n\n")
    row = ROW.format("Slow", f"Evaluate    pathlib.Path(r'{mark}').touch()\n    {wait}")
    project.suite("1__alignment/slow.robot", library + row)
    quick_row = ROW.format("Quick", "Fail    got 500.")
    project.suite("1__alignment/quick.robot", EXCLUSIVE + quick_row)
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


def test_wrong_input_is_named_and_erases_nothing(failed: Project) -> None:
    before = (failed.results / "output.xml").read_bytes()
    for words, env, said in (
        (["--fault", "x"], {"STUB_BROKEN": "2"}, "did not start. Its last words: no port is free."),
        (["--", "-v", "ENVIRONMENT:moon"], {"FOCUS_ENVIRONMENT": "staging"}, "'moon' is not known"),
        (["--", "--suite", "Nothing of this name"], {}, "No case was executed"),
        (["--", "--bogus"], {}, "bogus"),
        (["--", "--loglevel", "LOUD"], {}, "LOUD"),
        (["--", "--prerunmodifier", "NoSuchModule"], {}, "NoSuchModule"),
        (["--", "--includ"], {}, "needs a value"),
        (["--seed", "x"], {}, "no whole number"),
        (["--rerun-failed", "--seed", "7"], {}, "a rerun repeats the last run"),
    ):
        done = failed.focus("run", *words, **env)
        assert done.code == 252, done.console
        assert "Traceback" not in done.console
        assert said in done.console
        assert (failed.results / "output.xml").read_bytes() == before
        assert not (failed.results / "previous").exists()


def _rerun(project: Project, *own: str, words: Sequence[str] = ()) -> FirstRun:
    """What `run --rerun-failed` would repeat, before any process is started."""
    parser = argparse.ArgumentParser()
    request.add_arguments(parser)
    options = robot_options.parse(words)
    return request.first_run(Results(project.results), parser.parse_args(own), options)


@pytest.mark.parametrize("words", [[], ["-v", "TOKEN:other"]])
def test_a_rerun_needs_the_variables_of_the_first_run(failed_once: Project, words) -> None:
    with pytest.raises(ProblemError, match="give the same words after --"):
        _rerun(failed_once, words=words)


def test_a_rerun_repeats_the_system(failed: Project, tmp_path: Path) -> None:
    arguments = tmp_path / "arguments"
    again = ("run", "--rerun-failed", "--", *VARIABLE)
    done = failed.focus(*again, STUB_ARGUMENTS=str(arguments))
    assert done.code == 1, done.console
    assert "--contract observed-2025-10 --fault x" in arguments.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("own", "words", "env", "said"),
    [
        (["--environment", "staging"], [], {}, "--contract observed-2025-10 --fault x"),
        (["--fault", "y"], [], {}, "a rerun repeats the last run"),
        (["--seed", "7"], [], {}, "a rerun repeats the last run"),
        ([], [], {"FOCUS_SEED": "7"}, "FOCUS_SEED had another value"),
        ([], [], {"FOCUS_BASE_URL": ADDRESS}, "FOCUS_BASE_URL had another value"),
        ([], ["-v", "ENVIRONMENT:staging"], {"FOCUS_BASE_URL": ADDRESS}, "-v ENVIRONMENT: a"),
        ([], ["--suite", "Other"], {}, "give the same words after --"),
    ],
)
def test_a_rerun_of_another_experiment_is_refused(
    failed_once: Project,
    monkeypatch: pytest.MonkeyPatch,
    own: list[str],
    words: list[str],
    env: dict[str, str],
    said: str,
) -> None:
    for name, text in env.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(ProblemError, match=re.escape(said)):
        _rerun(failed_once, *own, words=words)


KEPT = (
    '{"target": %s, "executed": "all", "robot": [], "pabot": [], "has_variables": false, '
    '"salt": "", "words": "", "variables": {}}'
)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        *(("output.xml", cut, "Run without --rerun-failed first") for cut in (0, 1, 300, 2000)),
        *(
            ("run.json", text, "run.json is damaged")
            for text in ("", "[]", "{}", '{"target": {}}', "null", "{")
        ),
        *(
            ("run.json", text, said)
            for text, said in (
                ("null", "it holds null where keys are expected"),
                ("{}", "key 'target' is missing"),
                ('{"target": null}', "key 'target' is not an object with keys"),
                (KEPT % "null", "it holds null where keys|key 'target' is not"),
                (
                    KEPT % '{"environment": "x", "own_sandbox": true}',
                    "'sandbox_options' is missing",
                ),
                (KEPT % '{"environment": 1}', "key 'environment' is not a text"),
            )
        ),
        ("run.json", None, "was not left by focus.py run"),
    ],
)
def test_a_rerun_of_damaged_results(
    failed: Project, file: str, content: int | str | None, said: str
) -> None:
    path = failed.results / file
    if isinstance(content, int):
        path.write_bytes(path.read_bytes()[:content])
    elif content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ProblemError, match=said):
        _rerun(failed)


def test_a_run_again_of_damaged_results(failed: Project) -> None:
    (failed.results / "output.xml").write_bytes(b"<")
    done = failed.focus("run", "--rerun-failed")
    assert done.code == 252, done.console
    assert "Run without --rerun-failed first" in done.console
    assert "Traceback" not in done.console


def test_the_record_holds_no_value_of_a_variable(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FOCUS_STREAM_HOST", "10.9.8.7")
    system = RunTarget("sandbox", True, (), "1", 1)
    file = tmp_path / "run.json"
    records.of_run(system, robot_options.parse([]), records.ALL).write(file)
    text = file.read_text(encoding="utf-8")
    assert "10.9.8.7" not in text
    assert "FOCUS_STREAM_HOST" in json.loads(text)["variables"]


def test_a_sandbox_that_cannot_start_is_no_wrong_input(failed: Project) -> None:
    done = failed.focus("run", STUB_BROKEN="1")
    assert done.code == 255, done.console
    assert "did not start. Its last words: no port is free." in done.console
