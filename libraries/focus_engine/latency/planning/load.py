"""How requests of a measurement arrive; light, because signatures of keywords name it."""

from enum import StrEnum


class Load(StrEnum):
    """How requests arrive; all but `closed` are open loops, whose clock no stall can stop."""

    CONSTANT = "constant"
    POISSON = "poisson"
    RAMP = "ramp"
    STEPS = "steps"
    CLOSED = "closed"
