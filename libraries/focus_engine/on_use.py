"""Modules that load when something of them is used: importing a library costs its signatures.

Suites, editors and Libdoc import a keyword library whatever they use of it. Where a module says

    with on_use(__name__):
        from focus_engine.contract import fuzz

`fuzz` loads with the first `fuzz.…` that is executed. What annotations of keywords, base classes
and decorators need is imported as usual, from modules that are light themselves.
"""

import builtins
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any


class Deferred(ModuleType):
    """Stands for a module, which is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def on_use(importer: str) -> Iterator[None]:
    """Bind stand-ins for the modules that `importer` imports from packages within."""
    usual = builtins.__import__

    def bind(
        name: str,
        globals: Any = None,  # noqa: A002 - as the import statement calls it
        locals: Any = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if globals is None or globals["__name__"] != importer:
            return usual(name, globals, locals, fromlist, level)
        if not fromlist:
            return Deferred(name)
        return SimpleNamespace(**{each: Deferred(f"{name}.{each}") for each in fromlist})

    builtins.__import__ = bind
    try:
        yield
    finally:
        builtins.__import__ = usual
