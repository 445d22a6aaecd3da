"""A runner that is killed in the middle of an outage does not leave it behind.

Each scenario has a sandbox of its own, and they run side by side: they wait more than they compute.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from running_sandbox import RunningSandbox
from waiting import wait_until

from runner.processes import kill_leftovers

PROJECT = Path(__file__).parents[3]
SHORT, LONG = 10, 60  # seconds of time to live: the cluster must end it, or the process has to
GONE = 40.0  # seconds: much less than LONG, much more than SHORT
STARTING = 240.0  # seconds: six robots at once, beside other tests
ROBOT = [sys.executable, "-m", "robot", "--output", "NONE", "--log", "NONE", "--report", "NONE"]
PABOT = [
    *[sys.executable, "-m", "pabot.pabot", "--command", "python", "-m", "robot", "--end-command"],
    *["--no-pabotlib", "--processes", "1"],
]
SUITE = """\
*** Settings ***
Library    OutageLibrary
Test Tags    disruptive    exclusive

*** Test Cases ***
Is Killed
    Start Outage    mongodb    ttl={ttl} s    established=accept    backend=networkpolicy
    Evaluate    pathlib.Path(r'{mark}').touch()
    Sleep    40 s
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, and /proc")


@dataclass(frozen=True)
class Scenario:
    """Which runner is killed how, and how long its outage may live."""

    runner: str
    number: signal.Signals
    ttl: int


# pabot dies at once and orphans its workers; nothing of robot runs after SIGKILL.
SCENARIOS = {
    "robot, TERM": Scenario("robot", signal.SIGTERM, LONG),
    "robot, HUP": Scenario("robot", signal.SIGHUP, LONG),
    "robot, KILL": Scenario("robot", signal.SIGKILL, SHORT),
    "pabot, TERM": Scenario("pabot", signal.SIGTERM, SHORT),
    "pabot, HUP": Scenario("pabot", signal.SIGHUP, SHORT),
    "pabot, KILL": Scenario("pabot", signal.SIGKILL, SHORT),
}


@dataclass(frozen=True)
class Seen:
    """What was there when the runner was killed, and what was still there at the end."""

    there: dict[str, int]
    left: dict[str, int]


def of_outages(kubeconfig: str) -> dict[str, int]:
    """How many objects of ours there are, by kind."""
    config = json.loads(Path(kubeconfig).read_text(encoding="utf-8"))
    server, token = config["clusters"][0]["cluster"]["server"], config["users"][0]["user"]["token"]
    found = {}
    for group, plural in (
        ("networking.k8s.io", "networkpolicies"),
        ("batch", "jobs"),
        ("coordination.k8s.io", "leases"),
    ):
        url = f"{server}/apis/{group}/v1/namespaces/panda/{plural}"
        ours = "?labelSelector=app.kubernetes.io/managed-by%3Dfocus-server-tests"
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            url + ours, headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            found[plural] = len(json.loads(answer.read())["items"])
    return found


def play(scenario: Scenario, folder: Path) -> Seen:
    mark, suite, console = folder / "started", folder / "killed.robot", folder / "console.txt"
    suite.write_text(SUITE.format(ttl=scenario.ttl, mark=mark), encoding="utf-8")
    with RunningSandbox() as sandbox, console.open("wb") as said:
        found = sandbox.addresses
        process = subprocess.Popen(
            [*(ROBOT if scenario.runner == "robot" else PABOT), str(suite)],
            cwd=folder,
            env={
                **os.environ,
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                "PYTHONPATH": str(PROJECT / "libraries"),
                # pabot deletes the argument files of each pabot that it finds in a common one.
                **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)),
                "FOCUS_ENVIRONMENT": "sandbox",
                "FOCUS_RUN_DIR": str(folder),
                "FOCUS_BASE_URL": found["base_url"],
                "FOCUS_KUBECONFIG": found["kubeconfig"],
                "FOCUS_TOXIPROXY_URL": "",
            },
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: mark.exists() or process.poll() is not None, "a start", STARTING)
            assert mark.exists(), f"{scenario} ended before its kill: {console.read_text()}"
            return kill(process, scenario.number, found["kubeconfig"])
        finally:
            process.kill()
            process.wait()
            kill_leftovers(folder)  # the workers that pabot orphaned


def kill(process: subprocess.Popen, number: signal.Signals, kubeconfig: str) -> Seen:
    there = of_outages(kubeconfig)
    process.send_signal(number)
    end = time.monotonic() + GONE
    while any(of_outages(kubeconfig).values()) and time.monotonic() < end:
        time.sleep(0.5)  # six scenarios look at once, and to look is what they cost
    return Seen(there, of_outages(kubeconfig))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    folders = [tmp_path_factory.mktemp("killed") for _ in SCENARIOS]
    with ThreadPoolExecutor(len(SCENARIOS)) as pool:
        return dict(zip(SCENARIOS, pool.map(play, SCENARIOS.values(), folders), strict=True))


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_outage_is_left(seen: dict[str, Seen], name: str) -> None:
    assert seen[name].there == {"networkpolicies": 1, "jobs": 1, "leases": 1}
    assert seen[name].left == {"networkpolicies": 0, "jobs": 0, "leases": 0}
