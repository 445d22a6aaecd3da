"""Faults that show when many configurations come: fast errors, slowness under load, leaks."""

import asyncio
import math
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from sandbox.faults import ActiveFaults, Fault, Unit, Value, declared
from sandbox.focus_server.configuration import WATERFALL
from sandbox.focus_server.jobs import Job, JobTable
from sandbox.focus_server.rules.rejections import PARSE_FAILURE, error

FAST_ERRORS = Fault(
    "errors-answer-fast", "every fourth valid configuration is answered with 500, at once"
)
OCCASIONAL_502 = Fault(
    "occasional-502", "every thirtieth valid configuration is answered with 502 by a proxy"
)
SLOWER_WITH_JOBS = Fault(
    "slower-with-live-jobs",
    "a configuration takes this much longer for each live job and each configuration under way",
    Value(Unit.SECONDS, 0.1),
)
WORN_AFTER_LOAD = Fault(
    "worn-after-load",
    "once so many jobs were alive, every configuration takes a second longer until a reset",
    Value(Unit.WHOLE_NUMBER, 8),
)
JOB_NEVER_ENDS = Fault("job-never-ends", "every fifth job never ends")
UNREAD_STAYS = Fault(
    "job-unread-stays", "a historic job of the waterfall never ends as long as nobody reads it"
)
JOB_STARTED_TWICE = Fault(
    "job-started-twice", "every fifth configuration starts a second job, which no answer names"
)

FAULTS, _ = declared(vars())

_FAST_ERROR_EVERY = 4
_502_EVERY = 30
_LEAK_EVERY = 5
_WORN_S = 1.0


@dataclass
class ServerLoad:
    """What the server has been asked to do since the faults were switched."""

    faults: ActiveFaults
    jobs: JobTable
    configured: int = 0
    begun: int = 0
    under_way: int = 0
    worn: bool = False

    def restart(self) -> None:
        """Count anew; what is under way goes on."""
        self.configured = self.begun = 0
        self.worn = False

    async def answer(self) -> Response | None:
        """Hold up a valid configuration as the faults have it; an answer takes its place."""
        self.configured += 1
        if self._is_turn(FAST_ERRORS, _FAST_ERROR_EVERY):
            return error(500, PARSE_FAILURE)
        if self._is_turn(OCCASIONAL_502, _502_EVERY):
            return HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", 502)
        self.under_way += 1
        try:
            await asyncio.sleep(self._pause())
        finally:
            self.under_way -= 1
        return None

    def started(self, job: Job) -> None:
        """Let the faults about jobs loose on one that has just started."""
        self.begun += 1
        turn = self.begun % _LEAK_EVERY == 0
        if turn and self.faults.on(JOB_NEVER_ENDS):
            job.ends_at, job.is_endless = math.inf, True
        if job.historic and job.promised.get("view_type") == WATERFALL:
            job.ends_only_when_read = self.faults.on(UNREAD_STAYS)
        if turn and self.faults.on(JOB_STARTED_TWICE):
            self.jobs.start(dict(job.request), job.historic)

    def _is_turn(self, fault: Fault, every: int) -> bool:
        return self.faults.on(fault) and self.configured % every == 0

    def _pause(self) -> float:
        """Seconds that a valid configuration takes longer now."""
        pause = 0.0
        if self.faults.on(SLOWER_WITH_JOBS):
            busy = len(self.jobs.live()) + self.under_way - 1
            pause += self.faults.number(SLOWER_WITH_JOBS) * busy
        if self.faults.on(WORN_AFTER_LOAD):
            alive = len(self.jobs.live())
            self.worn = self.worn or alive >= self.faults.number(WORN_AFTER_LOAD)
            pause += _WORN_S if self.worn else 0.0
        return pause
