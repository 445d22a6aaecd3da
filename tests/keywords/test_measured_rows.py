"""Rows that are measured together: one with a slip says so, and the others are measured."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SUITE = f"""\
*** Settings ***
Resource         {PROJECT}/resources/measured_together.resource
Suite Setup      Measure The Selected Cases Together
Test Tags        latency    exclusive

*** Variables ***
${{LATENCY_WARM_UP}}    0 s
${{ENDPOINT_RATE}}      200
${{ROW_RATE}}           50
${{ROW_EXTENSION}}      0 s

*** Test Cases ***
"""
CONFIGURED, READ = "Configuration Should Be Answered Within", "Endpoint Should Meet Thresholds"
RIGHT = f"{CONFIGURED}    multichannel    live    ${{ONE_CHANNEL}}    ${{NFFT}}"
ROWS = {
    f"{CONFIGURED}    multichanel    live    ${{ONE_CHANNEL}}    ${{NFFT}}": "'multichanel'",
    f"{CONFIGURED}    multichannel    alive    ${{ONE_CHANNEL}}    ${{NFFT}}": "'alive'",
    f"{CONFIGURED}    multichannel    live    nope    ${{NFFT}}": "field 'channels' is nope",
    f"{CONFIGURED}    multichannel": "expected 4 non-named arguments, got 1",
    f"{RIGHT}    p95=${{CONFIGURE_P95}}": "",
    f"{READ}    GET /chanels": "nothing is demanded of GET /chanels",
    f"{READ}    channels": "'channels' is no endpoint",
    f"{READ}    ${{EMPTY}}": "'' is no endpoint",
    READ: "expected 1 argument, got 0",
    f"{READ}    GET /channels": "",
}


@pytest.mark.measured
def test_row_with_a_slip_harms_itself_only(run_robot) -> None:
    cases = "\n".join(f"Row {number}\n    {row}" for number, row in enumerate(ROWS, 1))
    seen = run_robot.suite(SUITE + cases + "\n")
    assert len(seen) == len(ROWS)
    slips = set(filter(None, ROWS.values()))
    for (row, slip), case in zip(ROWS.items(), seen.values(), strict=True):
        told = {one for one in slips if one in case.message}  # a busy machine may be told of too
        assert told == ({slip} if slip else set()), f"{row}: {case.message}"
        assert case.status == "FAIL" or not slip
