"""The ways in which a command ends early, and its codes."""

import errno
import signal

MOST_FAILED = 250  # codes up to here count failed cases; those above tell of the tool
INVALID = 252  # Robot Framework's own code for invalid input
INTERRUPTED = 253  # … and for a run that its user stopped
BROKEN = 255  # … and for an unexpected error

# What the system says of a path or a permission that the user gave.
OF_INPUT = {
    *(errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL),
}


class ProblemError(Exception):
    """Something the user can put right: one sentence, printed instead of a traceback."""

    code = INVALID


class BrokenToolError(ProblemError):
    """Nobody's input is wrong: a program, a package or a disk is not as it should be."""

    code = BROKEN


def reason(error: Exception) -> str:
    """What `error` says, without the number that a system gives to it."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM, SIGHUP or SIGQUIT reached us."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
