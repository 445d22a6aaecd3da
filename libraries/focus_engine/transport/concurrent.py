"""Sending several requests at the same moment: a thread and one request each, no retries."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from focus_engine.contract.configure.configuration import Configuration
from focus_engine.transport.client import FocusApi
from focus_engine.transport.reply import JSON, Reply
from focus_engine.verdict import PreconditionUnmet, ToolError

MOST_AT_ONCE = 100  # threads of this process; more users than that are a load test

Send = Callable[[], Reply]
T = TypeVar("T")


def send_together(sends: Sequence[Callable[[], T]]) -> list[T]:
    """Call every `send` at the same moment; what they return in the order of `sends`.

    Raises ToolError for none or more than 100, and whatever the first failing send raised, once
    all are done.
    """
    require_sendable(len(sends))
    start = Barrier(len(sends))

    def at_the_start(send: Callable[[], T]) -> T:
        start.wait()
        return send()

    with ThreadPoolExecutor(len(sends)) as pool:
        pending = [pool.submit(at_the_start, send) for send in sends]
    return [done.result() for done in pending]


def require_sendable(count: int) -> None:
    """Raise ToolError unless so many requests can be sent together, before any is made."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise ToolError(
            f"{count} requests cannot be sent together; 1 to {MOST_AT_ONCE} can. For more, "
            "measure load with LoadLibrary or LatencyLibrary."
        )


def configure_together(api: FocusApi, configurations: Sequence[Configuration]) -> list[Reply]:
    """POST /configure for each at the same moment, its place in the job budget taken before.

    Raises PreconditionUnmet when the environment never lets so many jobs be alive.
    """
    count, most = len(configurations), api.wire.terms.budget
    if count > most:
        raise PreconditionUnmet(
            f"{count} jobs are needed at once, and environment '{api.environment.name}' lets a run "
            f"have {most}. Raise 'alive_jobs' in its file where the server can do it."
        )
    with api.wire.reserved(count):
        return send_together([_configuring(api, each) for each in configurations])


def _configuring(api: FocusApi, asked: Configuration) -> Send:
    return lambda: api.configure(asked.to_body(), JSON, asked.description)
