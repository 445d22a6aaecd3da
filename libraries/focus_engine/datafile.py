"""Reading the project's typed data files: one sentence names the file, the line and the key.

They are read as strictly as PZ's: a key that stands twice, a number that is not finite and a value
that YAML parsers read differently (`0300`, `5:00`, `yes`) are refused. A date may stand unquoted.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from focus_engine.checks.finding import Finding
from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_json import LIMITS, decode_json, kind_of
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of, is_secret
from focus_engine.reading.codes import ReadingCode
from focus_engine.reading.document import LARGEST_FILE, Document, Loaded
from focus_engine.reading.json_reader import read_json as parse_json
from focus_engine.reading.yaml_reader import read_yaml as parse_yaml
from focus_engine.verdict import ToolError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN_CHARACTERS = 80
LONGEST_EXCEPTION = timedelta(days=731)
_NO_MAPPING = {"model_type", "dict_type", "model_attributes_type"}
_TOLD = 10  # problems of one file that a message names


class Record(BaseModel):
    """A typed, immutable piece of a data file: unknown keys and coerced types are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True
    )


def _day(value: Any) -> Any:
    """A day of the calendar from its text; anything else is left to the type."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"there is no such day ({error})") from error


def _of_an_address(text: str) -> str:
    odd = next((each for each in text if not "!" <= each <= "~"), None)
    if odd is not None:
        raise ValueError(
            f"U+{ord(odd):04X} cannot stand in an address; write printable ASCII without blanks"
        )
    ended = next((each for each in text if each in "?#"), None)
    if ended is not None:
        raise ValueError(f"'{ended}' would end the path of an address; leave it out")
    return text


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("it says nothing; write what it is")
    return text


def _is_near(day: date) -> date:
    last = date.today() + LONGEST_EXCEPTION  # noqa: DTZ011 - a day more or less says nothing
    if day > last:
        raise ValueError(f"an exception is looked at again within two years: {last} at the latest")
    return day


Text = Annotated[str, AfterValidator(_says_something)]
Count = Annotated[int, Field(gt=0, le=1_000_000)]
Jobs = Annotated[int, Field(gt=0, le=10_000)]
AddressPart = Annotated[str, AfterValidator(_of_an_address)]
Day = Annotated[date, BeforeValidator(_day)]
EndDay = Annotated[Day, AfterValidator(_is_near)]  # of what is tolerated
R = TypeVar("R", bound=BaseModel)


def read_json(path: Path, model: type[R]) -> R:
    """Raises ToolError that names file, line and key."""
    return _typed(path, parse_json(_content(path, LARGEST_FILE), path.name), model)


def read_yaml(path: Path, model: type[R]) -> R:
    """Raises ToolError that names file, line and key."""
    return _typed(path, _parsed_yaml(_content(path, LARGEST_FILE), path.name), model)


@lru_cache(maxsize=32)
def _parsed_yaml(content: bytes, name: str) -> Loaded:
    """The same few files are read again by each session, suite and library."""
    return parse_yaml(content, name)


def read_large_json(path: Path, model: type[R]) -> R:
    """For files of measured values: as strict and faster, but no line is named."""
    try:
        data = decode_json(_content(path, LIMITS.size))
    except UndecodableError as error:
        raise ToolError(f"{path} is not valid JSON: {error}. Correct the file.") from error
    return _validated(path, Document(path.name, data, {}), model)


def _typed(path: Path, loaded: Loaded, model: type[R]) -> R:
    faults = [each for each in loaded.findings if not _is_harmless(each)]
    if faults or loaded.document is None:
        said = _listed([_said(each) for each in faults])
        raise ToolError(f"{path} cannot be used: {said}. Correct the file.")
    return _validated(path, loaded.document, model)


def _is_harmless(finding: Finding) -> bool:
    """Editors on Windows write the mark; a whole date is a date to every parser."""
    is_day = finding.code == ReadingCode.AMBIGUOUS_TIME.id and _DAY.fullmatch(finding.seen)
    return finding.code == ReadingCode.BOM.id or bool(is_day)


def _listed(problems: list[str]) -> str:
    """All that is wrong, as far as anybody reads on."""
    more = len(problems) - _TOLD
    return "; ".join(problems[:_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _said(finding: Finding) -> str:
    where = f"line {finding.place.line}: " if finding.place.line else ""
    key = f" (at {finding.place.path})" if finding.place.path else ""
    return f"{where}{finding.sentence.rstrip('.')}{key}"


def _validated(path: Path, document: Document, model: type[R]) -> R:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = _listed([_problem(dict(item), document) for item in error.errors()])
        raise ToolError(f"{path}: {problems}. Correct the file.") from None


def _content(path: Path, limit: int) -> bytes:
    try:
        return read_bounded(path, limit)
    except UndecodableError as error:
        raise ToolError(f"cannot read {path}: {error}.") from error
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror or error}.") from error


def _problem(item: dict[str, Any], document: Document) -> str:
    line = document.line(tuple(item["loc"]))
    where = f"line {line}: " if line else ""
    key = f"{where}key '{_name(item['loc'])}'"
    if item["type"] == "missing":
        return f"{key} is missing"
    if item["type"] == "extra_forbidden":
        return f"{key} is not known"
    seen = item["input"]
    if item["type"] in _NO_MAPPING:
        what = key if item["loc"] else "the file"
        empty = " or is empty" if seen is None else ""
        return f"{what} holds {kind_of(seen)}{empty} where a mapping of keys is expected"
    if is_secret(item["loc"]):
        return f"{key} is no such value ({type(seen).__name__}, not shown)"
    if item["type"] == "value_error" and isinstance(seen, dict | list):  # which is judged as one
        return (f"{key}: " if item["loc"] else where) + _said_of_it(item)
    shown = head_of(repr(seen), _SHOWN_CHARACTERS)
    return f"{key} is {shown} ({type(seen).__name__}): {_said_of_it(item)}"


def _said_of_it(item: dict[str, Any]) -> str:
    return str(item["msg"]).removeprefix("Value error, ")


def _name(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path) or "the file"
