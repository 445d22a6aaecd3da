"""What is run with which fault. Each costly table is a run of its own: some faults outlive it."""

from collections.abc import Iterable, Iterator

from proof.declarations import Declarations, Fault
from proof.runs import Case, cases_of
from proof.shown import needed
from proof.workers import Job

CROSSED = "1__alignment"
"""The phase whose every case meets every fault of it. Later phases would take hours that way."""


def quick_jobs(declared: Declarations, fault: Fault, cases: Iterable[Case]) -> list[Job]:
    """Of the tables that declare the fault what it is known to kill, and its bystander."""
    tables = declared.tables_of(fault.name) - set(declared.costly)
    rows = [[case for case in cases if case.table == table] for table in sorted(tables)]
    mine = [case for table in rows for case in needed(fault.name, table)]
    return list(_jobs(declared, fault, mine, cases))


def declared_jobs(declared: Declarations, fault: Fault, cases: Iterable[Case]) -> list[Job]:
    """The tables that declare the fault, and its bystander beside each run."""
    tables = declared.tables_of(fault.name) - set(declared.costly)
    mine = [case for case in cases if case.table in tables]
    return list(_jobs(declared, fault, mine, cases))


def every_job(declared: Declarations, fault: Fault, cases: Iterable[Case]) -> list[Job]:
    """As declared; a fault of phase 1 meets every case of that phase besides."""
    tables = declared.tables_of(fault.name) - set(declared.costly)
    crossed = {case.table for case in cases_of(CROSSED)}
    if tables & crossed:
        tables |= crossed
    mine = [case for case in cases if case.table in tables]
    return list(_jobs(declared, fault, mine, cases))


def _jobs(
    declared: Declarations, fault: Fault, cheap: list[Case], cases: Iterable[Case]
) -> Iterator[Job]:
    bystander = [case for case in cases if str(case) == fault.bystander]
    if cheap:
        yield fault, [*cheap, *(case for case in bystander if case not in cheap)]
    for table in sorted(declared.tables_of(fault.name) & set(declared.costly)):
        rows = [case for case in cases if case.table == table]
        run = [case for case in rows if declared.is_run(fault.name, table, case.row)]
        yield fault, [*run, *(case for case in bystander if case not in run)]
