"""AMQP 0-9-1 on the wire: frames and the few methods that a hand-shake and a check need."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
FRAME_END = 0xCE

Method = tuple[int, int]
START: Method = (10, 10)
START_OK: Method = (10, 11)
TUNE: Method = (10, 30)
TUNE_OK: Method = (10, 31)
OPEN: Method = (10, 40)
OPEN_OK: Method = (10, 41)
CLOSE: Method = (10, 50)
CLOSE_OK: Method = (10, 51)
CHANNEL_OPEN: Method = (20, 10)
CHANNEL_OPEN_OK: Method = (20, 11)
CHANNEL_CLOSE: Method = (20, 40)
CHANNEL_CLOSE_OK: Method = (20, 41)
EXCHANGE_DECLARE: Method = (40, 10)
EXCHANGE_DECLARE_OK: Method = (40, 11)
EXCHANGE_DELETE: Method = (40, 20)
EXCHANGE_DELETE_OK: Method = (40, 21)
QUEUE_DECLARE: Method = (50, 10)
QUEUE_DECLARE_OK: Method = (50, 11)
QUEUE_BIND: Method = (50, 20)
QUEUE_BIND_OK: Method = (50, 21)
QUEUE_PURGE: Method = (50, 30)
QUEUE_PURGE_OK: Method = (50, 31)
QUEUE_DELETE: Method = (50, 40)
QUEUE_DELETE_OK: Method = (50, 41)
QUEUE_UNBIND: Method = (50, 50)
QUEUE_UNBIND_OK: Method = (50, 51)
BASIC_QOS: Method = (60, 10)
BASIC_QOS_OK: Method = (60, 11)
BASIC_CONSUME: Method = (60, 20)
BASIC_CONSUME_OK: Method = (60, 21)
BASIC_CANCEL: Method = (60, 30)
BASIC_CANCEL_OK: Method = (60, 31)
BASIC_PUBLISH: Method = (60, 40)
BASIC_RETURN: Method = (60, 50)
BASIC_DELIVER: Method = (60, 60)
BASIC_GET: Method = (60, 70)
BASIC_GET_OK: Method = (60, 71)
BASIC_GET_EMPTY: Method = (60, 72)
BASIC_ACK: Method = (60, 80)
BASIC_REJECT: Method = (60, 90)
BASIC_NACK: Method = (60, 120)
CONFIRM_SELECT: Method = (85, 10)
CONFIRM_SELECT_OK: Method = (85, 11)

_HEAD = struct.Struct(">BHI")
_METHOD = struct.Struct(">HH")
_CONTENT = struct.Struct(">HHQ")  # class, weight, size
_MOST = 131_072


class AmqpError(ValueError):
    """Bytes that are no AMQP; the message is a sentence."""


@dataclass(frozen=True)
class AmqpFrame:
    """One frame; `method` is None unless it carries one."""

    kind: int
    channel: int
    method: Method | None
    arguments: bytes


def method_frame(method: Method, arguments: bytes = b"", channel: int = 0) -> bytes:
    """The bytes of a method."""
    return frame(METHOD, channel, _METHOD.pack(*method) + arguments)


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    """The bytes of a frame of that kind."""
    return _HEAD.pack(kind, channel, len(payload)) + payload + bytes([FRAME_END])


def body_size(header: bytes) -> int:
    """How much body follows a content header, in bytes. Raises AmqpError."""
    if len(header) < _CONTENT.size:
        raise AmqpError("A content header is cut short.")
    size: int = _CONTENT.unpack_from(header)[2]
    return size


def take_frames(received: bytearray) -> Iterator[AmqpFrame]:
    """The whole frames and remove them from `received`. Raises AmqpError."""
    while len(received) >= _HEAD.size:
        kind, channel, size = _HEAD.unpack_from(received)
        if size > _MOST:
            raise AmqpError(f"A frame says that it has {size} bytes.")
        end = _HEAD.size + size
        if len(received) <= end:
            return
        payload = bytes(received[_HEAD.size : end])
        if received[end] != FRAME_END:
            raise AmqpError("A frame does not end where it says.")
        del received[: end + 1]
        yield _frame(kind, channel, payload)


def _frame(kind: int, channel: int, payload: bytes) -> AmqpFrame:
    if kind != METHOD:
        return AmqpFrame(kind, channel, None, payload)
    if len(payload) < _METHOD.size:
        raise AmqpError("A method's frame is too short.")
    class_id, method_id = _METHOD.unpack_from(payload)
    return AmqpFrame(kind, channel, (class_id, method_id), payload[_METHOD.size :])


def short_text(text: str) -> bytes:
    """A text of at most 255 bytes as AMQP writes it."""
    raw = text.encode()
    return bytes([len(raw)]) + raw


def long_text(raw: bytes) -> bytes:
    """Return bytes with their length before them."""
    return struct.pack(">I", len(raw)) + raw


Field = str | bool | Mapping[str, bool]


def table(fields: Mapping[str, Field] = MappingProxyType({})) -> bytes:
    """A table of texts, of truths, and of tables of truths."""
    return long_text(b"".join(short_text(name) + _field(fields[name]) for name in fields))


def _field(value: Field) -> bytes:
    if isinstance(value, bool):
        return b"t" + bytes([value])
    if isinstance(value, str):
        return b"S" + long_text(value.encode())
    return b"F" + table(value)


def read_short(arguments: bytes, offset: int = 0) -> tuple[str, int]:
    """The short text at `offset` and where it ends. Raises AmqpError."""
    end = offset + 1 + (arguments[offset] if offset < len(arguments) else 0)
    if offset >= len(arguments) or end > len(arguments):
        raise AmqpError("A text is cut short.")
    return arguments[offset + 1 : end].decode(errors="replace"), end


def read_long(arguments: bytes, offset: int) -> tuple[bytes, int]:
    """The bytes at `offset` that have their length before them. Raises AmqpError."""
    start = offset + 4
    if start > len(arguments):
        raise AmqpError("A length is cut short.")
    (size,) = struct.unpack_from(">I", arguments, offset)
    if start + size > len(arguments):
        raise AmqpError("A text is cut short.")
    return arguments[start : start + size], start + size
