"""The cell language of the tables: how one cell says number, text, null, object or nothing."""

import json
from typing import Any

from focus_engine.decoding.bounded_json import DecodingLimits, decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import head_of
from focus_engine.reading.missing import MISSING
from focus_engine.verdict import ToolError

LIMITS = DecodingLimits(digits=4300)  # what Python writes


def read_cell(path: str, cell: object) -> Any:
    """The JSON value that `cell` stands for; `MISSING` for the word `missing`.

    A value that is no text (a Robot variable) is used as it is. Raises ToolError for an empty
    cell and for a bare word, since neither says whether text, null or nothing is meant, and for
    what no JSON can hold.
    """
    if not isinstance(cell, str):
        return cell if cell is MISSING else _sendable(path, cell)
    text = cell.strip()
    if text == MISSING.value:
        return MISSING
    if not text:
        raise ToolError(
            f"field '{path}' has an empty cell. Write null, missing, or \"\" for an empty text."
        )
    try:
        return decode_json(text, LIMITS)
    except UndecodableError as error:
        shown = head_of(text, 80)
        if isinstance(error.__cause__, json.JSONDecodeError):
            raise ToolError(
                f"field '{path}' is {shown}, which is neither JSON nor the word missing. "
                f'Text needs quotes: "{shown}".'
            ) from error
        raise ToolError(f"field '{path}' is {shown}, but {error}.") from error


def _sendable(path: str, value: object) -> object:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ToolError(
            f"field '{path}' is {head_of(repr(value), 80)} ({type(value).__name__}), which no JSON "
            "can hold. Write a text, a number, true, false, null, a list or an object of these."
        ) from error
    return value
