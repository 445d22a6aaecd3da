"""Which row shows which fault, as the whole proof saw it: `focus.py test` runs these rows alone.

All rows of a table are run with a fault of which nothing is known here, and a row of which nothing
is known with every fault of its table: nothing needs to be added by hand. `focus.py proof` writes
what it saw to `results/proof/shown.json`, which may take the place of our file.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from proof.runs import Case

SHOWN = Path(__file__).with_name("shown.json")
LEFT_BEHIND = "Nothing is left behind"  # by the rows above it, of which the first is enough


def needed(fault: str, table: Sequence[Case]) -> list[Case]:
    """The rows of `table` by which the fault is seen, and those that nobody has seen yet."""
    known = shown().get(fault, {}).get(table[0].table, ())
    if not any(case.row in known for case in table):
        return list(table)
    seen = _seen_rows()[table[0].table]
    chosen = [case for case in table if case.row in known or case.row not in seen]
    rests = any(case.row == LEFT_BEHIND for case in chosen) and table[0] not in chosen
    return [*([table[0]] if rests else ()), *chosen]


def expected(fault: str) -> set[Case]:
    """The rows that the fault killed in the whole proof and that nothing else is run for."""
    known = shown().get(fault, {})
    return {Case(table, row) for table, rows in known.items() for row in rows}


def chosen(killed: Mapping[str, Iterable[Case]]) -> dict[str, dict[str, list[str]]]:
    """Few rows of what each fault killed: each fault in each of its tables, and each row once."""
    rows_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fault, cases in killed.items():
        for case in cases:
            rows_of[case.table, fault].append(case.row)
    taken: dict[str, dict[str, list[str]]] = defaultdict(dict)
    covered: set[tuple[str, str]] = set()
    for (table, fault), rows in sorted(rows_of.items(), key=lambda each: (len(each[1]), each[0])):
        new = [row for row in rows if (table, row) not in covered]
        taken[fault][table] = [(new or rows)[0]]
        covered.add((table, taken[fault][table][0]))
    for (table, fault), rows in sorted(rows_of.items(), key=lambda each: (-len(each[1]), each[0])):
        new = [row for row in rows if (table, row) not in covered]
        taken[fault][table] += new
        covered |= {(table, row) for row in new}
    return {fault: dict(sorted(tables.items())) for fault, tables in sorted(taken.items())}


def write(killed: Mapping[str, Iterable[Case]], file: Path) -> None:
    """What `chosen` says, a line for each fault."""
    lines = [f"{json.dumps(name)}: {json.dumps(rows)}" for name, rows in chosen(killed).items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


@cache
def shown() -> dict[str, dict[str, list[str]]]:
    """By fault and table, the names of rows."""
    return json.loads(SHOWN.read_text(encoding="utf-8"))


@cache
def _seen_rows() -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for tables in shown().values():
        for table, rows in tables.items():
            seen[table] |= set(rows)
    return seen
