"""Every example in the documentation of our libraries is run as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from keywords.conftest import HEAD

PROJECT = Path(__file__).parents[2]
PZ_CHECKOUT = PROJECT / "tests" / "pz_checkout" / "strict"
LIBRARIES = sorted(path.stem for path in (PROJECT / "libraries").glob("*Library.py"))
PREPARED = {"PzConfigLibrary": "Load PZ Profile    example"}  # what its keywords presuppose
RAISE_NOTHING = {"Get Sent Configurations", "Stop All Probes"}
MEASURING = {"LatencyLibrary", "LoadLibrary"}
BLOCK = re.compile(r"```robotframework\n(.*?)```", re.DOTALL)


def _measured_if(measures: bool) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.measured,) if measures else ()


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=_measured_if(name in MEASURING)) for name in LIBRARIES],
)
def libdoc(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("libdoc")
    subprocess.run(
        [
            *[sys.executable, "-m", "robot.libdoc", "--pythonpath", str(PROJECT / "libraries")],
            *["--specdocformat", "RAW", request.param, "library.json"],
        ],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return json.loads((folder / "library.json").read_text(encoding="utf-8"))


def test_every_keyword_is_documented_to_the_end(libdoc: dict) -> None:
    for keyword in libdoc["keywords"]:
        name = keyword["name"]
        (example,) = BLOCK.findall(keyword["doc"])
        assert name in example, f"the example of {name} does not use it"
        arguments = [each for each in keyword["args"] if not each["kind"].endswith("MARKER")]
        assert all(argument["doc"] and argument["type"] for argument in arguments), name
        assert keyword["returnDoc"] or keyword["returnType"]["name"] == "None", name
        assert keyword["raises"] or name in RAISE_NOTHING, name


def test_every_example_passes(libdoc: dict, run_robot, faults) -> None:
    faults("future-api-served")  # a knob: some examples are about endpoints of a later server
    rows = {
        keyword["name"]: BLOCK.findall(keyword["doc"])[0].replace("\n", "\n    ")
        for keyword in libdoc["keywords"]
    }
    head = HEAD.replace("Variables ", f"Library    {libdoc['name']}\nVariables ")
    first = PREPARED.get(libdoc["name"], "No Operation")
    text = "\n".join(f"{name}\n    {first}\n    {row}" for name, row in rows.items())
    cases = run_robot.suite(head + text, FOCUS_PZ_PATH=str(PZ_CHECKOUT))
    assert {name: case.message for name, case in cases.items() if case.status != "PASS"} == {}
    assert set(cases) == set(rows)


def test_the_example_of_a_library_passes(libdoc: dict, run_robot) -> None:
    for suite in BLOCK.findall(libdoc["doc"]):
        cases = run_robot.suite(suite)
        assert [case.status for case in cases.values()] == ["PASS"]
