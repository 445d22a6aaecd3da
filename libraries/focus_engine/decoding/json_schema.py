"""JSON Schema, read strictly: 2447.0 is no integer, and no pattern takes for ever."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from focus_engine.decoding.bounded_pattern import found_in
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of


@cache
def strict(dialect: str) -> Any:
    """The validator class of jsonschema of this name, such as Draft202012Validator, made strict.

    Raises UndecodableError, as it validates, for a pattern that takes longer than anybody waits.
    """
    import jsonschema  # type: ignore[import-untyped]  # noqa: PLC0415

    known = getattr(jsonschema, dialect)
    checker = known.TYPE_CHECKER.redefine("integer", _is_integer)
    return jsonschema.validators.extend(known, {"pattern": _pattern}, type_checker=checker)


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(value, str) and not _fits(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@lru_cache(maxsize=1000)
def _fits(pattern: str, value: str) -> bool:
    try:
        return found_in([value], pattern)[0]
    except UndecodableError as error:
        raise UndecodableError(f"'pattern' {head_of(pattern, 80)} of a schema {error}") from error


def _is_integer(_: Any, value: Any) -> bool:
    return type(value) is int
