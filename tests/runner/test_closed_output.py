"""Whoever stops what only prints, or stops reading it, is told nothing: no traceback, no word."""

import signal
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


# Importing is where most of the time goes, so it is where most are stopped.
BEFORE = "import sys, time; print(flush=True); time.sleep(60)"
WITHIN = f"from focus_engine.given import end_quietly; end_quietly(); {BEFORE}"
RUNNING = "from runner import cli, processes; cli.COMMANDS['pz'] = cli.Command(lambda _: None, "
RUNNING += (
    "lambda *_: processes.run_quietly([sys.executable, '-c', sys.argv[1]], os.environ), '', '')"
)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("child", [BEFORE, WITHIN], ids=["while it imports", "later"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_only_prints_may_be_stopped(child: str, number: signal.Signals) -> None:
    script = f"import os, sys; {RUNNING}; sys.exit(cli.main(['pz']))"
    environment = {"PYTHONPATH": ":".join(str(ROOT / each) for each in ("libraries", "."))}
    process = subprocess.Popen(
        [sys.executable, "-c", script, child],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.readline()
    process.send_signal(number)
    assert process.communicate(timeout=60) == ("", f"focus.py: stopped by {number.name}\n")
    assert process.returncode == 253
