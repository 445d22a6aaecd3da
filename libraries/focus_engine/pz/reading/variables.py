"""`${NAME}` and `${NAME:-default}` in configuration values, resolved in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.pz.codes import PzCode
from focus_engine.pz.selector import walk
from focus_engine.reading.document import Document
from focus_engine.reading.yaml_reader import scalar_value

# One that has no end reaches to the end of the text, so that nothing is looked through twice.
_VARIABLE = re.compile(
    r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*+)(?::-(?P<default>[^}]*+))?(?P<end>\}|\Z)"
)
_BEGUN = re.compile(r"\$\{\w*")


@dataclass(frozen=True)
class Substituted:
    """A value after substitution, the variables it used, and those that have no value.

    A `${` that begins no variable has none either; it is told as it stands, up to its name.
    """

    value: Any
    used: tuple[str, ...]
    unresolved: tuple[str, ...]


def substitute(value: Any, variables: Mapping[str, str]) -> Substituted:
    """Resolve the variables of one scalar; anything but text is returned as it is.

    Text that is one variable and nothing else is then read as YAML would read it, so that
    `port: ${PORT}` gives an integer.
    """
    if not isinstance(value, str):
        return Substituted(value, (), ())
    used: list[str] = []
    unresolved: list[str] = []

    def resolve(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        if not match["end"]:
            unresolved.extend(_BEGUN.findall(match[0]))
            return match[0]
        used.append(name)
        if name in variables:
            return variables[name]
        if default is not None:
            return default
        unresolved.append(name)
        return match[0]

    text = _VARIABLE.sub(resolve, value)
    unresolved += _BEGUN.findall(_VARIABLE.sub("", value))
    whole = _VARIABLE.fullmatch(value) is not None and not unresolved
    return Substituted(scalar_value(text) if whole else text, tuple(used), tuple(unresolved))


def substitute_tree(
    document: Document, variables: Mapping[str, str]
) -> tuple[Document, tuple[Finding, ...]]:
    """The document with every variable resolved, and a finding per variable without a value."""
    found = [
        missing_variable(document, path, name)
        for path, value in walk(document.data)
        for name in substitute(value, variables).unresolved
    ]
    return Document(document.name, _resolved(document.data, variables), document.lines), tuple(
        found
    )


def missing_variable(document: Document, path: Path, name: str) -> Finding:
    begun = name.startswith("${")
    said = f"'{name}' begins no variable: it is written ${{NAME}}." if begun else ""
    return finding(
        PzCode.UNRESOLVED,
        said or f"variable {name} has no value.",
        file=document.file(path),
        line=document.line(path),
        path=path,
        expected="${NAME}" if begun else f"a value for {name}",
        seen=name if begun else f"${{{name}}}",
    )


def _resolved(data: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(data, dict):
        return {key: _resolved(value, variables) for key, value in data.items()}
    if isinstance(data, list):
        return [_resolved(value, variables) for value in data]
    return substitute(data, variables).value
