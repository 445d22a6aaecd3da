"""Keywords of a suite that hide those which its rows mean to call: Robot prefers the suite's."""

from collections.abc import Iterator
from typing import Any

from robot.libraries.BuiltIn import BuiltIn

from focus_engine.verdict import Prefix


def hidden_keyword() -> str:
    """A sentence about the first keyword of the running suite's file that hides one that the suite
    imports, or of a resource that hides one of a library; empty where none does.

    Robot has no public list of what a suite imported, so its store of keywords is asked.
    """
    store = BuiltIn()._namespace._kw_store  # noqa: SLF001
    resources, libraries = [*store.resources.values()], [*store.libraries.values()]
    files = [(store.suite_file, [*resources, *libraries])]
    files += [(resource, libraries) for resource in resources]
    return next((said for file, hidden in files for said in _hiding(file, hidden)), "")


def _hiding(file: Any, others: list[Any]) -> Iterator[str]:
    for keyword in file.keywords:
        for other in others:
            if other.find_keywords(keyword.name):
                yield (
                    f"{Prefix.ERROR.value} {keyword.source}:{keyword.lineno}: keyword "
                    f"'{keyword.name}' hides the one of '{other.name}', which would never be "
                    "called. Give it another name."
                )
