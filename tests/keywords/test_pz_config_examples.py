"""The documentation of PzConfigLibrary is complete, and its examples are real rows."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, RobotRun

BLOCK = re.compile(r"```robotframework\n(.*?)```", re.DOTALL)
NEED_A_SERVER = {
    "Focus Server Should Have Loaded Configuration",
    "Loading Claim Should Hold",
    "Parameter Effects Should Be Observed",
    "Restart Focus Server",
    "Start Log Should Be Clean",
}


@pytest.fixture(scope="module")
def libdoc(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("libdoc")
    subprocess.run(
        [
            *[sys.executable, "-m", "robot.libdoc", "--pythonpath", str(PROJECT / "libraries")],
            *["--specdocformat", "RAW", "PzConfigLibrary", "library.json"],
        ],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return json.loads((folder / "library.json").read_text(encoding="utf-8"))


def test_every_keyword_is_documented_to_the_end(libdoc: dict) -> None:
    for keyword in libdoc["keywords"]:
        name = keyword["name"]
        assert len(BLOCK.findall(keyword["doc"])) == 1, name
        assert all(argument["doc"] and argument["type"] for argument in keyword["args"]), name
        assert keyword["returnDoc"] or keyword["returnType"]["name"] == "None", name
        assert keyword["raises"], name


def test_every_example_of_files_passes(libdoc: dict, tmp_path: Path) -> None:
    load = "Load PZ Profile    example"
    rows = {
        keyword["name"]: BLOCK.findall(keyword["doc"])[0].strip().replace("\n", "\n    ")
        for keyword in libdoc["keywords"]
        if keyword["name"] not in NEED_A_SERVER
    }
    settings = "*** Settings ***\nLibrary    PzConfigLibrary\n\n*** Test Cases ***\n"
    cases = _robot(tmp_path).suite(
        settings + "\n".join(f"{name}\n    {load}\n    {row}" for name, row in rows.items())
    )
    assert set(cases) == set(rows)
    assert {case.message for case in cases.values()} == {""}


def test_the_example_of_the_library_passes(libdoc: dict, tmp_path: Path) -> None:
    cases = _robot(tmp_path).suite(BLOCK.findall(libdoc["doc"])[0])
    assert [case.message for case in cases.values()] == [""]


def _robot(folder: Path) -> RobotRun:
    paths = os.pathsep.join(str(PROJECT / name) for name in ("libraries", "variables"))
    return RobotRun(folder, {"PYTHONPATH": paths, "FOCUS_ENVIRONMENT": "sandbox"})
