"""The reviewed state of a configuration, and what has changed since."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from focus_engine.checks.finding import Finding, Severity, finding
from focus_engine.datafile import read_json
from focus_engine.given import write_named
from focus_engine.pz.codes import PzCode
from focus_engine.pz.comparison.difference import Comparer, Difference
from focus_engine.pz.profile_file import ChangeKind, ComparisonRules, DifferencePolicy, Treatment
from focus_engine.pz.redaction import safe_tree, shown
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document
from focus_engine.status import Fact, Status
from focus_engine.verdict import ToolError

_CODES = {kind: PzCode[kind.name] for kind in ChangeKind}


class ConfigurationBaseline(Fact):
    """`baselines/<subject>.json`. Secrets in `data` are hashes."""

    subject: Annotated[Subject, Field(strict=False)]
    data: dict[str, Any]

    @model_validator(mode="after")
    def _lists_modules(self) -> Self:
        if self.subject is Subject.SUPERVISOR_MODULES:
            names = self.data.get("modules")
            if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
                raise ValueError("data of supervisor_modules must have 'modules', a list of names")
        return self


@dataclass(frozen=True)
class _Ruling:
    treatment: Treatment
    reason: str


def read_baseline(file: FilePath, subject: Subject) -> ConfigurationBaseline:
    """The baseline of `subject`. Raises ToolError naming file and key, also for another's."""
    baseline = read_json(file, ConfigurationBaseline)
    if baseline.subject is not subject:
        raise ToolError(
            f"{file} is the baseline of {baseline.subject}, but the profile names it for "
            f"{subject}. Correct the profile, or write the baseline anew."
        )
    return baseline


def write_baseline(file: FilePath, subject: str, data: Any, status: Status, source: str) -> None:
    """Write `data` for review, secrets hashed. Raises ToolError when `file` exists already."""
    if os.path.lexists(file):
        raise ToolError(
            f"{file} exists and is never overwritten: a baseline is reviewed. "
            "Write to another file, compare, and replace it by hand."
        )
    content = {
        "status": status.value,
        "source": source,
        "needs": "a review by the team" if status is Status.PLACEHOLDER else "",
        "subject": subject,
        "data": safe_tree(data),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_named(file, text, lambda _: False)


def compare(
    document: Document, baseline: ConfigurationBaseline, comparison: ComparisonRules
) -> Iterator[Finding]:
    """Every difference of `document` to `baseline` that the policy does not ignore."""
    differences = Comparer(comparison.identity).compare(baseline.data, safe_tree(document.data))
    for difference in differences:
        ruling = _ruling(difference, comparison.policy)
        if ruling is None or ruling.treatment is not Treatment.IGNORE:
            yield _finding(difference, document, ruling)


def no_baseline(name: str) -> Finding:
    message = (
        f"there is no reviewed baseline of {name}; "
        "write one with 'focus.py pz baseline' and have it reviewed."
    )
    return finding(PzCode.NO_BASELINE, message, file=name)


def _ruling(difference: Difference, policy: list[DifferencePolicy]) -> _Ruling | None:
    for rule in policy:
        kinds: list[ChangeKind] = rule.kinds or list(ChangeKind)
        if difference.kind in kinds and parse(rule.path).matches(difference.path):
            return _Ruling(rule.treatment, rule.reason)
    return None


def _finding(difference: Difference, document: Document, ruling: _Ruling | None) -> Finding:
    code = _CODES[difference.kind]
    reason = f" ({ruling.reason})" if ruling else ""
    result = finding(
        code,
        f"{_words(difference)}{reason}.",
        file=document.file(difference.place),
        line=document.line(difference.place),
        path=difference.path,
        expected=_side(difference, difference.before, ChangeKind.ADDED),
        seen=_side(difference, difference.after, ChangeKind.REMOVED),
    )
    return result if ruling is None else result.weighed(Severity(ruling.treatment.value))


def _words(difference: Difference) -> str:
    before, after = difference.before, difference.after
    return {
        ChangeKind.ADDED: "not in the baseline",
        ChangeKind.REMOVED: "in the baseline, and gone",
        ChangeKind.TYPE_CHANGED: f"was {_type(before)} and is {_type(after)}",
        ChangeKind.VALUE_CHANGED: "has another value than in the baseline",
        ChangeKind.REORDERED: "holds the same items in another order",
        ChangeKind.LENGTH_CHANGED: f"had {before} items and has {after}",
        ChangeKind.RENAMED_CANDIDATE: f"'{before}' may have been renamed to '{after}'",
    }[difference.kind]


def _side(difference: Difference, value: Any, absent: ChangeKind) -> str:
    return "" if difference.kind is absent else shown(difference.path, value)


def _type(value: Any) -> str:
    return type(value).__name__
