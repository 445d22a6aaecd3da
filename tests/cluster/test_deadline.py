"""Everything of ours is killed in the middle of an outage: the cluster itself ends it in time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster.admin import Admin
from cluster.conftest import Cluster, Evidence
from cluster.the_server import TheServer
from waiting import wait_until

from runner.processes import RUN_DIR, kill_leftovers, marked_processes

ROOT = Path(__file__).parents[2]
SUITE = Path(__file__).parent / "killed.robot"
TTL_S = 10
LATE_S = 5.0
PROOF_LIMIT_S = 60.0
RUNNERS = {
    "robot": ["-m", "robot"],
    "pabot": [
        *("-m", "pabot.pabot", "--no-pabotlib", "--processes", "2"),
        *("--command", "python", "-m", "robot", "--end-command"),
    ],
}


@pytest.fixture
def administrator(cluster: Cluster, admin: Path) -> Iterator[Admin]:
    made = Admin(admin)
    yield made
    made.undo()


@pytest.fixture
def run_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    kill_leftovers(tmp_path)
    (ROOT / ".pabotsuitenames").unlink(missing_ok=True)  # pabot's memory


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_policy_is_gone_in_time_though_its_runner_was_killed(
    administrator: Admin, run_dir: Path, evidence: Evidence, runner: str
) -> None:
    proven = run_dir / "proven"
    options = ["-A", str(ROOT / "robot.args"), "--outputdir", str(run_dir), str(SUITE)]
    process = subprocess.Popen(
        [sys.executable, *RUNNERS[runner], *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            RUN_DIR: str(run_dir),
            "KILLED_TTL": str(TTL_S),
            "KILLED_PROVEN": str(proven),
        },
    )
    _wait_for(proven, process)
    began = time.monotonic()
    _kill_everything(process, run_dir)
    assert administrator.policies(), "the outage ended with its runner: nothing is shown"
    while administrator.policies() and time.monotonic() - began < TTL_S + LATE_S:
        time.sleep(0.05)
    gone_s = time.monotonic() - began
    evidence.note(f"{runner} killed, TTL {TTL_S} s: policy gone after", f"{gone_s:.1f} s")
    assert administrator.policies() == []
    assert gone_s > TTL_S / 2, "it was gone before its time: something else removed it"
    server = TheServer(os.environ["FOCUS_BASE_URL"])
    assert server.recovered_after() < 45


def _wait_for(file: Path, process: "subprocess.Popen[bytes]") -> None:
    wait_until(
        lambda: file.exists() or process.poll() is not None, "an outage is proven", PROOF_LIMIT_S
    )
    if not file.exists():
        assert process.stdout is not None
        pytest.fail(process.stdout.read().decode())


def _kill_everything(process: "subprocess.Popen[bytes]", run_dir: Path) -> None:
    """The parent first: what it started has a session of its own, and lives on without it."""
    process.kill()
    process.wait()
    for pid in marked_processes(run_dir):
        os.kill(pid, signal.SIGKILL)
