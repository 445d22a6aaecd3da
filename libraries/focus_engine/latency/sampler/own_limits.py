"""What this machine allows the sampler: open files at the start, and errors that are its own."""

import errno
import os
import ssl
import sys

import aiohttp

from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.planning.schedule import OpenLoop
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
_USED_UP_TEXTS = tuple(os.strerror(number) for number in USED_UP)


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


def words_of(error: BaseException) -> str:
    """What an error says of itself; where several addresses failed, what each of them said."""
    cause = getattr(error, "os_error", None)
    said = error if cause is None or cause.strerror else cause  # aiohttp would say [None]
    return f"{type(error).__name__}: {said}"


def outcome_of(error: BaseException) -> Outcome:
    """Who is to blame that a request was not answered: this machine, the way there, or the server.

    The text counts where several addresses were tried, each with an error of its own: one without
    a route from here is usual. What a connected server says stands in no such text.
    """
    connecting = isinstance(error, aiohttp.ClientConnectorError)
    tls = isinstance(error, aiohttp.ClientSSLError | ssl.SSLError)  # with numbers of their own
    number = None if tls else getattr(error, "errno", None)
    if isinstance(error, aiohttp.ClientConnectorDNSError) or number in OWN_ERRORS:
        return Outcome.CLIENT
    if connecting and any(text in words_of(error) for text in _USED_UP_TEXTS):
        return Outcome.CLIENT
    return Outcome.UNREACHED if connecting else Outcome.CONNECTION
