"""Listens to the suites that are lied to: ends them at a verdict, tells where a suite begins."""

from collections.abc import Callable
from typing import Any

from proof.lies.lie import Lie
from proof.runs import outcome


class Hearing:
    """A listener. What noticed a lie needs no second witness: the first verdict ends the run.

    A red case without a verdict (an error, a set-up that failed) ends nothing.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, begins: Callable[[], None], lie: Lie) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._begins = begins
        self._lie = lie
        self._stopped = False

    def start_suite(self, data: Any, _result: Any) -> None:
        self._begins()
        if self._stopped:
            data.setup = data.teardown = None
            data.tests.clear()
            data.suites.clear()

    def start_test(self, data: Any, _result: Any) -> None:
        if self._stopped:
            data.setup = data.teardown = None
            data.body.clear()
            data.body.create_keyword(name="Skip", args=["the lie was noticed before"])

    def end_test(self, data: Any, result: Any) -> None:
        if not self._lie.harmless:
            self._stopped = self._stopped or self._lie.is_noticed_by(outcome(data, result))
