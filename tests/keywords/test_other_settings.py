"""Another client's settings file moves the rows at its boundaries."""

import json
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, Case, RobotRun

from focus_engine.settings import CLIENT_SETTINGS

TABLE = PROJECT / "robot" / "1__alignment" / "channel_range_rejected.robot"
LIMIT = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))["Constraints"]["SensorsRange"]


def _run(run_robot: RobotRun, folder: Path, limit: int) -> dict[str, Case]:
    """The table with a file of that limit, on a server that keeps to the project's own."""
    data = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    data["Constraints"]["SensorsRange"] = limit
    other = folder / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    return run_robot.suite(TABLE.read_text(encoding="utf-8"), FOCUS_CLIENT_SETTINGS=str(other))


def test_a_lower_limit_than_the_servers_is_not_enforced(run_robot: RobotRun, tmp_path) -> None:
    cases = _run(run_robot, tmp_path, LIMIT - 222)
    red = {name for name, case in cases.items() if case.status != "PASS"}
    formers = {"Former limit", "One above the former limit"}
    above = {"One above the limit of the client", "One above it, not from the first"}
    assert red == above | formers
    for name in formers:
        assert f"should be refused by the limit of {LIMIT - 222}, but" in cases[name].message
    message = cases["One above the limit of the client"].message
    assert f'channels {{"min":1,"max":{LIMIT - 221}}} should be rejected' in message


def test_a_higher_limit_is_not_the_one_that_refuses(run_robot: RobotRun, tmp_path) -> None:
    limit = LIMIT + 800
    cases = _run(run_robot, tmp_path, limit)
    above = cases["One above the limit of the client"]
    assert above.status == "FAIL"
    assert (
        f"should be refused by the limit of {limit}, but the server answered 400" in above.message
    )
    for name in ("Former limit", "One above the former limit"):
        assert cases[name].status == "SKIP"
        assert cases[name].message.startswith("PRECONDITION: channels 1 to 250")


@pytest.mark.parametrize("row", ["One above the limit of the client", "Former limit"])
def test_the_log_says_which_limit_refused(run_robot: RobotRun, tmp_path, row: str) -> None:
    assert "limit that refused" in _run(run_robot, tmp_path, LIMIT)[row].html
