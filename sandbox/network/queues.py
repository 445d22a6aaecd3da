"""What the broker holds: the exchange of the product, and a queue for each live job."""

import struct
from dataclasses import dataclass, field

from sandbox.focus_server.jobs import Job

EXCHANGE = "prisma"
DEFAULT = ""
"""The exchange without a name leads to the queue of the routing key."""


@dataclass
class Queues:
    """Messages that wait, by queue. It observes the jobs: their queues come and go with them."""

    waiting: dict[str, int] = field(default_factory=dict)

    def job_started(self, job: Job) -> None:
        """Declare the queue that the job's analyzer reads."""
        self.waiting[f"focus_baby.{job.id}"] = 0

    def job_ended(self, job: Job) -> None:
        """Remove the job's queue."""
        self.waiting.pop(f"focus_baby.{job.id}", None)

    def put(self, exchange: str, key: str) -> bool:
        """Whether a message reaches a queue; nothing is bound to the product's exchange."""
        reached = exchange == DEFAULT and key in self.waiting
        if reached:
            self.waiting[key] += 1
        return reached


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
