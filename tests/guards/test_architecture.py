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
PACKAGES = [
    "libraries/focus_corpus",
    "libraries/focus_engine/arrays",
    "libraries/focus_engine/checks",
    "libraries/focus_engine/contract",
    "libraries/focus_engine/kubernetes",
    "libraries/focus_engine/latency",
    "libraries/focus_engine/load",
    "libraries/focus_engine/pz",
    "libraries/focus_keywords",
    "sandbox/focus_server",
    "sandbox/kubernetes",
    "sandbox/mongo",
    "sandbox/recordings",
]


def test_every_path_of_the_page_is_there() -> None:
    paths = set(PATH.findall(PAGE.read_text(encoding="utf-8")))
    assert paths
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_holds_few_modules(package: str) -> None:
    folders = [ROOT / package, *(each for each in (ROOT / package).rglob("*") if each.is_dir())]
    modules = {folder: sorted(folder.glob("*.py")) for folder in folders}
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
