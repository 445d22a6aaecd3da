"""Worker processes that send shares of one plan, here or on other machines, by Dask.

Nothing is sent twice: a task belongs to one worker, is never retried, and a worker that dies fails
it. Dask is imported on first use, and only when more than one worker is asked for.
"""

import atexit
import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from platform import node
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from focus_engine import __version__
from focus_engine.given import file_given
from focus_engine.latency.measuring.share_worker import (
    Introduction,
    RefusedShare,
    SentShare,
    introduce,
    send_share,
    stop_share,
)
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.network.addresses import is_loopback, scheduler_address
from focus_engine.paths import PROJECT
from focus_engine.verdict import ToolError

# Of distributed, which need not be installed.
Client: TypeAlias = Any
Future: TypeAlias = Any
Security: TypeAlias = Any
SCHEDULER = "FOCUS_DASK_SCHEDULER"
TLS_FILES = ("FOCUS_DASK_CA", "FOCUS_DASK_CERT", "FOCUS_DASK_KEY")
MOST_OFFSET = 0.020  # seconds between two clocks
CLOCK_LOOKS = 40
JOIN_SECONDS = 60.0  # until all workers are there
POLL_SECONDS = 0.1
STOP_SECONDS = 20.0  # for shares that are ended because another one is lost
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.tick.limit": "1h",  # says nothing of a measurement
}


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
        self._scheduler = scheduler
        self._cluster: Any = None
        self._client: Client = None
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
            if self._scheduler_lost():
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
            if future.status == "pending" and self._client is not None:
                self._client.run(stop_share, token, workers=[member.address], on_error="return")

    def close(self) -> None:
        """Leave the scheduler; workers of our own end."""
        atexit.unregister(self.close)
        self._tokens.clear()
        for part in (self._client, self._cluster):
            if part is not None:
                part.close(timeout=STOP_SECONDS)
        self._client = self._cluster = None

    def _open(self) -> bool:
        return any(future.status == "pending" for future in self._tokens)

    def _scheduler_lost(self) -> bool:
        return self._client is None or self._client.status != "running"

    def _result(self, future: Future) -> Result:
        if future.status == "finished":
            found: Result = future.result(timeout=STOP_SECONDS)
            return found
        if self._scheduler_lost() or future.status in ("cancelled", "lost"):
            return LostShare("the connection to the scheduler was lost")
        if future.status == "error":
            return LostShare(_cause(future.exception(timeout=STOP_SECONDS)))
        return LostShare("it gave no result in time")

    def _connected(self) -> Client:
        if self._client is not None and self._client.status == "running":
            return self._client
        self.close()
        dask, distributed = _dask()
        dask.config.set(SETTINGS)
        atexit.register(self.close)
        try:
            if self._scheduler:
                self._client = distributed.Client(
                    self._scheduler, security=_security(self._scheduler), set_as_default=False
                )
            else:
                self._cluster = distributed.LocalCluster(
                    n_workers=self._workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    silence_logs="CRITICAL",
                )
                self._client = distributed.Client(self._cluster, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ToolError(
                f"the workers' scheduler {self._scheduler or '(of this machine)'} cannot be "
                f"reached: {error}. Is it running, and is {SCHEDULER} right?"
            ) from error
        _require_no_repetition(self._client)
        return self._client

    def _addresses(self, client: Client) -> list[str]:
        wanted = self._workers if self._workers > 1 or not self._scheduler else 1
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


def scheduler_given() -> str:
    """The address in FOCUS_DASK_SCHEDULER, if any. Raises ToolError for what is none."""
    text = os.environ.get(SCHEDULER, "").strip()
    return scheduler_address(SCHEDULER, text) if text else ""


def _dask() -> tuple[Any, Any]:
    try:
        import dask  # noqa: PLC0415 - heavy, and only for those who ask for workers
        import distributed  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ToolError(
            "more than one worker needs Dask, which is not installed. Install "
            "requirements-load.txt into this environment."
        ) from error
    return dask, distributed


def _security(scheduler: str) -> Security:
    if not any(os.environ.get(name) for name in TLS_FILES):
        host = urlsplit(scheduler if "//" in scheduler else f"tcp://{scheduler}").hostname or ""
        if not is_loopback(host):
            raise ToolError(
                f"{SCHEDULER} is on another machine, and whoever reaches it without TLS can run "
                f"anything there. Give the files by {', '.join(TLS_FILES)}."
            )
        return None
    from distributed import Security  # noqa: PLC0415 - heavy

    ca, certificate, key = (str(file_given(name, PROJECT / name)) for name in TLS_FILES)
    return Security(
        tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True
    )


def _require_no_repetition(client: Client) -> None:
    allowed = client.run_on_scheduler(_allowed_failures)
    if allowed:
        raise ToolError(
            f"the scheduler sends a share again when its worker dies ({allowed} times), as a "
            "burst. Start it with DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0."
        )


def _allowed_failures(dask_scheduler: Any) -> int:
    return int(dask_scheduler.allowed_failures)


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
