"""How far a fact can be trusted, and what a check rests on."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a fact of a profile comes from."""

    INVENTED = "invented"
    PLACEHOLDER = "placeholder"
    OBSERVED = "observed"
    SPECIFIED = "specified"
    TEAM_APPROVED = "team-approved"


@dataclass(frozen=True)
class Basis:
    """One input that a check rests on. `needs` says what the team must supply."""

    what: str
    status: Status
    source: str
    needs: str = ""

    @property
    def placeholder(self) -> bool:
        return self.status is Status.PLACEHOLDER
