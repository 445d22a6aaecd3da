"""The loopback address that a sandbox has for itself, so that several run side by side.

Every sandbox promises stream ports first_port + slot. It claims an address by listening on
`first_port` itself, which no job uses because slots start at 1.
"""

import random
import socket
from dataclasses import dataclass

from sandbox.spec import SPEC

_ATTEMPTS = 200
_PORT_BLOCK = 1000


@dataclass(frozen=True)
class StreamAddress:
    """Where the streams of this sandbox's jobs are; `claim` is held while it runs."""

    host: str
    first_port: int
    claim: socket.socket

    def release(self) -> None:
        """Give the address back."""
        self.claim.close()


def claim_stream_address() -> StreamAddress:
    """Claim a 127.x.y.z of our own, else a block of ports on 127.0.0.1.

    Raises OSError when neither is to be had.
    """
    chooser = random.Random()  # noqa: S311 - not secret
    for _ in range(_ATTEMPTS):
        numbers = (chooser.randrange(1, 255) for _ in range(3))
        host = ".".join(["127", *map(str, numbers)])
        claim = _listen(host, SPEC.first_port)
        if claim is not None:
            return StreamAddress(host, SPEC.first_port, claim)
    for first_port in range(SPEC.first_port, 60_000, _PORT_BLOCK):
        claim = _listen("127.0.0.1", first_port)
        if claim is not None:
            return StreamAddress("127.0.0.1", first_port, claim)
    raise OSError("No loopback address and no block of ports is free for the streams.")


def _listen(host: str, port: int) -> socket.socket | None:
    """Listen on the address; None when the system lacks it or somebody has it."""
    candidate = socket.socket()
    try:
        candidate.bind((host, port))
        candidate.listen(1)
    except OSError:
        candidate.close()
        return None
    return candidate
