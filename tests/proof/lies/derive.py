"""All lies that follow from what is declared and from the answers of an honest run."""

import re
from collections.abc import Iterator
from typing import Any

from proof.lies.asked import CONFIGURE, LATER, MODES, POSITIONS, VIEWS
from proof.lies.changes import DEEPEST, changes_of, paths_of
from proof.lies.documents import document_lies
from proof.lies.files import file_lies
from proof.lies.frames import frame_lies
from proof.lies.harmless import EXTRA_KEYS, REWRITES
from proof.lies.lie import Channel, Lie
from proof.lies.objects import PREFIX, object_lies
from proof.lies.survey import Survey
from proof.lies.tellers import Whole

from sandbox.focus_server.rules.domain import CHANNEL_RULES, RULES, WATERFALL_RULES
from sandbox.focus_server.rules.shape import SHAPE_RULES

SECOND = ("dropped", "plus one", "without its last")
SINGLECHANNEL, WATERFALL = "1", "2"
NOT_JUDGED = {
    "height-limit": "no upper height is agreed: large ones may be served",
    "duration-limit": "no upper duration is agreed: long ones may be served",
    "frequency-nyquist": "at the sandbox's pulse rate its limit is that of the client",
    "time-future": "a range in the future may be refused for want of a recording",
}
# Of the document that describes the API: what it offers, not how it words it.
DEPTHS = {"GET /openapi.json": 2}
WORDED = re.compile(  # its names, and from where its paths are counted
    r"answer: GET /openapi\.json: (\$\.info\.(title|version): longer|\$\.servers.*)"
)

# By endpoint, the table whose rows measure it: a time is agreed for these, and only they keep it.
MEASURED = {
    "GET /ack": "endpoint_latency",
    "GET /channels": "endpoint_latency",
    "GET /live_metadata": "endpoint_latency",
    "GET /metadata/{id}": "endpoint_latency",
    "POST /configure": "configure_latency",
}


def measured_by(place: str) -> str | None:
    """The table that measures what is asked there; None where no time is agreed."""
    return MEASURED.get(CONFIGURE if place.startswith(CONFIGURE) else place)


def lies(survey: Survey) -> list[Lie]:
    """Every lie and harmless variation, in a fixed order."""
    return [
        *rule_lies(),
        *answer_lies(survey),
        *variations(survey),
        *frame_lies(),
        *document_lies(),
        *file_lies(),
        *object_lies(survey.answers),
    ]


def rule_lies() -> Iterator[Lie]:
    """Each rule of POST /configure, not enforced for one value of one coordinate of the grid."""
    for rule in RULES:
        if rule.id in NOT_JUDGED:
            continue
        for dimension, values in _grid(rule.id).items():
            for value in values:
                yield Lie(Channel.RULE, rule.id, value, dimension)
    for shape in SHAPE_RULES:
        if not shape.id.startswith(("body-", "range-", "view-type-")):
            grid = (
                {"view": VIEWS} if shape.id.startswith("time-") else {"view": VIEWS, "mode": MODES}
            )
            for dimension, values in grid.items():
                for value in values:
                    yield Lie(Channel.RULE, shape.id, value, dimension)


def _grid(rule: str) -> dict[str, tuple[str, ...]]:
    """Where a rule applies at all."""
    views = VIEWS
    if rule in {each.id for each in WATERFALL_RULES}:
        views = (WATERFALL,)
    elif rule.startswith(("frequency", "nfft", "duration")):
        views = tuple(view for view in VIEWS if view != WATERFALL)
    if rule.startswith("singlechannel") or rule == "nfft-singlechannel-limit":
        views = (SINGLECHANNEL,)
    elif rule in {"nfft-multichannel-limit", "channel-count"}:
        views = tuple(view for view in views if view != SINGLECHANNEL)
    grid = {"view": views}
    if not rule.startswith(("time", "only")):
        grid["mode"] = MODES
    if rule in {each.id for each in CHANNEL_RULES} - {"channel-zero", "channel-negative"}:
        grid["position"] = POSITIONS
    if rule == "channel-highest":  # from the first channel on, the count would be too high as well
        grid["position"] = (LATER,)
    return grid


def answer_lies(survey: Survey) -> Iterator[Lie]:
    """Each value of each answer, changed in each way that its type has."""
    return (lie for lie in _answer_lies(survey) if not WORDED.fullmatch(lie.id))


def _answer_lies(survey: Survey) -> Iterator[Lie]:
    for place, body in _http(survey):
        for change in Whole:
            if change is Whole.LATE and measured_by(place) is None:
                continue
            yield Lie(Channel.ANSWER, place, "the answer", change)
        for path, value in () if body is None else paths_of(body, depth=DEPTHS.get(place, DEEPEST)):
            for change in changes_of(value):
                if not (path == "$" and change == "dropped"):
                    yield Lie(Channel.ANSWER, place, path, change)
                if change in SECOND and path.count(".") == 1:
                    yield Lie(Channel.ANSWER, place, path, change, second_only=True)


def _http(survey: Survey) -> Iterator[tuple[str, Any]]:
    return ((place, body) for place, body in survey.answers.items() if not place.startswith(PREFIX))


def variations(survey: Survey) -> Iterator[Lie]:
    """Each answer written otherwise; keys that nobody knows only where a document allows them."""
    for place, body in _http(survey):
        for rewrite in REWRITES:
            if rewrite != EXTRA_KEYS and body is not None:
                yield Lie(Channel.ANSWER, place, "the answer", rewrite, harmless=True)
