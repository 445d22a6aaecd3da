"""Cases carry their tickets wherever they are run, and JUnit tells them."""

from xml.etree import ElementTree as ET

import pytest
from small_project import Project, small_project

TICKET, CASE = "PZ-13874", "Zero"  # variables/tickets.yaml: Nfft Rejected.Zero
SUITE = (
    "*** Settings ***\nTest Tags    exclusive\n\n"
    "*** Test Cases ***\nZero\n    Log    0\nSomething else\n    Log    1\n"
)
OPTIONS = ("-A", "robot.args", "--include", TICKET, "--outputdir", "results", "robot")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = small_project(tmp_path_factory.mktemp("tickets") / "a project")
    made.suite("1__alignment/nfft_rejected.robot", SUITE)
    return made


def test_a_ticket_chooses_its_cases_and_junit_carries_it(project: Project) -> None:
    done = project.focus("run", "--", "--include", TICKET)
    assert done.code == 0, done.console
    [case] = project.outcome().cases.values()
    assert case.path[-1] == CASE
    assert TICKET in case.tags
    [told] = ET.parse(project.results / "xunit.xml").iter("testcase")  # noqa: S314 - our own
    tickets = {each.get("value") for each in told.iter("property") if each.get("name") == "ticket"}
    assert tickets == {tag for tag in case.tags if tag.startswith("PZ-")}


@pytest.mark.parametrize("tool", [("robot",), ("pabot.pabot", "--no-pabotlib")])
def test_plain_robot_and_pabot_choose_by_ticket_too(
    project: Project, tool: tuple[str, ...]
) -> None:
    done = project.module(*tool, *OPTIONS)
    assert done.code == 0, done.console
    assert [case.path[-1] for case in project.outcome().cases.values()] == [CASE]


@pytest.mark.parametrize(
    ("more", "said"),
    [("verdicts: {}", ": line 5: key 'verdicts' is not known. Correct the file."), (None, ": No ")],
)
def test_a_file_of_tickets_that_cannot_be_read_stops_the_run(
    project: Project, more: str | None, said: str
) -> None:
    file = project.root / "variables" / "tickets.yaml"
    whole = file.read_text(encoding="utf-8")
    if more is None:
        file.unlink()
    else:
        file.write_text(f"{whole}\n{more}\n", encoding="utf-8")
    try:
        done = project.focus("run")
    finally:
        file.write_text(whole, encoding="utf-8")
    assert done.code == 252
    assert f"{file}{said}" in done.console
    assert "focus.py: " in done.console
    assert "after --" not in done.console
