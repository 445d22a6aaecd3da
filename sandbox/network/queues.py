"""What the broker holds: the exchange of the product, and a queue for each live job."""

import struct
from dataclasses import dataclass, field

from sandbox.faults import ActiveFaults, Fault
from sandbox.focus_server.jobs import Job

EXCHANGE = "prisma"
DEFAULT = ""
"""The exchange without a name leads to the queue of the routing key."""

QUEUE_STAYS = Fault("broker-queue-left-behind", "the queue of a job stays when the job has ended")
QUEUE_MISSING = Fault("broker-queue-missing", "a job gets no queue")
EXCHANGE_UNLIKE = Fault("broker-exchange-not-durable", "the product's exchange is not durable")
FAULTS = (QUEUE_STAYS, QUEUE_MISSING, EXCHANGE_UNLIKE)


@dataclass
class Queues:
    """Messages that wait, by queue. It observes the jobs: their queues come and go with them."""

    waiting: dict[str, int] = field(default_factory=dict)
    faults: ActiveFaults = field(default_factory=ActiveFaults)
    _left: set[str] = field(default_factory=set)

    def follow(self, active: ActiveFaults) -> None:
        """Take the faults in force; what an earlier one left behind goes."""
        self.faults = active
        for name in self._left:
            self.waiting.pop(name, None)
        self._left.clear()

    def job_started(self, job: Job) -> None:
        """Declare the queue that the job's analyzer reads."""
        if not self.faults.on(QUEUE_MISSING):
            self.waiting[_queue(job)] = 0

    def job_ended(self, job: Job) -> None:
        """Remove the job's queue."""
        if self.faults.on(QUEUE_STAYS):
            self._left.add(_queue(job))
        else:
            self.waiting.pop(_queue(job), None)

    def put(self, exchange: str, key: str) -> bool:
        """Whether a message reaches a queue; nothing is bound to the product's exchange."""
        reached = exchange == DEFAULT and key in self.waiting
        if reached:
            self.waiting[key] += 1
        return reached


def _queue(job: Job) -> str:
    return f"focus_baby.{job.id}"


@dataclass
class Publishing:
    """A message on its way in one channel: its exchange and key, and how much body is missing."""

    exchange: str
    key: str
    missing: int = 0

    def take_header(self, payload: bytes) -> None:
        """Read the size of the body. Raises ValueError where the frame is too short."""
        if len(payload) < 12:  # noqa: PLR2004 - class, weight, size
            raise ValueError("A content header is cut short.")
        (self.missing,) = struct.unpack_from(">Q", payload, 4)
