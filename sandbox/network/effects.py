"""What a toxic does to one direction of one connection."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Attributes = Mapping[str, int]

_MS = 1 / 1000
_US = 1 / 1_000_000
_SLICES_PER_S = 10


class Piece(NamedTuple):
    """Bytes and the loop's time at which they came; no bytes mean the end of the stream."""

    data: bytes
    came_at: float


class Close(Exception):  # noqa: N818 - an order, not an error
    """The connection is to be closed."""


class Reset(Exception):  # noqa: N818
    """The connection is to be reset."""


class Effect:
    """Lets everything pass. The toxic's attributes may change while it works."""

    def __init__(self, attributes: Attributes, close: Callable[[], None]) -> None:
        self.attributes = attributes
        self._close = close
        self._hurry = asyncio.Event()

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """What goes on of the piece, when it is time. Raises Close or Reset."""
        yield piece

    def change(self, attributes: Attributes) -> None:
        """Go on with other attributes; what is being held back goes at once."""
        self.attributes = attributes
        self._hurry.set()
        self._hurry = asyncio.Event()

    def remove(self) -> None:
        """End the effect on a connection that goes on."""
        self.stop()

    def stop(self) -> None:
        """End the effect; nothing waits on it any more."""
        self._hurry.set()

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the toxic is changed or removed."""
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self._hurry.wait(), seconds)
        except TimeoutError:
            return


class Latency(Effect):
    """Delays by `latency` ± `jitter` ms; what comes close together stays together."""

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """The piece when its time has come."""
        jitter = self.attributes["jitter"]
        delay = self.attributes["latency"] + random.randint(-jitter, jitter)  # noqa: S311
        due = piece.came_at + delay * _MS
        await self._pause(due - asyncio.get_running_loop().time())
        yield Piece(piece.data, due)


class Bandwidth(Effect):
    """Lets `rate` KB/s pass, in slices of a tenth of a second."""

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """Slices as the rate allows."""
        rest = piece.data
        while rest:
            rate = self.attributes["rate"] * 1000
            size = max(1, rate // _SLICES_PER_S) if rate > 0 else len(rest)
            part, rest = rest[:size], rest[size:]
            await self._pause(len(part) / rate if rate > 0 else 0)
            yield Piece(part, piece.came_at)
        if not piece.data:
            yield piece


class SlowClose(Effect):
    """Delays the end of the stream by `delay` ms."""

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """The piece, the end late."""
        if not piece.data:
            await self._pause(self.attributes["delay"] * _MS)
        yield piece


class Timeout(Effect):
    """Lets nothing pass; closes after `timeout` ms without data, or with 0 when it is removed."""

    def __init__(self, attributes: Attributes, close: Callable[[], None]) -> None:
        super().__init__(attributes, close)
        self._timer: asyncio.TimerHandle | None = None
        self._wind()

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """Drop bytes; the end of the stream closes."""
        self._wind()
        if not piece.data:
            yield piece

    def change(self, attributes: Attributes) -> None:
        """Count anew."""
        super().change(attributes)
        self._wind()

    def remove(self) -> None:
        """Close: what was dropped is lost, so the stream cannot go on."""
        super().remove()
        self._close()

    def stop(self) -> None:
        """Stop counting."""
        super().stop()
        if self._timer is not None:
            self._timer.cancel()

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        limit = self.attributes["timeout"] * _MS
        self._timer = (
            asyncio.get_running_loop().call_later(limit, self._close) if limit > 0 else None
        )


class ResetPeer(Effect):
    """Resets the connection `timeout` ms after the first data."""

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """Yield nothing."""
        await self._pause(self.attributes["timeout"] * _MS)
        raise Reset
        yield piece  # makes it a generator


class Slicer(Effect):
    """Cuts into slices of `average_size` ± `size_variation` bytes, `delay` µs apart."""

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """The slices."""
        rest = piece.data
        while rest:
            part, rest = rest[: (size := self._size())], rest[size:]
            yield Piece(part, piece.came_at)
            await self._pause(self.attributes["delay"] * _US)
        if not piece.data:
            yield piece

    def _size(self) -> int:
        variation = self.attributes["size_variation"]
        return max(1, self.attributes["average_size"] + random.randint(-variation, variation))  # noqa: S311


class LimitData(Effect):
    """Closes after `bytes` bytes."""

    def __init__(self, attributes: Attributes, close: Callable[[], None]) -> None:
        super().__init__(attributes, close)
        self._passed = 0

    async def carry(self, piece: Piece) -> AsyncIterator[Piece]:
        """Yield as many bytes as are left."""
        left = max(0, self.attributes["bytes"] - self._passed)
        part = piece.data[:left]
        if part or not piece.data:
            yield Piece(part, piece.came_at)
        self._passed += len(part)
        if self._passed >= self.attributes["bytes"]:
            raise Close


@dataclass(frozen=True)
class ToxicType:
    """A type of toxic: its effect and its attributes with their defaults."""

    effect: type[Effect]
    attributes: Mapping[str, int]


KINDS: Mapping[str, ToxicType] = {
    "latency": ToxicType(Latency, {"latency": 0, "jitter": 0}),
    "bandwidth": ToxicType(Bandwidth, {"rate": 0}),
    "slow_close": ToxicType(SlowClose, {"delay": 0}),
    "timeout": ToxicType(Timeout, {"timeout": 0}),
    "reset_peer": ToxicType(ResetPeer, {"timeout": 0}),
    "slicer": ToxicType(Slicer, {"average_size": 0, "size_variation": 0, "delay": 0}),
    "limit_data": ToxicType(LimitData, {"bytes": 0}),
}
