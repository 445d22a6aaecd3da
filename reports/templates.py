"""The tables of the suites: which template takes which columns, as the code has them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from robot.api import parsing
from robot.running import ResourceFile, TestLibrary

_WITH_UNIT = re.compile(r"((?:`\w+`(?:, and |, | and )?)+) \(([^)]+)\)")
Keyword = Any  # a user keyword or a library's, as Robot models it: name, args, short_doc


@dataclass(frozen=True)
class Template:
    """A keyword that a table uses as its template, and one table that does."""

    name: str
    suite: Path
    columns: tuple[str, ...]
    example: tuple[str, ...]
    keyword: Keyword

    @property
    def arguments(self) -> list[tuple[str, str, str, str, str]]:
        """Of each column: head, argument with type, unit or values, default, an example's cell."""
        spec = self.keyword.args
        names = [
            *spec.positional_or_named,
            *([f"*{spec.var_positional}"] if spec.var_positional else []),
        ]
        cells = dict(zip(names, self.example, strict=False))
        heads = dict(zip(names, self.columns, strict=False))
        return [
            (
                heads.get(name, ""),
                f"{name}: {spec.types[name]}" if name in spec.types else name,
                _values(spec.types.get(name)) or _unit(name, self.keyword),
                str(spec.defaults[name]) if name in spec.defaults else "",
                cells.get(name, ""),
            )
            for name in names
        ]


def _unit(name: str, keyword: Keyword) -> str:
    """What the documentation says of an argument behind its name: `min` and `max` (hertz)."""
    for text in (keyword.doc, keyword.owner.doc):
        for names, unit in _WITH_UNIT.findall(" ".join(text.split())):
            if f"`{name}`" in names:
                return str(unit)
    return ""


def _values(type_info: Any) -> str:
    """The values that a type allows, where it lists them, or how it is written."""
    kind = getattr(type_info, "type", None)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(member.value) for member in kind)
    return "time, such as 300 ms" if kind is timedelta else ""


@dataclass
class _Table(parsing.ModelVisitor):
    """What one suite file says of its table: its columns, and a row of each template."""

    template: str = ""
    columns: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def visit_TestTemplate(self, node: Any) -> None:  # noqa: N802 - Robot's visitor names
        self.template = node.value or ""

    def visit_TestCaseSection(self, node: Any) -> None:  # noqa: N802
        self.columns = tuple(token.value for token in node.header.data_tokens[1:])
        self.generic_visit(node)

    def visit_TestCase(self, node: Any) -> None:  # noqa: N802
        own = [item.value for item in node.body if isinstance(item, parsing.Template)]
        # Row by row, then those inside of a FOR.
        cells = [
            item.args for item in ast.walk(node) if isinstance(item, parsing.TemplateArguments)
        ]
        if cells:
            self.rows.setdefault((own or [self.template])[0], cells[0])


def keywords_of(resources: Path, libraries: Path) -> dict[str, Keyword]:
    """All keywords of the resource files and of the libraries, by name."""
    owners = [
        *(TestLibrary.from_name(file.stem) for file in sorted(libraries.glob("*Library.py"))),
        *(ResourceFile.from_file_system(file) for file in sorted(resources.glob("*.resource"))),
    ]
    return {keyword.name: keyword for owner in owners for keyword in owner.keywords}


def templates(suites: Path, resources: Path, libraries: Path) -> list[Template]:
    """Every template that a table below `suites` uses, each once, in the order of the suites."""
    known = keywords_of(resources, libraries)
    return list({found.name: found for found in _used(suites, known)}.values())


def _used(suites: Path, known: dict[str, Keyword]) -> Iterator[Template]:
    for file in sorted(suites.rglob("*.robot"), reverse=True):
        table = _Table()
        table.visit(parsing.get_model(file))
        for name, cells in table.rows.items():
            if name in known:
                columns = table.columns if name == table.template else ()
                yield Template(name, file, columns, cells, known[name])
