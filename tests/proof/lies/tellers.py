"""How a lie is told: each channel's way of changing what the suites hear."""

import json
import threading
import time
from dataclasses import replace
from enum import StrEnum

from proof.lies.asked import CONFIGURE, Asked, asked, json_of
from proof.lies.changes import changed_at
from proof.lies.harmless import REWRITES
from proof.lies.lie import Channel, Lie
from proof.lies.proxy import Answer, Request, Send
from proof.lies.survey import Survey, cell


class Whole(StrEnum):
    """Changes of an answer as a whole."""

    LATE = "late by 4 s"
    OTHER_STATUS = "another status of its class"
    EMPTY_BODY = "an empty body"
    OF_BEFORE = "the answer before"


_STATUS = {200: 203, 201: 200, 400: 409, 404: 410, 422: 418, 405: 403, 500: 501, 503: 507}
_SECONDS_LATE = 4.0
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
            case Whole.EMPTY_BODY:
                return answer.saying(b"")
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


def teller_of(lie: Lie, survey: Survey, prr_hz: int) -> AnswerTeller | RuleTeller:
    """The teller for a lie that is told over HTTP."""
    return (RuleTeller if lie.channel is Channel.RULE else AnswerTeller)(lie, survey, prr_hz)
