"""The shape of `variables/pz/<profile>/profile.yaml`: all that the engine knows of PZ."""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from focus_engine.checks.finding import Severity
from focus_engine.datafile import AddressPart, EndDay, Record, Text
from focus_engine.pz.words import Subject, ValueType
from focus_engine.reading.document import Format
from focus_engine.status import Fact, Status

_Status = Annotated[Status, Field(strict=False)]
_Subject = Annotated[Subject, Field(strict=False)]


class Recorders(Record):
    """Where recorder types stand in the heatmap summary, and which there should be."""

    selector: Text
    expected: list[str]


class TypedPath(Record):
    """Where a parameter stands and which type each of its values has."""

    selector: Text
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
    selector: Text
    pattern: str = "^(.+)$"


class LinkTarget(Record):
    """Where a name is declared."""

    subject: _Subject
    selector: Text

    def __str__(self) -> str:
        return f"{self.selector} of {self.subject.value}"


class Link(Record):
    """Where the configuration names something, and where that is declared.

    `is_file` names a file below the folder of the configuration; what is `unique` stands once.
    """

    what: Text
    subject: _Subject
    selector: Text
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

    path: Text
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

    path: Text
    kinds: list[Annotated[ChangeKind, Field(strict=False)]]
    treatment: Annotated[Treatment, Field(strict=False)]
    reason: Text


class ComparisonRules(Record):
    identity: list[ListKey]
    policy: list[DifferencePolicy]


class Trace(Record):
    """A piece of the reverted change that must not be left."""

    subject: _Subject
    selector: Text
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
    finding: Text
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
    request: AddressPart
    selector: Text


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
    pattern: Annotated[str, Field(pattern=r"^\^")]


class Allowance(Record):
    """A fault that is tolerated until a date, only while `condition` holds where one is named."""

    id: Text
    pattern: Annotated[str, Field(pattern=r"^\^")]
    reason: Text
    owner: Text
    expires: EndDay
    condition: str = ""


class Explanation(Record):
    """A crash that is no configuration fault, told by the last exception of the previous log."""

    pattern: Annotated[str, Field(pattern=r"^\^")]
    reason: Text


class LogRules(Fact):
    """`log_rules.yaml`."""

    ready: list[Annotated[str, Field(pattern=r"^\^")]]
    rules: Annotated[list[LogRule], Field(min_length=1)]
    allow: list[Allowance]
    crash_explanations: list[Explanation]

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        patterns = [
            *self.ready,
            *(rule.pattern for rule in self.rules),
            *(entry.pattern for entry in self.allow),
            *(entry.pattern for entry in self.crash_explanations),
        ]
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(
                    f"pattern {pattern!r} is no regular expression: {error}"
                ) from error
        return self
