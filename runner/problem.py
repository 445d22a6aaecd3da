"""The two ways in which a command ends early."""

import signal

INVALID = 252  # Robot Framework's own code for invalid input
INTERRUPTED = 253  # … and for a run that its user stopped


class ProblemError(Exception):
    """Something the user can put right: one sentence, printed instead of a traceback."""


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP reached us."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
