"""Errors of commands, in the form that clients know."""

from typing import Any


class CommandError(Exception):
    """A command is refused with MongoDB's own code and its name."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.name = name


def failure(code: int, name: str, message: str) -> dict[str, Any]:
    """The answer of a failed command."""
    return {"ok": 0.0, "errmsg": message, "code": code, "codeName": name}
