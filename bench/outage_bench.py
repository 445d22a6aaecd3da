"""How long it takes to prove an outage and its lift, beyond what the network itself takes."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from bench.measuring import Line
from bench.sandbox_process import sandbox
from focus_engine.environment import Environment, load_environment
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import Backend, Established, OutageRequest
from focus_engine.outage.verification.probe import TIMEOUT
from focus_engine.outage.verification.protocol import IN_A_ROW

ENFORCED_AFTER = 0.3  # seconds that the sandbox's network takes to notice a policy

# The goal: beyond the network's own delay, and what the probes that fail have to wait.
MOST_SECONDS = 2.0
NETWORKS = {"connections": 0.0, "packets": IN_A_ROW * TIMEOUT}


@dataclass(frozen=True)
class _Times:
    proven: float
    lifted: float


@contextmanager
def environment_of(network: str) -> Iterator[Environment]:
    with sandbox("--cni", network) as found:
        os.environ["FOCUS_BASE_URL"] = found["base_url"]
        os.environ["FOCUS_KUBECONFIG"] = found["kubeconfig"]
        os.environ["FOCUS_TOXIPROXY_URL"] = found["toxiproxy_url"]
        yield load_environment("sandbox")


def _once(engine: Engine) -> _Times:
    request = OutageRequest(
        "mongodb", backend=Backend.NETWORK_POLICY, established=Established.ACCEPT
    )
    start = time.monotonic()
    outage = engine.start(request)
    asked = time.monotonic()
    lifted = engine.stop(outage)
    return _Times((outage.t_enforced or asked) - start, lifted - asked)


def outage_proof(rounds: int) -> list[Line]:
    """From the calls to the proofs, on a network that refuses and on one that drops."""
    lines = []
    for network, waiting in NETWORKS.items():
        with environment_of(network) as environment:
            engine = Engine(environment)
            times = [_once(engine) for _ in range(rounds)]
        most = MOST_SECONDS + ENFORCED_AFTER + waiting
        for what, found in (
            ("start to proof", median(each.proven for each in times)),
            ("stop to proven lift", median(each.lifted for each in times)),
        ):
            goal = f"outage on '{network}', {what}: <= {most:g} s"
            lines.append(Line(goal, f"{found:.2f} s", found <= most))
    return lines
