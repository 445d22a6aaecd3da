"""Writes the cases that robot would execute: `python -m focus_runs.plan FILE ROBOT-ARGUMENTS`.

Robot's own parser, builder and filters make the plan, so a mistyped option is refused by Robot's
own sentence and code. Nothing is executed.
"""

import json
import os
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from robot.conf import RobotSettings
from robot.errors import DataError
from robot.run import RobotFramework
from robot.running import TestCase, TestSuite, TestSuiteBuilder
from robot.utils import Importer, find_file, normalize, split_args_from_name_or_path
from robot.variables import Variables

from focus_runs.planned import path_below_root
from focus_runs.strict import StrictModifier
from focus_runs.suite_files import (
    no_cases,
    no_cells,
    no_names,
    no_outcome,
    no_plain_name,
    no_second_way,
    no_section,
    no_sight,
    no_text,
    place,
    suite_files,
)

OWN_LISTENERS = Path(__file__).parents[1]
# The runner says where results go, and what they are called.
OWNED = ("outputdir", "output", "log", "report", "xunit", "timestampoutputs")


class Planner(RobotFramework):
    """Robot that stops before it executes."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def main(self, datasources: list[str], **options: Any) -> int:
        """What Robot calls with its parsed command line."""
        taken = [name for name in OWNED if options.get(name)]
        if taken:
            raise DataError(f"'--{taken[0]}' belongs to focus.py: use --results DIR.")
        if options.get("skiponfailure"):
            raise DataError(
                "'--skiponfailure' would turn failures into SKIPs: write what is known into "
                "variables/known_bugs.yaml."
            )
        settings = RobotSettings(options)
        sys.path[:0] = settings.pythonpath
        _require_importable(settings)
        files = [] if settings.parse_include else suite_files(datasources)
        unusable = [*no_second_way(datasources), *no_plain_name(files, datasources)]
        unusable += no_text(files)
        suite = TestSuite() if unusable else _built(settings, datasources)
        if not unusable:
            unusable = [*no_cases(files, suite), *no_names(suite), *no_cells(suite)]
            unusable += [*no_sight(suite), *no_section(files), *no_outcome(suite)]
        duplicates = dict(_duplicates(suite))
        every = [] if settings.parse_include else [*_cases(suite)]
        suite.configure(**settings.suite_config)
        unusable += [each for each in no_outcome(suite) if each not in unusable]  # by --settag
        plan = {
            "root": suite.name,
            "cases": [*_cases(suite)],
            "every": every,  # also those that no option selects
            "duplicates": duplicates,
            "unusable": unusable,
        }
        self._file.write_text(json.dumps(plan), encoding="utf-8")
        return 0


def _built(settings: RobotSettings, datasources: list[str]) -> TestSuite:
    builder = TestSuiteBuilder(
        included_extensions=settings.extension,
        included_files=settings.parse_include,
        custom_parsers=settings.parsers,
        rpa=settings.rpa,
        lang=settings.languages,
        allow_empty_suite=True,
    )
    suite = builder.build(*datasources)
    if settings.pre_run_modifiers:
        suite.visit(StrictModifier(settings.pre_run_modifiers, True))
    return suite


def _require_importable(settings: RobotSettings) -> None:
    """Robot only logs that a variable file or a listener is missing, and goes on without it."""
    variables = Variables()
    try:
        for name, arguments in settings.variable_files:
            is_path = name.lower().endswith((".py", "/", os.sep, ".yaml", ".yml", ".json"))
            file = find_file(name, file_type="Variable file") if is_path else name
            variables.set_from_file(file, arguments)
        for listener in settings.listeners:
            name, _ = split_args_from_name_or_path(listener)
            if not (OWN_LISTENERS / f"{name}.py").is_file():
                Importer("listener").import_class_or_module(os.path.normpath(name))
    except DataError as error:
        raise DataError(str(error).splitlines()[0]) from None


def _cases(suite: TestSuite) -> Iterator[dict[str, Any]]:
    for case in suite.all_tests:
        yield {
            "path": path_below_root(case),
            "tags": [str(tag) for tag in case.tags],
            "place": _place(case),
        }


def _duplicates(suite: TestSuite) -> Iterator[tuple[str, list[str]]]:
    """Cases that robot, or who reads, cannot tell apart by their long names, and where they are."""
    places: dict[str, list[TestCase]] = defaultdict(list)
    for case in suite.all_tests:
        places[normalize(unicodedata.normalize("NFKC", case.full_name), ignore="_")].append(case)
    for cases in places.values():
        if len(cases) > 1:
            yield cases[0].full_name, [_place(case) for case in cases]


def _place(case: TestCase) -> str:
    return place(Path(case.source or ""), case.lineno)


if __name__ == "__main__":
    sys.exit(Planner(Path(sys.argv[1])).execute_cli(sys.argv[2:], exit=False))
