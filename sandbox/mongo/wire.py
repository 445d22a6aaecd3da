"""MongoDB's wire protocol: OP_MSG, and OP_QUERY for the handshake of older clients."""

import struct
from dataclasses import dataclass
from typing import Any

import bson
from bson.codec_options import CodecOptions

Document = dict[str, Any]

HEADER_LENGTH = 16
LONGEST_MESSAGE = 48_000_000
VERSION = (7, 0, 0)  # of the MongoDB that is stood in for

_HEADER = struct.Struct("<iiii")
_SHORTEST_DOCUMENT = 5
_OP_REPLY, _OP_QUERY, _OP_MSG = 1, 2004, 2013
_CHECKSUM_PRESENT, _MORE_TO_COME = 1 << 0, 1 << 1
_CODEC: CodecOptions[Document] = CodecOptions(document_class=dict)


class ProtocolError(ValueError):
    """Bytes that are no message; the connection they came on is to be closed."""


@dataclass(frozen=True)
class Header:
    """Start of every message."""

    length: int
    request_id: int
    operation: int


@dataclass(frozen=True)
class WireCommand:
    """A command with what is needed to answer it."""

    command: Document
    header: Header
    wants_answer: bool = True


def parse_header(data: bytes) -> Header:
    """Read the 16 bytes that start a message. Raises ProtocolError."""
    length, request_id, _, operation = _HEADER.unpack(data)
    if not HEADER_LENGTH < length <= LONGEST_MESSAGE or operation not in (_OP_QUERY, _OP_MSG):
        raise ProtocolError(f"Not a message: length {length}, operation {operation}.")
    return Header(length, request_id, operation)


def parse_request(header: Header, payload: bytes) -> WireCommand:
    """Read the rest of a message. Raises ProtocolError."""
    try:
        if header.operation == _OP_QUERY:
            return WireCommand(_query(payload), header)
        flags = struct.unpack_from("<I", payload)[0]
        command = _sections(payload, 4, len(payload) - (4 if flags & _CHECKSUM_PRESENT else 0))
        return WireCommand(command, header, wants_answer=not flags & _MORE_TO_COME)
    except (struct.error, bson.errors.BSONError, IndexError, ValueError) as error:
        raise ProtocolError(f"Not a message: {error}") from error


def format_answer(request: WireCommand, answer: Document, request_id: int) -> bytes:
    """The bytes of the answer, in the form that the request came in."""
    document = bson.encode(answer)
    if request.header.operation == _OP_QUERY:
        operation, payload = _OP_REPLY, struct.pack("<iqii", 8, 0, 0, 1) + document
    else:
        operation, payload = _OP_MSG, b"\0\0\0\0\0" + document
    length = HEADER_LENGTH + len(payload)
    return _HEADER.pack(length, request_id, request.header.request_id, operation) + payload


def _query(payload: bytes) -> Document:
    """Read an OP_QUERY: flags, collection name, skip, limit, then the command."""
    name_end = payload.index(b"\0", 4)
    database = payload[4:name_end].decode().partition(".")[0]
    document, _ = _document(payload, name_end + 9, len(payload))
    return {**document, "$db": database}


def _sections(payload: bytes, position: int, end: int) -> Document:
    """Read the sections of an OP_MSG: one document, and sequences that belong into it."""
    command: Document = {}
    sequences: dict[str, list[Document]] = {}
    while position < end:
        kind, position = payload[position], position + 1
        if kind == 0:
            command, position = _document(payload, position, end)
        elif kind == 1:
            name, documents, position = _sequence(payload, position, end)
            sequences[name] = documents
        else:
            raise ProtocolError(f"Not a message: section of kind {kind}.")
    if not command:
        raise ProtocolError("Not a message: there is no command in it.")
    return {**command, **sequences}


def _sequence(payload: bytes, position: int, end: int) -> tuple[str, list[Document], int]:
    sequence_end = position + struct.unpack_from("<i", payload, position)[0]
    if not position + 4 < sequence_end <= end:
        raise ProtocolError("Not a message: a sequence has a wrong length.")
    name_end = payload.index(b"\0", position + 4)
    name, position = payload[position + 4 : name_end].decode(), name_end + 1
    documents = []
    while position < sequence_end:
        document, position = _document(payload, position, sequence_end)
        documents.append(document)
    return name, documents, position


def _document(payload: bytes, position: int, end: int) -> tuple[Document, int]:
    length = struct.unpack_from("<i", payload, position)[0]
    if not _SHORTEST_DOCUMENT <= length <= end - position:
        raise ProtocolError("Not a message: a document has a wrong length.")
    stop = position + length
    return bson.decode(payload[position:stop], _CODEC), stop
