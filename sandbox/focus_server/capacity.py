"""How many jobs and requests the server can do at once, and the faults of doing too much."""

import asyncio

from starlette.responses import Response

from sandbox.faults import ActiveFaults, Fault, Unit, Value, declared, knob
from sandbox.focus_server.jobs import Job, JobTable
from sandbox.focus_server.rules.rejections import PARSE_FAILURE, error

JOB_CAPACITY = knob(
    "job-capacity",
    "with so many live jobs a further one is refused with 503 and its reason",
    Value(Unit.WHOLE_NUMBER, 4),
)
OVERLOAD_500 = Fault("overload-answers-500", "a job beyond the capacity is answered with 500")
OVERLOAD_SILENT = Fault(
    "overload-without-reason", "a job beyond the capacity is answered with 503 and an empty body"
)
OVERLOAD_LEAVES_JOB = Fault(
    "overload-leaves-job", "a job beyond the capacity is refused, but runs all the same"
)
PORT_SHARED = Fault(
    "concurrent-jobs-share-port", "jobs that are configured at the same moment get the same port"
)
SLOTS_NOT_FREED = Fault("slots-not-freed", "the slot of a job that has ended is never given again")
ID_GIVEN_AGAIN = Fault(
    "job-id-given-again", "a job that follows the end of one that nobody read is counted like it"
)
SLOT_LOST = Fault(
    "slot-lost-without-recording",
    "a historic range without a recording takes a slot, which is never given again",
)
ONE_AT_A_TIME = Fault(
    "one-request-at-a-time", "a request that comes while another one is answered gets 502"
)

FAULTS, KNOBS = declared(vars())

_RACE_S = 0.05
"""How long requests overlap for the faults that only show when they do."""


def overload(jobs: JobTable, faults: ActiveFaults) -> Response | None:
    """Refuse a further job when the server can do no more."""
    if not faults.on(JOB_CAPACITY):
        return None
    capacity = int(faults.number(JOB_CAPACITY))
    if len(jobs.live()) < capacity:
        return None
    if faults.on(OVERLOAD_LEAVES_JOB):
        jobs.start({}, historic=False)
    if faults.on(OVERLOAD_500):
        return error(500, PARSE_FAILURE)
    if faults.on(OVERLOAD_SILENT):
        return Response(status_code=503)
    return error(503, f"No free slot: all {capacity} jobs are in use, try again later")


async def share_port(job: Job, starting: list[Job], faults: ActiveFaults) -> None:
    """Give `job` the port of one that is being started at the same moment."""
    if not faults.on(PORT_SHARED):
        return
    starting.append(job)
    await asyncio.sleep(_RACE_S)
    job.response["stream_port"] = starting[0].response["stream_port"]
    await asyncio.sleep(_RACE_S)
    starting.remove(job)


class Attention:
    """Whether the server has attention for a further request."""

    def __init__(self, faults: ActiveFaults) -> None:
        self._faults = faults
        self._busy = 0

    async def is_there(self) -> bool:
        """Whether nothing else is being answered; takes a moment, so that requests overlap."""
        if not self._faults.on(ONE_AT_A_TIME):
            return True
        self._busy += 1
        free = self._busy == 1
        await asyncio.sleep(_RACE_S)
        self._busy -= 1
        return free
