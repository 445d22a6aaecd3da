"""A Robot library whose keywords live in components, one by concern (the hybrid interface)."""

from collections.abc import Callable, Iterable
from typing import Any


class ComposedLibrary:
    """Offers every keyword of its components under the name of its method."""

    def __init__(self, components: Iterable[object]) -> None:
        self._keywords = {
            name: getattr(component, name)
            for component in components
            for name in dir(component)
            if hasattr(getattr(component, name), "robot_name")
        }

    def get_keyword_names(self) -> list[str]:
        """What Robot asks a hybrid library for."""
        return list(self._keywords)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        keywords: dict[str, Callable[..., Any]] = self.__dict__.get("_keywords", {})
        if name in keywords:
            return keywords[name]
        raise AttributeError(name)
