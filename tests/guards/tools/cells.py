"""Listener of a dry run that follows the cells of a row to the keywords that they are given to.

Robot converts in a dry run only what is written where a keyword is called; in a resource that is
the name of an argument. With the cell in its place a wrong one is refused before anything is sent.
"""

from typing import Any

from robot import running

ROBOT_LISTENER_API_VERSION = 3


def start_user_keyword(data: Any, implementation: Any, result: Any) -> None:
    """Let the body of a user keyword name its cells instead of its arguments."""
    names = implementation.args.positional
    cells = {
        f"${{{name}}}": cell
        for name, cell in zip(names, data.args, strict=False)
        if isinstance(cell, str) and "=" not in cell  # which would look like a named argument
    }
    _put_in_place(implementation, cells)


def _put_in_place(block: Any, cells: dict[str, str]) -> None:
    for item in block.body:
        if isinstance(item, running.Keyword):
            item.args = tuple(_in_place(argument, cells) for argument in item.args)
        elif hasattr(item, "body"):
            _put_in_place(item, cells)


def _in_place(argument: Any, cells: dict[str, str]) -> Any:
    """`${view}` and `within=${within}`, each with its cell; anything else as it is."""
    name, equals, value = str(argument).rpartition("=")
    return f"{name}{equals}{cells[value]}" if value in cells else argument
