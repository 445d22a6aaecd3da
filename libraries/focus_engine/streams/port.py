"""Whether the port of an ended job was given back."""

import re
import time
from enum import StrEnum

from focus_engine.ledger import JobLedger
from focus_engine.streams.channel import is_open
from focus_engine.streams.target import StreamTarget

POLL_SECONDS = 0.05


class PortState(StrEnum):
    """What became of the port of a job that is over."""

    CLOSED = "closed"
    REUSED = "given to a later job of this run"
    STILL_OPEN = "still open"


def port_after_end(target: StreamTarget, ledger: JobLedger, timeout: float) -> PortState:
    """Wait up to `timeout` seconds for the port of an ended job to close or to serve a later job.

    Only connections are tried; nothing is read, because frames are consumed by reading.
    """
    deadline = time.perf_counter() + timeout
    while is_open(target.host, target.port):
        if _is_reused(target, ledger):
            return PortState.REUSED
        if time.perf_counter() > deadline:
            return PortState.STILL_OPEN
        time.sleep(POLL_SECONDS)
    return PortState.CLOSED


def _is_reused(target: StreamTarget, ledger: JobLedger) -> bool:
    """Whether this run started a later job in the same slot."""
    own = _counter(target.job_id)
    return any(
        job_id.partition("-")[0] == target.slot and _counter(job_id) > own
        for job_id in ledger.job_ids()
    )


def _counter(job_id: str) -> int:
    counter = job_id.partition("-")[2]
    return int(counter) if re.fullmatch(r"[0-9]{1,18}", counter) else 0
