"""From the bytes of a request to its JSON, and to named problems with its shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

Detail = dict[str, Any]

_KIND_OF_INPUT: tuple[tuple[type, str], ...] = (
    (type(None), "null"),
    (bool, "wrong-type"),
    (str, "text"),
    (float, "fraction"),
)


@dataclass(frozen=True)
class Problem:
    """One way in which the body does not match the model.

    `group` and `kind` name the rule; `detail` is the entry of the 422 answer.
    """

    group: str
    kind: str
    detail: Detail


@dataclass(frozen=True)
class ReceivedBody:
    """What arrived: the JSON object (empty when there is none) and what is wrong with it."""

    raw: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def is_misshapen(self) -> bool:
        """Whether numbers had to be made up; where such a request is accepted, nothing that
        looks at numbers may refuse it."""
        return bool(self.problems)

    @property
    def is_malformed(self) -> bool:
        """Whether the body could not be read as JSON at all."""
        return any(problem.kind == "malformed" for problem in self.problems)


def read(
    body: bytes, content_type: str, model: type[BaseModel], groups: Mapping[str, str], strict: bool
) -> ReceivedBody:
    """Read `body` as `model`.

    `groups` maps the first element of a problem's location to the group of its rule. With
    `strict`, text and booleans do not pass for numbers; without, they do as far as pydantic
    converts them.
    """
    if not _is_json(content_type):
        return ReceivedBody(problems=(_malformed("The body is not declared as application/json"),))
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        return ReceivedBody(problems=(_malformed(f"JSON decode error: {error}"),))
    if not isinstance(raw, dict):
        return ReceivedBody(problems=(_not_an_object(raw),))
    return ReceivedBody(raw, _shape_problems(body, model, groups, strict))


def _shape_problems(
    body: bytes, model: type[BaseModel], groups: Mapping[str, str], strict: bool
) -> tuple[Problem, ...]:
    """Validate as JSON, where an enumeration may be given by its text even when strict."""
    try:
        model.model_validate_json(body, strict=strict)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        return tuple(_problem(dict(detail), groups) for detail in details)
    return ()


def _problem(detail: Detail, groups: Mapping[str, str]) -> Problem:
    location = detail["loc"]
    detail["loc"] = ["body", *location]
    if not location:
        return Problem("body", "malformed", detail)
    return Problem(groups[location[0]], _kind(detail), detail)


def _kind(detail: Detail) -> str:
    if detail["type"] == "missing":
        return "missing"
    if detail["type"] == "enum" and isinstance(detail["input"], str):
        return "unknown" if detail["input"] else "empty"
    for kind, name in _KIND_OF_INPUT:
        if isinstance(detail["input"], kind):
            return name
    return "wrong-type"


def _malformed(message: str) -> Problem:
    detail = {"type": "json_invalid", "loc": ["body"], "msg": message, "input": {}}
    return Problem("body", "malformed", detail)


def _not_an_object(raw: object) -> Problem:
    message = "Input should be a valid dictionary or object to extract fields from"
    detail = {"type": "model_attributes_type", "loc": ["body"], "msg": message, "input": raw}
    return Problem("body", "not-an-object", detail)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
