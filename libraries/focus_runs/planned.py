"""Pre-run modifier of each pass: exactly the cases that a plan names."""

import json
from pathlib import Path

from robot.api import SuiteVisitor
from robot.running import TestCase, TestSuite


class PlannedCases(SuiteVisitor):
    """`--prerunmodifier focus_runs.planned.PlannedCases;FILE`; the file lists their paths.

    Robot splits what follows the name at each `;`, which may stand in the name of the file.
    """

    def __init__(self, *parts: str) -> None:
        paths = json.loads(Path(";".join(parts)).read_text(encoding="utf-8"))
        self._paths = {tuple(path) for path in paths}

    def start_suite(self, suite: TestSuite) -> None:
        suite.tests = [case for case in suite.tests if tuple(path_below_root(case)) in self._paths]

    def end_suite(self, suite: TestSuite) -> None:
        suite.suites = [child for child in suite.suites if child.has_tests]

    def visit_test(self, test: TestCase) -> None:
        """Nothing: what is in a case does not matter."""


def path_below_root(item: TestCase | TestSuite) -> list[str]:
    """The names of its suites and its own; without the root's, which `--name` replaces."""
    names: list[str] = []
    while item.parent:
        names.insert(0, item.name)
        item = item.parent
    return names
