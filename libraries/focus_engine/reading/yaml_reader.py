"""Strict YAML: ruamel.yaml finds the structure, and nothing is constructed from a tag.

Values follow the YAML 1.2 core rules. A plain scalar that a YAML 1.1 parser would read as something
else is a finding, because nobody can tell which parser the product uses.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from focus_engine.checks.finding import Finding, Path, finding
from focus_engine.masking import is_secret
from focus_engine.reading.codes import ReadingCode
from focus_engine.reading.document import (
    DEEPEST,
    INT64,
    Document,
    Loaded,
    TooMuchError,
    decode,
    half_of,
)

MOST_VALUES = 100_000  # a configuration has thousands; aliases can multiply without bound

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_KNOWN_TAGS = frozenset(
    _TAG + kind
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "merge", "timestamp", "value")
)
_TRAPS = (
    (ReadingCode.AMBIGUOUS_BOOLEAN, re.compile(r"y|n|yes|no|on|off", re.IGNORECASE)),
    (
        ReadingCode.AMBIGUOUS_TIME,
        re.compile(r"[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?|\d{4}-\d\d?-\d\d?([Tt \t].*)?"),
    ),
    (
        ReadingCode.AMBIGUOUS_NUMBER,
        re.compile(
            r"[-+]?(0[0-9_]+|0b[01_]+|0o[0-7]+|[0-9]+_[0-9_]*(\.[0-9_]*)?"
            r"|[0-9]+[eE][-+]?[0-9]+|[0-9]*\.[0-9]*[eE][0-9]+)"
        ),
    ),
)
_ADVICE = {
    ReadingCode.AMBIGUOUS_BOOLEAN: "write true or false, or quote it where it is a text",
    ReadingCode.AMBIGUOUS_TIME: "quote it or write it unambiguously",
    ReadingCode.AMBIGUOUS_NUMBER: "write a number in digits, such as 300 (no exponent, no _, no 0 "
    "before it), or quote it where it is a text",
}
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DIRECTIVE = re.compile(r"^%(YAML|TAG)\b", re.MULTILINE)


def read_yaml(content: bytes, name: str) -> Loaded:
    """Parse `content`. Every departure from unambiguous YAML is a finding of its own."""
    text, found = decode(content, name)
    if not text:
        return Loaded.failed(*found)
    if (directive := _DIRECTIVE.search(text)) is not None:
        line = text[: directive.start()].count("\n") + 1
        message = f"{name} has a {directive.group(0)} directive; remove it."
        return Loaded.failed(*found, finding(ReadingCode.DIRECTIVE, message, file=name, line=line))
    nodes = _documents(text, name)
    if isinstance(nodes, Finding):
        return Loaded.failed(*found, nodes)
    if not nodes:
        return Loaded.failed(
            *found, finding(ReadingCode.EMPTY, f"{name} holds only comments.", file=name)
        )
    if len(nodes) > 1:
        line = nodes[1].start_mark.line + 1
        message = f"{name} holds {len(nodes)} YAML documents; one is expected."
        found.append(finding(ReadingCode.SEVERAL_DOCUMENTS, message, file=name, line=line))
    return _built(nodes[0], name, found)


def _built(node: Any, name: str, found: list[Finding]) -> Loaded:
    builder = _Builder(name)
    try:
        data = builder.build(node, (), ())
    except TooMuchError as error:
        return Loaded.failed(*found, *builder.findings, error.finding(name))
    return Loaded(Document(name, data, builder.lines), (*found, *builder.findings))


def _documents(text: str, name: str) -> list[Any] | Finding:
    """The node graph of every document; a finding when the text is not YAML."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - a heavy import, needed by this check only
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    try:
        constructor, _ = yaml.get_constructor_parser(io.StringIO(text))
        return list(_compose(constructor.composer))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message = f"{name} is not valid YAML: {error.problem or error.context}."
        return finding(ReadingCode.SYNTAX, message, file=name, line=line)
    except (YAMLError, ValueError, LookupError, AttributeError, AssertionError) as error:
        # The parser itself breaks on some malformed input; for the file that is the same verdict.
        message = (
            f"{name} is not valid YAML: {str(error).splitlines()[0] if str(error) else error!r}."
        )
        return finding(ReadingCode.SYNTAX, message, file=name)
    except TooMuchError as error:
        return error.finding(name)


def _compose(composer: Any) -> Iterator[Any]:
    """Every document, each node counted as it is found: a node takes the parser its time."""
    compose, count, depth = composer.compose_node, 0, 0

    def counted(*place: Any) -> Any:
        nonlocal count, depth
        count += 1
        depth += 1
        if count > MOST_VALUES:
            raise TooMuchError(ReadingCode.TOO_LARGE, ())
        if depth > DEEPEST:
            raise TooMuchError(ReadingCode.TOO_DEEP, ())
        node = compose(*place)
        depth -= 1
        return node

    composer.compose_node = counted
    while composer.check_node():
        yield composer.get_node()


class _Builder:
    """Turns nodes into plain data and gathers lines and findings on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        self._count = 0

    def build(self, node: Any, path: Path, above: tuple[int, ...]) -> Any:
        self._count += 1
        if id(node) in above or self._count > MOST_VALUES:
            raise TooMuchError(ReadingCode.ALIAS_ABUSE, path)
        if len(path) > DEEPEST:
            raise TooMuchError(ReadingCode.TOO_DEEP, path)
        self.lines[path] = node.start_mark.line + 1
        self._check_tag(node, path)
        if node.id == "mapping":
            return self._mapping(node, path, (*above, id(node)))
        if node.id == "sequence":
            inner = (*above, id(node))
            return [self.build(item, (*path, at), inner) for at, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _check_tag(self, node: Any, path: Path) -> None:
        if str(node.tag) not in _KNOWN_TAGS:
            message = f"tag {node.tag} is read by one program only; write a plain value."
            self._add(ReadingCode.CUSTOM_TAG, message, path, str(node.tag))

    def _mapping(self, node: Any, path: Path, above: tuple[int, ...]) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        if [str(key.tag) for key, _ in node.value].count(_MERGE) > 1:
            self._add(ReadingCode.DUPLICATE_KEY, "key '<<' stands twice.", path, "<<")
        for key_node, value_node in node.value:
            if str(key_node.tag) == _MERGE:
                merged = self._merged(value_node, path, above) | merged
                continue
            key = self._key(key_node, path)
            twice = key in own
            own[key] = self.build(value_node, (*path, key), above)
            if twice:
                message = f"key '{key}' stands twice."
                self._add(ReadingCode.DUPLICATE_KEY, message, (*path, key), key)
        return merged | own

    def _merged(self, node: Any, path: Path, above: tuple[int, ...]) -> dict[str, Any]:
        sources = node.value if node.id == "sequence" else [node]
        result: dict[str, Any] = {}
        for source in sources:
            if source.id != "mapping":
                self._add(
                    ReadingCode.SYNTAX, "'<<' merges something that is no mapping.", path, source.id
                )
                continue
            result = self.build(source, path, above) | result
        return result

    def _key(self, node: Any, path: Path) -> str:
        text = node.value if node.id == "scalar" else f"<{node.id}>"
        plain = node.id == "scalar" and node.style is None
        self.lines[(*path, text)] = node.start_mark.line + 1
        if half := half_of(text):
            message = f"a key holds {half}, a character that is no text."
            self._add(ReadingCode.SYNTAX, message, (*path, text), half)
        if plain and (trap := _trap(text)) is not None:
            self._add(trap, f"key {text} stands without quotes; quote it.", (*path, text), text)
        elif not isinstance(_value(text) if plain else text, str) or node.id != "scalar":
            self._add(ReadingCode.KEY_NOT_TEXT, f"key {text} is not text.", (*path, text), text)
        return str(text)

    def _scalar(self, node: Any, path: Path) -> Any:
        text = node.value
        if half := half_of(text):
            self._add(ReadingCode.SYNTAX, f"a value holds {half}, which is no text.", path, half)
        if node.style is not None:
            return text
        if (trap := _trap(text)) is not None:
            message = f"{text} stands without quotes; {_ADVICE[trap]}."
            self._add(trap, message, path, text)
            return text
        if _NOT_FINITE.fullmatch(text):
            self._add(ReadingCode.NOT_FINITE, f"{text} is no finite number.", path, text)
            return None
        value = _value(text)
        if isinstance(value, OverflowError):
            self._add(ReadingCode.OVERFLOW, f"{text[:40]} is too large.", path, text[:40])
            return None
        return value

    def _add(self, code: ReadingCode, message: str, path: Path, seen: str) -> None:
        """`message` may quote `seen`; below a secret key neither is shown."""
        if is_secret(path):
            message, seen = f"{code.meaning}.", ""
        line = self.lines.get(path)
        self.findings.append(
            finding(code, message, file=self.name, line=line, path=path, seen=seen)
        )


def scalar_value(text: str) -> Any:
    """`text` read as a plain YAML 1.2 scalar; text that is ambiguous or too large stays text."""
    if _trap(text) is not None or _NOT_FINITE.fullmatch(text):
        return text
    value = _value(text)
    return text if isinstance(value, OverflowError) else value


def _trap(text: str) -> ReadingCode | None:
    return next((code for code, pattern in _TRAPS if pattern.fullmatch(text)), None)


def _value(text: str) -> Any:
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return OverflowError(text) if value in {float("inf"), float("-inf")} else value
    return text


def _integer(text: str) -> int | OverflowError:
    if len(text) > 20:  # noqa: PLR2004 - 64 bits have at most 19 digits and a sign
        return OverflowError(text)
    value = int(text, 16) if text.startswith("0x") else int(text)
    return value if -INT64 <= value < INT64 else OverflowError(text)
