"""What a server answered to one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.evidence import Evidence
from focus_engine.masking import head_of
from focus_engine.verdict import ProductFailure

JSON = "application/json"

SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class Reply:
    """One request and its answer. `seconds` excludes any wait for the job budget.

    `sent_at` is `time.monotonic()` as it was sent: it may be judged much later.

    `path` is without the server's prefix; `described` says in words what was sent; names of
    `headers` are in lower case.
    `jobs_before` are the grpc jobs of the cluster just before a configuration was sent; None
    where the cluster was not looked at.
    """

    method: str
    path: str
    url: str
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    sent_at: float = 0.0
    described: str = ""
    jobs_before: frozenset[str] | None = None

    @property
    def is_ok(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def is_accepted(self) -> bool:
        """Whether a configuration was accepted: 200 was seen, the testing plan allows 202."""
        return self.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}

    @property
    def request(self) -> str:
        """The request as messages name it, such as `POST /configure with channels {…}`."""
        line = f"{self.method} {self.path}"
        return f"{line} with {self.described}" if self.described else line

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def answer(self) -> str:
        """Status and body head, as messages show them."""
        body = head_of(" ".join(self.text.split()), SHOWN_CHARACTERS)
        return f"{self.status}: {body}" if body else f"{self.status} with an empty body"

    def json_or_none(self) -> Any:
        """The body as JSON; None when it is none (or is null)."""
        try:
            return decode_json(self.body)
        except UndecodableError:  # as deep as what was sent, where that is echoed
            return None

    @property
    def why_no_json(self) -> str:
        """Why the body cannot be read as JSON; empty where it can, or where there is none."""
        try:
            decode_json(self.body or b"null")
        except UndecodableError as error:
            return str(error)
        return ""

    def json(self) -> Any:
        """The body as JSON; ProductFailure when it is none."""
        try:
            return decode_json(self.body)
        except UndecodableError as error:
            raise ProductFailure(
                f"{self.request} should answer JSON, but the body is none ({error}); "
                f"the server answered {self.answer}"
            ) from error

    def add_to(self, evidence: Evidence) -> None:
        """Request and response heads as one table."""
        sent = head_of(self.sent.decode("utf-8", errors="replace"))
        headers = "; ".join(f"{name}: {value}" for name, value in self.headers.items())
        evidence.add(
            "Request and response",
            ["", "what travelled"],
            [
                ["request", f"{self.method} {self.url}"],
                ["request body", sent or "(none)"],
                ["status", self.status],
                ["response headers", headers],
                ["response body", head_of(self.text) or "(empty)"],
                ["seconds", f"{self.seconds:.3f}"],
            ],
        )
