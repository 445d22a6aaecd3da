"""Lies that nobody wrote are noticed: a sample of them, drawn by the commit."""

from proof.lies.derive import rule_lies
from proof.lies.run import commit, judge, look, sample
from proof.lies.survivors import explained
from proof.runs import all_cases

SAMPLE = 12
WORKERS = 2  # the start of a worker and its sandbox takes longer than a lie
ACCEPTED = {"view_type_accepted", "time_range_historic", "waterfall_accepted"}
"""Tables that show what is accepted in each cell of the grid."""


def test_lies_of_this_commit_are_noticed() -> None:
    refusing = {case.table for case in all_cases() if case.table.endswith(("_rejected", "_absent"))}
    survey = look(refusing | ACCEPTED, WORKERS)
    chosen = sample(list(rule_lies()), SAMPLE, commit())
    survived = [
        f"No case noticed the lie '{one.lie.id}'. Repeat it: "
        f"python3 focus.py proof --lies --only '{one.lie.id}'"
        for one in judge(chosen, survey, WORKERS)
        if one.survived and explained(one.lie.id) is None
    ]
    assert not survived, "\n".join(survived)
