"""The endpoints that exist today, one request per call."""

from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from focus_engine.environment import SANDBOX, Environment
from focus_engine.evidence import compact
from focus_engine.ledger import JobLedger
from focus_engine.masking import head_of
from focus_engine.network.bounded_http import without_netrc
from focus_engine.network.credentials import credential_headers
from focus_engine.transport.http_transport import Exchange, Wire, sent_bytes
from focus_engine.transport.reply import JSON, Reply

SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class FocusApi:
    """Speaks to one Focus Server through a session that a `Wire` is mounted on."""

    session: requests.Session
    environment: Environment
    wire: Wire

    def ack(self) -> Reply:
        return self._send("GET", "/ack")

    def channels(self) -> Reply:
        return self._send("GET", "/channels")

    def live_metadata(self) -> Reply:
        return self._send("GET", "/live_metadata")

    def configure(self, body: bytes, content_type: str = JSON, described: str = "") -> Reply:
        """POST /configure with exactly these bytes."""
        words = described or _body_words(body)
        return self._send("POST", "/configure", body, content_type, words)

    def job_metadata(self, job_id: str) -> Reply:
        return self._send("GET", f"/metadata/{job_id}")

    def recordings_in_time_range(self, start: int, end: int) -> Reply:
        """The recordings between two instants in epoch seconds."""
        body = compact({"start_time": start, "end_time": end})
        return self._send("POST", "/recordings_in_time_range", body.encode(), JSON, body)

    def recordings_raw(self, body: bytes) -> Reply:
        """POST /recordings_in_time_range with exactly these bytes."""
        return self.send("POST", "/recordings_in_time_range", body, JSON)

    def recordings_timeline(self) -> Reply:
        return self._send("GET", "/get_recordings_timeline")

    def openapi(self) -> Reply:
        return self._send("GET", "/openapi.json")

    def sent_configurations(self) -> list[Exchange]:
        """Every POST /configure of this session, oldest first, raw ones included."""
        return [
            exchange
            for exchange in self.wire.exchanges
            if exchange.method == "POST" and exchange.path.rstrip("/").endswith("/configure")
        ]

    def send(
        self, method: str, path: str, body: bytes | None = None, content_type: str = JSON
    ) -> Reply:
        """One request to any path, with or without a body."""
        if body is None:
            return self._send(method, path)
        return self._send(method, path, body, content_type, _body_words(body))

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str | None = None,
        described: str = "",
    ) -> Reply:
        url = self.environment.base_url + path
        response = self.session.request(
            method,
            url,
            data=body,
            headers={"Content-Type": content_type} if content_type else None,
            timeout=self.environment.file.request_timeout,
            allow_redirects=False,  # a redirect is an answer to judge, not a second request
        )
        timing = self.wire.timing_of(response)
        return Reply(
            method=method,
            path=path,
            url=url,
            sent=sent_bytes(response.request),
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=response.content,
            seconds=timing.seconds,
            sent_at=timing.sent_at,
            described=described,
        )


def _body_words(body: bytes) -> str:
    return f"the body {head_of(repr(body)[1:], SHOWN_CHARACTERS)}"


def connect(session: requests.Session, environment: Environment, ledger: JobLedger) -> FocusApi:
    """Mount the wire on `session`; nothing is sent yet."""
    wire = Wire(environment, ledger)
    session.mount("http://", wire)  # everything of this session, whatever its address
    session.mount("https://", wire)
    session.verify = environment.file.tls.verify
    session.headers.update(credential_headers())
    session.auth = without_netrc
    if environment.name == SANDBOX:
        session.trust_env = False  # a company proxy must not carry what is for this machine
    if not environment.file.tls.verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return FocusApi(session, environment, wire)


def recordings_of(reply: Reply) -> Any:
    """The list in a recordings answer, whether it is bare or under `recordings`."""
    answer = reply.json_or_none()
    return answer.get("recordings") if isinstance(answer, dict) else answer
