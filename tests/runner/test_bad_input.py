"""Whatever is wrong is said in one sentence, before anything is executed."""

import json
import os
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from small_project import Done, Project


@pytest.fixture
def http_server() -> Iterator[int]:
    """The port of a server that speaks no TLS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _refused(done: Done, *said: str) -> None:
    assert done.code == 252, done.console
    assert "Traceback" not in done.console
    for words in said:
        assert words in done.console


def test_unknown_environment(project: Project) -> None:
    done = project.focus("run", "--environment", "moon")
    _refused(done, "'moon' is not known", "kefar_saba, sandbox, staging")


@pytest.mark.parametrize("way", [["--", "-v", "ENVIRONMENT:moon"], ["--", "-vENVIRONMENT:moon"]])
def test_unknown_environment_as_robot_variable(project: Project, way: list[str]) -> None:
    _refused(project.focus("run", *way, FOCUS_ENVIRONMENT="staging"), "'moon' is not known")


def test_option_beats_variable_beats_environment(project: Project) -> None:
    given = ["--environment", "moon", "--", "--variable", "ENVIRONMENT:mars"]
    _refused(project.focus("run", *given, FOCUS_ENVIRONMENT="venus"), "'moon' is not known")


def test_environment_without_address(project: Project) -> None:
    _refused(project.focus("run", "--environment", "staging"), "set FOCUS_BASE_URL")


def test_unreachable_server(project: Project) -> None:
    url = "http://127.0.0.1:9/focus-server"
    done = project.focus("run", "--environment", "staging", FOCUS_BASE_URL=url)
    _refused(done, f"no answer from {url}/ack", "Check FOCUS_BASE_URL")


def test_tls_failure(project: Project, http_server: int) -> None:
    url = f"https://127.0.0.1:{http_server}/focus-server"
    done = project.focus("run", FOCUS_BASE_URL=url)
    _refused(done, f"TLS with {url}/ack failed", "tls.verify in variables/environments/sandbox")


def test_sandbox_with_an_address_that_is_not_loopback(project: Project) -> None:
    done = project.focus("run", FOCUS_BASE_URL="http://192.0.2.1/focus-server")
    _refused(done, "accepts loopback addresses only")


def test_malformed_settings(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"Constraints": {}}), encoding="utf-8")
    done = project.focus("run", FOCUS_CLIENT_SETTINGS=str(file))
    _refused(done, str(file), "key 'Constraints.SensorsRange' is missing")


def test_malformed_thresholds(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text("targets: []\n", encoding="utf-8")
    done = project.focus("run", FOCUS_THRESHOLDS=str(file))
    _refused(done, str(file), "key 'error_rates' is missing")


def test_results_that_cannot_be_written(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    done = project.focus("run", "--results", str(blocked / "results"))
    _refused(done, "cannot write results", "--results DIR")


@pytest.mark.parametrize("word", ["--outputdir", "-d", "--Output-Dir=x", "--xunit", "-lx"])
def test_option_that_belongs_to_focus(project: Project, word: str) -> None:
    _refused(project.focus("run", "--", word), "belongs to focus.py: use --results DIR")


def test_path_after_the_dashes(project: Project) -> None:
    _refused(project.focus("run", "--", "--dryrun", "robot/1__alignment"), "--suite NAME")


def test_sandbox_options_for_another_system(project: Project) -> None:
    done = project.focus("run", "--environment", "staging", "--fault", "x")
    _refused(done, "shape the sandbox", "'staging'")


def test_interpreter_that_does_not_exist(project: Project) -> None:
    missing = os.fspath(project.root / "none")
    _refused(project.focus("run", FOCUS_PYTHON=missing), missing, "does not exist")
