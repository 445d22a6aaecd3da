"""How far a fact can be trusted, and what a check rests on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from focus_engine.datafile import Record, Text


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


class Fact(Record):
    """A part of a profile with its provenance. `needs` is required of every placeholder."""

    status: Annotated[Status, Field(strict=False)]
    source: Text
    needs: str = ""

    @model_validator(mode="after")
    def _placeholder_says_what_it_needs(self) -> Self:
        if self.status is Status.PLACEHOLDER and not self.needs:
            raise ValueError("a placeholder must say in 'needs' what the team must supply")
        return self

    def basis(self, what: str) -> Basis:
        return Basis(what, self.status, self.source, self.needs)
