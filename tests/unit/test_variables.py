"""Every FOCUS_ variable that is read is judged before anything is executed."""

import os
import re

import pytest

from focus_engine.environment import known_environments, read_environment_file, share_of
from focus_engine.preflight.__main__ import check_inputs
from focus_engine.preflight.variables import JUDGES
from focus_engine.verdict import ToolError
from runner import ambient

# `focus.py` gives these to what it starts, whatever they were.
SET_BY_THE_RUN = {"FOCUS_HELD", "FOCUS_RUN_DIR", "FOCUS_RUN_OPTIONS"}
# Read before the engine is: tests of the runner hold that they are judged.
OF_THE_RUNNER = {"FOCUS_ENVIRONMENT", "FOCUS_PYTHON", "FOCUS_GO", "FOCUS_CLUSTER_CACHE"}
OF_OUR_TESTS = {"FOCUS_FUZZ", "FOCUS_CLUSTER_ADMIN"}
# Nothing of these is a name, number, address, path, label or token.
RUBBISH = ("/dev/null/\x01 no\nsuch \x7f", "/dev/null/\u0663:\u0661", "/dev/null/\t" + "x" * 9000)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FOCUS_")]:
        monkeypatch.delenv(name)


def test_none_is_left_out() -> None:
    assert set(JUDGES) | SET_BY_THE_RUN | OF_THE_RUNNER | OF_OUR_TESTS == ambient.KNOWN


@pytest.mark.parametrize("environment", known_environments())
def test_nothing_has_to_be_set(environment: str) -> None:
    check_inputs(environment)


@pytest.mark.parametrize("variable", JUDGES)
@pytest.mark.parametrize("text", RUBBISH, ids=["controls", "letters", "long"])
@pytest.mark.parametrize("environment", ["sandbox", "staging"])
def test_what_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, environment: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(ToolError, match=variable) as caught:
        check_inputs(environment)
    told = str(caught.value)
    assert re.search(r"[.] (Write|Give|Known|Copy|Correct)", told), told
    assert not set("\x01\n\x7f") & set(told)
    assert "xxx" not in told


@pytest.mark.parametrize("count", [1, 2, 3, 7, 30])
def test_shards_share_the_job_budget(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    file = read_environment_file("staging")
    shares = []
    for number in range(1, count + 1):
        monkeypatch.setenv("FOCUS_SHARD", f"{number}/{count}")
        shares.append(share_of(file, "staging").alive_jobs)
    assert sum(shares) == file.alive_jobs
    assert min(shares) >= 1


def test_a_share_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    most = read_environment_file("staging").alive_jobs
    monkeypatch.setenv("FOCUS_SHARD", f"{most + 1}/{most + 1}")
    with pytest.raises(ToolError, match=f"Use at most {most} shards"):
        check_inputs("staging")


@pytest.mark.parametrize(
    "text", ["0/2", "3/2", "1", "a/b", "1/0", "1/2/3", "-1/2", "\u0661/\u0662"]
)
def test_what_is_no_shard(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FOCUS_SHARD", text)
    with pytest.raises(ToolError, match=r"FOCUS_SHARD is no shard\. Write 1/4"):
        check_inputs("staging")


@pytest.mark.parametrize("url", ["http://192.0.2.7/control", "https://host.example/control"])
def test_the_control_of_a_sandbox_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("FOCUS_CONTROL_URL", url)
    with pytest.raises(ToolError, match="FOCUS_CONTROL_URL is the address of no sandbox"):
        check_inputs("staging")
