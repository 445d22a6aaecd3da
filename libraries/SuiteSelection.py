"""Pre-run modifier of the parallel pass: only the suites that `--suite` names.

pabot hands `--suite` to every worker beside the name of the worker's own suite, and Robot runs
what either names: each worker would run the whole selection.
"""

from robot import running


class SuiteSelection:
    """`--prerunmodifier SuiteSelection;NAME;NAME`"""

    def __init__(self, *names: str) -> None:
        self._names = names

    def visit_suite(self, suite: running.TestSuite) -> None:
        """What Robot calls on a modifier, with the root."""
        suite.filter(included_suites=self._names)
