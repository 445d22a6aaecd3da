"""Restarting the Focus Server: only where the environment and the namespace both allow it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from focus_engine.clock import Clock
from focus_engine.declared.permission import Permission
from focus_engine.environment import DISRUPTIVE_ALLOWED, DISRUPTIVE_OPT_IN, Environment
from focus_engine.pz.live.cluster import NamespaceReader, Rollout
from focus_engine.verdict import NotAllowed, ToolError

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"  # what `kubectl rollout restart` sets
_POLL = 2.0  # seconds


def require_opt_in(environment: Environment, annotations: dict[str, str]) -> None:
    """Raise NotAllowed unless environment file and namespace annotation both opt in."""
    environment.require(Permission.DISRUPTIVE, "Restarting the Focus Server")
    if annotations.get(DISRUPTIVE_OPT_IN) != DISRUPTIVE_ALLOWED:
        raise NotAllowed(
            "Restarting the Focus Server needs annotation "
            f"{DISRUPTIVE_OPT_IN}={DISRUPTIVE_ALLOWED} on namespace '{environment.namespace}', "
            "which it does not have."
        )


def restart_patch() -> dict[str, Any]:
    """The patch of a Deployment that makes its controller replace the pods."""
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: stamp}}}}}


def restart(
    cluster: NamespaceReader,
    patch: Callable[[str, dict[str, Any]], None],
    clock: Clock,
    within: float,
) -> str:
    """Restart the one Deployment of the server and wait until it is complete.

    `patch` applies a patch to a Deployment by name. Returns its name; raises ToolError when the
    rollout is not complete after `within` seconds.
    """
    rollouts = cluster.rollouts()
    if len(rollouts) != 1:
        raise ToolError(
            f"exactly one Deployment was expected under the label, not {len(rollouts)}."
        )
    name = rollouts[0].name
    patch(name, restart_patch())
    end = clock.monotonic() + within
    while clock.monotonic() < end:
        clock.sleep(_POLL)
        if _complete(cluster.rollouts(), rollouts[0].generation):
            return name
    raise ToolError(f"Deployment {name} was restarted and is not complete after {within:g} s.")


def _complete(rollouts: list[Rollout], former: int) -> bool:
    return len(rollouts) == 1 and all(
        (
            rollouts[0].generation > former,
            rollouts[0].observed_generation >= rollouts[0].generation,
            rollouts[0].counts == {rollouts[0].desired},
        )
    )
