"""The checks of configuration files: each reads, judges and returns one report."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from focus.pz.baseline import compare, no_baseline, read_baseline
from focus.pz.codes import Code
from focus.pz.document import Document, Loaded, read_bytes
from focus.pz.effective import Effective, Resolver
from focus.pz.findings import Finding, finding
from focus.pz.module_list import ModuleList, read_modules
from focus.pz.profile import Profile
from focus.pz.profile_file import Fact, Subject
from focus.pz.reader import read_file
from focus.pz.references import Reference, check_references, references_in
from focus.pz.report import Report, rest_on
from focus.pz.schema import check as check_schema
from focus.pz.selector import parse
from focus.pz.status import Basis

TITLES = {
    Subject.HEATMAP_SUMMARY: "heatmap summary",
    Subject.AUTOCFG: "autocfg parameters",
    Subject.MODULES: "supervisor modules",
}


@dataclass(frozen=True)
class Configuration:
    """The configuration files of one profile, each read once and only when a check needs it."""

    profile: Profile

    # Reading -------------------------------------------------------------------------------

    @cached_property
    def heatmap(self) -> Loaded | None:
        """The heatmap summary; None while nobody has said where it is."""
        part = self.profile.file.heatmap_summary
        if self.profile.files is None or part.path is None:
            return None
        file = self.profile.files / part.path
        return read_file(file, part.path, part.format, self.profile.variables)

    @cached_property
    def effective(self) -> Effective | None:
        """The effective autocfg parameters; None while nobody has said where they are."""
        part = self.profile.file.autocfg
        if self.profile.files is None or part.root is None or not part.components:
            return None
        root = self.profile.files / part.root
        return Resolver(root, part.parent_key, self.profile.variables).resolve(part.components)

    @cached_property
    def modules(self) -> ModuleList | None:
        """The supervisor's modules; None while nobody has said where they are listed."""
        part = self.profile.file.supervisor_modules
        if self.profile.files is None or part.path is None or not part.lists:
            return None
        content = read_bytes(self.profile.files / part.path, part.path)
        if isinstance(content, Finding):
            return ModuleList(part.path, (), (content,))
        return read_modules(content, part.path, part.lists)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        return references_in(self.documents, self.profile.file.supervisor_modules.references)

    @cached_property
    def documents(self) -> dict[Subject, Document]:
        """What could be read, by subject. Modules appear as a document with one list."""
        found: dict[Subject, Document] = {}
        if self.heatmap is not None and self.heatmap.document is not None:
            found[Subject.HEATMAP_SUMMARY] = self.heatmap.document
        if self.effective is not None:
            found[Subject.AUTOCFG] = self.effective.document
        if self.modules is not None:
            listed = self.modules.modules
            lines = {("modules", at): module.line for at, module in enumerate(listed)}
            data = {"modules": [module.name for module in listed]}
            found[Subject.MODULES] = Document(self.modules.file, data, {**lines})
        return found

    # Checks --------------------------------------------------------------------------------

    def heatmap_report(self) -> Report:
        """Strict load, schema and recorder types of the heatmap summary."""
        part = self.profile.file.heatmap_summary
        basis = self._basis(Subject.HEATMAP_SUMMARY, part.schema_file)
        loaded = self.heatmap
        if loaded is None:
            return self._report(TITLES[Subject.HEATMAP_SUMMARY], basis, ())
        judged = [*self._schema_findings(part.schema_file, loaded.document), *self.recorders()]
        found = (*loaded.findings, *rest_on(judged, *basis))
        return self._report(TITLES[Subject.HEATMAP_SUMMARY], basis, found, part.path or "")

    def recorders(self) -> tuple[Finding, ...]:
        """Recorder types that are missing, and those that the profile does not list."""
        rule = self.profile.file.heatmap_summary.recorders
        document = self.documents.get(Subject.HEATMAP_SUMMARY)
        if rule is None or document is None:
            return ()
        present = {str(value): path for path, value in parse(rule.selector).select(document.data)}
        missing = (
            _missing_recorder(document, name) for name in rule.expected if name not in present
        )
        unknown = (
            finding(
                Code.RECORDER_UNKNOWN,
                f"recorder type '{name}' is not listed in the profile.",
                file=document.name,
                line=document.line(path),
                path=path,
                seen=name,
            )
            for name, path in present.items()
            if name not in rule.expected
        )
        return (*missing, *unknown)

    def autocfg_report(self) -> Report:
        """Layers, variables and schema of the parameters, and the modules that they still need."""
        part = self.profile.file.autocfg
        basis = self._basis(Subject.AUTOCFG, part.schema_file)
        effective = self.effective
        if effective is None:
            return self._report(TITLES[Subject.AUTOCFG], basis, ())
        judged = [
            *self._schema_findings(part.schema_file, effective.document),
            *self._needed_modules(),
        ]
        found = (*effective.findings, *rest_on(judged, *basis))
        return self._report(TITLES[Subject.AUTOCFG], basis, found, *effective.files)

    def modules_report(self) -> Report:
        """The module list against every reference of the configuration."""
        part = self.profile.file.supervisor_modules
        basis = self._basis(Subject.MODULES, None)
        if self.modules is None:
            return self._report(TITLES[Subject.MODULES], basis, ())
        judged = (
            *self.modules.findings,
            *check_references(self.references, self.modules, self._former_modules()),
        )
        return self._report(
            TITLES[Subject.MODULES], basis, rest_on(judged, *basis), part.path or ""
        )

    def baseline_report(self, subject: Subject) -> Report:
        """The difference of `subject` to its reviewed baseline, weighed by the policy."""
        title = f"{TITLES[subject]} against the baseline"
        part = self._part(subject)
        basis: tuple[Basis, ...] = (part.basis(TITLES[subject]),)
        document = self.documents.get(subject)
        if document is None:
            return self._report(title, basis, self._load_findings(subject))
        name: str | None = getattr(part, "baseline", None)
        if name is None or not (self.profile.folder / "baselines" / name).is_file():
            return self._report(title, basis, (no_baseline(document.name),), document.name)
        baseline = read_baseline(self.profile.folder / "baselines" / name)
        basis = (*basis, baseline.basis(f"baseline {name}"))
        differences = tuple(compare(document, baseline, self.profile.file.comparison))
        return self._report(title, basis, rest_on(differences, *basis), document.name)

    def reverted_report(self) -> Report:
        """Nothing of the reverted change is left."""
        part = self.profile.file.reverted
        basis = [part.basis("traces of the reverted change")]
        found: list[Finding] = []
        checked: list[str] = []
        for subject in dict.fromkeys(trace.subject for trace in part.traces):
            basis.append(self._part(subject).basis(TITLES[subject]))
            document = self.documents.get(subject)
            if document is None:
                found += self._load_findings(subject)
                continue
            checked.append(document.name)
            for trace in part.traces:
                if trace.subject is subject:
                    found += _traces(document, trace.selector, trace.meaning)
        return self._report("the reverted change", tuple(basis), rest_on(found, *basis), *checked)

    # Pieces --------------------------------------------------------------------------------

    def _report(
        self, title: str, basis: tuple[Basis, ...], found: Sequence[Finding], *checked: str
    ) -> Report:
        return Report(title, self.profile.name, basis, tuple(found), checked)

    def _part(self, subject: Subject) -> Fact:
        part: Fact = getattr(self.profile.file, subject.value)
        return part

    def _basis(self, subject: Subject, schema_file: str | None) -> tuple[Basis, ...]:
        part = self._part(subject)
        own = part.basis(TITLES[subject])
        schema = self.profile.schema(schema_file)
        if schema is None:
            return (own,)
        return (own, Basis(f"schema {schema.name}", schema.status, schema.source, part.needs
                           or f"a reviewed {schema.name}"))  # fmt: skip

    def _schema_findings(
        self, schema_file: str | None, document: Document | None
    ) -> tuple[Finding, ...]:
        schema = self.profile.schema(schema_file)
        return () if schema is None or document is None else check_schema(document, schema)

    def _needed_modules(self) -> list[Finding]:
        """References of autocfg to modules that are gone or unknown."""
        if self.modules is None:
            return []
        rules = self.profile.file.supervisor_modules.references
        documents = {Subject.AUTOCFG: self.documents[Subject.AUTOCFG]}
        references = references_in(documents, rules)
        wanted = {Code.REMOVED_MODULE_REFERENCED.id, Code.UNKNOWN_MODULE.id}
        found = check_references(references, self.modules, self._former_modules())
        return [item for item in found if item.code in wanted]

    def _former_modules(self) -> list[str]:
        name = self.profile.file.supervisor_modules.baseline
        if name is None or not (self.profile.folder / "baselines" / name).is_file():
            return []
        return list(read_baseline(self.profile.folder / "baselines" / name).data["modules"])

    def _load_findings(self, subject: Subject) -> tuple[Finding, ...]:
        """Why `subject` could not be read; empty while nobody has said where it is."""
        if subject is Subject.HEATMAP_SUMMARY:
            return self.heatmap.findings if self.heatmap else ()
        if subject is Subject.AUTOCFG:
            return self.effective.findings if self.effective else ()
        return self.modules.findings if self.modules else ()


def _missing_recorder(document: Document, name: str) -> Finding:
    return finding(
        Code.RECORDER_MISSING,
        f"recorder type '{name}' is not defined.",
        file=document.name,
        expected=name,
    )


def _traces(document: Document, selector: str, meaning: str) -> list[Finding]:
    return [
        finding(
            Code.REVERTED_CHANGE_LEFT,
            f"left of the reverted change: {meaning}.",
            file=document.file(path),
            line=document.line(path),
            path=path,
        )
        for path, _ in parse(selector).select(document.data)
    ]
