"""Reading the project's typed data files: one sentence names the file and the key that is wrong."""

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from focus_engine.verdict import ToolError


class Record(BaseModel):
    """A typed, immutable piece of a data file: unknown keys and coerced types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


R = TypeVar("R", bound=BaseModel)


def read_json(path: Path, model: type[R]) -> R:
    try:
        data = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise ToolError(f"{path} is not valid JSON: {error}. Correct the file.") from error
    return validated(path, data, model)


def read_yaml(path: Path, model: type[R]) -> R:
    return validated(path, load_yaml(path), model)


def load_yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise ToolError(f"{path} is not valid YAML: {error}. Correct the file.") from error


def validated(path: Path, data: Any, model: type[R]) -> R:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(_problem(dict(item)) for item in error.errors()[:3])
        raise ToolError(f"{path}: {problems}. Correct the file.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # editors on Windows write the mark
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ToolError(f"{path} is not UTF-8 text: {error}. Save it as UTF-8.") from error


def _problem(item: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in item["loc"]) or "the file"
    if item["type"] == "missing":
        return f"key '{key}' is missing"
    if item["type"] == "extra_forbidden":
        return f"key '{key}' is not known"
    seen = item["input"]
    return f"key '{key}' is {seen!r} ({type(seen).__name__}): {item['msg']}"
