"""`robot -A robot.args robot` and pabot, without focus.py."""

import fnmatch
from pathlib import Path

import pytest
from small_project import Project, small_project

from runner.cases import RunResult, read_outcome

ROWS = """*** Test Cases ***
Row
    Should Start With    %{FOCUS_BASE_URL}    http://127.0.0.1:
    Should Not Be Empty    %{FOCUS_RUN_DIR}
"""
OUTPUT = ("--outputdir", "results", "-A", "robot.args")


@pytest.mark.parametrize("tool", ["robot", "pabot.pabot"])
def test_each_process_has_a_sandbox_of_its_own(project: Project, tool: str, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    project.suite("1__alignment/two.robot", ROWS)
    library = [] if tool == "robot" else ["--no-pabotlib"]
    started = tmp_path / "arguments"
    given = {"STUB_ARGUMENTS": str(started), "FOCUS_JOB_LIFE": "7"}
    done = project.module(tool, *library, *OUTPUT, "robot", **given)
    assert done.code == 0, done.console
    assert started.read_text(encoding="utf-8") == "up --job-life 7"
    assert project.outcome().metadata["Server version"] == "11.17.1"


def test_a_system_that_cannot_be_started_fails_every_case(project: Project) -> None:
    setup = "*** Settings ***\nSuite Setup    Fail    x\nTest Setup    Fail    y\n\n"
    project.suite("1__alignment/one.robot", setup + ROWS)
    done = project.module("robot", *OUTPUT, "robot", STUB_BROKEN="1")
    (case,) = _cases(project).values()
    assert done.code == 1
    assert case == "ERROR: the sandbox did not start. Its last words: no port is free."


@pytest.mark.parametrize("error", ["RecursionError('deep')", "MemoryError()", "KeyError('x')"])
def test_a_start_that_fails_says_its_cause_in_every_case(project: Project, error: str) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    file = project.root / "libraries" / "focus_engine" / "provenance.py"
    broken = f"def server_version(environment):\n    raise {error}\n"
    file.write_text(file.read_text(encoding="utf-8") + broken, encoding="utf-8")
    project.module("robot", *OUTPUT, "robot")
    (case,) = _cases(project).values()
    assert case.startswith(f"ERROR: the run could not be started: {error.partition('(')[0]}")


LOOPS = """*** Test Cases ***
Empty list
    FOR    ${x}    IN    @{EMPTY}
        Fail    ${x}
    END
Empty range beside another row
    Log    a
    FOR    ${x}    IN RANGE    0
        Fail    ${x}
    END
While it is not
    WHILE    False
        Fail    never
    END
A turn
    FOR    ${x}    IN    a
        Log    ${x}
    END
Not asked for
    IF    False
        FOR    ${x}    IN    @{EMPTY}
            Fail    ${x}
        END
    END
"""


HIDDEN = """*** Test Cases ***
Row
    Should Be Equal    1    2
    Row Of Resource
"""


def test_a_row_whose_loop_had_no_turn_has_tried_nothing(project: Project) -> None:
    project.suite("1__alignment/one.robot", LOOPS)
    project.module("robot", *OUTPUT, "robot")
    cases = _cases(project)
    idle = {name for name, said in cases.items() if said.startswith("ERROR: nothing was tried")}
    assert {name.rsplit(".", 1)[-1] for name in idle} == {
        *("Empty list", "Empty range beside another row", "While it is not")
    }
    assert any("FOR    ${x}    IN    @{EMPTY}" in said for said in cases.values())


HIDING = """
*** Keywords ***
{}
    No Operation
"""


@pytest.mark.parametrize("name", ["Should Be Equal", "should_be equal", "Row Of Resource"])
def test_a_keyword_that_hides_another_is_refused(project: Project, name: str) -> None:
    resource = "*** Keywords ***\nRow Of Resource\n    Fail    red\n"
    project.suite("own.resource", resource)
    called = f"*** Settings ***\nResource    ../own.resource\n\n{HIDDEN}"
    project.suite("1__alignment/hiding.robot", called + HIDING.format(name))
    project.suite("1__alignment/other.robot", ROWS + HIDING.format("Its Own"))
    project.module("robot", *OUTPUT, "robot")
    other, hiding = sorted(_cases(project).values())
    assert not other
    assert hiding.startswith("ERROR: ")
    assert f"hiding.robot:10: keyword '{name}' hides the one of " in hiding


def test_a_resource_that_hides_a_keyword_of_a_library(project: Project) -> None:
    project.suite("own.resource", HIDING.format("Should Be Equal"))
    project.suite(
        "1__alignment/one.robot", f"*** Settings ***\nResource    ../own.resource\n\n{HIDDEN}"
    )
    project.module("robot", *OUTPUT, "robot")
    (case,) = _cases(project).values()
    assert "own.resource:3: keyword 'Should Be Equal' hides the one of 'BuiltIn'" in case


ENDED = """*** Test Cases ***
Passed by its set-up
    [Setup]    Pass Execution    enough
    Fail    never
Passed in the middle
    Log    a
    Run Keyword If    True    Pass Execution    enough
Passed if it is so
    Pass Execution If    True    enough
    Fail    never
Not so
    Pass Execution If    False    enough
Skipped gate
    [Tags]    gate
    Skip
Skipped
    Skip    later
Gate that waits
    [Tags]    gate
    Skip    PRECONDITION: no fibre.
Gate that is left out
    [Tags]    gate    left
    Fail    never
"""


def test_a_row_that_is_ended_before_it_has_checked(project: Project) -> None:
    project.suite("1__alignment/one.robot", ENDED)
    project.module("robot", *OUTPUT, "--skip", "left", "robot")
    ended = {each.path[-1]: each for each in project.outcome().cases.values()}
    wrong = {name for name, each in ended.items() if each.status == "FAIL"}
    assert wrong == {
        *("Passed by its set-up", "Passed in the middle", "Passed if it is so", "Skipped gate")
    }
    assert ended["Passed if it is so"].message.startswith("ERROR: the case was ended as passed")
    assert ended["Skipped gate"].message.startswith("ERROR: skipped: Skipped with Skip keyword.")


def test_environment_as_robot_variable(project: Project) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    project.module("robot", *OUTPUT, "-v", "ENVIRONMENT:staging", "robot")
    (case,) = _cases(project).values()
    assert case.startswith("ERROR: environment 'staging' has no address: set FOCUS_BASE_URL")


def test_thresholds_that_cannot_be_read_fail_every_case(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    file = tmp_path / "thresholds.yaml"
    file.write_text("targets: many\n", encoding="utf-8")
    project.module("robot", *OUTPUT, "robot", FOCUS_THRESHOLDS=str(file))
    (case,) = _cases(project).values()
    assert case.startswith("ERROR: ")
    assert f"{file}: line 1: key 'targets'" in case


def test_dry_run_starts_nothing(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", ROWS)
    started = tmp_path / "arguments"
    done = project.module("robot", "--dryrun", *OUTPUT, "robot", STUB_ARGUMENTS=str(started))
    assert done.code == 0
    assert not started.exists()


def test_known_bugs_in_a_run(project: Project) -> None:
    project.suite(
        "1__alignment/one.robot",
        "*** Test Cases ***\n"
        "Known\n    Fail    got 500.\n"
        "Repaired\n    No Operation\n"
        "Demanded\n    [Tags]    plan\n    Fail    got 500.\n"
        "Broken tool\n    Fail    ERROR: got 500.\n",
    )
    (project.root / "variables" / "known_bugs.yaml").write_text(
        "never_excused: ['*latency*']\n"
        "never_excused_messages: ['grpc-job-']\n"
        "bugs:\n"
        "  - {ticket: PZ-1, environments: [sandbox], cases: ['*.One.*'], since: 2025-12-01,\n"
        "     message: got 500, reason: not built}\n",
        encoding="utf-8",
    )
    done = project.module("robot", *OUTPUT, "robot")
    outcome = project.outcome()
    statuses = {name.rpartition(".")[2]: case.status for name, case in outcome.cases.items()}
    assert done.code == 2
    assert statuses == {
        "Known": "SKIP",
        "Repaired": "PASS",
        "Demanded": "FAIL",
        "Broken tool": "FAIL",
    }
    assert outcome.with_status("SKIP")[0].message == "KNOWN BUG PZ-1: got 500."
    assert outcome.metadata["Skipped"] == "KNOWN BUG 1"
    note = "PZ-1 no longer reproduces: Focus Server.Alignment.One.Repaired"
    assert outcome.metadata["No longer reproduces"] == note
    assert note in done.console


def _cases(project: Project) -> dict[str, str]:
    outcome: RunResult = read_outcome([project.results / "output.xml"])
    return {name: case.message for name, case in outcome.cases.items()}


def test_a_skip_of_a_set_up_says_its_reason_first_and_fails_a_gate(project: Project) -> None:
    setup = "*** Settings ***\nSuite Setup    Skip    PRECONDITION: not enforced.\n\n"
    tagged = "*** Test Cases ***\n{}\n    [Tags]    {}\n    No Operation\n"
    rows = [("Explored", "disruptive"), ("Gated", "disruptive    gate"), ("Other", "gate")]
    for name, tags in rows:
        project.suite(f"1__alignment/{name}.robot", setup + tagged.format(name, tags))
    project.module("robot", *OUTPUT, "robot")
    outcome = project.outcome()
    assert set(_cases(project).values()) == {"PRECONDITION: not enforced."}
    failed = [case.name.rpartition(".")[2] for case in outcome.with_status("FAIL")]
    assert failed == ["Gated"]


RESOURCE = """*** Settings ***
Library    Collections

*** Keywords ***
Range Should Be Refused
    [Arguments]    ${min}    ${max}    ${naming}=${EMPTY}
    Fail    got 500.

Any Limits
    [Arguments]    ${min}    ${max}    &{limits}
    No Operation

Optional By Name
    [Arguments]    ${value}    @{}    ${limit}    ${unit}=s
    No Operation

Rests On A Set Up
    Fail    <set by Measure It All>

Number Should Be
    [Arguments]    ${count: int}
    No Operation

Loop Without An End
    WHILE    ${True}    limit=2
        No Operation
    END

Retried
    Wait Until Keyword Succeeds    1x    0s    Fail    ERROR: no server.

With A Bad Teardown
    No Operation
    [Teardown]    Log    ${NO SUCH}
"""
# The rows of a table, and what their failure says; no prefix: the product's.
ROWS_AND_MESSAGES = {
    "Range Should Be Refused    1    2": "got 500.",
    "Range Should Be Refused    1": "ERROR: a cell is missing: MAX. *MIN, MAX, NAMING*1: 1.",
    "Range Should Be Refused": "ERROR: 2 cells are missing: MIN, MAX.*",
    "Range Should Be Refused    1    2    3    4": "ERROR: too many cells: 4. *MIN, MAX, NAMING*",
    "Any Limits    1    p95=3": "ERROR: a cell is missing: MAX. 'Any Limits' *MIN, MAX; *1: 1.",
    "Range Should Be Refused    min=1    2": "ERROR: the cell '2' stands behind 'min=1': *",
    "Any Limits    1    p95=3    2": "ERROR: the cell '2' stands behind 'p95=3': *'Any Limits' *",
    "Should Be Empty    item=1    2": "ERROR: the cell '2' stands behind 'item=1': *ITEM, MSG*",
    "Optional By Name    1    other=3    limit=2": "ERROR: too many cells: other=3. *UNIT; *",
    "Optional By Name    1    unit=s": "ERROR: a cell is missing: LIMIT. *",
    "Optional By Name    limit=2": "ERROR: a cell is missing: VALUE. *",
    "Should Be Empty": "ERROR: a cell is missing: ITEM. 'Should Be Empty' takes ITEM, MSG; *",
    "Rests On A Set Up": "ERROR: 'Measure It All' has not run, *Suite Setup of the others*",
    "Number Should Be    <set by Measure It All>": "ERROR: 'Measure It All' has not run, *",
    "Range Should Be Refused    ${NO SUCH}    2": "ERROR: Variable '${NO SUCH}' not found.*",
    "Range Should Be Refused    ${1/0}    2": "ERROR: Resolving variable '${1/0}' failed: *",
    "Range Should Be Refused    ${{1/0}}    2": "ERROR: *ZeroDivisionError*",
    "Number Should Be    many": "ERROR: *'count'*'many'*cannot be converted to integer*",
    "No Such Keyword    1": "ERROR: No keyword with name 'No Such Keyword' found.*",
    "Retried": "ERROR: no server. (Keyword 'Fail' failed after retrying 1 time.)",
    "With A Bad Teardown": "ERROR: keyword teardown failed: Variable '${NO SUCH}' not found.",
    "Evaluate    str(10**5000)": "ERROR: a whole number in this row has more than 4300 digits*",
    "Evaluate    1/0": "ERROR: *ZeroDivisionError*",
    "Get From Dictionary    ${{ {} }}    key": "ERROR: *",
    "Import Library    NoSuchLibrary": "ERROR: *NoSuchLibrary*",
    "Convert To Integer    many": "ERROR: *many*",
    "Should Be Equal    1    2": "1 != 2",
    "Should Be Equal    ${109}    109": "ERROR: 109 (integer) != 109 (string): alike as text, *",
    "Should Be Equal    ${109}    109    msg=Last": "ERROR: Last: 109 (integer) != 109 (string)*",
    "Loop Without An End": "ERROR: WHILE loop was aborted *within the limit of 2 iterations*",
    "Fail    NOT ALLOWED: by this case": "NOT ALLOWED: by this case",
}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the cases of one run say, by their suite."""
    project = small_project(tmp_path_factory.mktemp("messages") / "a project with spaces")
    (project.root / "resources" / "words.resource").write_text(RESOURCE, encoding="utf-8")
    settings = "*** Settings ***\nResource    words.resource\nLibrary    Collections\n\n"
    for name, bodies in (
        ("templated", map(_templated, ROWS_AND_MESSAGES)),
        ("called", ROWS_AND_MESSAGES),
        ("fixtures", FIXTURES),
    ):
        rows = [f"Row {number}\n    {body}\n" for number, body in enumerate(bodies)]
        project.suite(f"{name}.robot", settings + "*** Test Cases ***\n" + "".join(rows))
    setup = "*** Settings ***\nSuite Setup    No Such Keyword\n\n"
    project.suite("refused.robot", setup + ROWS)
    project.module("robot", *OUTPUT, "robot")
    said: dict[str, list[str]] = {}
    for case in project.outcome().cases.values():
        said.setdefault(case.path[0], []).append(case.message)
    return said


def _templated(row: str) -> str:
    keyword, _, cells = row.partition("    ")
    return f"[Template]    {keyword}\n    {cells}" if cells else row


@pytest.mark.parametrize("suite", ["Templated", "Called"])
def test_what_is_no_verdict_is_an_error(messages: dict[str, list[str]], suite: str) -> None:
    for message, pattern in zip(messages[suite], ROWS_AND_MESSAGES.values(), strict=True):
        assert fnmatch.fnmatchcase(message, _literal(pattern)), (message, pattern)


def _literal(pattern: str) -> str:
    return pattern.replace("[", "[[]")


FIXTURES = {
    "[Setup]    Log    ${NO}\n    No Operation": "ERROR: setup failed: Variable '${NO}' not*",
    "No Operation\n    [Teardown]    Log    ${NO}": "ERROR: teardown failed: Variable '${NO}' not*",
    "[Timeout]    1ms\n    Sleep    1s": "ERROR: the case was not done within its time-out of 1 m*",
    "Fail    got 500.\n    [Teardown]    Log    ${NO}": "got 500.*teardown*ERROR: Variable*",
    "[Setup]    Fail    got 500.\n    No Operation": "Setup failed:*got 500.",
    "": "ERROR: Test cannot be empty.",
    "[Template]    Log\n    ${NO}\n    ${NEITHER}": "ERROR: Several failures occurred:*",
    "[Template]    Fail\n    ${NO}\n    got 500.": "Several failures *1) ERROR:*2) got 500.",
}


def test_whoever_finds_it_and_however_many(messages: dict[str, list[str]]) -> None:
    found = zip(messages["Fixtures"], FIXTURES.values(), strict=True)
    assert [pair for pair in found if not fnmatch.fnmatchcase(*pair)] == []


def test_a_set_up_of_a_suite_that_robot_refuses(messages: dict[str, list[str]]) -> None:
    (message,) = messages["Refused"]
    assert message.startswith("ERROR: parent suite setup failed: No keyword with name")


UNCHECKED = """*** Settings ***
Resource    missing.resource
Library    NoSuchLibrary

*** Variables ***
${NOTE}    focus_engine.unchecked.note_unchecked("no job left", "no cluster", "Set it.")

*** Test Cases ***
One
    Evaluate    ${NOTE}    modules=focus_engine.unchecked
Two
    Evaluate    ${NOTE}    modules=focus_engine.unchecked
Three
    Fail    POST /configure with channels {"min":1} should be rejected, but it answered 500: a
Four
    Fail    POST /configure with view_type "5" should be rejected, but it answered 500: b
Five
    Skip    PRECONDITION: prr is 0.
"""


@pytest.fixture(scope="module", params=["robot", "focus.py"])
def summed_up(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The console and the metadata of a run."""
    project = small_project(tmp_path_factory.mktemp("summed up") / "a project with spaces")
    project.suite("1__alignment/one.robot", UNCHECKED)
    plain = request.param == "robot"
    done = project.module("robot", *OUTPUT, "robot") if plain else project.focus("run")
    return done.console, project.outcome().metadata


def test_what_robot_says_of_the_files_stands_at_the_end(summed_up) -> None:
    console, metadata = summed_up
    said = "Resource file 'missing.resource' does not exist."
    at_the_end = console.partition("Robot's errors and warnings:")[2]
    assert said in at_the_end
    assert "Importing library 'NoSuchLibrary' failed: ModuleNotFoundError" in at_the_end
    assert "Traceback" not in at_the_end
    assert "PYTHONPATH" not in at_the_end
    assert said in metadata["Robot's errors and warnings"]


def test_one_cause_is_told_once_with_its_count(summed_up) -> None:
    console, metadata = summed_up[0].lower(), summed_up[1]
    claim = "2 cases: no job left: no cluster. Set it. (for example: Focus Server.Align"
    assert claim in metadata["Not checked"]
    assert claim.lower() in console.partition("not checked:")[2]
    assert metadata["Failures by cause"].startswith("- 2 cases: POST /configure with channels")
    assert "2 cases: post /configure with channels" in console.partition("failures by cause:")[2]
    assert "1 case: PRECONDITION: prr is 0." in metadata["Skips by reason"]


def test_a_long_pass_says_how_far_it_is(project: Project) -> None:
    """In the copy of the project a line is due at each look."""
    file = project.root / "runner" / "suites" / "progress.py"
    text = file.read_text(encoding="utf-8")
    assert "EVERY = 15.0" in text
    file.write_text(text.replace("EVERY = 15.0", "EVERY = 0.0"), encoding="utf-8")
    rows = "*** Test Cases ***\nOne\n    Fail    x\nTwo\n    Sleep    2s\n"
    project.suite("1__alignment/one.robot", rows)
    done = project.focus("run")
    assert "0 of 2 cases done, 0 failed" in done.console
    assert "1 of 2 cases done, 1 failed" in done.console
