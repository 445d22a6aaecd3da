"""Jobs of the Focus Server: their slots, ports, ids and lives.

The table is lazy: a job whose time is over leaves at the next look. Observers (the Kubernetes
objects, the streams) are told of every start and end.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

_REMEMBERED = 1000


@dataclass
class Job:
    """One running job. `response` is the body that POST /configure answered."""

    slot: int
    counter: int
    port: int
    request: dict[str, Any]
    historic: bool
    ends_at: float
    started_at: float
    consumers: int = 0
    """How many gRPC calls read the job."""
    of_first_stream: int = 0
    """How many of them read its first stream."""
    was_read: bool = False
    """Whether any ever did."""
    one_has_left: bool = False
    """Whether the last that happened to its readers is that one left."""
    response: dict[str, Any] = field(default_factory=dict)
    is_service_only: bool = False
    """Whether nothing but its Service was made."""
    is_silent: bool = False
    """Whether its streams never deliver anything."""
    ends_only_when_read: bool = False
    """Whether the job never ends as long as nobody reads it."""
    is_endless: bool = False
    """Whether the job never ends, read or not."""
    is_hexadecimal: bool = False
    """Whether the job's id is 15 hexadecimal characters, as documented, and not as it was seen."""
    promised: dict[str, Any] = field(default_factory=dict)
    """The response as it ought to be, whatever a fault made of it; the streams keep to it."""

    @property
    def id(self) -> str:
        """`"{slot}-{counter}"`, as the server names jobs, or hexadecimal."""
        if self.is_hexadecimal:
            return f"{self.slot:05x}{self.counter:010x}"
        return f"{self.slot}-{self.counter}"

    def is_over(self, now: float) -> bool:
        """Whether its life is over, by the clock of its table."""
        return self.ends_at <= now and (self.was_read or not self.ends_only_when_read)

    @property
    def consumer_attached(self) -> bool:
        """Whether anybody reads the job; GET /metadata/{job_id} knows only those."""
        return self.consumers > 0


class JobObserver(Protocol):
    """Whoever must know that a job started or ended."""

    def job_started(self, job: Job) -> None:
        """Take note of a new job."""

    def job_ended(self, job: Job) -> None:
        """Take note that slot and port of `job` are free again."""


class JobTable:
    """All live jobs by slot. Slot = lowest free index from 1; the counter never restarts."""

    def __init__(
        self,
        first_port: int,
        live_life_s: float,
        historic_life_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first_port = first_port
        self._lives = {False: live_life_s, True: historic_life_s}
        self._clock = clock
        self._by_slot: dict[int, Job] = {}
        self._observers: list[JobObserver] = []
        self._counter = 0
        self._highest_slot = 0
        self._lost: set[int] = set()
        self._ended: deque[Job] = deque(maxlen=_REMEMBERED)

    def count_anew(self) -> None:
        """Give the next job the first counter again."""
        self._counter = 0

    def observe(self, observer: JobObserver) -> None:
        """Tell `observer` of every start and end from now on."""
        self._observers.append(observer)

    def start(
        self,
        request: dict[str, Any],
        historic: bool,
        *,
        slots_are_freed: bool = True,
        is_service_only: bool = False,
        is_hexadecimal: bool = False,
        unread_are_counted: bool = True,
    ) -> Job:
        """Start a job in the lowest free slot; where slots are never freed, in a new one."""
        self.expire()
        slot = self._lowest_free_slot() if slots_are_freed else self._highest_slot + 1
        self._highest_slot = max(self._highest_slot, slot)
        self._counter += unread_are_counted or not self._last_ended_unread()
        now = self._clock()
        job = Job(
            slot,
            self._counter,
            self._first_port + slot,
            request,
            historic,
            ends_at=now + self._lives[historic],
            started_at=time.time(),
            is_service_only=is_service_only,
            is_hexadecimal=is_hexadecimal,
        )
        self._by_slot[slot] = job
        for observer in self._observers:
            observer.job_started(job)
        return job

    def _last_ended_unread(self) -> bool:
        """Whether the job that was started last has ended, and nobody ever read it."""
        last = self._ended[-1] if self._ended else None
        return last is not None and last.counter == self._counter and not last.was_read

    def _lowest_free_slot(self) -> int:
        taken = self._by_slot.keys() | self._lost
        return next(index for index in range(1, len(taken) + 2) if index not in taken)

    def lose_slot(self) -> None:
        """Give the lowest free slot to nobody any more, until all jobs are ended."""
        self._lost.add(self._lowest_free_slot())

    def live(self) -> list[Job]:
        """The live jobs, oldest first."""
        self.expire()
        return sorted(self._by_slot.values(), key=lambda job: job.counter)

    def find(self, job_id: str) -> Job | None:
        """The live job of that id."""
        return next((job for job in self.live() if job.id == job_id), None)

    def attach(self, job: Job, at_least_s: float) -> None:
        """Note that somebody reads `job`, which lives that long from now at least.

        With infinity it lives until nobody reads it any more.
        """
        job.consumers += 1
        job.was_read, job.one_has_left = True, False
        self.prolong(job, at_least_s)

    def prolong(self, job: Job, at_least_s: float) -> None:
        """Let `job` live that long from now at least."""
        job.ends_at = max(job.ends_at, self._clock() + at_least_s)

    def detach(self, job: Job) -> None:
        """Note that one reader has left; the life of a job that readers kept starts anew."""
        job.consumers -= 1
        job.one_has_left = True
        if job.consumers == 0 and job.ends_at == math.inf and not job.is_endless:
            job.ends_at = self._clock() + self._lives[job.historic]

    def ended(self, job_id: str) -> Job | None:
        """The job of that id among those that ended last."""
        self.expire()
        return next((job for job in self._ended if job.id == job_id), None)

    def expire(self) -> None:
        """End the jobs whose life is over."""
        now = self._clock()
        for job in [job for job in self._by_slot.values() if job.is_over(now)]:
            self._end(job)

    def end(self, job_id: str) -> None:
        """End the live job of that id, if there is one."""
        for job in [job for job in self._by_slot.values() if job.id == job_id]:
            self._end(job)

    def end_all(self) -> None:
        """End every job now."""
        for job in list(self._by_slot.values()):
            self._end(job)
        self._highest_slot = 0
        self._lost.clear()

    def _end(self, job: Job) -> None:
        if self._by_slot.get(job.slot) is not job:
            return  # whoever learns of one end may look, and so end the next
        del self._by_slot[job.slot]
        self._ended.append(job)
        for observer in self._observers:
            observer.job_ended(job)
