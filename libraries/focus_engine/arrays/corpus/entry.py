"""One entry of the corpus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from focus_engine.arrays.codes import Code
from focus_engine.arrays.report import Report


@dataclass(frozen=True)
class Entry:
    """`verdict` is the code that must decide it, None where it must be accepted.

    `arguments` are the parts that PZ's own checks can be called with.
    """

    name: str
    verdict: Code | None
    judge: Callable[[], Report]
    arguments: Mapping[str, Any] = field(default_factory=dict)


def seen_verdict(report: Report) -> Code | None:
    """The code that decides a report: that of its first failure or, where all is well, None."""
    return report.failures[0].code if report.failures else None
