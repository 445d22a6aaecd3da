"""A case that disturbs, measures or loads is tagged for it, however deep the keyword is called."""

from collections.abc import Iterator
from typing import Any

import pytest
from guards.suites import ROOT, SUITES
from robot.running import ResourceFile
from robot.running import TestSuite as Suite

# The keywords of our libraries that need tags, without blanks and in small letters.
NEEDED = {
    "startoutage": {"disruptive", "exclusive"},
    "startproxyfault": {"disruptive", "exclusive"},
    "withoutage": {"disruptive", "exclusive"},
    "runload": {"load", "exclusive"},
    "measurelatency": {"latency", "exclusive"},
}


def normal(name: str) -> str:
    return name.rpartition(".")[2].replace(" ", "").replace("_", "").lower()


def words_called(item: Any) -> Iterator[str]:
    """Every name and cell below `item`: a cell may be the name of a keyword to run."""
    for part in (getattr(item, "setup", None), getattr(item, "teardown", None)):
        if part:
            yield from words_called(part)
    if hasattr(item, "args") and hasattr(item, "name"):
        yield from (normal(str(word)) for word in (item.name, *item.args))
    for child in getattr(item, "body", ()):
        yield from words_called(child)


@pytest.fixture(scope="module")
def user_keywords() -> dict[str, set[str]]:
    files = [ResourceFile.from_file_system(file) for file in (ROOT / "resources").glob("*")]
    return {normal(word.name): set(words_called(word)) for each in files for word in each.keywords}


def reached(words: set[str], user_keywords: dict[str, set[str]]) -> set[str]:
    """The words that are called from `words`, through any number of user keywords."""
    found: set[str] = set()
    waiting = set(words)
    while waiting:
        word = waiting.pop()
        found.add(word)
        waiting |= user_keywords.get(word, set()) - found
    return found


def set_ups(suite: Any) -> Iterator[str]:
    while suite is not None:
        for part in (suite.setup, suite.teardown):
            if part:
                yield from words_called(part)
        suite = suite.parent


def test_each_case_has_the_tags_that_it_needs(user_keywords: dict[str, set[str]]) -> None:
    lacking = []
    for case in Suite.from_file_system(SUITES).all_tests:
        words = {*words_called(case), *set_ups(case.parent)}
        for word in reached(words, user_keywords) & set(NEEDED):
            missing = NEEDED[word] - {str(tag) for tag in case.tags}
            if missing:
                lacking.append(f"{case.full_name} reaches {word} and lacks {sorted(missing)}")
    assert lacking == []


def test_the_guard_sees_what_it_looks_for(user_keywords: dict[str, set[str]]) -> None:
    called = set().union(*(reached({word}, user_keywords) for word in user_keywords))
    assert {"startoutage", "startproxyfault", "runload", "measurelatency"} <= called
