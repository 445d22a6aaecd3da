"""Outages from start to end: what OutageLibrary's keywords call, and what a program would."""

import secrets
from collections.abc import Callable
from typing import Any

from focus_engine.environment import Environment
from focus_engine.outage.clock import Clock
from focus_engine.outage.dependency import Dependency, read_controls, read_dependency
from focus_engine.outage.ending import Ending
from focus_engine.outage.expectation import expectation_of
from focus_engine.outage.facts import Facts, gather
from focus_engine.outage.failing import both, lifted_again
from focus_engine.outage.live import Live
from focus_engine.outage.making import Maker
from focus_engine.outage.model import (
    LIFT_WAIT,
    Backend,
    Method,
    Outage,
    Request,
    State,
)
from focus_engine.outage.policy import Identity
from focus_engine.outage.preflight import Report, judge
from focus_engine.outage.probe import Endpoint
from focus_engine.outage.proof import Proof
from focus_engine.outage.proving import prove
from focus_engine.outage.refusing import require_allowed, require_sensible, require_ttl
from focus_engine.outage.rehearsal import rehearsed
from focus_engine.outage.site import Site, created_by, open_site, run_id
from focus_engine.outage.sweep import Sweeper
from focus_engine.outage.undo import Undo
from focus_engine.verdict import ToolError

OpenSite = Callable[[Environment, str], Site]


class Engine:
    """The outages of one process. `environment` is where they happen."""

    def __init__(
        self,
        environment: Environment,
        clock: Clock | None = None,
        site_of: OpenSite = open_site,
    ) -> None:
        self.environment = environment
        self.ending = Ending()
        self._clock = clock or Clock()
        self._site_of = site_of
        self._makers: dict[str, Maker] = {}
        self._known: dict[str, Live] = {}

    def preflight(self, request: Request) -> Report:
        """What is in the way of an outage; changes nothing."""
        dependency, site = self._place(request)
        return self._report(site, self._facts(site, dependency, request), request)

    def start(self, request: Request) -> Outage:
        """Make an outage and prove it. Raises the verdicts that `Start Outage` documents."""
        require_allowed(self.environment, f"An outage of {request.dependency}")
        require_sensible(request, self.ending.lives)
        dependency, site = self._place(request)
        facts = self._facts(site, dependency, request)
        report = self._report(site, facts, request)
        report.require(request.dependency)
        method = Method.POLICY
        if report.backend is Backend.PROXY:
            method = request.fault.method
        live, maker = self._new(request, dependency, site, facts, method)
        live.outage.record["preflight"] = report.as_json()
        self.ending.watch(live)
        self._known[live.outage.id] = live
        self._makers[live.outage.id] = maker
        try:
            self._make(live, maker)
        except BaseException as error:
            self._give_up(live, error)
            raise
        return live.outage

    def stop(self, outage: Outage | str, wait: float = LIFT_WAIT.total_seconds()) -> float:
        """End an outage; the monotonic time of its proven lift. Again: the same time."""
        live = self.live(outage)
        if live.is_over:
            return self._lift_time(live)
        try:
            return live.end(wait)
        finally:
            if live.is_over:
                self.ending.forget(live)
                self._makers[live.outage.id].announce("OutageLifted", str(live.outage))

    def stop_all(self, wait: float = LIFT_WAIT.total_seconds()) -> int:
        """End all that this process started; how many. Raises ToolError when some remain."""
        lives = list(reversed(self.ending.lives))
        problems = []
        for live in lives:
            try:
                self.stop(live.outage, wait)
            except ToolError as error:
                problems.append(error.sentence)
        if problems:
            raise ToolError(" ".join(problems))
        return len(lives)

    def during(
        self,
        request: Request,
        body: Callable[[Outage], Any],
        wait: float = LIFT_WAIT.total_seconds(),
    ) -> Any:
        """Start, do `body`, stop; a failure of both is told as both."""
        outage = self.start(request)
        try:
            result = body(outage)
        except Exception as error:
            try:
                self.stop(outage, wait)
            except ToolError as cleaning_up:
                raise both(error, cleaning_up) from error
            raise
        self.stop(outage, wait)
        return result

    def renew(self, outage: Outage | str, ttl: float) -> None:
        """Let an outage last `ttl` seconds from now."""
        live = self.alive(outage)
        require_ttl(ttl)
        self._makers[live.outage.id].prolong(ttl)

    def live(self, outage: Outage | str) -> Live:
        """Raises ToolError for an outage that this process did not start."""
        name = outage if isinstance(outage, str) else outage.id
        if name not in self._known:
            known = ", ".join(self._known) or "none"
            raise ToolError(f"there is no outage '{name}' in this process. There are: {known}.")
        return self._known[name]

    def alive(self, outage: Outage | str) -> Live:
        """Raises ToolError also for one that has ended."""
        live = self.live(outage)
        if live.outage.state is not State.PROVEN:
            raise ToolError(
                f"the outage {live.outage.id} of {live.outage.dependency} has ended "
                f"({live.outage.state}). Start another."
            )
        return live

    def looking(self, request: Request) -> Live:
        """Probes without an outage; the caller closes it. Raises as `preflight` does."""
        dependency, site = self._place(request)
        facts = self._facts(site, dependency, request)
        live, _ = self._new(request, dependency, site, facts, Method.POLICY)
        live.look_again()
        return live

    @property
    def last(self) -> Live | None:
        """The outage that was started last, whatever became of it."""
        return next(reversed(self._known.values()), None)

    def sweep(self, namespace: str | None, run: str | None = None, *, dry_run: bool) -> list[str]:
        """Remove what is expired, or belongs to `run`; one line each."""
        if not dry_run:
            require_allowed(self.environment, "Sweeping outages")
        return self.sweeper(namespace).sweep(run, dry_run=dry_run)

    def sweeper(self, namespace: str | None) -> Sweeper:
        """Finds and removes what carries our label."""
        site = self._site_of(self.environment, namespace or self.environment.namespace)
        return Sweeper(site.means)

    def _place(self, request: Request) -> tuple[Dependency, Site]:
        dependency = read_dependency(request.dependency, self.environment.name)
        namespace = request.namespace or dependency.namespace or self.environment.namespace
        return dependency, self._site_of(self.environment, namespace)

    def _facts(self, site: Site, dependency: Dependency, request: Request) -> Facts:
        return gather(site.cluster, self.environment, dependency, request, site.means.toxiproxy)

    def _report(self, site: Site, facts: Facts, request: Request) -> Report:
        return rehearsed(judge(facts, request, self.environment), site.cluster, facts, request)

    def _new(
        self, request: Request, dependency: Dependency, site: Site, facts: Facts, method: Method
    ) -> tuple[Live, Maker]:
        name = f"{request.dependency}-{request.scope.value}-{secrets.token_hex(3)}"
        outage = Outage(name, request, site.cluster.namespace, run_id(), method)
        controls = read_controls(request.dependency, self.environment.name)
        proof = Proof(
            prober=site.witnesses([]),
            target=Endpoint(dependency.service, dependency.port, dependency.protocol),
            controls={
                key: Endpoint(control.host, control.port, control.protocol)
                for key, control in controls.items()
            },
            expectation=expectation_of(method, request.fault, request.amount),
            clock=self._clock,
        )
        live = Live(outage, site, facts, proof, Undo(self._clock))
        identity = Identity(name, outage.run, request.dependency, request.reason, created_by())
        return live, Maker(live, identity)

    def _make(self, live: Live, maker: Maker) -> None:
        maker.lock()
        live.outage.record["swept"] = Sweeper(live.site.means).sweep()
        live.look_again()
        live.proof.baseline()
        limit = self.environment.file.outages.enforcement
        owner = maker.own(live.outage.request.ttl + limit)
        live.proof.hold_connection()
        if live.outage.method is Method.POLICY:
            maker.impose_policy(owner)
        else:
            maker.impose_toxic(live.outage.request.ttl + limit)
        prove(live, limit, self.environment.file.outages.tool_image)
        maker.prolong(live.outage.request.ttl)
        live.outage.state = State.PROVEN
        maker.announce("OutageProven", str(live.outage))

    def _give_up(self, live: Live, error: BaseException) -> None:
        """Lift what was made; the verdict says so, or what remains."""
        try:
            live.lift(LIFT_WAIT.total_seconds())
        except ToolError as cleaning_up:
            if isinstance(error, Exception):
                raise both(error, cleaning_up) from error
            raise
        self.ending.forget(live)
        told = lifted_again(error) if live.was_imposed else error
        if told is not error:
            raise told from error

    def _lift_time(self, live: Live) -> float:
        if live.outage.t_lifted is None:
            raise ToolError(f"the outage {live.outage.id} was lifted without ever being proven.")
        return live.outage.t_lifted
