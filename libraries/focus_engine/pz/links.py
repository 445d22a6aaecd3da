"""What one part of the configuration names in another: queues, files, services."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.pz.codes import PzCode
from focus_engine.pz.profile_file import Link, LinkTarget
from focus_engine.pz.selector import parse
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document

Documents = Mapping[Subject, Document]


def check_links(
    links: list[Link], subject: Subject, documents: Documents, files: FilePath | None
) -> Iterator[Finding]:
    """Follow each link that starts in `subject`: what it names is declared, or is a file.

    A name that identifies something (`unique`) stands once. A link that starts or ends nowhere
    compares nothing, which is undecided.
    """
    for link in links:
        if link.subject is subject and subject in documents:
            yield from _followed(link, documents, files)


def _followed(link: Link, documents: Documents, files: FilePath | None) -> Iterator[Finding]:
    document = documents[link.subject]
    named = list(parse(link.selector).select(document.data))
    declared = None if link.target is None else _declared(link.target, documents)
    if not named or (link.target is not None and not declared):
        start = link.selector if not named else f"{link.target}"
        yield finding(
            PzCode.LINK_NOWHERE, f"nothing stands at {start} for {link.what}.", file=document.name
        )
        return
    seen: set[str] = set()
    for path, value in named:
        name = str(value)
        if declared is not None and name not in declared:
            yield _at(document, path, PzCode.LINK_BROKEN, f"{link.what} '{name}' is not declared")
        if link.is_file and files is not None and not _is_file(files, name):
            yield _at(document, path, PzCode.LINK_BROKEN, f"{link.what} '{name}' is no file")
        if link.unique and name in seen:
            yield _at(document, path, PzCode.NAME_TWICE, f"{link.what} '{name}' stands twice")
        seen.add(name)


def _declared(target: LinkTarget, documents: Documents) -> set[str] | None:
    document = documents.get(target.subject)
    if document is None:
        return None
    return {str(value) for _, value in parse(target.selector).select(document.data)}


def _is_file(folder: FilePath, name: str) -> bool:
    inside = FilePath(os.path.realpath(folder / name))
    try:
        return inside.is_relative_to(os.path.realpath(folder)) and inside.is_file()
    except OSError:  # longer than a name may be
        return False


def _at(document: Document, path: Path, code: PzCode, said: str) -> Finding:
    return finding(code, f"{said}.", file=document.file(path), line=document.line(path), path=path)
