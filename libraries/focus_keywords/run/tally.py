"""What a run counts as its cases end, for the header and the closing lines of plain Robot."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from focus_engine.unchecked import Unchecked
from focus_engine.verdict import Prefix
from runner.cases import by_subject
from runner.grouping import groups_of, lines_of

NOT_CHECKED = "Not checked"  # metadata of a case and of the run
FAILURES, SKIPS = "Failures by cause", "Skips by reason"
REMARKS = "Robot's errors and warnings"
NO_LONGER = "No longer reproduces"


@dataclass
class Tally:
    """One process counts its own; focus.py counts again over all that took part."""

    tags: list[frozenset[str]] = field(default_factory=list)  # of each case
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unchecked: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, result: Any, unchecked: Sequence[Unchecked]) -> None:
        """Count a case that has ended."""
        self.tags.append(frozenset(str(tag) for tag in result.tags))
        if result.failed:
            self.failed.append((result.full_name, result.message))
        if result.skipped:
            self.skipped.append((result.full_name, result.message))
        self.unchecked += [(result.full_name, str(claim)) for claim in unchecked]

    def header(self) -> dict[str, str]:
        """Metadata of the root suite; what did not happen has no line, but for skips."""
        listed = {title: _as_list(lines) for title, lines in self._parts().items() if lines}
        notes = {NO_LONGER: "; ".join(self.notes)} if self.notes else {}
        counted = {"Cases": by_subject(self.tags), "Skipped": self._skips_by_kind() or "none"}
        return {**counted, **listed, **notes}

    def closing_lines(self) -> list[str]:
        """For the console."""
        lines = [f"Cases by subject: {by_subject(self.tags)}"]
        lines += [f"Skipped by reason: {self._skips_by_kind()}"] if self.skipped else []
        for title, parts in self._parts().items():
            lines += [f"{title}:", *(f"  {part}" for part in parts)] if parts else []
        return [*lines, *self.notes]

    def _parts(self) -> dict[str, list[str]]:
        return {
            FAILURES: lines_of(groups_of(self.failed)),
            SKIPS: lines_of(groups_of(self.skipped)),
            NOT_CHECKED: lines_of(groups_of(self.unchecked)),
            REMARKS: list(dict.fromkeys(self.remarks)),
        }

    def _skips_by_kind(self) -> str:
        counts: Counter[str] = Counter()
        for _case, message in self.skipped:
            prefix = Prefix.of(message)
            counts[prefix.value.rstrip(":") if prefix else "without a reason"] += 1
        return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))


def _as_list(lines: Sequence[str]) -> str:
    """As Robot shows a list in the header of its report."""
    return "\n".join(f"- {line}" for line in lines)
