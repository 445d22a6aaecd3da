"""Decoder of an invented bus message: how the bodies of a real one would be made readable."""

import struct

from focus_engine.arrays.message import ArrayMessage, DtypeClaim

_HEADER = struct.Struct("<4sIQ")  # magic, number of values, sequence number
_MAGIC = b"EXS1"


def decode_samples(body: bytes) -> ArrayMessage:
    """`EXS1`, count (u32), sequence (u64), then count little-endian int16 values."""
    magic, count, sequence = _HEADER.unpack_from(body)
    if magic != _MAGIC:
        raise ValueError(f"the body starts with {magic!r}, not with {_MAGIC!r}")
    return ArrayMessage(
        schema="samples",
        source=f"Example.Samples {sequence}",
        claim=DtypeClaim("int16", "little"),
        shape=(count,),
        order="C",
        payload=body[_HEADER.size :],
        sequence=sequence,
    )
