"""How an answer can be written otherwise without saying anything else."""

import json
import re
from collections.abc import Callable
from typing import Any

Rewrite = Callable[[Any], str]

_TEXT_OR_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<number>-?\d+\.\d+)(?![\w.])')


def _reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed_keys(value[key]) for key in reversed(value)}
    return [_reversed_keys(item) for item in value] if isinstance(value, list) else value


def _with_extra_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{k: _with_extra_keys(v) for k, v in value.items()}, "x_later_version": {"a": [1]}}
    return [_with_extra_keys(item) for item in value] if isinstance(value, list) else value


def _numbers_otherwise(value: Any) -> str:
    """`0.25` as `0.2500`: equal numbers, other digits; what is text stays what it is."""
    more = {False: "", True: "00"}
    return _TEXT_OR_NUMBER.sub(
        lambda found: found[0] + more[found["number"] is not None], json.dumps(value)
    )


REWRITES: dict[str, Rewrite] = {
    "keys in reverse order": lambda value: json.dumps(_reversed_keys(value)),
    "with white space": lambda value: json.dumps(value, indent=3) + "\n\n",
    "without white space": lambda value: json.dumps(value, separators=(",", ":")),
    "text escaped": lambda value: json.dumps(value, ensure_ascii=True),
    "numbers with more digits": _numbers_otherwise,
}
EXTRA_KEYS = "with keys that nobody knows"
REWRITES[EXTRA_KEYS] = lambda value: json.dumps(_with_extra_keys(value))
