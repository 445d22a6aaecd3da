"""What is declared about the proof: which fault kills which table, and who stands by."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

KILLS = Path(__file__).with_name("expected_failures.yaml")


@dataclass(frozen=True)
class Context:
    """What must hold besides the fault for its killers to be decidable."""

    prr: float | None = None
    state: str | None = None
    cni: str | None = None
    requirements: tuple[tuple[str, object], ...] = ()
    knobs: tuple[tuple[str, object], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fault:
    """A seeded fault, of a kind: in the `sandbox`, in the client `settings`, in PZ's
    `files`, or in our `client`.

    The name of a sandbox fault is `id`, `id=value`, or `id@context` where one fault is seeded in
    several contexts.
    """

    name: str
    kind: str
    bystander: str
    context: Context
    change: tuple[tuple[str, object], ...] = ()

    @property
    def sandbox_id(self) -> str:
        return self.seed[0]

    @property
    def seed(self) -> tuple[str, object]:
        """Id and value as the sandbox's control API takes them."""
        name, _, value = self.name.partition("@")[0].partition("=")
        return name, value or True


@dataclass(frozen=True)
class Kill:
    """The message by which a table (or one row of it) shows a fault."""

    fault: str
    message: re.Pattern[str]


@dataclass(frozen=True)
class Costly:
    """`quick`: faults that `focus.py test` runs; `rests_on`: rows that the others need."""

    quick: frozenset[str]
    rests_on: frozenset[str]


@dataclass(frozen=True)
class Declarations:
    """Faults by name; kills by table (suite file stem), with rows that need another fault.

    `awaiting` holds the sandbox's faults whose cases come later, each with the reason.

    `costly` are the tables that take seconds to run: only the rows that a fault kills are run with
    it, and those that they rest on. Of their faults, `focus.py test` runs only the `quick` ones.
    """

    faults: dict[str, Fault]
    tables: dict[str, tuple[Kill, ...]]
    rows: dict[tuple[str, str], tuple[Kill, ...]]
    awaiting: dict[str, str]
    costly: dict[str, "Costly"]

    def kills_of(self, table: str, row: str) -> tuple[Kill, ...]:
        return self.rows.get((table, row), self.tables.get(table, ()))

    def kills(self, fault: str, table: str, row: str) -> bool:
        """Whether that row is declared to be killed by the fault."""
        return _names(self.kills_of(table, row), fault)

    def is_run(self, fault: str, table: str, row: str) -> bool:
        """Whether that row is run with the fault: a costly table's row only where it must be."""
        costly = self.costly.get(table)
        if costly is None:
            return True
        return self.kills(fault, table, row) or row in costly.rests_on

    def quick(self) -> "Declarations":
        """The part that `focus.py test` runs."""
        rows = {
            (table, row): self._quick_kills(table, kills)
            for (table, row), kills in self.rows.items()
        }
        tables = {table: self._quick_kills(table, kills) for table, kills in self.tables.items()}
        kept = {kill.fault for kills in (*rows.values(), *tables.values()) for kill in kills}
        faults = {name: fault for name, fault in self.faults.items() if name in kept}
        return replace(self, faults=faults, tables=tables, rows=rows)

    def _quick_kills(self, table: str, kills: tuple[Kill, ...]) -> tuple[Kill, ...]:
        costly = self.costly.get(table)
        return tuple(kill for kill in kills if costly is None or kill.fault in costly.quick)

    def tables_of(self, fault: str) -> set[str]:
        inherited = {table for table, kills in self.tables.items() if _names(kills, fault)}
        own = {table for (table, _), kills in self.rows.items() if _names(kills, fault)}
        return inherited | own


def load(path: Path = KILLS) -> Declarations:
    data = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    tables, rows, costly = {}, {}, {}
    for table, entry in data["tables"].items():
        if "quick" in entry:
            rests_on = frozenset(entry.get("rests_on", ()))
            costly[table] = Costly(frozenset(entry["quick"]), rests_on)
        tables[table] = _kills(entry.get("killed_by", {}))
        for row, kills in entry.get("rows", {}).items():
            rows[table, row] = _kills(kills)
    bystanders = data["bystanders"]
    faults = {name: _fault(name, entry, bystanders) for name, entry in data["faults"].items()}
    awaiting = {fault: why for why, names in data["awaiting"].items() for fault in names}
    declared = Declarations(faults, tables, rows, awaiting, costly)
    _check(declared)
    return declared


def _kills(entry: dict[str, str]) -> tuple[Kill, ...]:
    return tuple(Kill(fault, re.compile(pattern)) for fault, pattern in entry.items())


def _fault(name: str, entry: dict[str, object], bystanders: dict[str, str]) -> Fault:
    known = {"kind", "bystander", "prr", "state", "cni", "requirements", "knobs", "variables"}
    known |= {"change"}
    if unknown := set(entry) - known:
        raise ValueError(f"expected_failures.yaml: fault {name} has unknown keys {sorted(unknown)}")
    context = Context(
        prr=entry.get("prr"),
        state=entry.get("state"),
        cni=entry.get("cni"),
        requirements=tuple(dict(entry.get("requirements", {})).items()),
        knobs=tuple(dict(entry.get("knobs", {})).items()),
        variables=tuple(dict(entry.get("variables", {})).items()),
    )
    return Fault(
        name=name,
        kind=str(entry.get("kind", "sandbox")),
        bystander=bystanders[str(entry["bystander"])],
        context=context,
        change=tuple(dict(entry.get("change", {})).items()),
    )


def _check(declared: Declarations) -> None:
    named = {kill.fault for kills in declared.tables.values() for kill in kills}
    named |= {kill.fault for kills in declared.rows.values() for kill in kills}
    if unknown := named - set(declared.faults):
        raise ValueError(f"{KILLS.name} names faults that it does not describe: {sorted(unknown)}")
    if idle := set(declared.faults) - named:
        raise ValueError(f"{KILLS.name} describes faults that no table names: {sorted(idle)}")


def _names(kills: tuple[Kill, ...], fault: str) -> bool:
    return any(kill.fault == fault for kill in kills)
