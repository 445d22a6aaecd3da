"""autocfg: the value that is in force after layers and variables, and where it came from."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.evidence import Table
from focus_engine.pz.codes import PzCode
from focus_engine.pz.reading.reader import read
from focus_engine.pz.reading.variables import missing_variable, substitute
from focus_engine.pz.redaction import shown
from focus_engine.reading.document import Document, Format, Loaded, read_bytes


@dataclass(frozen=True)
class Parameter:
    """One effective scalar or list. `overridden` lists the origins that lost, nearest first."""

    value: Any
    file: str
    line: int | None
    variables: tuple[str, ...]
    overridden: tuple[str, ...]

    @property
    def origin(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Effective:
    """The parameters of all components, keyed by path, and everything found on the way.

    `unread` is why not all of them are known: a layer that was refused.
    """

    parameters: Mapping[Path, Parameter]
    document: Document
    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    unread: Finding | None = None

    def get(self, dotted: str) -> Parameter | None:
        """The parameter called `component.key.key`."""
        return next(
            (item for path, item in self.parameters.items() if _dotted(path) == dotted), None
        )

    def names(self) -> list[str]:
        return [_dotted(path) for path in self.parameters]


class Resolver:
    """Reads components below `root`, following `parent_key`, nearest layer winning."""

    def __init__(self, root: FilePath, parent_key: str, variables: Mapping[str, str]) -> None:
        self._root = root
        self._parent_key = parent_key
        self._variables = variables
        self._loaded: dict[str, Loaded] = {}
        self._lost: list[Finding] = []
        self._mappings: set[Path] = set()  # what has been one, in the component that is merged
        self._findings: dict[Finding, None] = {}  # ordered, each once: layers are shared

    def resolve(self, components: Mapping[str, str]) -> Effective:
        """Raises nothing: what cannot be resolved is a finding."""
        merged: dict[Path, Parameter] = {}
        for component, file in components.items():
            layers = self._layers(file)
            merged |= self._merge(component, layers)
        document = Document("autocfg", _tree(merged), *_places(merged))
        refused = [why for each in self._loaded.values() if (why := each.unread)]
        unread = next(iter([*refused, *self._lost]), None)
        return Effective(merged, document, tuple(self._findings), tuple(self._loaded), unread)

    def _layers(self, file: str) -> list[Document]:
        """The file and its ancestors, the furthest ancestor first."""
        chain: list[Document] = []
        names: list[str] = []
        current: str | None = file
        while current is not None:
            document = self._document(current)
            if document is None:
                break
            names.append(current)
            chain.append(document)
            current = self._parent(document, current)
            if current in names:
                self._add(PzCode.PARENT_LOOP, f"{file} inherits from itself.", document)
                break
        return chain[::-1]

    def _document(self, name: str) -> Document | None:
        loaded = self._loaded.setdefault(name, self._read(name))
        self._findings |= dict.fromkeys(loaded.findings)
        document = loaded.document
        if document is not None and not isinstance(document.data, dict):
            self._add(PzCode.NOT_A_MAPPING, f"{name} holds no mapping.", document)
            return None
        return document

    def _read(self, name: str) -> Loaded:
        content = read_bytes(self._root / name, name)
        if isinstance(content, Finding):
            return Loaded.failed(content)
        return read(content, name, Format.YAML)

    def _parent(self, document: Document, name: str) -> str | None:
        parent = document.data.get(self._parent_key)
        if parent is None:
            return None
        if not isinstance(parent, str):
            self._add(PzCode.PARENT_NOT_TEXT, f"{self._parent_key} is not text.", document)
            return None
        path = _joined(PurePosixPath(name).parent, parent)
        if path is None:
            message = f"{self._parent_key} '{parent}' leaves the folder of the parameters."
            self._add(PzCode.PARENT_OUTSIDE, message, document)
            return None
        if not os.path.exists(self._root / path):  # noqa: PTH110 - a name may be too long for any
            message = f"{self._parent_key} '{parent}' is not there."
            self._add(PzCode.PARENT_MISSING, message, document)
            return None
        return path

    def _add(self, code: PzCode, message: str, document: Document) -> None:
        path: Path = (self._parent_key,)
        line = document.line(path)
        found = finding(code, message, file=document.name, line=line, path=path, seen=message)
        self._findings[found] = None
        if code is not PzCode.PARENT_LOOP:  # any other means that a layer is missing
            self._lost.append(found)

    def _merge(self, component: str, layers: list[Document]) -> dict[Path, Parameter]:
        result: dict[Path, Parameter] = {}
        self._mappings.clear()
        for document in layers:
            for path, value in _leaves(document.data, self._parent_key):
                self._put(result, (component, *path), value, document, path)
        return result

    def _put(
        self, result: dict[Path, Parameter], key: Path, value: Any, document: Document, path: Path
    ) -> None:
        resolved = self._resolve(value, document, path)
        lost = self._displaced(result, key, document, path)
        self._mappings.update(key[:depth] for depth in range(len(key)))
        result[key] = Parameter(
            resolved[0], document.name, document.line(path), resolved[1], tuple(lost)
        )

    def _resolve(self, value: Any, document: Document, path: Path) -> tuple[Any, tuple[str, ...]]:
        if isinstance(value, list | dict):
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            done = {at: self._resolve(item, document, (*path, at)) for at, item in inner}
            used = tuple(name for _, names in done.values() for name in names)
            values = {at: item for at, (item, _) in done.items()}
            return (values if isinstance(value, dict) else list(values.values())), used
        outcome = substitute(value, self._variables)
        for name in outcome.unresolved:
            self._findings[missing_variable(document, path, name)] = None
        return outcome.value, outcome.used

    def _displaced(
        self, result: dict[Path, Parameter], key: Path, document: Document, path: Path
    ) -> list[str]:
        """Remove what the new value replaces; name the origins that lose, nearest first."""
        lost: list[str] = []
        if (old := result.pop(key, None)) is not None:
            lost = [old.origin, *old.overridden]
        reshaped = [key[:depth] for depth in range(len(key)) if key[:depth] in result]
        if key in self._mappings:  # looked through only where there may be something
            reshaped += [other for other in result if other[: len(key)] == key]
        for other in reshaped:
            lost.append(result.pop(other).origin)
        if reshaped:
            message = f"{_dotted(key)} changes between mapping and value across layers."
            line = document.line(path)
            self._findings[
                finding(PzCode.SHAPE_REPLACED, message, file=document.name, line=line, path=path)
            ] = None
        return lost


def to_table(effective: Effective) -> Table:
    columns = ("parameter", "value", "origin", "variables", "overrides")
    return Table("Effective parameters", columns, rows(effective))


def rows(effective: Effective) -> list[list[str]]:
    """Name, value, origin, variables and overridden origins of every parameter, for a table."""
    return [
        [
            _dotted(path),
            shown(path, item.value),
            item.origin,
            ", ".join(item.variables),
            ", ".join(item.overridden),
        ]
        for path, item in effective.parameters.items()
    ]


def _joined(folder: PurePosixPath, relative: str) -> str | None:
    """`relative` seen from `folder`, or None when it leaves the root."""
    if relative.startswith("/") or "\\" in relative or ":" in relative:
        return None
    parts: list[str] = []
    for part in (folder / relative).parts:
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _leaves(data: Mapping[str, Any], parent_key: str) -> list[tuple[Path, Any]]:
    """Scalars, lists and empty mappings; mappings are merged key by key, lists as a whole."""
    result: list[tuple[Path, Any]] = []

    def descend(value: Any, path: Path) -> None:
        if isinstance(value, dict) and value:
            for key, item in value.items():
                descend(item, (*path, key))
        else:
            result.append((path, value))

    for key, value in data.items():
        if key != parent_key:
            descend(value, (key,))
    return result


def _tree(parameters: Mapping[Path, Parameter]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, parameter in parameters.items():
        node = root
        for part in path[:-1]:
            node = node.setdefault(str(part), {})
        node[str(path[-1])] = parameter.value
    return root


def _places(parameters: Mapping[Path, Parameter]) -> tuple[dict[Path, int], dict[Path, str]]:
    """Line and file of every parameter; a mapping is where its first parameter is."""
    lines: dict[Path, int] = {}
    files: dict[Path, str] = {}
    for path, parameter in parameters.items():
        for length in range(1, len(path) + 1):
            files.setdefault(path[:length], parameter.file)
            lines.setdefault(path[:length], parameter.line or 0)
    return lines, files


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
