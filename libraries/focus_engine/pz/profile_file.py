"""The shape of `variables/pz/<profile>/profile.yaml`: all that the engine knows of PZ."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from focus_engine.checks.finding import Severity
from focus_engine.datafile import AddressPart, EndDay, Record, Text
from focus_engine.decoding.bounded_pattern import fitting_anything, regular
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject, ValueType
from focus_engine.reading.document import Format
from focus_engine.status import Fact, Status
from focus_engine.verdict import ToolError


def _is_path(text: str) -> str:
    try:
        parse(text)
    except ToolError as error:
        raise ValueError(error.sentence) from error
    return text


def _has_a_group(pattern: str) -> str:
    if not re.compile(pattern).groups:
        raise ValueError(f"'{pattern}' has no group: put the name of the module into brackets")
    return pattern


def _names_a_message(pattern: str) -> str:
    if "message" not in re.compile(pattern).groupindex:
        raise ValueError(f"'{pattern}' has no group (?P<message>…), which is what is told")
    return pattern


def _is_below_the_prefix(address: str) -> str:
    if not address.startswith("/"):
        raise ValueError(f"'{address}' is no path of the server: write /{address}")
    return address


WHOLE = "^(.+)$"  # all of a text is the name
Selector = Annotated[Text, AfterValidator(_is_path)]
Regular = Annotated[Text, AfterValidator(regular)]
AnchoredPattern = Annotated[str, Field(pattern=r"^\^"), AfterValidator(regular)]
_Status = Annotated[Status, Field(strict=False)]
_Subject = Annotated[Subject, Field(strict=False)]


class Recorders(Record):
    """Where recorder types stand in the heatmap summary, and which there should be."""

    selector: Selector
    expected: list[str]


class TypedPath(Record):
    """Where a parameter stands and which type each of its values has."""

    selector: Selector
    type: Annotated[ValueType, Field(strict=False)]


class AgreedParameter(Record):
    """An effective parameter `component.key.key` with its reviewed value and the file it is in."""

    name: Text
    value: Any
    origin: Text


class HeatmapSummary(Fact):
    """`path` is relative to the folder of the configuration files; None while it is unknown."""

    path: str | None
    format: Annotated[Format, Field(strict=False)] = Format.JSON
    schema_file: str | None
    baseline: str | None
    recorders: Recorders | None
    parameters: dict[str, TypedPath] = Field(default_factory=dict)


class Autocfg(Fact):
    """Layered YAML parameters. `components` maps a component to its file below `root`.

    `agreed` are the parameters that the reverted change touched, by the names the suites use.
    """

    root: str | None
    components: dict[str, str]
    parent_key: str = "parent_config"
    schema_file: str | None
    baseline: str | None
    agreed: dict[str, AgreedParameter] = Field(default_factory=dict)


class ListKind(StrEnum):
    """How a Python file spells a list of modules."""

    ASSIGN = "assign"  # NAME = ["a", "b"] or NAME = {"a": …}
    CLASS = "class"  # class NAME: A = "a"
    IMPORT = "import"  # import a.b; NAME is a prefix of the modules that count


class ListRule(Record):
    kind: Annotated[ListKind, Field(strict=False)]
    name: Text


class ReferenceRule(Record):
    """Where the configuration names a module. `pattern` has one group, the module's name."""

    subject: _Subject
    selector: Selector
    pattern: Annotated[Regular, AfterValidator(_has_a_group)] = WHOLE


class LinkTarget(Record):
    """Where a name is declared."""

    subject: _Subject
    selector: Selector

    def __str__(self) -> str:
        return f"{self.selector} of {self.subject.value}"


class Link(Record):
    """Where the configuration names something, and where that is declared.

    `is_file` names a file below the folder of the configuration; what is `unique` stands once.
    """

    what: Text
    subject: _Subject
    selector: Selector
    target: LinkTarget | None = None
    is_file: bool = False
    unique: bool = False


class Modules(Fact):
    path: str | None
    lists: list[ListRule]
    references: list[ReferenceRule]
    baseline: str | None


class ListKey(Record):
    """Lists at `path` hold objects that are the same when `key` is equal ('.': the item itself)."""

    path: Selector
    key: Text


class ChangeKind(StrEnum):
    """How two configurations can differ; the names are those of the codes DF001 to DF007."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    TYPE_CHANGED = "TYPE_CHANGED"
    VALUE_CHANGED = "VALUE_CHANGED"
    REORDERED = "REORDERED"
    LENGTH_CHANGED = "LENGTH_CHANGED"
    RENAMED_CANDIDATE = "RENAMED_CANDIDATE"


class Treatment(StrEnum):
    """What a policy does with a difference."""

    IGNORE = "ignore"
    WARN = Severity.WARN.value
    FAIL = Severity.FAIL.value


class DifferencePolicy(Record):
    """The first policy that fits path and kind decides; `reason` is shown in the report."""

    path: Selector
    kinds: list[Annotated[ChangeKind, Field(strict=False)]]
    treatment: Annotated[Treatment, Field(strict=False)]
    reason: Text


class ComparisonRules(Record):
    identity: list[ListKey]
    policy: list[DifferencePolicy]


class Trace(Record):
    """A piece of the reverted change that must not be left."""

    subject: _Subject
    selector: Selector
    meaning: Text


class Reverted(Fact):
    traces: list[Trace]


class Checker(Fact):
    """The team's own program. In the command `{files}` and `{profile}` stand for folders and
    `{python}` for this interpreter.

    `finding` is a pattern with a group `message`, optionally `file` and `line`. `timeout` are
    seconds, `memory_mb` bounds each of its processes (on Linux).
    """

    command: Annotated[list[str], Field(min_length=1)]
    accepted: list[int]
    rejected: list[int]
    finding: Annotated[Regular, AfterValidator(_names_a_message)]
    timeout: Annotated[float, Field(gt=0)] = 60
    memory_mb: Annotated[int, Field(gt=0)] = 2000


class Deployed(Record):
    """Where a file is in the running server: its path in the container and its ConfigMap key."""

    file: Text
    pod_path: Text
    config_map: str | None = None
    key: str | None = None


class ServerEffect(Record):
    """A parameter that shows in an answer of the server: GET `request`, value at `selector`."""

    parameter: Text
    request: Annotated[AddressPart, AfterValidator(_is_below_the_prefix)]
    selector: Selector


class Live(Fact):
    """How the running server is found. `job_label` has `{job_id}` in it."""

    container: str | None
    deployed: list[Deployed]
    log_rules: Text
    job_label: str = "app=grpc-job-{job_id}"
    effects: list[ServerEffect]


class ProfileFile(Record):
    """Everything of `profile.yaml`."""

    description: Text
    status: _Status
    files: str | None
    variables: dict[str, str]
    heatmap_summary: HeatmapSummary
    autocfg: Autocfg
    supervisor_modules: Modules
    links: list[Link] = Field(default_factory=list)
    comparison: ComparisonRules
    reverted: Reverted
    external_checker: Checker | None
    live: Live


class LogRule(Record):
    """One fault that a start log can show. `scope` says what the pattern is matched against."""

    id: Annotated[str, Field(pattern="^LG0[01][0-9]$")]
    name: Text
    scope: Annotated[str, Field(pattern="^(traceback|line|any)$")]
    pattern: AnchoredPattern


class Allowance(Record):
    """A fault that is tolerated until a date, only while `condition` holds where one is named."""

    id: Text
    pattern: AnchoredPattern
    reason: Text
    owner: Text
    expires: EndDay
    condition: Literal["", "waiting-for-fiber"] = ""


class Explanation(Record):
    """A crash that is no configuration fault, told by the last exception of the previous log."""

    pattern: AnchoredPattern
    reason: Text


class LogRules(Fact):
    """`log_rules.yaml`."""

    ready: list[AnchoredPattern]
    rules: Annotated[list[LogRule], Field(min_length=1)]
    allow: list[Allowance]
    crash_explanations: list[Explanation]

    @model_validator(mode="after")
    def _tell_apart(self) -> Self:
        """No pattern of what is well may fit any log, and no id stands twice."""
        kinds: dict[str, Sequence[str]] = {
            "ready": self.ready,
            "allow": [entry.pattern for entry in self.allow],
            "crash_explanations": [entry.pattern for entry in self.crash_explanations],
        }
        broad = fitting_anything(*(each for patterns in kinds.values() for each in patterns))
        for key, patterns in kinds.items():
            said = [each for each in patterns if each in broad]
            if said:
                raise ValueError(f"'{said[0]}' of {key} fits any line: write what this one says")
        ids = [rule.id for rule in self.rules]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"rule {twice[0]} is there {ids.count(twice[0])} times")
        return self
