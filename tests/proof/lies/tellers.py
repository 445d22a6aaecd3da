"""How a lie is told: each channel's way of changing what the suites hear."""

import json
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from proof.lies import documents, files, frames, objects
from proof.lies.asked import CONFIGURE, Asked, asked, json_of
from proof.lies.changes import changed_at
from proof.lies.harmless import REWRITES
from proof.lies.lie import Channel, Lie
from proof.lies.proxy import Answer, Proxy, Request, Send
from proof.lies.survey import Survey, cell


class Whole(StrEnum):
    """Changes of an answer as a whole."""

    LATE = "late by 4 s"
    OTHER_STATUS = "another status of its class"
    EMPTY_BODY = "an empty body"
    EMPTY_OBJECT = "an empty object"
    EMPTY_LIST = "an empty list"
    NULL = "null for a body"
    OF_BEFORE = "the answer before"


BODIES = {
    Whole.EMPTY_BODY: b"",
    Whole.EMPTY_OBJECT: b"{}",
    Whole.EMPTY_LIST: b"[]",
    Whole.NULL: b"null",
}
_STATUS = {200: 203, 201: 200, 400: 409, 404: 410, 422: 418, 405: 403, 500: 501, 503: 507}
_SECONDS_LATE = 4.0
PRR_HZ = 2000  # the sandbox's own default
_OK = 300


class AnswerTeller:
    """Changes answers of one place; `told` counts those that say something else than the truth."""

    def __init__(self, lie: Lie, survey: Survey, prr_hz: int) -> None:
        self._lie = lie
        self._survey = survey
        self._prr = prr_hz
        self._lock = threading.Lock()
        self._heard = 0
        self._before: bytes | None = None
        self.told = 0

    def start_over(self) -> None:
        """A suite begins: the next answer is a first one again."""
        self._heard, self._before = 0, None

    def __call__(self, request: Request, send: Send) -> Answer:
        what = asked(request.method, request.target, request.body, self._prr)
        answer = send(request)
        if not self._concerns(what, answer):
            return answer
        with self._lock:
            self._heard += 1
            truthful = self._lie.second_only and self._heard != 2
            before, self._before = self._before, answer.body
        if truthful:
            return answer
        changed = self._changed(answer, before)
        self.told += changed != answer or self._lie.change == Whole.LATE
        return changed

    def _concerns(self, what: Asked, answer: Answer) -> bool:
        return what.place == self._lie.place and answer.status < _OK

    def _changed(self, answer: Answer, before: bytes | None) -> Answer:
        body = json_of(answer.body)
        match self._lie.change:
            case Whole.LATE:
                time.sleep(_SECONDS_LATE)
                return answer
            case Whole.OTHER_STATUS:
                return replace(answer, status=_STATUS.get(answer.status, answer.status))
            case change if change in BODIES:
                return answer.saying(BODIES[change])
            case Whole.OF_BEFORE:
                return answer.saying(answer.body if before is None else before)
            case change if self._lie.harmless:
                return answer.saying(REWRITES[change](body))
            case change:
                return answer.saying(json.dumps(changed_at(body, self._lie.subject, change)))


class RuleTeller:
    """Accepts, in one cell of the grid, what breaks one rule: the answer is that to a right one.

    `told` counts the requests that were accepted so.
    """

    def __init__(self, lie: Lie, survey: Survey, prr_hz: int) -> None:
        self._lie = lie
        self._survey = survey
        self._prr = prr_hz
        self.told = 0

    def start_over(self) -> None:
        """A suite begins: nothing to forget."""

    def __call__(self, request: Request, send: Send) -> Answer:
        what = asked(request.method, request.target, request.body, self._prr)
        right = self._survey.accepted.get(what.place)
        if what.endpoint != CONFIGURE or right is None or not self._is_told(what):
            return send(request)
        self.told += 1
        json_type = (("Content-Type", "application/json"),)
        kept = tuple(h for h in request.headers if h[0].lower() != "content-type")
        return send(replace(request, headers=kept + json_type, body=right.encode()))

    def _is_told(self, what: Asked) -> bool:
        dimension = self._lie.change
        return (
            what.broken == {self._lie.place}
            and cell(self._lie.place, what, dimension)
            == f"{self._lie.place}, {dimension} {self._lie.subject}"
        )


class Told(Protocol):
    """Whoever tells a lie; `told` counts what was said untrue."""

    told: int

    def start_over(self) -> None:
        """A suite begins."""


def telling(lie: Lie, survey: Survey, proxy: Proxy, mongo_uri: str) -> AbstractContextManager[Told]:
    """The lie is told meanwhile, in the way of its channel."""
    match lie.channel:
        case Channel.FRAME:
            return frames.telling(lie)
        case Channel.DOCUMENT:
            return documents.telling(lie, mongo_uri)
        case Channel.FILE:
            return files.telling(lie)
        case Channel.OBJECT:
            return objects.telling(lie)
        case Channel.RULE:
            return proxy.told_by(RuleTeller(lie, survey, PRR_HZ))
        case Channel.ANSWER:
            return proxy.told_by(AnswerTeller(lie, survey, PRR_HZ))
