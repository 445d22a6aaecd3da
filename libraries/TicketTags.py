"""Pre-run modifier of every run: each case carries its tickets as tags, before cases are chosen.

`variables/tickets.yaml` says which case is part of which ticket. Where robot lists cases by their
tags (`--include PZ-13876`), the tags are there already; a listener would come too late for that.
"""

from robot.api import SuiteVisitor
from robot.running import TestCase

from focus_engine.declared.tickets import case_name, read_tickets


class TicketTags(SuiteVisitor):
    """`--prerunmodifier libraries/TicketTags.py`: a path, since pabot's main process imports it too
    and heeds no `--pythonpath`. Raises ToolError where the file cannot be used."""

    def __init__(self) -> None:
        self._tickets = read_tickets()

    def visit_test(self, test: TestCase) -> None:
        suite = test.parent.name if test.parent else ""
        test.tags.add(self._tickets.of_case(case_name(suite, test.name)))
