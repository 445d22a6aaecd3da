"""Captured arrays: a `.npy` file, or a `.json` envelope beside a `.bin` with the bytes.

The header of a `.npy` file is read as text, by `ast.literal_eval`: numpy would unpickle objects.
"""

import ast
import struct
from pathlib import Path
from typing import Any

from focus_engine.arrays.canonical import Endian, canonical_of, without_mark
from focus_engine.arrays.codes import ArrayCode
from focus_engine.arrays.message import ArrayMessage, DtypeClaim
from focus_engine.checks.finding import Finding, finding
from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_json import LIMITS, decode_object
from focus_engine.decoding.undecodable import UndecodableError, refusing
from focus_engine.reading.missing import MISSING
from focus_engine.verdict import ToolError

LARGEST_PAYLOAD = 2**30  # bytes
LONGEST_HEADER = 10_000  # bytes; as numpy bounds what it evaluates
_MAGIC = b"\x93NUMPY"
_HEADER_LENGTH = {1: "<H", 2: "<I", 3: "<I"}
_UTF8_SINCE = 3  # of the versions
_KEYS = {"descr", "fortran_order", "shape"}
_ORDERS = {"True": "F", "False": "C"}  # by the literal: 1 equals True and is none
_MARKS = {"<": Endian.LITTLE.value, ">": Endian.BIG.value, "|": Endian.NOT_APPLICABLE.value}
REQUIRED = ("dtype", "endian", "shape", "order", "nbytes")
OPTIONAL = ("schema", "sequence", "timestamp", "meta")


def read_array_file(path: Path, schema: str) -> ArrayMessage:
    """The message in `path` (`.npy`, or `.json` with its `.bin`), claims as they are written.

    Raises ToolError when the file cannot be read as such at all.
    """
    readers = {".npy": _read_npy, ".json": _read_pair}
    if path.suffix not in readers:
        raise ToolError(f"{path} is neither .npy nor .json; other array files are not known.")
    try:
        return readers[path.suffix](path, schema)
    except UndecodableError as error:
        raise ToolError(f"{path} cannot be read as an array: {error}.") from error
    except OSError as error:
        raise ToolError(f"cannot read {error.filename or path}: {error.strerror}.") from error


def envelope_defects(message: ArrayMessage) -> list[Finding]:
    """Fields that a `.json` envelope lacks or that nobody specified; none for other sources."""
    envelope = message.meta.get("envelope")
    if not isinstance(envelope, dict):
        return []
    missing = [name for name in REQUIRED[2:] if name not in envelope]
    unknown = sorted(set(envelope) - {*REQUIRED, *OPTIONAL})
    found = [f"lacks {name}" for name in missing] + [f"has the unknown {name}" for name in unknown]
    return [
        finding(ArrayCode.ENVELOPE, f"the envelope {each}.", ", ".join(REQUIRED)) for each in found
    ]


def _read_pair(path: Path, schema: str) -> ArrayMessage:
    envelope = decode_object(read_bounded(path, LIMITS.size))
    return ArrayMessage(
        schema=str(envelope.get("schema", schema)),
        source=path.name,
        claim=DtypeClaim(envelope.get("dtype", MISSING), envelope.get("endian", MISSING)),
        shape=envelope.get("shape", MISSING),
        order=envelope.get("order", MISSING),
        payload=read_bounded(path.with_suffix(".bin"), LARGEST_PAYLOAD),
        meta={"envelope": envelope},
        declared_bytes=envelope.get("nbytes", MISSING),
        sequence=_whole(envelope.get("sequence")),
        timestamp=envelope.get("timestamp"),
    )


def _whole(value: object) -> int | None:
    return value if type(value) is int else None


def _read_npy(path: Path, schema: str) -> ArrayMessage:
    header, payload = _npy_parts(path)
    return ArrayMessage(
        schema=schema,
        source=path.name,
        claim=_claim_of(header["descr"]),
        shape=header["shape"],
        order=_ORDERS.get(repr(header["fortran_order"]), header["fortran_order"]),
        payload=payload,
    )


def _npy_parts(path: Path) -> tuple[dict[str, Any], bytes]:
    content = read_bounded(path, LARGEST_PAYLOAD)
    if not content.startswith(_MAGIC):
        raise UndecodableError("it is no .npy file")
    version = content[len(_MAGIC) : len(_MAGIC) + 1]
    if version and version[0] not in _HEADER_LENGTH:
        raise UndecodableError(f"its version {version[0]} is not known")
    form = _HEADER_LENGTH[version[0] if version else 1]
    start = len(_MAGIC) + 2 + struct.calcsize(form)
    if len(content) < start:
        raise UndecodableError("it ends within its header")
    (length,) = struct.unpack_from(form, content, len(_MAGIC) + 2)
    if length > LONGEST_HEADER:
        raise UndecodableError(f"its header has {length} bytes")
    if len(content) < start + length:
        raise UndecodableError("it ends within its header")
    encoding = "latin-1" if version[0] < _UTF8_SINCE else "utf-8"
    return _header(content[start : start + length], encoding), content[start + length :]


def _header(content: bytes, encoding: str) -> dict[str, Any]:
    """A dictionary of plain values with the three keys, each once, which numpy demands as well."""
    try:
        with refusing():
            tree = ast.parse(content.decode(encoding).strip(), mode="eval")
            header = ast.literal_eval(tree)
    except UndecodableError as error:
        raise UndecodableError("its header is no dictionary of plain values") from error
    if not isinstance(header, dict) or not isinstance(tree.body, ast.Dict):
        raise UndecodableError("its header is no dictionary")
    if set(header) != _KEYS or len(tree.body.keys) != len(_KEYS):
        raise UndecodableError(f"its header has not the keys {', '.join(sorted(_KEYS))}, each once")
    return header


def _claim_of(descr: object) -> DtypeClaim:
    """numpy's own spelling is legal in its own file: here, and only here, it becomes a name."""
    if isinstance(descr, list):
        return DtypeClaim("struct", MISSING)
    if not isinstance(descr, str):
        return DtypeClaim(descr, MISSING)
    mark, body = without_mark(descr)
    dtype = canonical_of(body)
    if dtype is None or mark not in _MARKS:
        return DtypeClaim(descr, MISSING)
    return DtypeClaim(dtype.name, _MARKS[mark])
