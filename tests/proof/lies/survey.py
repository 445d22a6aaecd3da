"""What a run without lies shows: which cases ask what, and what they are answered."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from proof.lies.asked import CONFIGURE, Asked, asked, json_of
from proof.lies.proxy import Answer, Request, Send
from proof.runs import Case

_OK = 300


@dataclass
class Survey:
    """Cases, answers as JSON (None where one is none) and accepted requests, each by place.

    A place is an endpoint (for POST /configure with view and mode). `breaking` holds the cases that
    break a rule in a cell, `seconds` is how long each case took.
    """

    cases: dict[str, list[Case]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    breaking: dict[str, list[Case]] = field(default_factory=dict)
    seconds: dict[Case, float] = field(default_factory=dict)

    def took(self, case: Case) -> float:
        """Seconds; without end where nobody saw the case pass."""
        return self.seconds.get(case, inf)

    def without(self, cases: set[Case]) -> "Survey":
        """The same, and none of `cases` is asked."""

        def kept(named: dict[str, list[Case]]) -> dict[str, list[Case]]:
            return {name: [c for c in found if c not in cases] for name, found in named.items()}

        return replace(self, cases=kept(self.cases), breaking=kept(self.breaking))

    def write(self, path: Path) -> None:
        """As JSON, for the worker processes."""

        def listed(named: dict[str, list[Case]]) -> dict[str, list[list[str]]]:
            return {name: [[c.table, c.row] for c in cases] for name, cases in named.items()}

        told = {
            "cases": listed(self.cases),
            "answers": self.answers,
            "accepted": self.accepted,
            "breaking": listed(self.breaking),
            "seconds": [[case.table, case.row, spent] for case, spent in self.seconds.items()],
        }
        path.write_text(json.dumps(told), encoding="utf-8")


def read_survey(path: Path) -> Survey:
    """A survey as `write` left it."""
    told = json.loads(path.read_text(encoding="utf-8"))

    def cases(named: dict[str, list[list[str]]]) -> dict[str, list[Case]]:
        return {name: [Case(*pair) for pair in pairs] for name, pairs in named.items()}

    return Survey(
        cases(told["cases"]),
        told["answers"],
        told["accepted"],
        cases(told["breaking"]),
        {Case(name, row): spent for name, row, spent in told["seconds"]},
    )


def is_survey(path: Path) -> bool:
    """Whether `read_survey` can read it."""
    try:
        return path.is_file() and bool(read_survey(path))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def table(name: str) -> str:
    """The place of lies that whole tables hear: the cases of the suite file that pass."""
    return f"table {name}"


def cell(rule: str, asked_for: Asked, dimension: str) -> str:
    """`channel-count, view 0`: a rule with one coordinate of the request that breaks it."""
    return f"{rule}, {dimension} {getattr(asked_for, dimension)}"


class Surveyor:
    """The teller of a run without lies; Robot's listener tells it which case runs."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, prr_hz: int) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self._prr = prr_hz
        self._lock = threading.Lock()
        self._suite: list[str] = []  # places that the set-up of the suite asked
        self._case: Case | None = None
        self._places: defaultdict[str, dict[Case, None]] = defaultdict(dict)
        self._breaking: defaultdict[str, dict[Case, None]] = defaultdict(dict)
        self.found = Survey()

    def start_suite(self, _data: Any, _result: Any) -> None:
        self._case, self._suite = None, []

    def start_test(self, data: Any, _result: Any) -> None:
        self._case = Case(Path(data.source).stem, data.name)
        for place in self._suite:
            self._places[place][self._case] = None

    def end_test(self, data: Any, result: Any) -> None:
        if result.passed:  # only such a case can be turned red, or undecided
            case = Case(Path(data.source).stem, data.name)
            self.found.seconds[case] = result.elapsed_time.total_seconds()
            self._places[table(case.table)][case] = None

    def overheard(self, place: str, answer: bytes) -> bytes:
        """An answer of the Kubernetes API, noted as it is."""
        with self._lock:
            self._ask(place)
            self.found.answers.setdefault(place, json_of(answer))
        return answer

    def __call__(self, request: Request, send: Send) -> Answer:
        answer = send(request)
        with self._lock:
            self._note(
                asked(request.method, request.target, request.body, self._prr), request, answer
            )
        return answer

    def _note(self, what: Asked, request: Request, answer: Answer) -> None:
        self._ask(what.place)
        if answer.status < _OK:
            self.found.answers.setdefault(what.place, json_of(answer.body))
            if what.endpoint == CONFIGURE:
                self.found.accepted[what.place] = request.body.decode()
        elif len(what.broken) == 1 and self._case is not None:
            [rule] = what.broken
            for dimension in ("view", "mode", "position"):
                self._breaking[cell(rule, what, dimension)][self._case] = None

    def _ask(self, place: str) -> None:
        if self._case is None:
            self._suite.append(place)
        else:
            self._places[place][self._case] = None

    def result(self) -> Survey:
        self.found.cases = {place: list(cases) for place, cases in self._places.items()}
        self.found.breaking = {name: list(cases) for name, cases in self._breaking.items()}
        return self.found


def merged(surveys: Iterable[Survey]) -> Survey:
    """One survey of several runs."""
    whole = Survey()
    for survey in surveys:
        for place, cases in survey.cases.items():
            whole.cases.setdefault(place, []).extend(cases)
        for name, cases in survey.breaking.items():
            whole.breaking.setdefault(name, []).extend(cases)
        whole.answers = {**survey.answers, **whole.answers}
        whole.accepted |= survey.accepted
        whole.seconds |= survey.seconds
    return whole
