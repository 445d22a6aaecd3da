"""Faults of the API: those that happen once, and the lies about a deletion."""

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.faults import ActiveFaults, Fault
from sandbox.kubernetes.api.faults import (
    CONFLICT,
    DELETES_NOTHING,
    EMPTY_ON_DELETE,
    HICCUP,
    PAGE_ON_DELETE,
    REDIRECTS_DELETE,
    REPLY_LOST,
    SHEDS_LOAD,
)
from sandbox.kubernetes.api.request_info import RequestInfo

_CREATED = 201


class Failures:
    """Remembers which faults have happened since they were switched on."""

    def __init__(self, faults: ActiveFaults) -> None:
        self._faults = faults
        self._happened: set[str] = set()

    def restart(self) -> None:
        """Let everything happen anew."""
        self._happened.clear()

    def conflicts(self) -> bool:
        """Whether this change meets a conflict that is none."""
        return self._happens(CONFLICT)

    def sheds_load(self) -> bool:
        """Whether this request is put off."""
        return self._happens(SHEDS_LOAD)

    def hiccups(self) -> bool:
        """Whether this list is not answered."""
        return self._happens(HICCUP)

    def loses_reply(self, method: str, url: str, code: int) -> bool:
        """Whether the answer to a request that made a NetworkPolicy is lost.

        A dry run makes none.
        """
        is_new_policy = "/networkpolicies" in url and code == _CREATED and method != "GET"
        return is_new_policy and "dryRun=" not in url and self._happens(REPLY_LOST)

    def _happens(self, fault: Fault) -> bool:
        if not self._faults.on(fault) or fault.id in self._happened:
            return False
        self._happened.add(fault.id)
        return True


def lie_on_delete(faults: ActiveFaults, info: RequestInfo) -> Response | None:
    """The answer to a DELETE that deletes nothing, None without such a fault."""
    if faults.on(DELETES_NOTHING):
        details = {"name": info.name, "kind": info.resource}
        return JSONResponse(
            {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": details}
        )
    if faults.on(PAGE_ON_DELETE):
        return HTMLResponse("<html><body>Please log in.</body></html>")
    if faults.on(REDIRECTS_DELETE):
        return RedirectResponse("/login", 302)
    return Response(status_code=200) if faults.on(EMPTY_ON_DELETE) else None
