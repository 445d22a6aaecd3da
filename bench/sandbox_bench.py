"""Is the sandbox fast enough not to be what is measured? On loopback, with the client beside it."""

from statistics import median

from bench.measuring import Line, by_engine
from bench.sandbox_process import sandbox
from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.latency.planning.plan import AnswerExpectation, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, constant
from focus_engine.latency.requirements.limit import percent_of
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.settings import client_settings

JOB_LIFE = "1s"
USERS = 8
RATE, SECONDS = 100, 10.0  # of the open loop
P99 = percent_of("P99")

# The goals.
LEAST_PER_SECOND = 200
MOST_P99 = 0.015


def configuring(base_url: str) -> PreparedRequest:
    body = configuration(client_settings(), View.MULTICHANNEL).to_body()
    headers = (("Content-Type", "application/json"),)
    return PreparedRequest("POST", f"{base_url}/configure", headers, body)


def sandbox_capacity(rounds: int) -> list[Line]:
    """The sandbox's jobs are its own, so no ledger paces them here."""
    answered = AnswerExpectation(job_id=True)
    with sandbox("--job-life", JOB_LIFE) as addresses:
        request = configuring(addresses["base_url"])
        rates, tails, failed = [], [], 0
        for _ in range(rounds):
            most, found = by_engine(request, ClosedLoop(USERS, 3.0), 1.0, answered)
            paced, _ = by_engine(request, constant(RATE, SECONDS), 1.0, answered)
            rates.append(found.rate)
            tails.append(percentile(paced.ok_response, P99).value)
            failed += int(most.failed.sum()) + int(paced.failed.sum())
    return [
        Line(
            f"sandbox, POST /configure by {USERS} users: >= {LEAST_PER_SECOND} per second",
            f"{median(rates):.0f} per second, {failed} failed",
            median(rates) >= LEAST_PER_SECOND and not failed,
        ),
        Line(
            f"sandbox, P99 of POST /configure at {RATE}/s: < {MOST_P99 * 1000:g} ms",
            f"{median(tails) * 1000:.1f} ms",
            median(tails) < MOST_P99,
        ),
    ]
