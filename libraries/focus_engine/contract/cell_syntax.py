"""The cell language of the tables: how one cell says number, text, null, object or nothing."""

import json
from typing import Any, NoReturn

from focus_engine.reading.missing import MISSING
from focus_engine.verdict import ToolError


def read_cell(path: str, cell: object) -> Any:
    """The JSON value that `cell` stands for; `MISSING` for the word `missing`.

    A value that is no text (a Robot variable) is used as it is. Raises ToolError for an empty
    cell and for a bare word, since neither says whether text, null or nothing is meant.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text == MISSING.value:
        return MISSING
    if not text:
        raise ToolError(
            f"field '{path}' has an empty cell. Write null, missing, or \"\" for an empty text."
        )
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ToolError(
            f"field '{path}' is {text}, which is neither JSON nor the word missing. "
            f'Text needs quotes: "{text}".'
        ) from error


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON
