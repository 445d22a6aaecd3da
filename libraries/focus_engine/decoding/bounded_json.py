"""Decodes foreign JSON, limited in bytes, depth and digits; no duplicate keys or NaN."""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from focus_engine.decoding.undecodable import UndecodableError, refusing


@dataclass(frozen=True)
class DecodingLimits:
    """What an answer may be at most: its bytes, its levels, and the digits of a number."""

    size: int = 64 * 2**20
    depth: int = 100
    digits: int = 308  # more would not fit into a float


LIMITS = DecodingLimits()
# A text, also one that does not end, as one piece: the brackets in it are none.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[{\]}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def decode_json(content: bytes | bytearray | str, limits: DecodingLimits = LIMITS) -> Any:
    """The value that `content` (UTF-8) holds.

    Raises UndecodableError, and nothing else, for what is no JSON (also NaN and Infinity), names a
    key twice, holds half a surrogate pair, or is larger, deeper or has longer numbers than allowed.
    """
    if len(content) > limits.size:
        raise UndecodableError(f"it is larger than {limits.size} bytes")
    with refusing():
        text = content if isinstance(content, str) else _text(bytes(content))
        _require_flat(text, limits.depth)
        value = _decoder(limits.digits).decode(text)
        if _SURROGATE.search(text) is not None:
            _require_whole_characters(value)
    return value


def decode_object(content: bytes | bytearray | str) -> dict[str, Any]:
    """The JSON object that `content` holds. Raises UndecodableError also for another value."""
    value = decode_json(content)
    if not isinstance(value, dict):
        raise UndecodableError(f"it holds {kind_of(value)} where a JSON object is expected")
    return value


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UndecodableError(f"it is not UTF-8 text (byte {error.start})") from error


def _require_flat(text: str, deepest: int) -> None:
    """Measured before it is parsed: what the parser can still read, others may not."""
    if text.count("[") + text.count("{") <= deepest:
        return
    depth = 0
    for token in _TOKENS.finditer(text):
        head = token.group()[0]
        depth += (head in "[{") - (head in "]}")
        if depth > deepest:
            raise UndecodableError(f"it nests deeper than {deepest} levels")


def _decoder(digits: int) -> json.JSONDecoder:
    def whole(literal: str) -> int:
        if len(literal.lstrip("-")) > digits:
            raise UndecodableError(f"a number in it has more than {digits} digits")
        return int(literal)

    def fraction(literal: str) -> float:
        value = float(literal)
        if not math.isfinite(value):
            raise UndecodableError(f"the number {literal[:40]} in it is too large")
        return value

    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_constant=_refused, parse_int=whole, parse_float=fraction
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise UndecodableError(f"key {twice[:80]!a} stands twice in one object")
    return found


def _refused(literal: str) -> Any:
    raise UndecodableError(f"{literal} is no JSON")


def _require_whole_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UndecodableError("a text in it holds half a surrogate pair") from error


def kind_of(value: Any) -> str:
    """What a decoded `value` is, with its article."""
    kinds = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "a truth value",
        type(None): "null",
    }
    return kinds.get(type(value), "a number")
