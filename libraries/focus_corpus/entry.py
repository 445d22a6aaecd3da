"""One entry of the corpus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from focus_engine.arrays.codes import ArrayCode
from focus_engine.checks.report import Report


@dataclass(frozen=True)
class CorpusEntry:
    """`verdict` is the code that must decide it, None where it must be accepted.

    `arguments` are the parts that PZ's own checks can be called with.
    """

    name: str
    verdict: ArrayCode | None
    judge: Callable[[], Report]
    arguments: Mapping[str, Any] = field(default_factory=dict)


def seen_verdict(report: Report) -> ArrayCode | None:
    """The code that decides a report: that of its first failure or, where all is well, None."""
    return ArrayCode.by_id(report.defects[0].code) if report.defects else None
