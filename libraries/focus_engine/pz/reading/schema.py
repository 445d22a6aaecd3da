"""JSON Schema 2020-12, made strict: unknown keywords are refused and 2447.0 is no integer."""

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import unquote

from focus_engine.checks.finding import Finding, Path, finding, path_text
from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_pattern import regular
from focus_engine.decoding.json_schema import strict
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.evidence import compact
from focus_engine.masking import head_of
from focus_engine.pz.codes import PzCode
from focus_engine.pz.redaction import shown
from focus_engine.pz.selector import walk
from focus_engine.reading.document import LARGEST_FILE, Document
from focus_engine.reading.json_reader import read_json
from focus_engine.status import Status
from focus_engine.verdict import ToolError

_META = FilePath(__file__).with_name("strict_meta.schema.json")
_EXTRAS = re.compile(r"\((.*) (?:was|were) unexpected\)$", re.DOTALL)
_CODES = {
    PzCode.NOT_ALLOWED_VALUE: ("enum", "const"),
    PzCode.OUT_OF_RANGE: (
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ),
    PzCode.WRONG_LENGTH: (
        "minItems",
        "maxItems",
        "uniqueItems",
        "minLength",
        "maxLength",
        "minProperties",
        "maxProperties",
    ),
    PzCode.WRONG_FORM: ("pattern",),
}


@dataclass(frozen=True)
class Schema:
    """A schema of a profile with its provenance; `body` has passed the meta-schema."""

    name: str
    status: Status
    source: str
    body: dict[str, Any]


def read_schema(file: FilePath) -> Schema:
    """Raises ToolError naming file and keyword when the schema is unreadable or not strict."""
    try:
        content = read_bounded(file, LARGEST_FILE)
    except UndecodableError as error:
        raise ToolError(f"schema {file} cannot be read: {error}.") from error
    except OSError as error:
        raise ToolError(f"schema {file} cannot be read: {error.strerror}.") from error
    loaded = read_json(content, file.name)
    if loaded.findings or loaded.document is None:
        first = loaded.findings[0]
        raise ToolError(
            f"schema {file} is unusable, {first.code} in line {first.place.line}: {first.sentence}"
        )
    body = loaded.document.data
    _refuse_unknown_keywords(body, file)
    _refuse_useless_values(body, file)
    return Schema(file.name, Status(body["x-status"]), body["x-source"], body)


def check(document: Document, schema: Schema) -> tuple[Finding, ...]:
    """Every way in which `document` departs from `schema`, in the order of the file."""
    errors = _validator(compact(schema.body)).iter_errors(document.data)
    try:
        found = dict.fromkeys(item for error in errors for item in _findings(error, document))
    except RecursionError as error:
        raise ToolError(
            f"schema {schema.name} refers to itself without end: see its '$ref'."
        ) from error
    except UndecodableError as error:
        raise ToolError(f"{error}.") from error
    return tuple(sorted(found, key=lambda item: (item.place.line or 0, item.place.path, item.code)))


def _refuse_unknown_keywords(body: Any, file: FilePath) -> None:
    meta = _validator(_META.read_text(encoding="utf-8"))
    error = next(iter(sorted(meta.iter_errors(body), key=lambda item: -len(item.path))), None)
    if error is not None:
        where = path_text(tuple(error.absolute_path))
        raise ToolError(
            f"schema {file} is not strict at {where}: {head_of(error.message, 200)}. "
            "Correct the schema; a keyword that is not understood would check nothing."
        )


def _refuse_useless_values(body: Any, file: FilePath) -> None:
    """A reference to nothing, and patterns that are none: some schemas meet them late, or never."""
    places = [path for path, value in walk(body) if path and isinstance(value, str)]
    for path in places:
        value, where = _at(body, path), path_text(path)
        if path[-1] == "$ref" and not _leads_somewhere(body, value):
            raise ToolError(
                f"schema {file} refers at {where} to '{head_of(value, 80)}', where no schema is, "
                "or only a reference to itself. Correct the reference."
            )
        if path[-1] == "pattern":
            try:
                regular(value)
            except ValueError as error:
                raise ToolError(f"schema {file} is unusable at {where}: {error}.") from error


def _at(body: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        body = body[step]
    return body


def _leads_somewhere(body: Any, reference: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a schema is there that is more than references in a circle."""
    try:
        found = _at(body, [_unescaped(step) for step in reference.split("/")[1:]])
    except (KeyError, TypeError, IndexError):
        return False
    further = found.get("$ref") if isinstance(found, dict) else None
    if further is None:
        return isinstance(found, (dict, bool))
    return further not in seen and _leads_somewhere(body, further, seen | {reference})


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")


@cache
def _validator(text: str) -> Any:
    return strict("Draft202012Validator")(json.loads(text))


def _findings(error: Any, document: Document) -> Iterator[Finding]:
    path: Path = tuple(error.absolute_path)
    special = _SPECIAL.get(error.validator)
    if special is not None:
        yield from special(error, document, path)
        return
    code = next((code for code, words in _CODES.items() if error.validator in words), None)
    yield _finding(code or PzCode.WRONG_COMBINATION, error, document, path)


def _required(error: Any, document: Document, path: Path) -> Iterator[Finding]:
    for key in error.validator_value:
        if key not in error.instance:
            yield finding(
                PzCode.MISSING,
                f"key '{key}' is missing.",
                file=document.file(path),
                line=document.line(path),
                path=path,
                expected=f"key '{key}'",
                seen=", ".join(error.instance)[:120] or "no key",
            )


def _unknown(error: Any, document: Document, path: Path) -> Iterator[Finding]:
    known = sorted(error.schema.get("properties", {}))
    named = _EXTRAS.search(error.message)  # each as Python writes it
    unknown = set(ast.literal_eval(f"[{named[1]}]")) if named else set(error.instance) - {*known}
    for key in error.instance:
        if key not in unknown:
            continue
        inner = (*path, key)
        yield finding(
            PzCode.UNKNOWN,
            f"key '{key}' is not known.",
            file=document.file(inner),
            line=document.line(inner),
            path=inner,
            expected=", ".join(known)[:120],
            seen=shown(inner, error.instance[key]),
        )


def _type(error: Any, document: Document, path: Path) -> Iterator[Finding]:
    value = error.instance
    whole = isinstance(value, float) and "integer" in error.validator_value
    yield _finding(PzCode.FLOAT_FOR_INTEGER if whole else PzCode.WRONG_TYPE, error, document, path)


def _finding(code: PzCode, error: Any, document: Document, path: Path) -> Finding:
    return finding(
        code,
        f"{code.meaning}.",
        file=document.file(path),
        line=document.line(path),
        path=path,
        expected=head_of(f"{error.validator} {compact(error.validator_value)}", 120),
        seen=shown(path, error.instance),
    )


_SPECIAL: dict[str, Callable[[Any, Document, Path], Iterator[Finding]]] = {
    "required": _required,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "type": _type,
}
