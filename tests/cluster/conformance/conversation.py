"""The conformance requests, sent one after the other, and what matters of each answer."""

import itertools
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import yaml

FOLDER = Path(__file__).parent
ROLES = Path(__file__).with_name("roles")
"""The Roles of the account that the answers rest on."""
RECORDED = FOLDER / "recorded.json"
PATIENCE = 20.0  # seconds for an answer that is awaited
REQUEST_LIMIT = 30.0  # seconds
FOREIGN_TOKEN = "nobody-issued-this"  # noqa: S105 - it opens nothing, which is its purpose
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ABSENT = object()

Request = Mapping[str, Any]
Answer = dict[str, Any]


def conformance_requests() -> list[Request]:
    """The list, in the order in which it is sent."""
    text = (FOLDER / "requests.yaml").read_text(encoding="utf-8")
    found: list[Request] = yaml.safe_load(text)
    return found


class Conversation:
    """Sends the requests to one API server and keeps what later requests need."""

    def __init__(self, url: str, token: str, namespace: str, verify: str | bool = True) -> None:
        self._url = url
        self._tokens = {"tester": token, "nobody": None, "stranger": FOREIGN_TOKEN}
        self._namespace = namespace
        self._kept: dict[str, str] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = verify

    def run(self) -> dict[str, Answer]:
        """What matters of every answer, by the request's id."""
        return {request["id"]: self.ask(request) for request in conformance_requests()}

    def version(self) -> str:
        """What the API server calls itself."""
        answer = self._session.get(f"{self._url}/version", timeout=REQUEST_LIMIT)
        return str(answer.json()["gitVersion"])

    def ask(self, request: Request) -> Answer:
        """Send one request, again and again where it says `until`."""
        end = time.monotonic() + PATIENCE
        while True:
            response = self._send(request)
            if _as_awaited(request, response) or time.monotonic() > end:
                break
            time.sleep(0.1)
        self._keep(request, response)
        return json.loads(self._neutral(json.dumps(_essence(request, response))))

    def _send(self, request: Request) -> requests.Response:
        method, path = request["send"].split(" ", 1)
        headers = {"Accept": "application/json"}
        token = self._tokens[request.get("as", "tester")]
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = request.get("body")
        if body is not None:
            headers["Content-Type"] = request.get("type", "application/json")
            body = self._filled(body if isinstance(body, str) else json.dumps(body)).encode()
        return self._session.request(
            method,
            self._url + self._filled(path),
            params={name: self._filled(value) for name, value in request.get("query", {}).items()},
            data=body,
            headers=headers,
            timeout=REQUEST_LIMIT,
        )

    def _filled(self, text: str) -> str:
        for name, value in self._kept.items():
            text = text.replace("${%s}" % name, value)  # noqa: UP031 - braces would need doubling
        return text.replace("{namespace}", self._namespace)

    def _keep(self, request: Request, response: requests.Response) -> None:
        for name, path in request.get("keep", {}).items():
            self._kept[name] = str(_at(response.json(), path))

    def _neutral(self, text: str) -> str:
        """Without what is another in every cluster: identifiers and versions of objects."""
        return UID.sub("<uid>", text)


def _as_awaited(request: Request, response: requests.Response) -> bool:
    until = request.get("until", response.status_code)
    if isinstance(until, Mapping):
        return all(_at(response.json(), path) == value for path, value in until.items())
    return bool(response.status_code == until)


def _essence(request: Request, response: requests.Response) -> Answer:
    found: Answer = {"status": response.status_code}
    if "watch" in request.get("query", {}):
        return found | _of_watch(response)
    try:
        body = response.json()
    except ValueError:
        return found | {"text": response.text.strip()}
    if body.get("kind") == "Status" and response.status_code >= requests.codes.bad_request:
        found |= {"reason": body.get("reason"), "message": body.get("message")}
        found["details"] = _details(body.get("details") or {})
    if request.get("look"):
        found["fields"] = {path: _at(body, path) for path in request["look"]}
    return found


def _of_watch(response: requests.Response) -> Answer:
    if response.status_code >= requests.codes.bad_request:
        body = response.json()
        return {"reason": body.get("reason"), "message": body.get("message")}
    events = [json.loads(line) for line in response.text.splitlines()]
    named = [[event["type"], _identity(event["object"])] for event in events]
    return {"events": [event for event, _ in itertools.groupby(named)]}


def _identity(item: Mapping[str, Any]) -> Any:
    """The object's name; of an error its reason. How often an object changed is not told."""
    return item.get("metadata", {}).get("name") or item.get("reason")


def _details(details: Mapping[str, Any]) -> Answer:
    causes = [[cause.get("reason"), cause.get("field")] for cause in details.get("causes", [])]
    named = {name: details[name] for name in ("name", "group", "kind") if name in details}
    return named | ({"causes": causes} if causes else {})


def _at(value: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    for step in path.split("."):
        value = _step(value, step)
        if value is ABSENT:
            return None
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, list) and step.lstrip("-").isdigit():
        return value[int(step)] if -len(value) <= int(step) < len(value) else ABSENT
    if isinstance(value, Mapping):
        return value.get(step, ABSENT)
    return ABSENT


def as_text(answers: dict[str, Any]) -> str:
    """The file of recorded answers: a line each, so that changes are seen one by one."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(answer, ensure_ascii=False)}"
        for name, answer in answers["answers"].items()
    )
    body = ",\n".join(lines)
    return f'{{"server": {json.dumps(answers["server"])}, "answers": {{\n{body}\n}}}}\n'
