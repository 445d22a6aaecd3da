"""What a lie is: its name, where it is told, and whether a case must notice it."""

from dataclasses import dataclass
from enum import StrEnum

from proof.judge import is_verdict
from proof.runs import Outcome


class Channel(StrEnum):
    """Between whom a lie is told."""

    RULE = "rule"  # a request that breaks a rule is accepted
    ANSWER = "answer"  # the body, status or time of an HTTP answer
    FRAME = "frame"  # a message of a gRPC stream
    DOCUMENT = "document"  # what MongoDB holds of recordings and base paths
    FILE = "file"  # a file of PZ
    OBJECT = "object"  # what the Kubernetes API answers


@dataclass(frozen=True)
class Lie:
    """One lie.

    `place` is what it is told of (a rule, an endpoint with view and mode) and selects
    the cases that could notice it; `subject` is the part that lies, `change` how it lies.
    """

    channel: Channel
    place: str
    subject: str
    change: str
    second_only: bool = False
    harmless: bool = False

    @property
    def id(self) -> str:
        """`answer: POST /configure 0 live: $.lines_dt: plus one`, unique and stable."""
        often = ", second time only" if self.second_only else ""
        return f"{self.channel}: {self.place}: {self.subject}: {self.change}{often}"

    def is_noticed_by(self, outcome: Outcome) -> bool:
        """Whether a case says so.

        Of PZ's files and pods an undecided one does, because gates are red then; and an API that
        does not answer as Kubernetes does is an ERROR.
        """
        undecided = outcome.status == "SKIP" and outcome.message.startswith("UNDETERMINED:")
        match self.channel:
            case Channel.OBJECT:
                return outcome.status == "FAIL" or undecided
            case Channel.FILE:
                return is_verdict(outcome) or undecided
            case _:
                return is_verdict(outcome)

    @property
    def kind(self) -> str:
        """What lies are counted by."""
        return f"{self.channel}, harmless" if self.harmless else f"{self.channel}, {self.change}"
