"""The libraries for another service: the example project, from a wheel in an empty environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from http_server import Answering, serving
from keywords.conftest import PROJECT, TOO_BUSY, TRIES, RobotRun, Sandbox
from robot.api import ExecutionResult

EXAMPLE = PROJECT / "examples" / "other_service"
NOT_NEEDED = ("kubernetes", "grpc", "pymongo", "schemathesis", "distributed")
UV = (sys.executable, "-m", "uv", "--quiet")  # as pip does, in a tenth of the time


class Shop(Answering):
    """A service of another team."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"articles": [], "sent_to": self.path}).encode()
        self.send(200 if self.path.startswith("/shop/articles") else 404, body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with serving(Shop) as found:
        yield f"{found}/shop"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, in a folder as people name theirs."""
    folder = tmp_path_factory.mktemp("a wheel für andere")
    _done([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], PROJECT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def bare_python(wheel: Path) -> Path:
    """A Python of its own with the wheel and what the wheel asks for, and no extras."""
    return _python_with(wheel, "")


@pytest.fixture(scope="module")
def outage_python(wheel: Path) -> Path:
    return _python_with(wheel, "[outage]")


def _python_with(wheel: Path, extras: str) -> Path:
    folder = wheel.parent
    venv = folder / f"venv {extras}"
    _done([*UV, "venv", "--python", sys.executable, str(venv)], folder)
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = f"{wheel}{extras}"
    installed = _run([*UV, "pip", "install", "--python", str(python), wanted], folder)
    if "Failed to fetch" in installed.stdout:
        pytest.skip("the package index cannot be reached, and the wheel's needs are not cached")
    assert installed.returncode == 0, installed.stdout
    return python


def test_the_example_runs_from_the_wheel_alone(
    bare_python: Path, shop: str, tmp_path: Path
) -> None:
    """Its limits are seconds; it is run again where the machine was too busy."""
    suites = [str(EXAMPLE / name) for name in ("latency.robot", "arrays.robot")]
    options = ["--variable", f"SHOP:{shop}", "--outputdir", str(tmp_path)]
    for _ in range(TRIES):
        done = _run([str(bare_python), "-m", "robot", *options, *suites], tmp_path)
        if TOO_BUSY not in " ".join(done.stdout.split()):
            break
    assert done.returncode == 0, done.stdout
    cases = {case.name: case for case in ExecutionResult(tmp_path / "output.xml").suite.all_tests}
    assert len(cases) == 4
    assert "P95 GET /articles" in cases["Articles Come In Time"].metadata


def test_latency_library_is_light(bare_python: Path, tmp_path: Path) -> None:
    code = f"import LatencyLibrary, sys; print([m for m in {NOT_NEEDED} if m in sys.modules])"
    done = _run([str(bare_python), "-c", code], tmp_path)
    assert done.stdout.strip() == "[]"
    absent = f"import importlib.util as u; print([m for m in {NOT_NEEDED} if u.find_spec(m)])"
    assert _run([str(bare_python), "-c", absent], tmp_path).stdout.strip() == "[]"


SUITE = """\
*** Settings ***
Library    LatencyLibrary    base_url={url}    {more}

*** Test Cases ***
Case
    [Tags]    {tags}
    ${{measured}} =    Measure Latency    {row}    rate={rate}    samples=20    warm_up=0 s
    Latency Should Be Within    ${{measured}}    p50=5 s
"""
LIMIT = "    Latency Should Be Within    ${measured}    p50=5 s\n"
NO_ERROR = """\
    ${summary} =    Get Latency Summary    ${measured}
    Should Be Equal As Integers    ${summary}[errors]    0
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tags": "latency"}, "lacks exclusive"),
        ({"rate": "50"}, "NOT ALLOWED:"),
        ({"rate": "50"}, "Name it in `allow` where the library is imported."),
        ({"row": "POST /articles"}, "needs 'jobs', which environment '127-0-0-1' does not allow"),
        ({"more": "name=staging"}, "is an environment with a file"),
        (
            {"more": "timeout=-1 s"},
            "timeout is -1.0: input should be greater than or equal to 0.1.",
        ),
        ({"url": "shop"}, "base_url is no http or https address"),
        ({"more": "thresholds=nowhere.yaml"}, "cannot read nowhere.yaml"),
    ],
)
def test_what_a_service_is_refused(
    run_robot: RobotRun, shop: str, change: dict[str, str], said: str
) -> None:
    row = {"url": shop, "more": "", "tags": "latency    exclusive", "row": "GET /articles"}
    text = SUITE.format(**{**row, "rate": "5", **change})
    case = run_robot.suite(text, tagged=False)["Case"]
    assert case.status in {"FAIL", "SKIP"}
    assert said in case.message


def test_a_path_like_that_of_jobs_is_none_at_another_service(
    run_robot: RobotRun, shop: str
) -> None:
    row = {"url": shop, "more": "allow=['jobs', 'load']", "tags": "latency    exclusive"}
    text = SUITE.format(**row, row="POST /articles/configure", rate="50").replace(LIMIT, NO_ERROR)
    case = run_robot.suite(text, tagged=False)["Case"]
    assert case.status == "PASS", case.message


def test_an_outage_of_what_another_service_depends_on(
    outage_python: Path, run_robot: RobotRun, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The sandbox's cluster has a server and a database, whatever they are called."""
    options = {
        "SHOP": sandbox.addresses["base_url"],
        "NAMESPACE": sandbox.addresses["namespace"],
        "PODS": "app.kubernetes.io/name=panda-panda-focus-server",
    }
    words = [word for each in options.items() for word in ("--variable", ":".join(each))]
    command = [str(outage_python), "-m", "robot", "--outputdir", str(tmp_path), *words]
    env = {**os.environ, **run_robot.variables, "FOCUS_ENVIRONMENT": "", "FOCUS_BASE_URL": ""}
    del env["PYTHONPATH"]  # nothing of this checkout
    done = _run([*command, str(EXAMPLE / "outage.robot")], tmp_path, env)
    assert done.returncode == 0, done.stdout


def _done(command: list[str], folder: Path) -> None:
    done = _run(command, folder)
    assert done.returncode == 0, done.stdout


def _run(
    command: list[str], folder: Path, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    clean = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command,
        cwd=folder,
        env=env or clean,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
    )
