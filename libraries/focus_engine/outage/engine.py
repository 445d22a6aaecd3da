"""Outages from start to end: what OutageLibrary's keywords call, and what a program would."""

import secrets
from collections.abc import Callable
from typing import Any

from focus_engine.clock import Clock
from focus_engine.environment import Environment
from focus_engine.outage.active import ActiveOutage
from focus_engine.outage.backends.base import OutageBackend, OutagePlan, backend_of, backends
from focus_engine.outage.context import Context, created_by, open_context, run_id
from focus_engine.outage.dependency import Dependency, read_controls, read_dependency
from focus_engine.outage.discovery.facts import Facts, gather
from focus_engine.outage.exit_handler import ExitHandler
from focus_engine.outage.model import LIFT_WAIT, Backend, Method, Outage, OutageRequest, OutageState
from focus_engine.outage.ownership import Identity
from focus_engine.outage.preflight import (
    PreflightReport,
    dry_run,
    judge,
    require_allowed,
    require_sensible,
    require_ttl,
)
from focus_engine.outage.rollback import Rollback
from focus_engine.outage.sweep import Sweeper, Swept
from focus_engine.outage.verification.probe import Endpoint
from focus_engine.outage.verification.protocol import UNREACHABLE, Verification
from focus_engine.verdict import (
    NotAllowed,
    PreconditionUnmet,
    Prefix,
    ProductFailure,
    ToolError,
    Undetermined,
)

OpenContext = Callable[[Environment, str], Context]
_KINDS = (NotAllowed, PreconditionUnmet, Undetermined)


class Engine:
    """The outages of one process. `environment` is where they happen."""

    def __init__(
        self,
        environment: Environment,
        clock: Clock | None = None,
        context_of: OpenContext = open_context,
        show_one_system: Callable[[], object] = lambda: None,
    ) -> None:
        """`show_one_system` raises where server and cluster do not belong together."""
        self.environment = environment
        self.exit_handler = ExitHandler()
        self._clock = clock or Clock()
        self._context_of = context_of
        self._show_one_system = show_one_system
        self._known: dict[str, ActiveOutage] = {}

    def preflight(self, request: OutageRequest) -> PreflightReport:
        """What is in the way of an outage; changes nothing."""
        dependency, context = self._place(request)
        return self._report(context, self._facts(context, dependency, request), request)

    def start(self, request: OutageRequest) -> Outage:
        """Make an outage and prove it. Raises the verdicts that `Start Outage` documents."""
        require_allowed(self.environment, f"An outage of {request.dependency}")
        require_sensible(request, [each.outage for each in self.exit_handler.active])
        dependency, context = self._place(request)
        facts = self._facts(context, dependency, request)
        report = self._report(context, facts, request)
        plan = report.require(request.dependency)
        self._show_one_system()
        active = self._new(request, dependency, context, facts, plan=plan, backend=report.backend)
        active.outage.evidence.preflight = report.as_json()
        self.exit_handler.watch(active)
        self._known[active.outage.id] = active
        try:
            active.start()
        except BaseException as error:
            self._give_up(active, error)
            raise
        return active.outage

    def stop(self, outage: Outage | str, wait: float = LIFT_WAIT.total_seconds()) -> float:
        """End an outage; the monotonic time of its proven lift. Again: the same time."""
        active = self.known(outage)
        if active.is_over:
            return self._lift_time(active)
        try:
            return active.end(wait)
        finally:
            if active.is_over:
                self.exit_handler.forget(active)
                active.books.announce("OutageLifted")

    def stop_all(self) -> int:
        """End all that this process started; how many. Raises ToolError when some remain."""
        every = list(reversed(self.exit_handler.active))
        problems = []
        for active in every:
            try:
                self.stop(active.outage)
            except ToolError as error:
                problems.append(error.sentence)
        if problems:
            raise ToolError(" ".join(problems))
        return len(every)

    def during(
        self,
        request: OutageRequest,
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
        active = self.proven(outage)
        require_ttl(ttl)
        active.renew(ttl)

    def known(self, outage: Outage | str) -> ActiveOutage:
        """Raises ToolError for an outage that this process did not start."""
        name = outage if isinstance(outage, str) else outage.id
        if name not in self._known:
            known = ", ".join(self._known) or "none"
            raise ToolError(f"there is no outage '{name}' in this process. There are: {known}.")
        return self._known[name]

    def proven(self, outage: Outage | str) -> ActiveOutage:
        """Raises ToolError also for one that has ended."""
        active = self.known(outage)
        if active.outage.state is not OutageState.PROVEN:
            raise ToolError(
                f"the outage {active.outage.id} of {active.outage.dependency} has ended "
                f"({active.outage.state}). Start another."
            )
        return active

    def looking(self, request: OutageRequest) -> ActiveOutage:
        """Probes without an outage; the caller closes it. Raises as `preflight` does."""
        dependency, context = self._place(request)
        facts = self._facts(context, dependency, request)
        plan = OutagePlan(Method.POLICY, UNREACHABLE)
        backend = backend_of(Backend.NETWORK_POLICY)
        active = self._new(request, dependency, context, facts, plan=plan, backend=backend)
        active.look_again()
        return active

    @property
    def last(self) -> ActiveOutage | None:
        """The outage that was started last, whatever became of it."""
        return next(reversed(self._known.values()), None)

    def sweep(self, namespace: str | None, run: str | None = None, *, dry_run: bool) -> Swept:
        """Remove what is expired, or belongs to `run`."""
        if not dry_run:
            require_allowed(self.environment, "Sweeping outages")
        return self.sweeper(namespace).sweep(run, dry_run=dry_run)

    def sweeper(self, namespace: str | None) -> Sweeper:
        """Finds and removes what carries our label."""
        context = self._context_of(self.environment, namespace or self.environment.namespace)
        return Sweeper(context.connections)

    def _place(self, request: OutageRequest) -> tuple[Dependency, Context]:
        dependency = read_dependency(
            request.dependency, self.environment.name, self.environment.dependencies
        )
        namespace = request.namespace or dependency.namespace or self.environment.namespace
        return dependency, self._context_of(self.environment, namespace)

    def _facts(self, context: Context, dependency: Dependency, request: OutageRequest) -> Facts:
        rights = [right for backend in backends() for right in backend.rights]
        toxiproxy = context.connections.toxiproxy
        return gather(
            context.cluster,
            self.environment,
            dependency,
            request,
            toxiproxy=toxiproxy,
            rights=rights,
        )

    def _report(self, context: Context, facts: Facts, request: OutageRequest) -> PreflightReport:
        return dry_run(judge(facts, request, self.environment), context.connections, request)

    def _new(
        self,
        request: OutageRequest,
        dependency: Dependency,
        context: Context,
        facts: Facts,
        *,
        plan: OutagePlan,
        backend: OutageBackend,
    ) -> ActiveOutage:
        name = f"{request.dependency}-{request.scope.value}-{secrets.token_hex(3)}"
        outage = Outage(name, request, context.cluster.namespace, run_id(), plan.method)
        controls = read_controls(
            request.dependency, self.environment.name, self.environment.dependencies
        )
        verification = Verification(
            prober=context.witnesses([]),
            target=Endpoint(dependency.service, dependency.port, dependency.protocol),
            controls={
                key: Endpoint(control.host, control.port, control.protocol)
                for key, control in controls.items()
            },
            expectation=plan.expectation,
            clock=self._clock,
        )
        return ActiveOutage(
            outage=outage,
            identity=Identity(name, outage.run, request.dependency, request.reason, created_by()),
            connections=context.connections,
            facts=facts,
            plan=plan,
            verification=verification,
            rollback=Rollback(self._clock),
            context=context,
            backend=backend,
        )

    def _give_up(self, active: ActiveOutage, error: BaseException) -> None:
        """Lift what was made; the verdict says so, or what remains."""
        was_imposed = active.outage.state is not OutageState.STARTING
        try:
            active.lift(LIFT_WAIT.total_seconds())
        except ToolError as cleaning_up:
            if isinstance(error, Exception):
                raise both(error, cleaning_up) from error
            raise
        self.exit_handler.forget(active)
        told = lifted_again(error) if was_imposed else error
        if told is not error:
            raise told from error

    def _lift_time(self, active: ActiveOutage) -> float:
        if active.outage.t_lifted is None:
            raise ToolError(f"the outage {active.outage.id} was lifted without ever being proven.")
        return active.outage.t_lifted


def lifted_again(error: BaseException) -> BaseException:
    """The same verdict, with the word that the outage was lifted; anything else as it is."""
    sentence = getattr(error, "sentence", None)
    if isinstance(error, (*_KINDS, ToolError)) and sentence:
        kind = next((kind for kind in _KINDS if isinstance(error, kind)), ToolError)
        return kind(f"{sentence} It was lifted.")
    return error


def both(first: Exception, cleaning_up: Exception) -> Exception:
    """A failure of both, in the order in which they happened.

    It is never a SKIP, since something was left behind. A product's failure stays one: it keeps
    its message in front.
    """
    said = f"{first} In addition: {cleaning_up}"
    if Prefix.of(str(first)) is None:
        return ProductFailure(said)
    return ToolError(said.removeprefix(f"{Prefix.ERROR.value} "))
