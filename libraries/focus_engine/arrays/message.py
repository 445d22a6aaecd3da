"""An array as it travels, alone or as a frame: what it claims about its bytes, and the bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from focus_engine.reading.missing import MISSING


@dataclass(frozen=True)
class DtypeClaim:
    """Dtype and byte order exactly as they came: nothing here has been interpreted."""

    dtype: object
    endian: object = MISSING

    def __str__(self) -> str:
        return f"dtype {_shown(self.dtype)}, byte order {_shown(self.endian)}"


@dataclass(frozen=True)
class ArrayMessage:
    """One array with its claims, independent of how it was transported.

    `schema` names the contract that it must keep, `source` where it came from. `shape` is in
    elements, `order` is `C` or `F`, `timestamp` is whatever the transport gave.
    """

    schema: str
    source: str
    claim: DtypeClaim
    shape: object
    order: object
    payload: bytes
    meta: Mapping[str, Any] = field(default_factory=dict)
    declared_bytes: object = MISSING
    sequence: int | None = None
    timestamp: object = None

    def __repr__(self) -> str:
        return f"ArrayMessage({self.source}: {self.claim}, shape {self.shape})"


class FrameMessage(Protocol):
    """A message `DataStream` as `focus_engine.streams` reads it."""

    @property
    def arrived(self) -> float:
        """When it came, in seconds of any clock."""

    @property
    def first_channel(self) -> int: ...

    @property
    def last_channel(self) -> int: ...

    @property
    def timestamps_ms(self) -> Sequence[int]: ...

    @property
    def rows(self) -> Sequence[int]: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def maximum(self) -> float: ...

    @property
    def minimum(self) -> float: ...

    @property
    def job_id(self) -> int | None: ...

    @property
    def buffer_sizes(self) -> Sequence[int]: ...

    @property
    def buffers(self) -> Sequence[bytes]: ...


def _shown(value: object) -> str:
    if value is MISSING:
        return "missing"
    return f'"{value}"' if isinstance(value, str) else repr(value)
