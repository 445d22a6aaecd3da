"""Keywords about the client settings and about what load sends."""

import json

from keywords.conftest import RobotRun

from focus_engine.settings import CLIENT_SETTINGS

SETTINGS_SUITE = """\
*** Settings ***
Library    ClientSettingsLibrary

*** Test Cases ***
Complete
    Client Settings Should Satisfy    complete

Unknown Rule
    Client Settings Should Satisfy    pretty
"""
LOAD_SUITE = """\
*** Settings ***
Library    FocusServerLibrary
Library    LoadLibrary

*** Test Cases ***
Not Sent
    Send Configuration    multichannel    nfftSelection=512
    ${sent} =    Get Sent Configurations
    Sent Configurations Should Include    ${sent}    multichannel    nfftSelection    256
"""


def test_settings_that_lack_a_key_are_a_failure(run_robot: RobotRun, tmp_path) -> None:
    data = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    del data["Defaults"]["Nfft"]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    case = run_robot.suite(SETTINGS_SUITE, FOCUS_CLIENT_SETTINGS=str(other))["Complete"]
    assert case.status == "FAIL"
    assert case.message.startswith("The client settings are not usable: ")
    assert "key 'Defaults.Nfft' is missing" in case.message


def test_an_unknown_rule_names_the_legal_ones(run_robot: RobotRun) -> None:
    case = run_robot.suite(SETTINGS_SUITE)["Unknown Rule"]
    assert case.status == "FAIL"
    assert "'pretty'" in case.message
    assert "'default_channels'" in case.message


def test_what_was_not_sent_is_a_failure(run_robot: RobotRun) -> None:
    case = run_robot.suite(LOAD_SUITE)["Not Sent"]
    assert case.status == "FAIL"
    assert case.message == (
        "The default load should send nfftSelection 256 in view_type 0, "
        "but its 1 requests sent 512."
    )
