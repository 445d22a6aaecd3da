"""Answers in the form that Kubernetes gives them."""

from typing import Any

from starlette.responses import JSONResponse, Response


def status(code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> Response:
    """Return a failure as a Status object."""
    return JSONResponse(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            **({"details": details} if details else {}),
            "code": code,
        },
        code,
    )


def not_found(resource: str, name: str) -> Response:
    """Return the failure that there is no ``name`` of a resource such as ``jobs.batch``."""
    kind, _, group = resource.partition(".")
    details = {"name": name, "group": group, "kind": kind}
    return status(404, "NotFound", f'{resource} "{name}" not found', details)


def bad_request(message: str) -> Response:
    """Return the failure that a request makes no sense, or asks what is not served."""
    return status(400, "BadRequest", message)
