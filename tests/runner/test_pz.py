"""`focus.py pz`: the engine's command line, from wherever the user is."""

import shutil
from pathlib import Path

import pytest
from small_project import Project

FILES = "variables/pz/example/files"


@pytest.fixture
def files(project: Project) -> Path:
    """Configuration files named `mine` in the folder that the tests call from."""
    mine = project.root.parent / "mine"
    shutil.copytree(project.root / FILES / "after", mine)
    return mine


def test_folders_count_from_where_the_user_is(project: Project, files: Path) -> None:
    valid = project.focus("pz", "validate", "--profile", "example", "--files", files.name)
    assert valid.code == 0, valid.console
    assert "PASS          heatmap summary" in valid.console
    before = str(project.root / FILES / "before")
    left = project.focus("pz", "validate", "--profile", "example", "--files", before)
    assert left.code == 1
    assert "CF040 fail" in left.console
    differs = project.focus("pz", "diff", "--profile", "example", "--files", before)
    assert differs.code == 2, differs.console
    assert "DF001 undecided heatMapSummary.json:14" in differs.console


def test_codes_and_inputs_are_explained(project: Project) -> None:
    said = project.focus("pz", "explain", "CF020")
    assert (said.code, said.console) == (
        0, "CF020 (fail): the configuration still needs a module that was removed\n",
    )  # fmt: skip
    inputs = project.focus("pz", "explain", "--inputs")
    assert inputs.code == 0
    assert inputs.console.startswith("# What the PZ checks need from the team")


def test_wrong_words_are_one_sentence(project: Project) -> None:
    assert project.focus("pz").code == 252
    unknown = project.focus("pz", "validate", "--profile", "exmple")
    assert unknown.code == 3
    assert unknown.console.startswith("ERROR: there is no profile 'exmple'")
    assert "Traceback" not in unknown.console
