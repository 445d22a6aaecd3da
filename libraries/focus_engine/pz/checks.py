"""The checks of configuration files: each judges what was read and returns one report."""

from collections.abc import Sequence

from focus_engine.checks.finding import Finding, finding
from focus_engine.pz.codes import PzCode
from focus_engine.pz.comparison.baseline import (
    ConfigurationBaseline,
    compare,
    no_baseline,
    read_baseline,
)
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.links import check_links
from focus_engine.pz.profile_file import Autocfg, HeatmapSummary
from focus_engine.pz.reading.module_list import ModuleList
from focus_engine.pz.reading.schema import check as check_schema
from focus_engine.pz.redaction import safe_tree
from focus_engine.pz.references import check_references, references_in, rules_without_effect
from focus_engine.pz.report import ProfileReport, rest_on
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document
from focus_engine.status import Basis, Fact, Status

TITLES = {
    Subject.HEATMAP_SUMMARY: "heatmap summary",
    Subject.AUTOCFG: "autocfg parameters",
    Subject.SUPERVISOR_MODULES: "supervisor modules",
}
_REFERENCES = "the references to modules are not judged"


def heatmap_report(configuration: ProfileConfiguration) -> ProfileReport:
    """Strict load, schema and recorder types of the heatmap summary."""
    part = configuration.profile.file.heatmap_summary
    basis = (*_basis(configuration, Subject.HEATMAP_SUMMARY), _schema_basis(configuration, part))
    document = configuration.documents.get(Subject.HEATMAP_SUMMARY)
    judged = (
        *_schema_findings(configuration, part, document),
        *recorder_findings(configuration),
        *_link_findings(configuration, Subject.HEATMAP_SUMMARY),
    )
    loading = configuration.load_findings(Subject.HEATMAP_SUMMARY)
    checked = () if configuration.heatmap is None else (part.path or "",)
    return _report(
        configuration, Subject.HEATMAP_SUMMARY, basis, (*loading, *rest_on(judged, *basis)), checked
    )


def autocfg_report(configuration: ProfileConfiguration) -> ProfileReport:
    """Layers, variables and schema of the parameters, and the modules that they still need."""
    part = configuration.profile.file.autocfg
    basis = [*_basis(configuration, Subject.AUTOCFG), _schema_basis(configuration, part)]
    rules = configuration.profile.file.supervisor_modules.references
    if any(rule.subject is Subject.AUTOCFG for rule in rules):
        basis += _basis(configuration, Subject.SUPERVISOR_MODULES)
    document = configuration.documents.get(Subject.AUTOCFG)
    judged = (
        *_schema_findings(configuration, part, document),
        *_needed_modules(configuration, document),
        *_link_findings(configuration, Subject.AUTOCFG),
    )
    loading = configuration.load_findings(Subject.AUTOCFG)
    checked = () if configuration.effective is None else configuration.effective.files
    return _report(
        configuration, Subject.AUTOCFG, basis, (*loading, *rest_on(judged, *basis)), checked
    )


def modules_report(configuration: ProfileConfiguration) -> ProfileReport:
    """The module list against every reference of the configuration."""
    basis = _basis(configuration, Subject.SUPERVISOR_MODULES)
    modules = configuration.modules
    if modules is None:
        return _report(configuration, Subject.SUPERVISOR_MODULES, basis, ())
    rules = configuration.profile.file.supervisor_modules.references
    needed = (Subject.SUPERVISOR_MODULES, *(rule.subject for rule in rules))
    judged = (
        *modules.findings,
        *(
            configuration.not_judged(_REFERENCES, *needed)
            or _references_judged(configuration, modules)
        ),
    )
    return _report(
        configuration, Subject.SUPERVISOR_MODULES, basis, rest_on(judged, *basis), (modules.file,)
    )


def _references_judged(
    configuration: ProfileConfiguration, modules: ModuleList
) -> tuple[Finding, ...]:
    rules = configuration.profile.file.supervisor_modules.references
    documents = configuration.documents
    references = references_in(documents, rules)
    return (
        *rules_without_effect(documents, rules),
        *check_references(references, modules, _former_modules(configuration)),
    )


def baseline_report(configuration: ProfileConfiguration, subject: Subject) -> ProfileReport:
    """The difference of `subject` to its reviewed baseline, weighed by the policy."""
    basis = _basis(configuration, subject)
    title = f"{TITLES[subject]} against the baseline"
    name = configuration.profile.name
    document = configuration.documents.get(subject)
    if document is None:
        return ProfileReport.of(title, name, basis, configuration.load_findings(subject))
    baseline = _baseline(configuration, subject)
    if baseline is None:
        return ProfileReport.of(title, name, basis, (no_baseline(document.name),), (document.name,))
    basis = (*basis, baseline.basis(f"baseline of {TITLES[subject]}"))
    differences = tuple(compare(document, baseline, configuration.profile.file.comparison))
    return ProfileReport.of(title, name, basis, rest_on(differences, *basis), (document.name,))


def difference_report(
    new: ProfileConfiguration, old: ProfileConfiguration, subject: Subject
) -> ProfileReport:
    """The difference of `subject` between two sets of files, weighed by the policy."""
    title = f"{TITLES[subject]} against the other files"
    basis = (*_basis(new, subject), *_basis(old, subject))
    documents = (new.documents.get(subject), old.documents.get(subject))
    if documents[0] is None or documents[1] is None:
        loading = (*new.load_findings(subject), *old.load_findings(subject))
        return ProfileReport.of(title, new.profile.name, basis, loading)
    former = ConfigurationBaseline(
        status=Status.OBSERVED,
        source=str(old.profile.files),
        subject=subject,
        data=safe_tree(documents[1].data),
    )
    differences = tuple(compare(documents[0], former, new.profile.file.comparison))
    return ProfileReport.of(
        title, new.profile.name, basis, rest_on(differences, *basis), (documents[0].name,)
    )


def reverted_report(configuration: ProfileConfiguration) -> ProfileReport:
    """Nothing of the reverted change is left."""
    part = configuration.profile.file.reverted
    basis = [part.basis("traces of the reverted change")]
    if not part.traces:
        basis.append(_missing("traces", "what the reverted change left behind (the diff of it)"))
    found: list[Finding] = []
    checked: list[str] = []
    for subject in dict.fromkeys(trace.subject for trace in part.traces):
        basis += _basis(configuration, subject)
        document = configuration.documents.get(subject)
        if document is None:
            found += configuration.load_findings(subject)
            continue
        checked.append(document.name)
        for trace in part.traces:
            if trace.subject is subject:
                found += _traces(document, trace.selector, trace.meaning)
    return ProfileReport.of(
        "the reverted change",
        configuration.profile.name,
        tuple(basis),
        rest_on(found, *basis),
        tuple(checked),
    )


def recorder_findings(configuration: ProfileConfiguration) -> tuple[Finding, ...]:
    """Recorder types that are missing, and those that the profile does not list."""
    rule = configuration.profile.file.heatmap_summary.recorders
    document = configuration.documents.get(Subject.HEATMAP_SUMMARY)
    if rule is None or document is None:
        return ()
    selected = parse(rule.selector).select(document.data)
    present = {str(value): path for path, value in selected}
    missing = [
        finding(
            PzCode.RECORDER_MISSING,
            f"recorder type '{name}' is not defined.",
            file=document.name,
            expected=name,
        )
        for name in rule.expected
        if name not in present
    ]
    unknown = [
        finding(
            PzCode.RECORDER_UNKNOWN,
            f"recorder type '{name}' is not listed in the profile.",
            file=document.name,
            line=document.line(path),
            path=path,
            seen=name,
        )
        for name, path in present.items()
        if name not in rule.expected
    ]
    return (*missing, *unknown)


def _report(
    configuration: ProfileConfiguration,
    subject: Subject,
    basis: Sequence[Basis],
    found: Sequence[Finding],
    checked: Sequence[str] = (),
) -> ProfileReport:
    name = configuration.profile.name
    return ProfileReport.of(TITLES[subject], name, tuple(basis), tuple(found), tuple(checked))


def part_of(configuration: ProfileConfiguration, subject: Subject) -> Fact:
    part: Fact = getattr(configuration.profile.file, subject.value)
    return part


def _basis(configuration: ProfileConfiguration, subject: Subject) -> tuple[Basis, ...]:
    """The part of the profile, and what is missing when there is no file to check."""
    own = part_of(configuration, subject).basis(TITLES[subject])
    if configuration.part(subject) is not None or own.placeholder:
        return (own,)
    needs = f"the folder and the path of the files of {TITLES[subject]}"
    return (own, _missing(f"files of {TITLES[subject]}", needs))


def _schema_basis(configuration: ProfileConfiguration, part: HeatmapSummary | Autocfg) -> Basis:
    schema = configuration.profile.schema(part.schema_file)
    if schema is None:
        return _missing("schema", part.needs or "a schema, without which nothing is judged")
    needs = part.needs or f"a reviewed {schema.name}"
    return Basis(f"schema {schema.name}", schema.status, schema.source, needs)


def _missing(what: str, needs: str) -> Basis:
    return Basis(what, Status.PLACEHOLDER, "not supplied", needs)


def _schema_findings(
    configuration: ProfileConfiguration, part: HeatmapSummary | Autocfg, document: Document | None
) -> tuple[Finding, ...]:
    schema = configuration.profile.schema(part.schema_file)
    return () if schema is None or document is None else check_schema(document, schema)


def _link_findings(configuration: ProfileConfiguration, subject: Subject) -> tuple[Finding, ...]:
    profile = configuration.profile
    found: list[Finding] = []
    for link in profile.file.links:
        ends = () if link.target is None else (link.target.subject,)
        if link.subject is subject:
            found += configuration.not_judged(f"{link.what} is not judged", *ends) or check_links(
                [link], subject, configuration.documents, profile.files
            )
    return tuple(found)


def _needed_modules(
    configuration: ProfileConfiguration, document: Document | None
) -> tuple[Finding, ...]:
    """References of autocfg to modules that are gone or unknown."""
    if configuration.modules is None or document is None:
        return ()
    rules = configuration.profile.file.supervisor_modules.references
    unread = configuration.not_judged(_REFERENCES, Subject.SUPERVISOR_MODULES)
    if unread:
        return unread
    references = references_in({Subject.AUTOCFG: document}, rules)
    found = check_references(references, configuration.modules, _former_modules(configuration))
    return tuple(item for item in found if item.code != PzCode.MODULE_NOT_REFERENCED.id)


def _former_modules(configuration: ProfileConfiguration) -> tuple[str, ...]:
    baseline = _baseline(configuration, Subject.SUPERVISOR_MODULES)
    return () if baseline is None else tuple(baseline.data["modules"])


def _baseline(
    configuration: ProfileConfiguration, subject: Subject
) -> ConfigurationBaseline | None:
    name: str | None = getattr(part_of(configuration, subject), "baseline", None)
    if name is None:
        return None
    file = configuration.profile.folder / "baselines" / name
    return read_baseline(file, subject) if file.is_file() else None


def _traces(document: Document, selector: str, meaning: str) -> list[Finding]:
    return [
        finding(
            PzCode.REVERTED_CHANGE_LEFT,
            f"left of the reverted change: {meaning}.",
            file=document.file(path),
            line=document.line(path),
            path=path,
        )
        for path, _ in parse(selector).select(document.data)
    ]
