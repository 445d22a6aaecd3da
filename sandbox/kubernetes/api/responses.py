"""Answers in the form that Kubernetes gives them: every failure is a Status object."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response


@dataclass(frozen=True)
class StatusCause:
    """One field that is wrong: `reason` is the type, as in `FieldValueInvalid`."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def as_json(self) -> dict[str, str]:
        """The cause as it stands in a Status."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


class ApiError(Exception):
    """A request that fails; becomes a Status object."""

    def __init__(
        self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            **({"reason": reason} if reason else {}),
            **({} if details is None else {"details": dict(details)}),
            "code": code,
        }

    def response(self) -> Response:
        """The answer over HTTP."""
        return JSONResponse(self.body, self.code)


def _details(qualified: str, name: str, **more: Any) -> dict[str, Any]:
    kind, _, group = qualified.partition(".")
    named = {"name": name, "group": group, "kind": kind}
    return {**{key: value for key, value in named.items() if value}, **more}


def _titled(qualified: str, name: str) -> str:
    return f'{qualified} "{name}"' if name else qualified


def unauthorized() -> ApiError:
    """Say that the token is missing or unknown."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(qualified: str, name: str, why: str) -> ApiError:
    """Say that a request on `networkpolicies.networking.k8s.io` is not allowed."""
    message = f"{_titled(qualified, name)} is forbidden: {why}"
    return ApiError(403, "Forbidden", message, _details(qualified, name))


def not_found(qualified: str, name: str) -> ApiError:
    """Say that there is no `name` of a resource such as `jobs.batch`."""
    message = f'{qualified} "{name}" not found'
    return ApiError(404, "NotFound", message, _details(qualified, name))


def no_such_resource() -> ApiError:
    """Say that nothing is served at this path."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed() -> ApiError:
    """Say that the resource has no such verb."""
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, {})


def already_exists(qualified: str, name: str) -> ApiError:
    """Say that the name is taken."""
    message = f'{qualified} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(qualified, name))


def conflict(qualified: str, name: str, why: str) -> ApiError:
    """Say that the object is not what the request takes it to be."""
    message = f'Operation cannot be fulfilled on {qualified} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(qualified, name))


def expired(message: str) -> ApiError:
    """Say that a resource version is too old."""
    return ApiError(410, "Expired", message)


def unsupported_media_type(accepted: Iterable[str]) -> ApiError:
    """Say that a body has a type that is not read here."""
    known = ", ".join(accepted)
    why = "the body of the request was in an unknown format - accepted media types include"
    return ApiError(415, "UnsupportedMediaType", f"{why}: {known}")


def invalid(qualified_kind: str, name: str, causes: Iterable[StatusCause]) -> ApiError:
    """Say which fields of a `NetworkPolicy.networking.k8s.io` are wrong."""
    listed = list(causes)
    texts = list(dict.fromkeys(map(str, listed)))
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    return ApiError(
        422,
        "Invalid",
        f'{qualified_kind} "{name}" is invalid: {text}',
        _details(qualified_kind, name, causes=[cause.as_json() for cause in listed]),
    )


def bad_request(message: str) -> ApiError:
    """Say that a request makes no sense, or asks what is not served."""
    return ApiError(400, "BadRequest", message)


def deleted(qualified: str, name: str, uid: str) -> dict[str, Any]:
    """The Status of an object that is gone."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": _details(qualified, name, uid=uid),
    }
