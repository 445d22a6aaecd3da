"""Single questions about a configuration: one recorder, one parameter, the types at one path."""

from collections.abc import Mapping
from typing import Any, TypeVar

from focus_engine.checks.finding import Finding, finding
from focus_engine.evidence import compact
from focus_engine.pz.checks import TITLES, autocfg_report, part_of, recorder_findings
from focus_engine.pz.codes import PzCode
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.effective import Effective, Parameter
from focus_engine.pz.redaction import shown
from focus_engine.pz.report import ProfileReport, rest_on
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject, ValueType
from focus_engine.verdict import NeedsInput, ToolError

T = TypeVar("T")
_TYPES = {
    bool: ValueType.BOOLEAN,
    int: ValueType.INTEGER,
    float: ValueType.NUMBER,
    str: ValueType.STRING,
    list: ValueType.ARRAY,
    dict: ValueType.OBJECT,
    type(None): ValueType.NULL,
}


def recorder_report(configuration: ProfileConfiguration, name: str) -> ProfileReport:
    """Whether recorder type `name` is defined in the heatmap summary.

    Raises ToolError when the profile does not list `name`, so that a slip of typing cannot pass.
    """
    rule = configuration.profile.file.heatmap_summary.recorders
    if rule is not None and name not in rule.expected:
        known = ", ".join(rule.expected)
        raise ToolError(f"'{name}' is no recorder type of the profile. Known are: {known}.")
    missing = tuple(
        item
        for item in recorder_findings(configuration)
        if item.code == PzCode.RECORDER_MISSING.id and item.expected == name
    )
    return _report(configuration, Subject.HEATMAP_SUMMARY, f"recorder {name}", missing)


def types_report(
    configuration: ProfileConfiguration, subject: Subject, selector: str, expected: ValueType
) -> ProfileReport:
    """Whether every value at `selector` has the JSON type `expected`; none at all is a fault."""
    document = configuration.documents.get(subject)
    found: list[Finding] = []
    values = [] if document is None else list(parse(selector).select(document.data))
    if document is not None and not values:
        message = f"nothing stands at {selector}."
        found.append(finding(PzCode.MISSING, message, file=document.name, expected=selector))
    for path, value in values:
        seen = _TYPES[type(value)]
        if expected is ValueType.NUMBER and seen is ValueType.INTEGER:
            continue  # 512 is the number 512.0, written otherwise
        if document is not None and seen is not expected:
            found.append(
                finding(
                    PzCode.WRONG_TYPE,
                    f"{seen.value} instead of {expected.value}.",
                    file=document.file(path),
                    line=document.line(path),
                    path=path,
                    expected=expected.value,
                    seen=f"{seen.value} {shown(path, value)}",
                )
            )
    return _report(configuration, subject, f"types at {selector}", tuple(found))


def recorder_parameter_report(configuration: ProfileConfiguration, name: str) -> ProfileReport:
    """Whether every recorder gives parameter `name` of the profile with the profile's type.

    Raises NeedsInput when the profile does not list `name`.
    """
    part = configuration.profile.file.heatmap_summary
    listed = _listed(configuration, Subject.HEATMAP_SUMMARY, "parameters", name, part.parameters)
    return types_report(configuration, Subject.HEATMAP_SUMMARY, listed.selector, listed.type)


def agreed_parameter_report(configuration: ProfileConfiguration, name: str) -> ProfileReport:
    """Whether agreed parameter `name` of the profile has its value, from its file.

    Raises NeedsInput when the profile does not list `name`.
    """
    part = configuration.profile.file.autocfg
    listed = _listed(configuration, Subject.AUTOCFG, "agreed", name, part.agreed)
    return parameter_report(configuration, listed.name, listed.value, listed.origin)


def parameter(configuration: ProfileConfiguration, name: str) -> Parameter:
    """The effective parameter `component.key.key`.

    Raises NeedsInput while there are no autocfg files, ToolError naming similar parameters.
    """
    effective = _effective(configuration)
    found = effective.get(name)
    if effective.unread is not None:
        raise ToolError(f"'{name}' is not known: {effective.unread.sentence}")
    if found is None:
        known = ", ".join(item for item in effective.names() if _alike(item, name)) or "none alike"
        raise ToolError(f"there is no effective parameter '{name}'. Known are: {known}.")
    return found


def parameter_report(
    configuration: ProfileConfiguration, name: str, expected: Any, origin: str | None
) -> ProfileReport:
    """Whether a parameter has the value `expected` (types count) and comes from file `origin`."""
    effective = _effective(configuration)
    item = effective.get(name)
    found: list[Finding] = []
    if effective.unread is not None:
        return _report(configuration, Subject.AUTOCFG, f"parameter {name}", ())
    if item is None:
        message = f"parameter {name} has no effective value."
        found.append(finding(PzCode.MISSING, message, expected=name))
    elif compact(item.value) != compact(expected):
        path = (name,)
        found.append(
            finding(
                PzCode.NOT_ALLOWED_VALUE,
                f"{name} is {shown(path, item.value)}, expected {shown(path, expected)}.",
                file=item.file,
                line=item.line,
                expected=shown(path, expected),
                seen=shown(path, item.value),
            )
        )
    if item is not None and origin is not None and item.file != origin:
        message = f"{name} comes from {item.file}, expected {origin}."
        found.append(
            finding(
                PzCode.WRONG_ORIGIN,
                message,
                file=item.file,
                line=item.line,
                expected=origin,
                seen=item.file,
            )
        )
    return _report(configuration, Subject.AUTOCFG, f"parameter {name}", tuple(found))


def _listed(
    configuration: ProfileConfiguration,
    subject: Subject,
    key: str,
    name: str,
    listed: Mapping[str, T],
) -> T:
    """Entry `name` of a profile's list; what is missing is told by the part where it can."""
    if name in listed:
        return listed[name]
    part, profile = part_of(configuration, subject), configuration.profile.name
    wanted = f"'{name}' under {subject.value}.{key} of profile '{profile}'"
    known = f" It lists: {', '.join(listed)}." if listed else ""
    needs = f"; first {part.needs.rstrip('.')}" if part.needs else ""
    raise NeedsInput(f"supply {wanted}{needs}.{known}")


def _effective(configuration: ProfileConfiguration) -> Effective:
    if configuration.effective is None:
        raise NeedsInput(autocfg_report(configuration).sentence())
    return configuration.effective


def _report(
    configuration: ProfileConfiguration, subject: Subject, title: str, found: tuple[Finding, ...]
) -> ProfileReport:
    """A report that also fails when the file could not be read, and never passes on nothing."""
    basis = part_of(configuration, subject).basis(TITLES[subject])
    document = configuration.documents.get(subject)
    loading = configuration.load_findings(subject)
    if document is None and not loading and not basis.placeholder:
        raise NeedsInput(f"{title} needs the files of {TITLES[subject]}; supply their folder.")
    checked = () if document is None else (document.name,)
    name = configuration.profile.name
    return ProfileReport.of(title, name, (basis,), (*loading, *rest_on(found, basis)), checked)


def _alike(known: str, name: str) -> bool:
    return name.rsplit(".", 1)[-1] in known or known.startswith(name)
