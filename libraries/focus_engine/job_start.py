"""May this answer have started a job? The one rule, for whatever sends configurations.

Overload was seen as 500, 502 and 504 while the jobs of those requests ran, so a place in the job
budget is given back only where the server clearly refused, or was never asked.
"""

import json
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError

ID_KEY = "job_id"  # a task_id is the client's own: the job of a task is not named by it
# 4xx that say nothing of what became of the request: it came too late, or its sender went away.
UNCLEAR_REFUSALS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, 499})
LONGEST_ID = 200  # characters of an id that are kept


class Fate(Enum):
    """What became of a request that asks for a job."""

    STARTED = "started"  # and the server named the job
    # Both count for a job's life, or until a look at the cluster settles them:
    MAYBE = "maybe"  # no answer, or a success that names no job
    FAILED = "failed"  # an error, behind which a job was seen to run all the same
    REFUSED = "refused"  # clearly, or it was never sent


@dataclass(frozen=True)
class JobStart:
    """The fate of one request; `job_id` where it was named, as text whatever its JSON type."""

    fate: Fate
    job_id: str | None = None


NOT_SENT = JobStart(Fate.REFUSED)
UNANSWERED = JobStart(Fate.MAYBE)
FAILED = JobStart(Fate.FAILED)


def start_of(status: int, answer: Any) -> JobStart:
    """What `status` and the JSON `answer` (None where it is none) say of the job asked for."""
    job_id = named_job(answer)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return UNANSWERED if job_id is None else JobStart(Fate.STARTED, job_id)
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    clear = refused and status not in UNCLEAR_REFUSALS and job_id is None
    return NOT_SENT if clear else FAILED


def answer_in(body: bytes) -> Any:
    """The JSON value of a body; None where it is none: then it names no job."""
    try:
        return decode_json(body)
    except UndecodableError:
        return None


def named_job(answer: Any) -> str | None:
    """The id that an answer gives under `job_id`; None where it names none."""
    named = answer.get(ID_KEY) if isinstance(answer, dict) else None
    return None if named in (None, "") else _text(named)


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value))[:LONGEST_ID]
