"""What an environment can allow; light, because signatures of keywords name it."""

from enum import StrEnum


class Permission(StrEnum):
    """What an environment can allow beyond GET."""

    JOBS = "jobs"
    ABUSE = "abuse"
    LOAD = "load"
    DISRUPTIVE = "disruptive"
