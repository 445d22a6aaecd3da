"""What disturbs, measures or loads is refused in a case that would run beside others."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

HEAD = """\
*** Settings ***
Library    OutageLibrary
Library    LatencyLibrary
Library    LoadLibrary
{}

*** Test Cases ***
Row
    {}
"""
DISTURBING = {
    "an outage": ("Start Outage    mongodb    established=accept", ("disruptive", "exclusive")),
    "an outage, as a wrapper": ("With Outage    mongodb    No Operation", ("disruptive",)),
    "a load": ("Run Load    waves    jobs=[1]    step=500 ms", ("load", "exclusive")),
    "a measurement": ("Measure Latency    GET /ack    rate=50    samples=2", ("latency",)),
}


@pytest.mark.parametrize("what", DISTURBING)
def test_a_case_without_the_tags(what: str, run_robot, sandbox) -> None:
    keyword, needed = DISTURBING[what]
    for tag in needed:
        text = HEAD.format("", f"Remove Tags    {tag}\n    {keyword}")
        case = run_robot.suite(text)["Row"]
        assert case.status == "FAIL"
        assert case.message.startswith(f"ERROR: {what.partition(',')[0]} needs the tags ")
        assert f"but case 'Row' lacks {tag}. Write them into Test Tags" in case.message


def test_the_set_up_of_a_suite_whose_cases_lack_the_tags(run_robot) -> None:
    """The set-up speaks for all cases of its suite, which the listener knows."""
    text = HEAD.format("Suite Setup    Start Outage    mongodb", "No Operation")
    path = f"{run_robot.variables['PYTHONPATH']}{os.pathsep}{PROJECT}"
    given = {"ROBOT_OPTIONS": "--listener FocusListener --settag exclusive", "PYTHONPATH": path}
    case = run_robot.suite(text, tagged=False, **given)["Row"]
    assert case.message.startswith("ERROR: parent suite setup failed: an outage needs the tags")
    assert "case 'Row' lacks disruptive" in case.message
