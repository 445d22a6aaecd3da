"""What an OpenAPI document says of one JSON value, and whether a value is like that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from focus_engine.checks.report import shorten
from focus_engine.decoding.json_schema import strict
from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.masking import head_of

BEYOND = 2**31 - 1  # what is allowed up to there has no bound
MOST_STEPS = 20  # from reference to reference
SHOWN = 100  # characters of why a schema is none
EARLIER = re.compile(r"3\.0\.")  # of OpenAPI, which had a JSON Schema of its own until 3.1


@dataclass(frozen=True)
class Described:
    """A schema of the document, whose references lead into it."""

    document: Mapping[str, Any]
    schema: Mapping[str, Any]

    def allows(self, value: Any) -> bool:
        """Whether `value` is as described."""
        return not self.misfits(value)

    def misfits(self, value: Any, name: str = "it") -> list[str]:
        """Where `value`, called `name`, is not as described, as parts of sentences.

        An object's own fields are called by their dotted paths alone.
        """
        from jsonschema.exceptions import UnknownType  # type: ignore[import-untyped]  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415
        from referencing.exceptions import Unresolvable  # noqa: PLC0415

        try:
            with refusing(Unresolvable, UnknownType, re.error):
                # Without a registry of its own it would fetch what a reference names.
                whole = _dialect(self.document)(self.document, registry=Registry())
                errors = whole.evolve(schema=self.schema).iter_errors(value)
                found = [each for error in errors for each in _told(error, name)]
        except UndecodableError as error:
            return [f"{name} is described by what cannot be followed: {error}"]
        return list(dict.fromkeys(found))

    def highest(self, value: Mapping[str, Any], path: str) -> int | None:
        """The highest whole number that is allowed in place of the one at `path` of `value`.

        None where the document tells no bound, or does not allow `value` itself.
        """
        below = _at(value, path)
        if not (isinstance(below, int) and self.allows(value)):
            return None
        above = BEYOND
        if self.allows(_with(value, path, above)):
            return None
        while above - below > 1:
            middle = (below + above) // 2
            if self.allows(_with(value, path, middle)):
                below = middle
            else:
                above = middle
        return below

    def enum_values(self) -> list[Any]:
        """The values that the schema lists, its alternatives' included."""
        try:
            with refusing():
                return _enum_values(self.document, self.schema)
        except UndecodableError:
            return []  # its alternatives lead back to it


def schema_defect(document: Mapping[str, Any], schema: Any) -> str:
    """Why `schema` is no JSON Schema of this version of OpenAPI; an empty text where it is one."""
    from jsonschema import SchemaError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        with refusing(re.error):
            _dialect(document).check_schema(schema)
    except SchemaError as error:
        return head_of(error.message, SHOWN)
    except UndecodableError as error:
        return head_of(str(error), SHOWN)
    return ""


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `schema` refers to, or itself; nothing where that leads nowhere or to itself."""
    for _ in range(MOST_STEPS):
        if "$ref" not in schema:
            return schema
        found = target(document, str(schema["$ref"]))
        schema = found if isinstance(found, dict) else {}
    return {}  # it leads back to itself


def target(document: Mapping[str, Any], reference: str) -> Any:
    """What stands there in the document; None where nothing does."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _at(value: Any, path: str) -> Any:
    """What stands at the dotted `path`; None where nothing does."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _with(value: Mapping[str, Any], path: str, number: int) -> dict[str, Any]:
    """`value` with `number` at the dotted `path`, which is there."""
    key, _, rest = path.partition(".")
    return {**value, key: _with(value[key], rest, number) if rest else number}


def _told(error: Any, name: str) -> Iterator[str]:
    path = ".".join(str(step) for step in error.absolute_path)
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        yield from (f"{path}.{key} is missing".lstrip(".") for key in missing)
        return
    yield f"{path or name} is {shorten(error.instance)}, which that does not allow"


def _enum_values(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Any]:
    schema = resolved(document, schema)
    values = [*_listed(schema, "enum")]
    if "const" in schema:
        values.append(schema["const"])
    for word in ("anyOf", "oneOf", "allOf"):
        for item in _listed(schema, word):
            values.extend(_enum_values(document, item) if isinstance(item, Mapping) else [])
    return values


def _listed(schema: Mapping[str, Any], word: str) -> list[Any]:
    told = schema.get(word)
    return told if isinstance(told, list) else []


def _dialect(document: Mapping[str, Any]) -> Any:
    version = str(document.get("openapi"))
    return _of_earlier() if EARLIER.match(version) else strict("Draft202012Validator")


@cache
def _of_earlier() -> Any:
    """The schemas of OpenAPI 3.0: those of JSON Schema's draft 4, in which null is of any type.

    There `nullable` says where it is, but the frameworks of that time did not write it for fields
    that may be left out: who took it at its word would accuse them all.
    """
    from jsonschema import validators  # noqa: PLC0415

    known = strict("Draft4Validator")

    def has_type(validator: Any, types: Any, value: Any, schema: Any) -> Any:
        return () if value is None else known.VALIDATORS["type"](validator, types, value, schema)

    return validators.extend(known, {"type": has_type})
