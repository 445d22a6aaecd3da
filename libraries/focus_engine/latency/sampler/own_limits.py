"""What this machine allows the sampler: open files at the start, and errors that are its own."""

import errno
import socket
import ssl
import sys

from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.planning.schedule import OpenLoop
from focus_engine.latency.sampler.connecting import UnconnectedError
from focus_engine.latency.sampler.http_answer import IncompleteAnswerError
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.verdict import ToolError

FILES_OF_ITS_OWN = 64  # streams, ledger, event loop, judge
USED_UP = (
    errno.EMFILE,  # too many open files
    errno.ENFILE,
    errno.EADDRNOTAVAIL,  # no port left
    errno.EADDRINUSE,
    errno.ENOBUFS,
    errno.ENOMEM,
)
OWN_ERRORS = (
    *USED_UP,
    errno.ENETDOWN,
    errno.ENETUNREACH,  # no route from here
    errno.EACCES,  # a firewall of this machine
    errno.EPERM,
)
UNRESOLVED = "its name cannot be resolved"


def require_open_files(plan: MeasurementPlan) -> None:
    """Make room for a connection per request that may be unanswered at once.

    Raises ToolError when the system allows fewer: a server that hangs would look like a client
    that cannot connect.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    needed = FILES_OF_ITS_OWN + most_connections(plan)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = sys.maxsize if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < min(needed, allowed):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(needed, allowed), hard))
    if allowed < needed:
        raise ToolError(
            f"this machine lets a process open {allowed} files (`ulimit -Hn`), and a server that "
            f"stops answering would need {needed}: one per request that waits. Raise the limit, "
            "or send fewer requests."
        )


def most_connections(plan: MeasurementPlan) -> int:
    """Connections that are open when nothing is answered at all."""
    if not isinstance(plan.shape, OpenLoop):
        return plan.shape.users
    requests = plan.shape.arrivals + plan.warm_up * plan.shape.first_rate
    within_timeout = plan.shape.peak_rate * plan.timeout
    return min(plan.max_in_flight, int(min(requests, within_timeout)) + 1)


def words_of(error: Exception) -> str:
    """What an error says of itself; where several addresses failed, what each of them said."""
    if isinstance(error, UnconnectedError):
        return "; ".join(words_of(cause) for cause in error.causes)
    if isinstance(error, socket.gaierror):
        return f"{UNRESOLVED}: {error}"
    said = "" if isinstance(error, IncompleteAnswerError) else f"{type(error).__name__}: "
    return f"{said}{error}"


def outcome_of(error: Exception) -> Outcome:
    """Who is to blame that a request was not answered: this machine, the way there, or the server.

    Where several addresses were tried, one without a route from here is usual.
    """
    causes = error.causes if isinstance(error, UnconnectedError) else (error,)
    numbers = [_number(cause) for cause in causes]
    unresolved = any(isinstance(cause, socket.gaierror) for cause in causes)
    used_up = any(number in USED_UP for number in numbers)
    if unresolved or used_up or all(number in OWN_ERRORS for number in numbers):
        return Outcome.CLIENT
    unconnected = isinstance(error, UnconnectedError)
    return Outcome.UNREACHED if unconnected else Outcome.CONNECTION


def _number(error: Exception) -> int | None:
    """That of the system; those of TLS are numbers of their own."""
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
        return error.errno
    return None
