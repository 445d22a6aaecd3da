"""Runs a check of PZ over a corpus, in a process of its own; standard library only.

Standard input: {"checkout", "function", "cases": [[argument…]…]}. Standard output: one verdict
per case, [accepted, what it said]. Whatever the checkout prints goes to standard error.
"""

import base64
import contextlib
import importlib
import json
import sys
from collections.abc import Callable
from typing import Any


def main() -> None:
    task = json.load(sys.stdin)
    sys.path.insert(0, task["checkout"])
    with contextlib.redirect_stdout(sys.stderr):
        module, _, name = task["function"].partition(":")
        check = getattr(importlib.import_module(module), name)
        verdicts = [_verdict(check, [_plain(each) for each in case]) for case in task["cases"]]
    json.dump(verdicts, sys.stdout)


def _verdict(check: Callable[..., Any], arguments: list[Any]) -> tuple[bool, str]:
    try:
        said = check(*arguments)
    except Exception as error:  # noqa: BLE001 - raising is how a foreign check rejects
        return False, f"{type(error).__name__}: {error}"
    return said is not False, repr(said)


def _plain(value: Any) -> Any:
    """Bytes travel as {"base64": …}."""
    if isinstance(value, dict) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


if __name__ == "__main__":
    main()
