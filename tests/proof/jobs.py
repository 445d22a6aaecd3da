"""What is run with which fault. Each costly table is a run of its own: some faults outlive it."""

from collections.abc import Iterable, Iterator

from proof.declarations import Declarations, Fault
from proof.runs import Case
from proof.workers import Job


def declared_jobs(declared: Declarations, fault: Fault, cases: Iterable[Case]) -> list[Job]:
    """The tables that declare the fault, and its bystander beside each run."""
    tables = declared.tables_of(fault.name) - set(declared.costly)
    mine = [case for case in cases if case.table in tables]
    return list(_jobs(declared, fault, mine, cases))


def every_job(declared: Declarations, fault: Fault, cases: Iterable[Case]) -> list[Job]:
    """Every case; of the costly tables only those that declare the fault."""
    cheap = [case for case in cases if case.table not in declared.costly]
    return list(_jobs(declared, fault, cheap, cases))


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
