"""A configuration file as it was read: its data, and the line of every value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Any, TypeVar

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.reading.codes import ReadingCode

LARGEST_FILE = 8_000_000  # bytes; a configuration is kilobytes, so more is a wrong file
DEEPEST = 64  # levels; real configurations have ten
INT64 = 2**63


_HALF = re.compile("[\ud800-\udfff]")
_T = TypeVar("_T")


class TooMuchError(Exception):
    """The file nests or expands beyond what a configuration can be; says where."""

    def __init__(self, code: ReadingCode, path: Path) -> None:
        super().__init__(code.meaning)
        self.code = code
        self.path = path

    def finding(self, name: str) -> Finding:
        return finding(self.code, f"{name}: {self}.", file=name, path=self.path[:8])


class Format(StrEnum):
    """How a configuration file is written."""

    JSON = "json"
    YAML = "yaml"


@dataclass(frozen=True)
class Document:
    """The data of a file, or of several merged ones.

    `lines` maps the path of a value to its 1-based line, `files` to its file where that is not
    `name`.
    """

    name: str
    data: Any
    lines: Mapping[Path, int]
    files: Mapping[Path, str] = field(default_factory=dict)

    def file(self, path: Path) -> str:
        """The file that holds `path`, else its nearest known parent."""
        return _nearest(self.files, path) or self.name

    def line(self, path: Path) -> int | None:
        """The line of `path`, else that of its nearest known parent."""
        return _nearest(self.lines, path)


@dataclass(frozen=True)
class Loaded:
    """What reading a file gave: a document unless it could not be read at all, and the faults."""

    document: Document | None
    findings: tuple[Finding, ...]

    @classmethod
    def failed(cls, *findings: Finding) -> "Loaded":
        """`findings` end with what ended the reading."""
        return cls(None, findings)

    @property
    def unread(self) -> Finding | None:
        """Why there is no document."""
        return self.findings[-1] if self.document is None else None


def _nearest(known: Mapping[Path, _T], path: Path) -> _T | None:
    for length in range(len(path), -1, -1):
        if (value := known.get(path[:length])) is not None:
            return value
    return None


def half_of(text: str) -> str:
    """The half of a surrogate pair in `text`, as it is escaped; empty where there is none."""
    found = _HALF.search(text)
    return ascii(found.group())[1:-1] if found else ""


def read_bytes(file: FilePath, name: str) -> bytes | Finding:
    """The content of `file`; a finding when it is missing, unreadable or absurdly large."""
    try:
        return read_bounded(file, LARGEST_FILE)
    except UndecodableError as error:
        return finding(ReadingCode.TOO_LARGE, f"{name} cannot be read: {error}.", file=name)
    except OSError as error:
        reason = error.strerror or str(error)
        return finding(ReadingCode.FILE_MISSING, f"{name} cannot be read: {reason}.", file=name)


def decode(content: bytes, name: str) -> tuple[str, list[Finding]]:
    """UTF-8 text without its byte order mark. Undecodable text comes back empty, with a finding."""
    found: list[Finding] = []
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [
            finding(ReadingCode.NOT_UTF8, f"{name} is UTF-16; save it as UTF-8.", file=name)
        ]
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        found.append(
            finding(ReadingCode.BOM, f"{name} starts with a byte order mark.", file=name, line=1)
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"{name} is not UTF-8: byte {error.start} cannot be decoded."
        return "", [*found, finding(ReadingCode.NOT_UTF8, message, file=name, line=line)]
    if not text.strip():
        found.append(finding(ReadingCode.EMPTY, f"{name} is empty.", file=name))
        return "", found
    return text, found
