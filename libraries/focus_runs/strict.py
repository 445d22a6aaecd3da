"""Robot only logs that a modifier or a listener cannot be imported, and goes on without it: with
cases that nobody planned, or that nobody judges. Here it executes nothing then."""

import importlib
from collections.abc import Sequence
from typing import Any

from robot.errors import DataError
from robot.model import ModelModifier
from robot.output import LOGGER, output


class StrictModifier(ModelModifier):
    """Raises DataError for a modifier that cannot be imported, or fails."""

    def __init__(self, visitors: Sequence[Any], empty_suite_ok: bool, _logger: Any = None) -> None:
        super().__init__(visitors, empty_suite_ok, _Strict())


class StrictListeners(output.Listeners):
    """Raises DataError where a listener is missing; robot has said which and why."""

    def __init__(self, listeners: Sequence[Any] = (), log_level: Any = "INFO") -> None:
        super().__init__(listeners, log_level)
        if len(self) < len(listeners):
            raise DataError("Nothing is executed without a listener of the run.")


def be_strict() -> None:
    """From now on, for the robot of this process."""
    run: Any = importlib.import_module("robot.run")  # which `robot` hides by a function
    run.ModelModifier = StrictModifier
    output.Listeners = StrictListeners


class _Strict:
    def error(self, message: str) -> None:
        raise DataError(message.splitlines()[0])

    def info(self, message: str) -> None:
        LOGGER.info(message)
