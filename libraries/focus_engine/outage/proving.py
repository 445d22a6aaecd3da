"""The decision whether what was made is the outage that was asked for."""

from focus_engine.outage.established import SocketKiller
from focus_engine.outage.expectation import in_a_word
from focus_engine.outage.live import Live
from focus_engine.outage.model import Backend, Established, EstablishedVerdict, Method
from focus_engine.verdict import PreconditionUnmet, ToolError, Undetermined


def prove(live: Live, limit: float, tool_image: str) -> None:
    """Returns when everything holds that was asked for; `limit` (s) is for the first failure.

    Raises PreconditionUnmet where nothing is enforced, ToolError for an outage that is too broad,
    Undetermined where connections that were open live on and nothing may cut them.
    """
    row = live.proof.new_connections_fail(limit)
    if row is None:
        raise _not_enforced(live, limit)
    live.outage.new_connections = in_a_word(row)
    live.proof.require_controls()
    verdict = live.proof.established()
    if verdict is EstablishedVerdict.ALIVE:
        verdict = _cut(live, tool_image)
    live.outage.established = verdict
    live.outage.enforced = live.clock.now()


def break_established(live: Live, tool_image: str) -> int:
    """Kill what the client's pods have open; how many. Raises Undetermined where that fails."""
    target = live.facts.target
    if target is None:
        raise Undetermined(f"the Service of {live.outage.dependency} is not known.")
    killer = SocketKiller(live.site.cluster, tool_image, live.clock)
    killed = killer.kill([pod.name for pod in live.facts.clients], target)
    live.outage.record["connections killed"] = killed
    if live.proof.established() is EstablishedVerdict.ALIVE:
        raise Undetermined(
            f"ss -K ran in the client's pod, but a connection to {live.outage.dependency} lives "
            "on: this kernel cannot destroy sockets. Put the proxy in front (deploy/toxiproxy)."
        )
    live.outage.established = EstablishedVerdict.BROKEN
    if live.outage.method is Method.POLICY:
        live.outage.method = Method.POLICY_AND_KILL
    return killed


def _cut(live: Live, tool_image: str) -> EstablishedVerdict:
    """What to do about a connection that lives on, as it was asked for."""
    request = live.outage.request
    if request.established is Established.ACCEPT:
        return EstablishedVerdict.ALIVE
    by_policy = live.outage.method is Method.POLICY
    may_break = request.established is Established.BREAK or request.backend is Backend.AUTO
    if not (by_policy and may_break):
        raise Undetermined(
            f"new connections to {request.dependency} failed, but one that was open before lives "
            f"on, and {live.outage.method} may not cut it. Use backend=auto, established=break "
            "or the proxy (deploy/toxiproxy)."
        )
    break_established(live, tool_image)
    return EstablishedVerdict.BROKEN


def _not_enforced(live: Live, limit: float) -> PreconditionUnmet | ToolError | Undetermined:
    name, method = live.outage.dependency, live.outage.method
    seen = [entry.probe for entry in live.proof.entries if entry.phase == "new"]
    if any(live.proof.expectation.is_met(probe) for probe in seen):
        return Undetermined(
            f"new connections to {name} failed only now and then within {limit:g} s after the "
            f"{method}: the outage does not hold."
        )
    if method is Method.POLICY:
        return PreconditionUnmet(
            f"{name} was still reachable {limit:g} s after the NetworkPolicy was created: this "
            "cluster does not enforce NetworkPolicies. Install a network that does, or the proxy "
            "(deploy/toxiproxy)."
        )
    return ToolError(
        f"the client's pod saw nothing of '{method}' within {limit:g} s: does the Service of "
        f"{name} lead to the proxy? See deploy/toxiproxy."
    )
