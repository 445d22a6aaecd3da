"""Every code is produced by its mutation, and nothing valid is refused."""

import pytest

from focus_corpus.catalogue import corpus, entry_called
from focus_corpus.entry import seen_verdict
from focus_engine.arrays.codes import ArrayCode
from focus_engine.verdict import ProductFailure, ToolError

ENTRIES = corpus()


@pytest.mark.parametrize("name", ENTRIES)
def test_entry_gets_its_verdict(name: str) -> None:
    report = ENTRIES[name].judge()
    assert seen_verdict(report) is ENTRIES[name].verdict, report.findings


def test_every_code_is_produced() -> None:
    assert {entry.verdict for entry in ENTRIES.values()} == {*ArrayCode, None}


def test_ids_of_codes_are_unique() -> None:
    assert len({code.id for code in ArrayCode}) == len(ArrayCode)
    assert all(ArrayCode.by_id(code.id.lower()) is code for code in ArrayCode)


@pytest.mark.parametrize("name", [name for name, each in ENTRIES.items() if each.verdict])
def test_every_defect_is_a_sentence_with_its_code(name: str) -> None:
    report = ENTRIES[name].judge()
    with pytest.raises(ProductFailure, match=rf": {ENTRIES[name].verdict.id}: .*\."):
        report.conclude()


def test_an_unknown_entry_names_the_known_ones() -> None:
    with pytest.raises(ToolError, match=r"no entry 'nonsense'\. Known are: .*payload valid"):
        entry_called("nonsense")
