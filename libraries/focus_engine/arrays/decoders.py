"""Decodes messages of the bus by the callable that the profile names; none is guessed."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from focus_engine.arrays.message import ArrayMessage
from focus_engine.arrays.profile import ArraysProfile
from focus_engine.verdict import NeedsInput, ToolError

Decoder = Callable[[bytes], ArrayMessage]


def decode(profile: ArraysProfile, message_name: str, body: bytes) -> ArrayMessage:
    """The message of that name, decoded by the profile's callable.

    Raises NeedsInput with what the team must supply where the profile has none; there is no
    guessed decoder. Raises ToolError when the callable cannot be loaded or fails.
    """
    decoder = _decoder(profile, message_name)
    try:
        message = decoder(body)
    except Exception as error:
        raise ToolError(
            f"the decoder of {message_name} in profile '{profile.name}' failed: "
            f"{type(error).__name__}: {error}."
        ) from error
    if not isinstance(message, ArrayMessage):
        kind = type(message).__name__
        raise ToolError(f"the decoder of {message_name} returned {kind}, not an ArrayMessage.")
    return message


def _decoder(profile: ArraysProfile, message_name: str) -> Decoder:
    entry = profile.file.decoders.get(message_name)
    if entry is None:
        known = ", ".join(sorted(profile.file.decoders)) or "none"
        raise ToolError(
            f"profile '{profile.name}' does not know the message '{message_name}'. "
            f"Known are: {known}."
        )
    if entry.callable is None:
        raise NeedsInput(f"{message_name} cannot be decoded yet. Needed: {entry.needs}")
    return load_callable(profile.folder, entry.callable)


def load_callable(folder: Path, path: str) -> Callable[..., Any]:
    """The callable `FILE.py:NAME` below `folder`. Raises ToolError when there is none."""
    file, _, name = path.partition(":")
    module = _module(folder / file)
    found = getattr(module, name, None)
    if not callable(found):
        raise ToolError(f"{folder / file} has no callable '{name}'. Correct the profile.")
    loaded: Callable[..., Any] = found
    return loaded


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"focus_profile_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ToolError(f"{file} is no Python file. Correct the profile.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
