"""What is installed is what is declared: each lock holds its .txt's pins, and all locks agree."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
from guards.suites import ROOT

from reports.dependencies import LIST, SBOM, locked
from runner import virtualenv
from runner.locks import beneath, blocks

DECLARED = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)
REMEDY = "call `python3 focus.py lock` and commit what it writes"


def _pins(path: Path) -> dict[str, str]:
    found = PIN.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.mark.parametrize("declared", DECLARED, ids=lambda path: path.name)
def test_a_lock_has_every_pin_of_its_text(declared: Path) -> None:
    lock = declared.with_suffix(".lock").name
    in_lock = {pin for each in (lock, *beneath(lock)) for pin in _pins(ROOT / each).items()}
    assert _pins(declared).items() - in_lock == set(), (
        f"{declared.name} and its lock differ: {REMEDY}"
    )


@pytest.mark.parametrize("declared", DECLARED, ids=lambda path: path.name)
def test_everything_in_a_lock_has_hashes_and_no_index(declared: Path) -> None:
    pins = blocks(declared.with_suffix(".lock"))
    assert [pin for pin in pins if "--hash=sha256:" not in pin or "://" in pin] == []


def test_locks_that_are_installed_together_agree() -> None:
    for one, other in combinations(virtualenv.DEVELOPMENT, 2):
        first, second = _pins(ROOT / one), _pins(ROOT / other)
        both = first.keys() & second.keys()
        assert {name for name in both if first[name] != second[name]} == set(), REMEDY


def test_a_pin_stands_once() -> None:
    for lock in virtualenv.DEVELOPMENT:
        known = {block for each in beneath(lock) for block in blocks(ROOT / each)}
        assert known.intersection(blocks(ROOT / lock)) == set(), REMEDY


def test_every_declared_file_is_locked_and_every_lock_declared() -> None:
    locks = {path.stem for path in ROOT.glob("requirements*.lock")}
    assert locks == {path.stem for path in DECLARED}


def test_licences_and_sbom_list_what_is_locked() -> None:
    pins = {(each.name, each.version) for each in locked()}
    components = json.loads(SBOM.read_text(encoding="utf-8"))["components"]
    listed = re.findall(
        r"^\| ([\w.-]+) \| (\S+) \|", LIST.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {(each["name"], each["version"]) for each in components} == pins, REMEDY
    assert set(listed) - {("package", "version")} == pins, REMEDY
