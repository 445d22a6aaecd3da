"""What a judgement of a response rests on beside the request and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Circumstances:
    """What is known of the system when a response is judged.

    `largest_nfft` is the client's largest option: up to there the server's doubling of the
    transform was inferred, beyond it is unknown. `prr` in Hz as /live_metadata tells it (0 or
    None while the server waits for fibre). `neighbours` are the ids of jobs that were certainly
    alive when the judged job was started.
    """

    stream_port_base: int
    largest_nfft: int
    prr: float | None = None
    neighbours: Sequence[str] = ()
