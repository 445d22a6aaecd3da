"""Two processes want an outage at once: one waits for the other, or is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cluster.conftest import Cluster, Evidence

HOLDER = Path(__file__).parent / "holder.py"
LIBRARIES = Path(__file__).parents[2] / "libraries"
LIMIT_S = 120


def _holder(hold_s: float, lock_wait_s: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(HOLDER), str(hold_s), str(lock_wait_s)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(LIBRARIES)},
    )


def _told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    output, _ = process.communicate(timeout=LIMIT_S)
    told: dict[str, Any] = {}
    for line in output.splitlines():
        told |= json.loads(line)
    return told


def test_outages_of_two_processes_do_not_overlap(cluster: Cluster, evidence: Evidence) -> None:
    first, second = sorted(
        map(_told, [_holder(2, 60), _holder(2, 60)]), key=lambda told: told["from"]
    )
    evidence.note("second outage proven after the lift of the first", _between(first, second))
    assert first["to"] <= second["from"]


def test_who_does_not_wait_long_enough_is_refused(cluster: Cluster) -> None:
    first = _holder(5, 60)
    assert first.stdout is not None
    held = json.loads(first.stdout.readline())
    refused = _told(_holder(0, 0.5))
    assert "from" in held
    assert "mongodb-server-" in refused["refused"], "it names the outage that is in the way"
    assert "to" in _told(first)


def _between(first: dict[str, Any], second: dict[str, Any]) -> str:
    return f"{second['from'] - first['to']:.2f} s"
