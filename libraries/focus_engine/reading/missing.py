"""What stands for a key or field that is not there, which is neither null nor an empty text."""

from enum import Enum


class Missing(Enum):
    MISSING = "missing"


MISSING = Missing.MISSING
