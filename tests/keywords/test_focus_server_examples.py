"""Every example in FocusServerLibrary's documentation is run as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
BLOCK = re.compile(r"```robotframework\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def libdoc(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("libdoc")
    subprocess.run(
        [
            *[sys.executable, "-m", "robot.libdoc", "--pythonpath", str(PROJECT / "libraries")],
            *["--specdocformat", "RAW", "FocusServerLibrary", "library.json"],
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
        assert keyword["raises"] or name == "Get Sent Configurations", name


def test_every_example_passes(libdoc: dict, run_robot) -> None:
    rows = {
        keyword["name"]: BLOCK.findall(keyword["doc"])[0].replace("\n", "\n    ")
        for keyword in libdoc["keywords"]
    }
    cases = run_robot("\n".join(f"{name}\n    {row}" for name, row in rows.items()))
    assert {name: case.message for name, case in cases.items() if case.status != "PASS"} == {}
    assert set(cases) == set(rows)


def test_the_example_of_the_library_passes(libdoc: dict, run_robot) -> None:
    cases = run_robot.suite(BLOCK.findall(libdoc["doc"])[0])
    assert [case.status for case in cases.values()] == ["PASS"]
