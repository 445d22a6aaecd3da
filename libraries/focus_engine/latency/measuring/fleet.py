"""Worker processes that send shares of one plan, here or on other machines, by Dask.

Nothing is sent twice: a task belongs to one worker, is never retried, and a worker that dies fails
it. Dask is imported on first use, and only when more than one worker is asked for.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from platform import node
from typing import Any, TypeAlias

from focus_engine import __version__
from focus_engine.latency.measuring.dask_scheduler import Client, DaskScheduler, scheduler_given
from focus_engine.latency.measuring.share_worker import (
    Introduction,
    RefusedShare,
    SentShare,
    introduce,
    send_share,
    stop_share,
)
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.verdict import ToolError

# Of distributed, which need not be installed.
Future: TypeAlias = Any
MOST_OFFSET = 0.020  # seconds between two clocks
CLOCK_LOOKS = 40
JOIN_SECONDS = 60.0  # until all workers are there
POLL_SECONDS = 0.1
STOP_SECONDS = 20.0  # for shares that are ended because another one is lost


@dataclass(frozen=True)
class Member:
    """One worker: where Dask finds it, its machine, and how far its clock is ahead of ours (s)."""

    address: str
    host: str
    offset: float


@dataclass(frozen=True)
class LostShare:
    """A share of which nothing is known, and why."""

    cause: str


Result = SentShare | RefusedShare | LostShare


class Fleet:
    """The workers of one scheduler; opened on first use."""

    def __init__(self, workers: int, scheduler: str = "") -> None:
        self._workers = workers
        self._scheduler = DaskScheduler(workers, scheduler)
        self._tokens: dict[Future, tuple[Member, str]] = {}

    def members(self) -> tuple[Member, ...]:
        """The workers that will send, their clocks measured just now.

        Raises ToolError when fewer are there than were asked for, a clock is off by more than
        20 ms, or a worker runs another version.
        """
        client = self._connected()
        addresses = self._addresses(client)
        return tuple(self._member(client, address) for address in addresses)

    def send(self, plans: Sequence[MeasurementPlan], members: Sequence[Member]) -> None:
        """Hand each plan to its worker, and to no other."""
        client = self._connected()
        for plan, member in zip(plans, members, strict=True):
            token = uuid.uuid4().hex
            future = client.submit(
                send_share,
                plan.to_json(),
                token,
                key=f"share-{token}",
                workers=[member.address],
                allow_other_workers=False,
                retries=0,
                pure=False,
            )
            self._tokens[future] = (member, token)

    def results(self, limit: float, tell: Callable[[], None]) -> list[Result]:
        """What became of each share, in order, at the latest after `limit` seconds.

        When one is lost or refused, the others are ended early.
        """
        deadline, stopped = time.monotonic() + limit, False
        while self._open() and time.monotonic() < deadline:
            if not self._scheduler.is_there:
                break
            if not stopped and any(
                future.status not in ("pending", "finished") for future in self._tokens
            ):
                stopped = True
                self.stop()
                deadline = min(deadline, time.monotonic() + STOP_SECONDS)
            tell()
            time.sleep(POLL_SECONDS)
        found = [self._result(future) for future in self._tokens]
        self._tokens.clear()
        return found

    def stop(self) -> None:
        """End all shares early; what they sent until now is their result."""
        for future, (member, token) in self._tokens.items():
            if future.status == "pending":
                self._scheduler.run(stop_share, token, workers=[member.address], on_error="return")

    def close(self) -> None:
        """Leave the scheduler; workers of our own end."""
        self._tokens.clear()
        self._scheduler.close()

    def _connected(self) -> Client:
        if not self._scheduler.is_there:
            self._tokens.clear()  # of a connection that was lost
        return self._scheduler.client()

    def _open(self) -> bool:
        return any(future.status == "pending" for future in self._tokens)

    def _result(self, future: Future) -> Result:
        if future.status == "finished":
            found: Result = future.result(timeout=STOP_SECONDS)
            return found
        if not self._scheduler.is_there or future.status in ("cancelled", "lost"):
            return LostShare("the connection to the scheduler was lost")
        if future.status == "error":
            return LostShare(_cause(future.exception(timeout=STOP_SECONDS)))
        return LostShare("it gave no result in time")

    def _addresses(self, client: Client) -> list[str]:
        wanted = self._workers if self._workers > 1 or not self._scheduler.address else 1
        try:
            client.wait_for_workers(wanted, timeout=JOIN_SECONDS)
        except TimeoutError as error:
            raise ToolError(
                f"{wanted} workers are to send, and after {JOIN_SECONDS:g} s the scheduler has "
                f"{len(client.run(introduce, on_error='ignore'))}. Start the others, or ask for "
                "fewer."
            ) from error
        found = sorted(client.run(introduce))
        return found[:wanted] if self._workers > 1 else found

    def _member(self, client: Client, address: str) -> Member:
        """Raises ToolError when its clock may be off by more than 20 ms."""
        offset, doubt, said = 0.0, float("inf"), introduce()
        for _ in range(CLOCK_LOOKS):
            asked = time.time()
            said = client.run(introduce, workers=[address])[address]
            answered = time.time()
            if (answered - asked) / 2 < doubt:
                offset, doubt = said.now - (asked + answered) / 2, (answered - asked) / 2
            if abs(offset) + doubt <= MOST_OFFSET:
                break
        _require_same(said)
        require_clock(said.host, offset, doubt)
        return Member(address, said.host, offset)


def require_clock(host: str, offset: float, doubt: float) -> None:
    """Raise ToolError unless the clock of `host` is within 20 ms of ours, for certain."""
    if abs(offset) + doubt > MOST_OFFSET:
        raise ToolError(
            f"the clock of worker {host} is {offset * 1000:+.0f} ms off ours (to "
            f"{doubt * 1000:.0f} ms), and shares of one schedule need at most "
            f"{MOST_OFFSET * 1000:.0f} ms. Let both machines follow one time server."
        )


def require_reachable(plan: MeasurementPlan, members: Sequence[Member]) -> None:
    """Raise ToolError when the target is loopback and a worker runs on another machine."""
    for number, member in enumerate(members, start=1):
        if plan.same_machine and member.host != node():
            raise ToolError(
                f"share {number} of {len(members)} would be sent by {member.host}, where the "
                "loopback address of this server is another machine. Use `workers` of this machine."
            )


def fleet_given(workers: int) -> Fleet | None:
    """The workers of FOCUS_DASK_SCHEDULER, else `workers` processes here; None for one process."""
    if workers < 1:
        raise ToolError(f"{workers} workers send nothing. Give `workers` of at least 1.")
    scheduler = scheduler_given()
    if not scheduler and workers == 1:
        return None
    return Fleet(workers, scheduler)


def _require_same(said: Introduction) -> None:
    if said.version != __version__:
        raise ToolError(
            f"worker {said.host} runs version {said.version} of the engine, and this is "
            f"{__version__}. Start the workers from the same commit."
        )


def _cause(error: BaseException | None) -> str:
    """What Dask says of a failed share, in our words."""
    if type(error).__name__ == "KilledWorker":
        return "the worker was killed or lost its connection"
    return f"{type(error).__name__}: {error}"
