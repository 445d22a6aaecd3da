"""The PZ configuration cases with what is really known of PZ: none passes on a placeholder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from guards.suites import ROOT

from runner.cases import Case, read_outcome

TAG = "pz-config"
DECIDED_BY_THE_CLUSTER_ALONE = {"Rollout is complete", "Container does not restart"}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """The cases of a run with profile `pz` on the sandbox, by name."""
    folder = tmp_path_factory.mktemp("pz-profile")
    options = ["-A", "robot.args", "--include", TAG, "--log", "NONE", "--report", "NONE"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("FOCUS_")}
    done = subprocess.run(
        [sys.executable, "-m", "robot", *options, "--outputdir", str(folder), "robot"],
        check=False,
        cwd=Path(ROOT),
        env={**env, "FOCUS_PZ_PROFILE": "pz", "FOCUS_JOB_LIFE": "20"},  # a busy machine reads late
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    outcome = read_outcome([folder / "output.xml"])
    return {case.name.rsplit(".", 1)[-1]: case for case in outcome.cases.values()}


def test_only_what_the_cluster_alone_decides_passes(cases: dict[str, Case]) -> None:
    passed = {name for name, case in cases.items() if case.status == "PASS"}
    assert passed == DECIDED_BY_THE_CLUSTER_ALONE


def test_the_others_say_what_the_team_must_supply(cases: dict[str, Case]) -> None:
    others = {name: case for name, case in cases.items() if case.status != "PASS"}
    assert {case.status for case in others.values()} == {"SKIP"}
    unclear = [
        case.message
        for case in others.values()
        if not case.message.startswith("NEEDS INPUT: ") or "supply " not in case.message
    ]
    assert unclear == []
    assert "heatMapSummary.json before and after the revert" in others["Summary is valid"].message
    assert "200 lines of a clean start log" in others["Start log is clean"].message
    assert "the diff of PR 1455" in others["Nothing of the reverted change is left"].message
    assert (
        "check_autocfg_cfg.py --help" in others["Own checker of the team accepts the files"].message
    )
