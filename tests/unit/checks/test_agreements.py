"""Each pair of numbers that must agree is judged by code that there is, and proven by a fault.

`FOCUS_WRITE=1 pytest tests/unit/checks/test_agreements.py` writes the page anew.
"""

import importlib
import os
from functools import cache

import pytest
import yaml
from guards.suites import ROOT, cases
from proof.declarations import load

FILE = ROOT / "tests" / "proof" / "agreements.yaml"
PAGE = ROOT / "docs" / "agreements.md"
PAIRS = yaml.safe_load(FILE.read_text(encoding="utf-8"))["pairs"]
HEAD = """\
# What must agree

Numbers that two answers, frames, documents or files tell of the same thing. Each pair is held
together by the function named (below `libraries/focus_engine/`), shows in the table named, and is
proven by the fault named. Written from `tests/proof/agreements.yaml`; a guard keeps it true.

| what | the one | the other | judged by | table | fault |
|---|---|---|---|---|---|
"""


@cache
def tables() -> set[str]:
    return {file.stem for file, _name, _tags in cases()}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['what']}: {pair['other']}")
def test_a_pair_is_judged_and_proven(pair: dict[str, str]) -> None:
    module, name = pair["judge"].split(":")
    assert hasattr(importlib.import_module(f"focus_engine.{module}"), name)
    assert pair["table"] in tables()
    declared = load()
    rows = [kills for (table, _), kills in declared.rows.items() if table == pair["table"]]
    kills = [*declared.tables.get(pair["table"], ()), *(kill for row in rows for kill in row)]
    assert pair["fault"] in {kill.fault for kill in kills}, sorted(kill.fault for kill in kills)


def test_the_page_is_the_data() -> None:
    lines = [
        f"| {p['what']} | {p['one']} | {p['other']} | `{p['judge']}` | `{p['table']}` "
        f"| `{p['fault']}` |\n"
        for p in PAIRS
    ]
    page = HEAD + "".join(lines)
    if os.environ.get("FOCUS_WRITE"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
