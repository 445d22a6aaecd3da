"""The command line: the one line, the ways to end, and the refusal of wrong arguments."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip


def test_the_line_names_everything_and_comes_soon(call_sandbox):
    """Soon: as an import of what it is made of, some ten times; a busy machine slows down both."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import starlette.applications, pymongo"], check=True)
    imported = time.monotonic() - began
    sandbox = call_sandbox()
    assert sandbox.start_s < 10 * imported + 3
    assert list(sandbox.addresses) == [
        "base_url", "mongo_uri", "amqp_uri", "kubeconfig", "namespace", "toxiproxy_url",
        "control_url",
    ]  # fmt: skip
    assert sandbox.addresses["base_url"].startswith("http://127.0.0.1:")
    assert sandbox.addresses["toxiproxy_url"].startswith("http://127.0.0.1:")


def test_an_environment_without_a_proxy_has_no_address_for_one(call_sandbox):
    sandbox = call_sandbox("--fault", "toxiproxy-absent")
    assert sandbox.addresses["toxiproxy_url"] is None


@pytest.mark.parametrize("way", ["SIGINT", "SIGTERM", "SIGQUIT", "stdin"])
def test_it_ends_and_leaves_nothing_behind(call_sandbox, way):
    sandbox = call_sandbox()
    kubeconfig = Path(sandbox.addresses["kubeconfig"])
    assert kubeconfig.is_file()
    if os.name == "posix":
        assert kubeconfig.stat().st_mode & 0o077 == 0
    if way != "stdin":
        if os.name != "posix":
            pytest.skip("Windows cannot send this signal to one process")
        sandbox.process.send_signal(getattr(signal, way))
        assert sandbox.process.wait(60) == 0
    assert sandbox.stop() == 0
    assert sandbox.errors() == ""
    assert not kubeconfig.parent.exists()


def test_dev_null_as_stdin_does_not_end_it():
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "up"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.terminate()
    assert process.wait(60) == (0 if os.name == "posix" else 1)
    process.stdout.close()


def test_options_take_effect(call_sandbox, valid):
    sandbox = call_sandbox(
        "--contract", "observed-2025-10", "--state", "half-ready", "--prr", "1000",
        "--fault", "status-failed", "--fault", "slow-median=0.001",
    )  # fmt: skip
    metadata = sandbox.focus("GET", "/live_metadata").json()
    assert (metadata["prr"], metadata["sw_version"]) == (1000.0, "waiting for fiber")
    answer = sandbox.configure(valid["multichannel"]).json()
    assert answer["status"] == "failed"
    assert isinstance(answer["stream_port"], str)
    assert sandbox.control("GET", "/faults") == {
        "active": {"status-failed": True, "slow-median": 0.001}
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--contract", "best"], "conforming, documented, observed-2025-10, observed-2025-12"),
        (["--state", "asleep"], "ready, waiting, half-ready"),
        (["--prr", "0"], "whole number from 1"),
        (["--job-life", "0"], "duration above zero"),
        (["--job-life", "nan"], "duration above zero"),
        (["--fault", "nonsense"], "python -m sandbox faults"),
        (["--fault", "refuses-nfft=x"], "whole number"),
        (["--fault", "ack-fails=1"], "takes no value"),
        (["--port", "70000"], "65535"),
        (["--prr", "\u0661\u0660\u0660"], "whole number from 1"),
        (["--prr", "1_000"], "whole number from 1"),
        (["--job-life", "\u0661s"], "duration above zero"),
        (["--job-life", " 1s"], "duration above zero"),
        (["--fault", "channel-limit=\u0661"], "whole number"),
        (["--seed", "1_0"], "'1_0' is no whole number"),
        (["--port", "\u0661"], "'\u0661' is no whole number"),
        (["--bind", "moon"], "an IP address is needed"),
        (["--pz-profile", "pz"], "profiles with files are: example"),
    ],
)
def test_wrong_arguments_get_a_sentence_and_code_2(arguments, words):
    result = _run("up", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_it_listens_where_it_is_told(call_sandbox):
    assert call_sandbox("--bind", "127.0.0.2").addresses["base_url"].startswith("http://127.0.0.2:")


def test_a_port_that_is_taken_gets_a_sentence(call_sandbox):
    port = call_sandbox().addresses["base_url"].split(":")[2].split("/")[0]
    result = _run("up", "--port", port)
    assert result.returncode == 1
    assert "cannot start" in result.stderr


def test_faults_and_knobs_are_listed_one_per_line():
    faults = _run("faults").stdout.splitlines()
    assert "channel-limit=<whole number>: " in "\n".join(faults)
    assert all(": " in line for line in faults)
    knobs = _run("faults", "--knobs").stdout.splitlines()
    assert all("Unknown on the real server" in line for line in knobs)
    assert not set(faults) & set(knobs)
