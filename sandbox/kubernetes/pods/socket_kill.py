"""`ss -K`: which of a pod's connections it ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPTION = re.compile(r"-[tnHa46pK]*K[tnHa46pK]*|--kill")
_OTHER_OPTION = re.compile(r"-[tnHa46p]+|--tcp|--numeric")
_EQUAL = ("=", "==", "eq")


@dataclass(frozen=True)
class SocketKill:
    """A filter by the other end of a connection; None matches everything."""

    destination: str | None
    port: int | None

    @property
    def header(self) -> bytes:
        """First line of what ss writes."""
        return b"Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"

    @property
    def line(self) -> bytes:
        """Line for each connection that was ended."""
        peer = f"{self.destination or '*'}:{self.port or '*'}"
        return f"tcp   ESTAB 0      0      *:*                {peer}\n".encode()


def read_socket_kill(arguments: Sequence[str]) -> SocketKill | None:
    """Read the arguments of `ss`; None unless it is `-K` with a filter that is understood.

    Understood are `dst ADDRESS[:PORT]`, `dport = :PORT` and `state established`.
    """
    words = " ".join(arguments).split()
    options = [word for word in words if word.startswith("-")]
    if not any(_OPTION.fullmatch(word) for word in options):
        return None
    if not all(_OPTION.fullmatch(word) or _OTHER_OPTION.fullmatch(word) for word in options):
        return None
    rest = [word for word in words if not word.startswith("-") and word not in ("and", *_EQUAL)]
    if len(rest) % 2:
        return None
    found: dict[str, str] = dict(zip(rest[::2], rest[1::2], strict=True))
    if found.pop("state", "established") != "established" or found.keys() - {"dst", "dport"}:
        return None
    return _filter(found.get("dst", ""), found.get("dport", ""))


def _filter(dst: str, dport: str) -> SocketKill | None:
    address, _, own_port = dst.partition(":")
    port = dport.removeprefix(":") or own_port
    if port and not port.isdigit():
        return None
    return SocketKill(address or None, int(port) if port else None)
