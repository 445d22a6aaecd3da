"""Modules that the configuration refers to, against the modules that exist."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from focus_engine.checks.finding import Finding, Path, Severity, finding
from focus_engine.decoding.bounded_pattern import matches_in
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.pz.codes import PzCode
from focus_engine.pz.profile_file import WHOLE, ReferenceRule
from focus_engine.pz.reading.module_list import ModuleList
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document
from focus_engine.verdict import ToolError

MOST_COMPARED = 20_000  # names with names, for a hint


@dataclass(frozen=True)
class Reference:
    """A place in the configuration that names a module."""

    module: str
    file: str
    line: int | None
    path: Path


def references_in(
    documents: Mapping[Subject, Document], rules: Sequence[ReferenceRule]
) -> tuple[Reference, ...]:
    """Every module reference that the profile's selectors find."""
    return tuple(
        reference
        for rule in rules
        if rule.subject in documents
        for reference in _references(documents[rule.subject], rule)
    )


def rules_without_effect(
    documents: Mapping[Subject, Document], rules: Sequence[ReferenceRule]
) -> Iterator[Finding]:
    """A finding for every rule that found no reference: it compared nothing."""
    if not rules:
        yield finding(PzCode.NO_REFERENCES, "the profile names no selector of module references.")
    for rule in rules:
        if not references_in(documents, [rule]):
            message = f"selector {rule.selector} finds no module reference in {rule.subject.value}."
            yield finding(PzCode.NO_REFERENCES, message, expected=rule.selector)


def check_references(
    references: Sequence[Reference], modules: ModuleList, former: Sequence[str]
) -> Iterator[Finding]:
    """Compare `references` with the list as it is, and with the list `former` to the change.

    Removing a module is no fault; needing one that was removed is.
    """
    incomplete = any(item.severity is Severity.UNDECIDED for item in modules.findings)
    unknown = {each.module for each in references if each.module not in modules.names}
    may_hint = len(unknown) * len(modules.names) <= MOST_COMPARED
    for reference in references:
        if reference.module in unknown:
            fault = _unknown(reference, modules, former, may_hint=may_hint)
            # What a computed list really holds is not known, so nothing is missing for certain.
            yield fault.weighed(Severity.UNDECIDED) if incomplete else fault
    referenced = {reference.module for reference in references}
    for module in modules.modules:
        if module.name not in referenced:
            yield finding(
                PzCode.MODULE_NOT_REFERENCED,
                f"nothing refers to module '{module.name}'.",
                file=modules.file,
                line=module.line,
                seen=module.name,
            )


def _references(document: Document, rule: ReferenceRule) -> Iterator[Reference]:
    selected = parse(rule.selector).select(document.data)
    texts = {path: value for path, value in selected if isinstance(value, str)}
    for path, name in zip(texts, _names([*texts.values()], rule.pattern), strict=True):
        if name:
            yield Reference(name, document.file(path), document.line(path), path)


def _names(texts: Sequence[str], pattern: str) -> list[str | None]:
    """The name of a module that each text holds; None where it holds none."""
    if pattern == WHOLE:
        return [*texts]
    try:
        found = matches_in(texts, pattern)
    except UndecodableError as error:
        raise ToolError(f"the pattern of a reference, '{pattern}', {error}.") from error
    return [each[0].groups[0] if each else None for each in found]


def _unknown(
    reference: Reference, modules: ModuleList, former: Sequence[str], *, may_hint: bool
) -> Finding:
    removed = reference.module in former
    nearest = get_close_matches(reference.module, modules.names, n=1) if may_hint else []
    hint = f"did you mean '{nearest[0]}'?" if nearest else "no known name is similar."
    message = (
        f"module '{reference.module}' was removed and is still needed here."
        if removed
        else f"module '{reference.module}' is not known; {hint}"
    )
    return finding(
        PzCode.REMOVED_MODULE_REFERENCED if removed else PzCode.UNKNOWN_MODULE,
        message,
        file=reference.file,
        line=reference.line,
        path=reference.path,
        expected=nearest[0] if nearest else f"one of {len(modules.names)} known modules",
        seen=reference.module,
    )
