"""What the judge of a POST /configure answer needs beside request and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine import settings


class Form(StrEnum):
    """A form in which servers deviated, judged by one case and read as meant by all others."""

    PORT_AS_TEXT = "port as text"
    DECIMATED_SPECTRUM = "decimated spectrum"


@dataclass(frozen=True)
class Circumstances:
    """What is known of the system when a response is judged.

    `largest_nfft` is the client's largest option: up to there the server's doubling of the
    transform was inferred, beyond it is unknown. `prr` in Hz as /live_metadata tells it (0 or
    None while the server waits for fibre). `neighbours` are the ids of jobs that were certainly
    alive when the judged job was started, and `most_alive` the number of those that can have
    been, it included; None where that is not known. `form` is the deviating form that the case
    judges; others are read as they are meant.
    """

    stream_port_base: int
    largest_nfft: int
    required: settings.Requirements
    prr: float | None = None
    neighbours: Sequence[str] = ()
    most_alive: int | None = None
    form: Form | None = None
