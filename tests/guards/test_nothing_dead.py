"""Nothing in variables/ is dead: each value changes a case, a plan or a judgement."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from guards.suites import ROOT

from focus_engine.datafile import Record, read_yaml
from focus_engine.latency.requirements.thresholds_file import ThresholdsFile
from focus_engine.load.shapes import ShapesFile
from focus_engine.outage.dependency import DependencyFile
from focus_engine.paths import VARIABLES
from focus_engine.pz import profile_file
from focus_engine.settings import Contradicted, Requirements, requirements

sys.path.append(str(VARIABLES))
import focus_variables
import threshold_variables

# What people read beside a value; no program leans on it.
FOR_PEOPLE = {"purpose", "source", "unit", "description", "reason", "title", "comment", "hint"}
DATA = (DependencyFile, ShapesFile, ThresholdsFile, profile_file.ProfileFile)


@cache
def _text(*patterns: str) -> str:
    files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _suites() -> str:
    return _text("robot/**/*.robot", "resources/*.resource")


def _engine() -> str:
    return _text("libraries/**/*.py", "variables/*.py")


def _named_in_suites(variable: str) -> bool:
    return re.search(rf"[$@&]\{{?{variable}\b", _suites(), re.IGNORECASE) is not None


def _other(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 2 + 1
    return [*value, 999] if isinstance(value, list) else f"{value} and more"


def _otherwise(entry: Any) -> dict[str, object]:
    """What an entry would say instead: another value, or other values of its two sources."""
    if isinstance(entry, Contradicted):
        said = [each.model_copy(update={"value": _other(each.value)}) for each in entry.said]
        return {"said": said}
    return {"value": _other(entry.value)}


@pytest.mark.parametrize("name", Requirements.model_fields)
def test_a_requirement_changes_a_row_or_a_judgement(name: str, monkeypatch) -> None:
    if re.search(rf"required\.{name}\b|requirements\(\)\.{name}\b", _text("libraries/**/*.py")):
        return  # a judgement reads it
    before = focus_variables.get_variables()
    right = requirements()
    entry = getattr(right, name)
    changed = entry.model_copy(update=_otherwise(entry))
    wrong = right.model_copy(update={name: changed})
    monkeypatch.setattr(focus_variables, "requirements", lambda: wrong)
    after = focus_variables.get_variables()
    moved = [key for key in after if after[key] != before[key]]
    assert any(_named_in_suites(key) for key in moved), f"{name} changes no row: delete it"


@pytest.mark.parametrize("name", focus_variables.get_variables())
def test_a_variable_of_the_client_is_named_by_a_row(name: str) -> None:
    assert _named_in_suites(name), f"no suite and no resource names ${{{name}}}: delete it"


@pytest.mark.parametrize("name", threshold_variables.get_variables())
def test_a_limit_is_judged_by(name: str) -> None:
    """By a row that names it, or by a row that measures its endpoint against its targets."""
    file = read_yaml(VARIABLES / "thresholds.yaml", ThresholdsFile)
    endpoints = {target.endpoint for target in file.targets}
    own = [each for each in endpoints if threshold_variables._name(each) in name]
    assert _named_in_suites(name) or any(
        each.removesuffix(" under load") in _suites() + _engine() for each in own
    ), f"nothing is judged by {name}: delete it"


def _records(kind: type[Record]) -> Iterator[type[Record]]:
    """`kind` and every record that its fields hold."""
    yield kind
    known = {each.__name__: each for each in _subclasses(Record)}
    for field in kind.model_fields.values():
        for word in re.findall(r"\w+", str(field.annotation)):
            if word in known and known[word] is not kind:
                yield from _records(known[word])


def _subclasses(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


FIELDS = sorted(
    {
        (record.__name__, name)
        for kind in DATA
        for record in _records(kind)
        for name in record.model_fields
        if name not in FOR_PEOPLE
    }
)


@pytest.mark.parametrize(("record", "field"), FIELDS)
def test_a_field_of_a_data_file_is_read(record: str, field: str) -> None:
    read = re.search(rf"\.{field}\b|\"{field}\"|getattr\(\w+, {field}", _engine())
    assert read, f"{record}.{field} is read by nothing: delete it"


def test_every_load_shape_is_laid_on_by_a_suite() -> None:
    shapes = read_yaml(VARIABLES / "load_shapes.yaml", ShapesFile).shapes
    assert [name for name in shapes if not re.search(rf"\s{name}\s", _suites())] == []
