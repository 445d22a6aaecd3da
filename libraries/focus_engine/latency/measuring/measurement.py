"""What one measurement found: samples, events and how it was sent; plain numbers for a case."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypedDict

from focus_engine.latency.measuring.events import Event
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine.latency.measuring import generator
    from focus_engine.latency.planning import plan as plans
    from focus_engine.latency.planning import schedule
    from focus_engine.latency.sampler import outcome as outcomes
    from focus_engine.latency.statistics import percentiles
    from focus_engine.latency.statistics import samples as sampled

IN_WORDS = (50, 95, 99)


class LatencySummary(TypedDict):
    """Plain numbers of a measurement; latencies are milliseconds, None where nothing was ok."""

    endpoint: str
    load: str
    requests: int
    ok: int
    errors: int
    timeouts: int
    connection_failures: int
    error_rate: float
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None


@dataclass
class Measurement:
    """One measured phase of one endpoint; it grows when it is extended.

    `plan` is None for latencies that something else measured. `looks` counts how often verdicts
    on it may be taken, which their confidence is corrected for.
    """

    endpoint: str
    environment: str
    load: str
    samples: "sampled.Samples"
    plan: "plans.MeasurementPlan | None" = None
    rounds: "list[generator.Honesty]" = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks: int = 1
    same_machine: bool = False  # the server runs beside the sampler, and slows down with it

    @property
    def timeout(self) -> float | None:
        """Seconds after which a request counts as timed out."""
        return self.plan.timeout if self.plan else None

    @property
    def looked(self) -> int:
        """How many rounds there were; each has an entry per share."""
        return sum(item.share == self.rounds[0].share for item in self.rounds)

    @property
    def p50(self) -> float | None:
        return self.summary()["p50"]

    @property
    def p95(self) -> float | None:
        return self.summary()["p95"]

    @property
    def p99(self) -> float | None:
        return self.summary()["p99"]

    def summary(self) -> LatencySummary:
        found = {
            item.name: item.value * 1000
            for item in percentiles.percentiles(self.samples.ok_response)
        }
        counts = self.samples.outcomes()
        requests = len(self.samples)
        failed = int(self.samples.failed.sum())
        known = int(self.samples.known.sum())
        ok = self.samples.ok_response
        return LatencySummary(
            endpoint=self.endpoint,
            load=self.load,
            requests=requests,
            ok=counts[outcomes.Outcome.OK],
            errors=failed,
            timeouts=counts[outcomes.Outcome.TIMEOUT],
            connection_failures=counts[outcomes.Outcome.CONNECTION]
            + counts[outcomes.Outcome.UNREACHED],
            error_rate=failed / known if known else 0.0,
            p50=found.get("P50"),
            p90=found.get("P90"),
            p95=found.get("P95"),
            p99=found.get("P99"),
            max=float(ok.max()) * 1000 if len(ok) else None,
        )

    def of_body(self, body: bytes) -> "Measurement":
        """What was found of the requests with this body, where several were sent in turn.

        It can be measured on alone, at the same rate. How the whole was sent counts for it.
        """
        plan = self.plan
        if plan is None or not isinstance(plan.shape, schedule.OpenLoop) or self.looked > 1:
            raise ToolError(
                f"{self.endpoint} was not sent in turn, in one round of an open loop, so no body "
                "can be told from others. Take the parts before anything is measured on."
            )
        turns = [turn for turn, request in enumerate(plan.requests) if request.body == body]
        if not turns:
            raise ToolError(
                f"{self.endpoint} was not measured with {body[:200].decode(errors='replace')}. "
                "Give a body that `Measure Latency` was given."
            )
        share = Fraction(len(turns), len(plan.requests))
        requests = tuple(plan.requests[turn] for turn in turns)
        return replace(
            self,
            load=f"{self.load}, of which {len(turns)} of {len(plan.requests)} have this body",
            samples=self.samples.in_turn(turns, len(plan.requests)),
            plan=replace(plan, requests=requests, shape=plan.shape.shortened(float(share))),
            rounds=[*self.rounds],
        )

    def percentiles_in_words(self) -> dict[str, str]:
        """P50, P95 and P99 with their unit, and whether the samples are too few for one."""
        found = percentiles.percentiles(
            self.samples.ok_response, [Fraction(name) for name in IN_WORDS]
        )
        return {item.name: item.words for item in found}

    def __str__(self) -> str:
        """One line for the console."""
        s = self.summary()
        if s["max"] is None:
            return f"{self.endpoint}: {s['requests']} requests, none answered as expected"
        words = ", ".join(f"{name} {text}" for name, text in self.percentiles_in_words().items())
        return (
            f"{self.endpoint}: {s['requests']} requests, {s['errors']} failed, {words}, "
            f"max {s['max']:.1f} ms ({self.load})"
        )
