"""The judge of all recordings. No rule forbids overlaps: consecutive recordings were seen to."""

from __future__ import annotations

from focus_engine.checks.report import Report
from focus_engine.on_use import on_use
from focus_engine.recordings.rules import documents, paths, times
from focus_engine.recordings.rules.rule import RecordingsRule
from focus_engine.verdict import PreconditionUnmet

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.recordings import survey as surveys

RULES = {**paths.RULES, **documents.RULES, **times.RULES}


def judge_recordings(
    rule: RecordingsRule, seen: surveys.Survey, required: settings.Requirements
) -> Report:
    """The report on `rule`, with one finding.

    Raises PreconditionUnmet when a rule about recordings has none to look at.
    """
    if rule not in paths.WITHOUT_RECORDINGS and not seen.recordings:
        raise PreconditionUnmet(
            f"base_paths leads to {len(seen.collections)} collections without any recording, so "
            f"'{rule.value}' has nothing to judge. Record some data."
        )
    wrong = RULES[rule](seen, required)
    report = Report()
    counted = f"{len(seen.recordings)} recordings below {len(seen.base_paths)} base paths"
    report.expect(rule.value, not wrong, "the rule holds", counted, wrong or "")
    untimed = sum(not each.is_timed for each in seen.recordings) if rule in times.RULES else 0
    if untimed:
        report.not_checked(
            rule.value,
            f"{untimed} of {len(seen.recordings)} recordings have a start or an end that is no "
            "time; rows of their own judge that.",
        )
    return report
