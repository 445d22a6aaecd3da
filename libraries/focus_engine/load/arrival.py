"""How load comes and who reads it; light, because signatures of keywords name it."""

from enum import StrEnum


class Arrival(StrEnum):
    """How the investigations of a step come."""

    TOGETHER = "together"  # all at once; the next step waits for their end
    EVENLY = "evenly"  # at the pace that keeps about so many alive


class Readers(StrEnum):
    """Who reads the streams of an investigation."""

    NONE = "none"
    EACH_STREAM = "each_stream"  # one reader per stream, as a client with its windows open
    SLOW = "slow"  # the same, and each takes its time after every frame
