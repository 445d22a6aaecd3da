"""Whether a Focus Server answers at the address: else every case would accuse the product."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from focus_engine.causes import Cause, Whose
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import Environment
from focus_engine.network.bounded_http import host_of
from focus_engine.network.proxies import http_cause, proxy_variable
from focus_engine.provenance import get
from focus_engine.verdict import ToolError

_WORD = re.compile(r"[a-z]{1,20}([_-][a-z]{1,20}){0,2}")  # as a prefix is; identifiers have digits
LONGEST_WAIT = 20.0  # seconds for each of a few answers that any healthy server gives at once


def _is_channels(answer: dict[str, Any]) -> bool:
    return bool({"lowest_channel", "highest_channel"} & set(answer))


def _is_live_metadata(answer: dict[str, Any]) -> bool:
    return bool({"prr", "sw_version", "fiber_description"} & set(answer))


def _is_openapi(answer: dict[str, Any]) -> bool:
    paths = answer.get("paths")
    return isinstance(paths, dict) and any(str(path).endswith("/configure") for path in paths)


# One is enough: the others may be what is broken, and that is for a case to find.
TOLD_BY: dict[str, Callable[[dict[str, Any]], bool]] = {
    "/live_metadata": _is_live_metadata,
    "/channels": _is_channels,
    "/openapi.json": _is_openapi,
}


@dataclass(frozen=True)
class _Look:
    """What came of one request: an answer, or the cause why none came."""

    path: str
    answer: requests.Response | None = None
    cause: Cause | None = None

    @property
    def is_known(self) -> bool:
        if self.answer is None or self.answer.status_code != HTTPStatus.OK:
            return False
        try:
            body = decode_json(self.answer.content)
        except UndecodableError:
            return False
        return isinstance(body, dict) and TOLD_BY[self.path](body)

    @property
    def is_broken(self) -> bool:
        """Whether it says nothing of who answers: a server that fails is for the cases to judge."""
        if self.answer is None:
            return True
        status = self.answer.status_code
        return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def require_focus_server(environment: Environment, *, reached: bool = True) -> None:
    """Raise ToolError when it is certain that something else answers.

    With `reached`, also when nothing answers at all. Redirects are not followed.
    """
    require_prefix(environment)
    looks: list[_Look] = []
    for look in _looks(environment):
        if look.is_known:
            return
        looks.append(look)
    if all(look.answer is None for look in looks):
        if reached:
            raise _unreachable(environment, looks[0])
        return
    strange = [look for look in looks if not look.is_broken]
    if strange and len(strange) == len(looks):
        raise ToolError(_strange(environment, strange[0]))


def require_prefix(environment: Environment) -> None:
    """Raise ToolError unless the address ends with the prefix of the environment."""
    prefix, given = environment.file.prefix, urlsplit(environment.base_url).path.rstrip("/")
    if given != prefix:
        name, told = environment.name, _path_told(given, prefix)
        raise ToolError(
            f"FOCUS_BASE_URL {told}, but the server of environment '{name}' answers below "
            f"'{prefix}'. Write it as {host_of(environment.base_url)}{prefix}, or correct "
            f"'prefix' in variables/environments/{name}.yaml."
        )


def _path_told(path: str, prefix: str) -> str:
    """What a wrong path is like; only its last word is quoted, for the rest may be a secret."""
    if not path:
        return "has nothing after the host"
    last, *parameters = path.rpartition("/")[2].split(";")
    expected = prefix.endswith(f"/{last}")
    ends = f"ends with '/{last}'" if expected or _WORD.fullmatch(last) else "ends with another path"
    if parameters:
        return f"{ends} and a parameter after ';'"
    return f"{ends} and has more before it" if expected else ends


def _looks(environment: Environment) -> Iterator[_Look]:
    """One request after the other; where the address is wrong the first one says it."""
    timeout = min(environment.file.request_timeout, LONGEST_WAIT)
    for path in TOLD_BY:
        try:
            yield _Look(path, get(environment, path, timeout))
        except requests.RequestException as error:
            cause = http_cause(error, environment.base_url)
            yield _Look(path, cause=cause)
            if cause.whose is Whose.SET_UP:
                return


def _unreachable(environment: Environment, look: _Look) -> ToolError:
    cause = look.cause
    assert cause is not None  # noqa: S101 - there is no answer
    return ToolError(
        f"no answer from {host_of(environment.base_url)} to GET {environment.file.prefix}"
        f"{look.path}: {cause.what}. {cause.advice}"
    )


def _strange(environment: Environment, look: _Look) -> str:
    answer = look.answer
    assert answer is not None  # noqa: S101 - it is strange
    asked = f"GET {environment.file.prefix}{look.path} of {host_of(environment.base_url)}"
    status = answer.status_code
    if answer.is_redirect or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        leads = host_of(answer.headers.get("Location", "")).strip(":/") or "another path"
        return (
            f"{asked} is answered with a redirect ({status}) to {leads}, which is not followed. "
            "Is it a sign-in page? Give the address of the server itself in FOCUS_BASE_URL."
        )
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return (
            f"{asked} is answered {status} by a proxy that wants a sign-in. Correct "
            f"{proxy_variable(environment.base_url)}, or name the host in NO_PROXY."
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return (
            f"{asked} is answered {status}: something before the server wants a sign-in, which a "
            "Focus Server does not. Give the address of the server itself in FOCUS_BASE_URL."
        )
    kind = answer.headers.get("Content-Type", "no content type").partition(";")[0]
    if status == HTTPStatus.OK and "json" in kind:
        kind += _why_unreadable(answer.content)
    return (
        f"what answers at FOCUS_BASE_URL is no Focus Server: {asked} is answered {status} "
        f"({kind}), and so is nothing else that only a Focus Server has. Check host, port and path."
    )


def _why_unreadable(content: bytes) -> str:
    try:
        decode_json(content)
    except UndecodableError as error:
        return f", which it is not: {error}"
    return ""
