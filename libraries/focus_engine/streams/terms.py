"""How a crowd of readers reads; standard library only, because the sampler starts fast."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReaderTerms:
    """How each job is read: `seconds` from its first frame on, which may take `timeout` seconds.

    `pause` are the seconds that a slow reader lets pass after each frame. `host` replaces that of
    the answer; with `only_loopback` no other is read.
    """

    seconds: float
    timeout: float
    pause: float = 0.0
    host: str = ""
    only_loopback: bool = False
