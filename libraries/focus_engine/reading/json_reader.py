"""Strict JSON: the standard parser, told to keep positions and to accept nothing silently."""

import json
import json.decoder
import json.scanner
import math
from bisect import bisect_right
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Node:
    """A parsed value and the character at which it starts."""

    value: Any
    start: int


@dataclass(frozen=True)
class _Number:
    """A number literal that Python's types would change silently."""

    literal: str
    code: ReadingCode


class _Scanner:
    """Scans one JSON value into a `_Node`, with the standard library's pure-Python parsers.

    The C parser cannot report positions. Objects stay tuples of (key, node) pairs, so that a
    duplicate key survives until it is seen.
    """

    def __init__(self) -> None:
        decoder = json.JSONDecoder(
            parse_constant=lambda literal: _Number(literal, ReadingCode.NOT_FINITE),
            parse_float=_float,
            parse_int=_int,
        )
        self._scalar = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]

    def __call__(self, text: str, start: int) -> tuple[_Node, int]:
        value, end = self._value(text, start)
        return _Node(value, start), end

    def document(self, text: str) -> tuple[_Node, int]:
        start = len(text) - len(text.lstrip(" \t\r\n"))
        try:
            return self(text, start)
        except StopIteration as error:
            raise json.JSONDecodeError("Expecting value", text, error.value) from error

    def _value(self, text: str, start: int) -> tuple[Any, int]:
        head = text[start : start + 1]
        result: tuple[Any, int]
        if head == "{":
            result = json.decoder.JSONObject((text, start + 1), True, self, None, tuple)  # type: ignore[attr-defined]
        elif head == "[":
            result = json.decoder.JSONArray((text, start + 1), self)  # type: ignore[attr-defined]
        else:
            result = self._scalar(text, start)
        return result


def read_json(content: bytes, name: str) -> Loaded:
    """Parse `content`. Every departure from strict JSON is a finding of its own."""
    text, found = decode(content, name)
    if not text:
        return Loaded.failed(*found)
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    try:
        node, end = _Scanner().document(text)
    except json.JSONDecodeError as error:
        message = f"{name} is not valid JSON: {error.msg}."
        fault = finding(
            ReadingCode.SYNTAX, message, file=name, line=error.lineno, seen=f"column {error.colno}"
        )
        return Loaded.failed(*found, fault)
    except RecursionError:
        return Loaded.failed(
            *found, finding(ReadingCode.TOO_DEEP, f"{name} nests too deep.", file=name)
        )
    if text[end:].strip():
        message = f"{name} goes on after the end of its JSON value."
        found.append(
            finding(ReadingCode.TRAILING_DATA, message, file=name, line=_line(starts, end))
        )
    builder = _Builder(name, starts)
    try:
        data = builder.build(node, ())
    except TooMuchError as error:
        return Loaded.failed(*found, *builder.findings, error.finding(name))
    return Loaded(Document(name, data, builder.lines), (*found, *builder.findings))


class _Builder:
    """Turns nodes into plain data and gathers lines and findings on the way."""

    def __init__(self, name: str, starts: list[int]) -> None:
        self.name = name
        self.starts = starts
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def build(self, node: _Node, path: Path) -> Any:
        if len(path) > DEEPEST:
            raise TooMuchError(ReadingCode.TOO_DEEP, path)
        self.lines[path] = _line(self.starts, node.start)
        value = node.value
        if isinstance(value, tuple):
            return self._object(value, path)
        if isinstance(value, list):
            return [self.build(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, _Number):
            message = f"{value.literal[:40]}: {value.code.meaning}."
            self._add(value.code, message, path, value.literal[:40])
            return None
        if isinstance(value, str) and (half := half_of(value)):
            self._add(ReadingCode.SYNTAX, f"a value holds {half}, which is no text.", path, half)
        return value

    def _object(self, pairs: tuple[tuple[str, _Node], ...], path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, node in pairs:
            inner = (*path, key)
            twice = key in result
            result[key] = self.build(node, inner)
            if half := half_of(key):
                message = f"a key holds {half}, a character that is no text."
                self._add(ReadingCode.SYNTAX, message, inner, half)
            if twice:
                self._add(ReadingCode.DUPLICATE_KEY, f"key '{key}' stands twice.", inner, key)
        return result

    def _add(self, code: ReadingCode, message: str, path: Path, seen: str) -> None:
        """`message` may quote `seen`; below a secret key neither is shown."""
        if is_secret(path):
            message, seen = f"{code.meaning}.", ""
        line = self.lines[path]
        self.findings.append(
            finding(code, message, file=self.name, line=line, path=path, seen=seen)
        )


def _float(literal: str) -> float | _Number:
    value = float(literal)
    return value if math.isfinite(value) else _Number(literal, ReadingCode.OVERFLOW)


def _int(literal: str) -> int | _Number:
    if len(literal) > 20:  # noqa: PLR2004 - 64 bits have at most 19 digits and a sign
        return _Number(literal, ReadingCode.OVERFLOW)
    value = int(literal)
    return value if -INT64 <= value < INT64 else _Number(literal, ReadingCode.OVERFLOW)


def _line(starts: list[int], position: int) -> int:
    return bisect_right(starts, position)
