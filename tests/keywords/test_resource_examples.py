"""Every example row in the documentation of a resource is run as it stands."""

import re
from pathlib import Path

import pytest
from robot.libdocpkg import LibraryDocumentation

PROJECT = Path(__file__).parents[2]
RESOURCES = PROJECT / "resources"
ROW = re.compile(r"^\| (.+?) \|$", re.MULTILINE)
# What a suite that uses the resource does first, where rows presuppose it.
PREPARED = {
    "configure_latency": "Measure The Configurations",
    "endpoint_latency": "Begin To Measure The Endpoints",
    "latency": "${found} =    Build Configuration    multichannel\n"
    "    VAR    ${configuration}    ${found}    scope=SUITE",
    "load": "Know The Live Load",
    "outage": "Cut Dependency Off    mongodb    server",
}
SHORT = [
    *["LOAD_STEP:300 ms", "LATENCY_WARM_UP:0 s", "ROW_EXTENSION:0 s"],
    *["ENDPOINT_RATE:200", "ROW_RATE:50"],
]
MEASURING = {"configure_latency", "endpoint_latency", "latency", "load"}
MUST_HAVE = {"api", *MEASURING}


def examples(resource: Path) -> list[str]:
    """The cells of each row, joined as in a suite."""
    doc = LibraryDocumentation(str(resource)).doc
    _, _, rows = doc.partition("Example row")
    return [row.replace(" | ", "    ") for row in ROW.findall(rows)]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.measured] if name in MEASURING else [])
        for name in sorted(path.stem for path in RESOURCES.glob("*.resource"))
    ],
)
def test_every_example_row_passes(name: str, run_robot) -> None:
    rows = examples(RESOURCES / f"{name}.resource")
    assert rows or name not in MUST_HAVE
    if not rows:
        return
    variables = "\n".join(
        f"${{{key}}}    {value}" for key, _, value in (each.partition(":") for each in SHORT)
    )
    cases = "\n".join(f"Row {number}\n    {row}" for number, row in enumerate(rows, 1))
    suite = (
        "*** Settings ***\nLibrary    FocusServerLibrary\n"
        f"Resource    {RESOURCES / name}.resource\n"
        f"Suite Setup    Prepare\n\n*** Variables ***\n{variables}\n\n"
        f"*** Keywords ***\nPrepare\n    {PREPARED.get(name, 'No Operation')}\n\n"
        f"*** Test Cases ***\n{cases}\n"
    )
    seen = run_robot.suite(suite)
    assert [case.message for case in seen.values() if case.status != "PASS"] == []
    assert len(seen) == len(rows)
