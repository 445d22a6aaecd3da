"""Outcome of one measured request, as a small number: a million of them sit in an array."""

from enum import IntEnum


class Outcome(IntEnum):
    """How a request ended; only OK carries a latency, all the others carry an age."""

    OK = 0
    STATUS = 1  # answered with a status that was not expected
    WRONG_BODY = 2  # the expected status, but not the expected body
    NO_JOB_ID = 3  # POST /configure answered without a job id
    TIMEOUT = 4  # no complete answer within the timeout
    CONNECTION = 5  # reset, closed, no HTTP: it was connected, and gave no complete answer
    UNFINISHED = 6  # still under way when the measurement was stopped
    DROPPED = 7  # not sent, because as many as may be in flight were unanswered
    CLIENT = 8  # not sent, because this machine could not: open files, ports, name resolution
    UNREACHED = 9  # not sent, because nobody took the connection: refused, silence, no host, TLS

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def is_unknown(self) -> bool:
        """Whether it says nothing about the server."""
        return self in (Outcome.UNFINISHED, Outcome.CLIENT)


_WORDS = {
    Outcome.OK: "ok",
    Outcome.STATUS: "unexpected status",
    Outcome.WRONG_BODY: "wrong body",
    Outcome.NO_JOB_ID: "no job_id",
    Outcome.TIMEOUT: "timeout",
    Outcome.CONNECTION: "connection broken off",
    Outcome.UNFINISHED: "unfinished (stopped)",
    Outcome.DROPPED: "not sent, too many unanswered",
    Outcome.CLIENT: "not sent, this machine could not",
    Outcome.UNREACHED: "no connection",
}
