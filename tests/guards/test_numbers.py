"""Limits and defaults are written in the client settings and the requirements, nowhere else."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from guards.suites import ROOT, suite_files
from robot.api import get_model, get_resource_model, parsing
from robot.parsing.model.statements import Statement

from focus_engine.settings import client_settings, requirements

# whole numbers, but for factors (`* 1000` turns seconds into milliseconds) and durations (`500 ms`)
NUMBER = re.compile(r"(?<![\w.-])(?<!\* )\d+(?![\w.]*\d)(?! (?:ms|s|min)\b)")
EVERYDAY = 1024  # even numbers up to here mean much else as well
NOT_BEHAVIOUR = (parsing.Documentation, parsing.Comment, parsing.TestTags, parsing.Tags)


def _limits() -> set[int]:
    """The numbers that mean a limit or default of the product and hardly anything else."""
    client, required = client_settings(), requirements()
    found = {
        client.Constraints.SensorsRange,
        client.Defaults.EndChannel,
        required.former_channel_limit.value,
        *client.Options.nfftSingleChannel,
    }
    return {number for number in found if number > EVERYDAY or number % 2}


def _forbidden_in_tables() -> set[int]:
    """In a row also the everyday numbers among them, and their neighbours: boundary values."""
    client = client_settings()
    bounds = {*_limits(), *client.Options.nfftSingleChannel}
    neighbours = {number + step for number in bounds for step in (-1, 0, 1)}
    doubled = {2 * number for number in client.Options.nfftSingleChannel}
    highest = client.Constraints.FrequencyMax
    return neighbours | doubled | {highest, highest + 1}


# Its rows are the points that were released, by which thresholds.yaml keeps their limits.
RELEASED = "released_load_times.robot"


def _table_files() -> list[Path]:
    files = [*suite_files(), *sorted((ROOT / "resources").rglob("*.resource"))]
    return [file for file in files if file.name != RELEASED]


@pytest.mark.parametrize("file", _table_files(), ids=lambda file: file.name)
def test_no_limit_is_written_in_a_suite_or_resource(file: Path) -> None:
    forbidden = _forbidden_in_tables()
    found = [
        f"line {line}: {number}" for line, number in _robot_numbers(file) if number in forbidden
    ]
    assert found == [], f"{file}: use a variable such as ${{MAX_CHANNELS + 1}}"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "libraries").rglob("*.py")), ids=lambda file: file.name
)
def test_no_limit_is_written_in_a_library(file: Path) -> None:
    limits = _limits()
    found = [f"line {line}: {number}" for line, number in _python_numbers(file) if number in limits]
    assert found == [], f"{file}: read it from focus_engine.settings"


def _robot_numbers(file: Path) -> Iterator[tuple[int, int]]:
    model = get_resource_model(file) if file.suffix == ".resource" else get_model(file)
    for node in ast.walk(model):
        if isinstance(node, Statement) and not isinstance(node, NOT_BEHAVIOUR):
            for token in node.tokens:
                yield from ((token.lineno, int(found)) for found in NUMBER.findall(token.value))


def _python_numbers(file: Path) -> Iterator[tuple[int, int]]:
    source = io.StringIO(file.read_text(encoding="utf-8"))
    for token in tokenize.generate_tokens(source.readline):
        if token.type == tokenize.NUMBER and token.string.replace("_", "").isdigit():
            yield token.start[0], int(token.string.replace("_", ""))
