"""docs/architecture.md tells of rooms that are there, and folders stay small enough to be read."""

import ast
import re
from collections import Counter

import pytest
from guards.suites import ROOT

PAGE = ROOT / "docs" / "architecture.md"
PATH = re.compile(
    r"`((?:libraries|variables|sandbox|runner|reports|tests|docs|resources)/[\w./]*)`"
)
MOST_MODULES = 16
ROOMS = ["libraries", "sandbox", "runner", "reports", "tests", "bench"]


def test_every_path_of_the_page_is_there() -> None:
    paths = set(PATH.findall(PAGE.read_text(encoding="utf-8")))
    assert paths
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_holds_few_modules(room: str) -> None:
    folders = [ROOT / room, *(each for each in (ROOT / room).rglob("*") if each.is_dir())]
    modules = {folder: sorted(folder.glob("[!_]*.py")) for folder in folders}
    full = {str(at): len(found) for at, found in modules.items() if len(found) > MOST_MODULES}
    assert full == {}, "divide it by concern"


def test_a_class_name_means_one_thing() -> None:
    modules = [
        path for room in ("libraries", "sandbox", "runner") for path in (ROOT / room).rglob("*.py")
    ]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules]
    names = Counter(
        node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)
    )
    twice = sorted(name for name, times in names.items() if times > 1 and not name.startswith("_"))
    assert twice == [], "name them in the words of their room (docs/architecture.md)"
