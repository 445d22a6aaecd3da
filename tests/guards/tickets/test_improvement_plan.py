"""The plan's table: each item has cases, a fault that is proven on them, and a line in README."""

import pytest
from guards.suites import ROOT, cases
from proof.declarations import load

from focus_engine.declared.known_bugs import NEVER_EXCUSED_TAG
from reports.tickets.plan import Item, read_plan, table
from reports.tickets.verdicts import written_cases

ITEMS = read_plan().items


def test_the_tag_of_the_plan_and_its_items_mean_the_same_cases() -> None:
    written = written_cases()
    tagged = {name for name, tags in written.items() if NEVER_EXCUSED_TAG in tags}
    assert {name for item in ITEMS for name in item.cases(written)} == tagged


@pytest.mark.parametrize("item", ITEMS, ids=[item.item for item in ITEMS])
def test_each_suite_of_an_item_is_tagged(item: Item) -> None:
    of_item = item.cases(written_cases())
    assert {name.split(".")[0] for name in of_item} == set(item.suites)


@pytest.mark.parametrize("item", ITEMS, ids=[item.item for item in ITEMS])
def test_the_fault_of_an_item_is_declared_to_turn_it_red(item: Item) -> None:
    stems = {file.stem for file, name, _tags in cases() if name.split(".")[-2] in item.suites}
    assert load().tables_of(item.fault) & stems


def test_readme_has_the_table() -> None:
    """But for the verdicts, which are those of a run."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in table(read_plan(), written_cases(), {}).splitlines():
        known, _, _verdict = line.rstrip(" |").rpartition(" | ")
        assert known in readme, "run: python3 focus.py tickets --plan README.md"
