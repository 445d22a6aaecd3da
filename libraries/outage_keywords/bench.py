"""What stands behind OutageLibrary's keywords: one engine, its log, and who started what."""

from collections.abc import Callable
from typing import Any

from focus.outage.model import Kind, Outage, Request
from focus.verdict import ToolError

_NOT_YET = "the engine of outages is not in this branch yet."


class Bench:
    """Opens nothing until the first keyword."""

    def start(self, request: Request) -> Outage:
        raise ToolError(_NOT_YET)

    def stop(self, outage: Outage | str, wait: float) -> float:
        raise ToolError(_NOT_YET)

    def stop_all(self) -> int:
        raise ToolError(_NOT_YET)

    def renew(self, outage: Outage | str, ttl: float) -> None:
        raise ToolError(_NOT_YET)

    def during(self, request: Request, body: Callable[[], Any]) -> Any:
        raise ToolError(_NOT_YET)

    def preflight(self, request: Request) -> dict[str, Any]:
        raise ToolError(_NOT_YET)

    def should_be_effective(self, outage: Outage | str, kind: Kind, times: int) -> None:
        raise ToolError(_NOT_YET)

    def should_be_reachable(self, dependency: str, times: int, namespace: str | None) -> float:
        raise ToolError(_NOT_YET)

    def controls_should_answer(
        self, dependency: str, targets: tuple[str, ...], namespace: str | None
    ) -> None:
        raise ToolError(_NOT_YET)

    def break_established(self, outage: Outage | str) -> int:
        raise ToolError(_NOT_YET)

    def listed(self, namespace: str | None) -> list[dict[str, Any]]:
        raise ToolError(_NOT_YET)

    def sweep(self, namespace: str | None, *, dry_run: bool) -> list[str]:
        raise ToolError(_NOT_YET)

    def evidence(self, outage: Outage | str) -> dict[str, Any]:
        raise ToolError(_NOT_YET)

    def end_of(self, owner: str, result: Any) -> None:
        """Nothing is open yet."""

    def close(self) -> None:
        """Nothing is open yet."""
