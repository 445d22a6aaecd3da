"""DtypeLibrary and RecordingsLibrary in real Robot runs: status and message."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAD = """\
*** Settings ***
Library    FocusServerLibrary
Library    CorpusLibrary
Library    DtypeLibrary
Library    RecordingsLibrary

*** Test Cases ***
"""
LIBRARIES = Path(__file__).parents[2] / "libraries"
PZ_CHECKOUTS = Path(__file__).parents[1] / "pz_checkout"
DTYPE_ROWS = {
    'Dtype Claim Should Be Judged    "i2"    "little"    accepted': (
        "FAIL",
        'the claim dtype "i2", byte order "little" should be accepted, but it was refused',
    ),
    'Dtype Claim Should Be Judged    "int16"    "little"    DT004': (
        "FAIL",
        'the claim dtype "int16", byte order "little" should be refused with DT004 (an alias ',
    ),
    "Dtype Claim Should Be Judged    missing    missing    DT001": ("PASS", ""),
    "Dtype Claim Should Be Judged    int16    little    accepted": (
        "FAIL",
        "ERROR: field 'dtype' is int16, which is neither JSON nor the word missing. ",
    ),
    'Dtype Claim Should Be Judged    "int16"    "little"    DT999': (
        "FAIL",
        "ERROR: 'DT999' is neither 'accepted' nor a code. Known are: DT001, ",
    ),
    "Corpus Entry Should Be Judged    nonsense    FR004": (
        "FAIL",
        "ERROR: the corpus has no entry 'nonsense'. Known are: ",
    ),
    "Use Array Profile    nonsense": (
        "FAIL",
        "ERROR: there is no profile 'nonsense' with arrays.yaml. Known are: example, pz.",
    ),
    "PZ Should Agree About Dtypes": (
        "SKIP",
        "NEEDS INPUT: PZ's own check cannot be asked: set FOCUS_PZ_PATH to a checkout of PZ",
    ),
}


def test_each_claim_ends_with_its_status_and_sentence(run_robot) -> None:
    text = "\n".join(f"Row {at}\n    {row}" for at, row in enumerate(DTYPE_ROWS))
    cases = run_robot.suite(HEAD + text)
    for at, (status, message) in enumerate(DTYPE_ROWS.values()):
        case = cases[f"Row {at}"]
        assert case.status == status
        assert case.message.startswith(message), case.message


def test_a_bus_message_nobody_can_decode_skips_with_what_is_needed(run_robot) -> None:
    row = "Get Array Message From Bus    Prpcast.Info    ${{b''}}"
    case = run_robot.suite(f"{HEAD}Bus\n    Use Array Profile    pz\n    {row}\n")["Bus"]
    assert case.status == "SKIP"
    assert case.message.startswith("NEEDS INPUT: Prpcast.Info cannot be decoded yet. Needed: one")


PZ_ROWS = {
    'PZ Should Judge Claim    "i2"    "little"    DT004': "PZ accepts (None) what must be refused",
    "Corpus Entry Should Be Judged    count too low    DS001": "PZ accepts (True) what must be",
}


@pytest.mark.parametrize("row", PZ_ROWS)
def test_with_pz_a_self_check_judges_the_product(run_robot, row: str) -> None:
    text = f"{HEAD}Row\n    [Tags]    self-check\n    {row}\n"
    alone = run_robot.suite(text, tagged=False)["Row"]
    assert (alone.status, alone.tags) == ("PASS", {"self-check"})
    strict = run_robot.suite(text, tagged=False, FOCUS_PZ_PATH=str(PZ_CHECKOUTS / "strict"))["Row"]
    assert (strict.status, strict.tags) == ("PASS", set())
    lenient = run_robot.suite(text, tagged=False, FOCUS_PZ_PATH=str(PZ_CHECKOUTS / "lenient"))[
        "Row"
    ]
    assert (lenient.status, lenient.tags) == ("FAIL", set())
    assert PZ_ROWS[row] in lenient.message


def test_what_a_check_cannot_see_is_in_the_log(run_robot) -> None:
    row = "Corpus Entry Should Be Judged    payload valid    accepted"
    html = run_robot.suite(f"{HEAD}Log\n    {row}\n")["Log"].html
    assert "What this check cannot see" in html
    assert "a wrong byte order whose values happen to stay inside the extrema" in html


def test_an_invented_profile_judges_no_real_frames(run_robot) -> None:
    row = "Frames Should Be Valid    ${{ {} }}    ${{ {} }}    multichannel"
    case = run_robot.suite(
        f"{HEAD}Frames\n    {row}\n", FOCUS_ENVIRONMENT="staging", FOCUS_PZ_PROFILE="example"
    )["Frames"]
    assert case.status == "SKIP"
    assert case.message.startswith("NOT ALLOWED: profile 'example' is invented")


def test_importing_the_library_does_not_load_numpy() -> None:
    code = "import sys, CorpusLibrary, DtypeLibrary; sys.exit('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=LIBRARIES,
        check=False,
        env={"PYTHONPATH": str(LIBRARIES)},
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("fault", "rule", "message"),
    [
        ("recordings-stale", "live is fresh", "There are live recordings that have gone on for mo"),
        (
            "recording-uuid-duplicate",
            "uuids are unique",
            "There are uuids that are there more",
        ),
        ("index-uuid-missing", "uuid indexed", "There are collections without index on uuid: 1 ("),
    ],
)
def test_a_fault_of_the_data_fails_its_rule(faults, run_robot, fault, rule, message) -> None:
    faults(fault)
    case = run_robot.suite(f"{HEAD}Rule\n    Recordings Should Satisfy    {rule}\n")["Rule"]
    assert case.status == "FAIL"
    assert case.message.startswith(message)


def test_no_database_is_a_precondition_and_a_dead_one_an_error(run_robot) -> None:
    text = f"{HEAD}Read\n    Read Recordings\n"
    absent = run_robot.suite(text, FOCUS_MONGO_URI="")["Read"]
    assert absent.status == "SKIP"
    assert absent.message.startswith("PRECONDITION: no MongoDB is given for environment 'sandbox'")
    dead = run_robot.suite(text, FOCUS_MONGO_URI="mongodb://user:geheim@127.0.0.1:9/prisma")["Read"]
    assert dead.status == "FAIL"
    assert dead.message.startswith(
        "ERROR: MongoDB cannot be read: connection refused. Is FOCUS_MONGO"
    )
    assert "geheim" not in dead.log


def test_an_unknown_rule_names_the_legal_ones(run_robot) -> None:
    case = run_robot.suite(f"{HEAD}Rule\n    Recordings Should Satisfy    pretty\n")["Rule"]
    assert case.status == "FAIL"
    assert "'uuids_are_unique'" in case.message


def test_commands_in_metadata_are_never_logged(run_robot, sandbox) -> None:
    text = f"""{HEAD}
Of Recordings
    @{{messages}} =    Get Recording Metadata
    Metadata Should Satisfy    everything    @{{messages}}
Of A Job
    ${{range}} =    Get Recorded Time Range    duration=1 min
    ${{response}} =    Configuration Should Be Accepted    waterfall    time_range=${{range}}
    ...    channels.min=1    channels.max=1
    ${{message}} =    Get Array Message From Metadata    ${{response}}[metadata]
    Metadata Should Satisfy    everything    ${{message}}
"""
    cases = run_robot.suite(text)
    assert {name: case.status for name, case in cases.items()} == {
        "Of Recordings": "PASS",
        "Of A Job": "PASS",
    }
    assert [name for name, case in cases.items() if "recorder:unsafe" in case.log] == []


@pytest.mark.parametrize(
    ("state", "status", "message"),
    [
        ("waiting", "SKIP", "PRECONDITION: the server waits for fibre: prr is 0 in GET"),
        ("half-ready", "PASS", ""),  # the texts of sw_version tell nothing
        ("ready", "PASS", ""),
    ],
)
def test_only_prr_tells_that_the_fibre_is_waited_for(
    run_robot, sandbox, state, status, message
) -> None:
    sandbox.control("PUT", "/state", {"state": state})
    rows = """Live
    ${body} =    Get Live Metadata
    ${live} =    Get Array Message From Live Metadata    ${body}
    Metadata Should Satisfy    everything    ${live}
"""
    case = run_robot.suite(HEAD + rows)["Live"]
    assert case.status == status
    assert case.message.startswith(message)


def test_a_view_without_a_code_needs_input(run_robot) -> None:
    row = "Get View Type    heatmaps"
    case = run_robot.suite(f"{HEAD}View\n    {row}\n", FOCUS_PZ_PROFILE="pz")["View"]
    assert case.status == "SKIP"
    assert case.message.startswith("NEEDS INPUT: the view_type of 'heatmaps' is not known.")


def test_no_metadata_is_no_pass(run_robot) -> None:
    case = run_robot.suite(f"{HEAD}None\n    Metadata Should Satisfy    samples fit\n")["None"]
    assert case.status == "SKIP"
    assert case.message.startswith("PRECONDITION: there is no metadata, so 'samples fit' has")
