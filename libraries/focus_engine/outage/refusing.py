"""What is refused before anything is asked of a cluster."""

from collections.abc import Sequence

from focus_engine.environment import Environment, Permission
from focus_engine.outage.expectation import expectation_of
from focus_engine.outage.live import Live
from focus_engine.outage.model import TTL_MAX, TTL_MIN, Request
from focus_engine.verdict import NotAllowed, ToolError


def require_allowed(environment: Environment, what: str) -> None:
    """Raises NotAllowed in production, and where the environment forbids what disrupts."""
    if environment.file.production:
        raise NotAllowed(f"{what} is refused: environment '{environment.name}' is production.")
    environment.require(Permission.DISRUPTIVE, what)


def require_ttl(ttl: float) -> None:
    """Raises ToolError for a time to live (s) out of bounds."""
    least, most = TTL_MIN.total_seconds(), TTL_MAX.total_seconds()
    if not least <= ttl <= most:
        raise ToolError(f"ttl is {ttl:g} s; it must be from {least:g} s to {most:g} s.")


def require_sensible(request: Request, lives: Sequence[Live]) -> None:
    """Raises ToolError for a request that could not be met, or while another outage lives."""
    require_ttl(request.ttl)
    expectation_of(request.fault.method, request.fault, request.amount)
    if lives:
        former = lives[-1].outage
        raise ToolError(
            f"the outage {former.id} of {former.dependency} is not over, and outages do not "
            "overlap. Stop it first."
        )
