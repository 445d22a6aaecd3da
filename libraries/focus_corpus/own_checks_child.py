"""Runs a check of PZ over a corpus, in a process of its own; standard library only.

Standard input: {"checkout", "function", "cases": [[argument…]…]}. Standard output: one verdict
per case, [accepted, what it said]. Whatever the checkout prints goes to standard error.
"""

import base64
import contextlib
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

LONGEST = 1000  # characters of what a check said


def main() -> None:
    task = json.load(sys.stdin)
    answer = _own_output()
    sys.path.insert(0, task["checkout"])
    with contextlib.redirect_stdout(sys.stderr):
        module, _, name = task["function"].partition(":")
        check = getattr(importlib.import_module(module), name)
        verdicts = [_verdict(check, [_plain(each) for each in case]) for case in task["cases"]]
    with os.fdopen(answer, "w", encoding="ascii") as output:
        json.dump(verdicts, output)


def _own_output() -> int:
    """Standard output as a descriptor that the checkout does not know; it writes to our errors."""
    answer = os.dup(1)
    os.dup2(2, 1)
    return answer


def _verdict(check: Callable[..., Any], arguments: list[Any]) -> tuple[bool, str]:
    try:
        said = check(*arguments)
    except Exception as error:  # noqa: BLE001 - raising is how a foreign check rejects
        return False, f"{type(error).__name__}: {_shown(str, error)}"
    return said is not False, _shown(repr, said)


def _shown(show: Callable[[Any], str], value: Any) -> str:
    """`value` as a text that can be sent, at most LONGEST characters."""
    try:
        text = show(value)[:LONGEST]
    except Exception as error:  # noqa: BLE001 - what a foreign object does when it is shown
        text = f"what cannot be shown ({type(error).__name__})"
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(value: Any) -> Any:
    """Bytes travel as {"base64": …}."""
    if isinstance(value, dict) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


if __name__ == "__main__":
    main()
