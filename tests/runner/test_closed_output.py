"""Whoever stops reading what only prints is told nothing: no traceback, no word."""

import subprocess
import sys

import pytest
from guards.suites import ROOT

PRINTING = {
    "checks of PZ, explained": ("-m", "focus_engine.pz.cli", "explain"),
    "what each ticket came to": ("-m", "reports.tickets", "--help"),
    "how runs went": ("-m", "reports.history", "--help"),
    "check of suites": ("-m", "guards.check", "robot/1__alignment/nfft_accepted.robot"),
    "faults of the sandbox": ("-m", "sandbox", "faults"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGPIPE")
@pytest.mark.parametrize("words", PRINTING.values(), ids=PRINTING)
def test_output_may_be_closed(words: tuple[str, ...]) -> None:
    command = [sys.executable, *words]
    environment = {"PYTHONPATH": ":".join(str(ROOT / each) for each in ("libraries", ".", "tests"))}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert process.communicate(timeout=300)[1] == b""
