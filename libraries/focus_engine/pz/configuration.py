"""The configuration files of one profile, each read once and only when a check needs it."""

from dataclasses import dataclass
from functools import cached_property

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.pz.codes import PzCode
from focus_engine.pz.effective import Effective, Resolver
from focus_engine.pz.profile import Profile
from focus_engine.pz.reading.module_list import ModuleList, read_modules
from focus_engine.pz.reading.reader import read_file
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document, Loaded, read_bytes


@dataclass(frozen=True)
class ProfileConfiguration:
    """What the files of `profile` hold."""

    profile: Profile

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
            return ModuleList.failed(part.path, content)
        return read_modules(content, part.path, part.lists)

    @cached_property
    def documents(self) -> dict[Subject, Document]:
        """What could be read whole, by subject. Modules appear as a document with one list."""
        found: dict[Subject, Document] = {}
        if self.heatmap is not None and self.heatmap.document is not None:
            found[Subject.HEATMAP_SUMMARY] = self.heatmap.document
        if self.effective is not None and self.effective.unread is None:
            found[Subject.AUTOCFG] = self.effective.document
        if self.modules is not None and self.modules.unread is None:
            listed = self.modules.modules
            lines: dict[Path, int] = {
                ("modules", at): module.line for at, module in enumerate(listed)
            }
            data = {"modules": [module.name for module in listed]}
            found[Subject.SUPERVISOR_MODULES] = Document(self.modules.file, data, lines)
        return found

    def unread(self, *subjects: Subject) -> dict[Subject, Finding]:
        """Which of `subjects` are not known, or not whole, because a file was refused, and why."""
        found = ((each, self.part(each)) for each in subjects)
        return {each: why for each, part in found if part is not None and (why := part.unread)}

    def part(self, subject: Subject) -> Loaded | Effective | ModuleList | None:
        """What was read for `subject`; None while nobody has said where it is."""
        if subject is Subject.HEATMAP_SUMMARY:
            return self.heatmap
        return self.effective if subject is Subject.AUTOCFG else self.modules

    def not_judged(self, what: str, *needed: Subject) -> tuple[Finding, ...]:
        """For each of `needed` that is not known, `what` was not done: "the queue is not judged".

        Nothing is missing for certain in a file that nobody could read.
        """
        return tuple(not_judged(what, cause) for cause in self.unread(*needed).values())

    def load_findings(self, subject: Subject) -> tuple[Finding, ...]:
        """Why `subject` could not be read cleanly; empty while nobody has said where it is."""
        part = self.part(subject)
        return () if part is None else part.findings


def not_judged(what: str, cause: Finding) -> Finding:
    """The finding that `what` was not done, because of the file that `cause` is about."""
    message = f"{what}: {cause.sentence}"
    return finding(PzCode.UNREAD, message, file=cause.place.file, line=cause.place.line)
