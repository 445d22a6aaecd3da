"""The tags that a case needs before it may disturb others, measure, or lay load on a server."""

from collections.abc import Sequence

from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from focus_engine.verdict import ToolError

EXCLUSIVE = "exclusive"
OUTAGE = ("disruptive", EXCLUSIVE)
LOAD = ("load", EXCLUSIVE)
MEASUREMENT = ("latency", EXCLUSIVE)

_of_suites: dict[str, list[tuple[str, frozenset[str]]]] = {}  # cases and tags, as Robot will run


def note_suite(name: str, cases: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Remember the cases below a suite, for what its set-up does in their name."""
    _of_suites[name] = [(case, frozenset(map(str, tags))) for case, tags in cases]


def require_tags(what: str, needed: Sequence[str]) -> None:
    """Raise ToolError unless the running case, or each case of the set-up's suite, has the tags.

    Without them the run would execute it beside others, and nobody would be warned.
    """
    for case, tags in _concerned():
        missing = [tag for tag in needed if tag not in {_normal(tag) for tag in tags}]
        if missing:
            raise ToolError(
                f"{what} needs the tags {' and '.join(needed)}, but case '{case}' lacks "
                f"{' and '.join(missing)}. Write them into Test Tags of its file: without them the "
                "case would run beside others, and disturb them or be disturbed."
            )


def _concerned() -> list[tuple[str, frozenset[str]]]:
    """The running case, or all of the suite whose set-up runs; nothing where that is unknown."""
    built_in = BuiltIn()
    try:
        case = built_in.get_variable_value("${TEST NAME}")
    except RobotNotRunningError:
        return []
    if case is not None:
        return [(case, frozenset(built_in.get_variable_value("@{TEST TAGS}") or ()))]
    return _of_suites.get(str(built_in.get_variable_value("${SUITE NAME}")), [])


def _normal(tag: str) -> str:
    return str(tag).lower().replace(" ", "").replace("_", "")
