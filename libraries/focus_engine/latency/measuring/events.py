"""Events on the timeline of a measurement, and the periods that they divide it into."""

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What an event does to the system under test."""

    BEGIN = "begin"
    END = "end"
    NOTE = "note"


@dataclass(frozen=True)
class Event:
    """Something that happened `at` seconds on the timeline."""

    name: str
    kind: EventKind
    at: float


class Phase(StrEnum):
    """A part of a measurement, seen from its first begin and its last end event."""

    WHOLE = "whole"
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
