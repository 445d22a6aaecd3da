"""How often the verdict on open connections is wrong on a busy machine: it must be never.

    python -m bench.outage_verdicts --rounds 300 [--idle] [--network packets] [--kind rabbitmq]

Two processes keep two cores busy meanwhile. Every outage is made by the engine itself, on a sandbox
of the network; what is said of the connection that was open before is compared with what that
network does to it.
"""

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.outage_bench import environment_of
from focus_engine.given import CommandParser
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import Backend, ConnectionFault, Established, OutageRequest, Scope
from focus_engine.verdict import PreconditionUnmet, ToolError

BUSY = 2  # processes
ALIVE, CUT, NOT_ENFORCED = "alive", "cut", "not enforced"
NETWORKS = {
    "connections": ALIVE,
    "connections-drop": ALIVE,
    "packets": CUT,
    "none": NOT_ENFORCED,
}
BY_POLICY = OutageRequest(
    "", ttl=60.0, backend=Backend.NETWORK_POLICY, established=Established.ACCEPT
)
BY_PROXY = replace(BY_POLICY, backend=Backend.PROXY)
KINDS = {
    "mongodb": replace(BY_POLICY, dependency="mongodb"),
    "mongodb-client": replace(BY_POLICY, dependency="mongodb", scope=Scope.CLIENT),
    "rabbitmq": replace(BY_POLICY, dependency="rabbitmq"),
    "rabbitmq-client": replace(BY_POLICY, dependency="rabbitmq", scope=Scope.CLIENT),
    "mongodb-proxy-down": replace(BY_PROXY, dependency="mongodb"),
    "mongodb-proxy-reset": replace(BY_PROXY, dependency="mongodb", fault=ConnectionFault.RESET),
}


def expected(kind: str, network: str) -> str:
    return CUT if KINDS[kind].backend is Backend.PROXY else NETWORKS[network]


def verdict(engine: Engine, request: OutageRequest) -> str:
    """What one outage said of the connection that was open; it is over when this returns."""
    try:
        outage = engine.start(request)
    except PreconditionUnmet as unmet:
        return NOT_ENFORCED if "does not enforce" in unmet.sentence else str(unmet)
    except ToolError as error:
        return str(error)
    engine.stop(outage)
    return str(outage.established)


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """Keep so many cores busy."""
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(cores)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.join()


def measure(network: str, kinds: list[str], rounds: int, say: Callable[[str], None]) -> int:
    """How many verdicts were wrong."""
    wrong = 0
    with environment_of(network) as environment:
        engine = Engine(environment)
        for kind in kinds:
            began = time.monotonic()
            seen = Counter(verdict(engine, KINDS[kind]) for _ in range(rounds))
            false = rounds - seen[expected(kind, network)]
            wrong += false
            took = time.monotonic() - began
            say(f"{network} {kind}: {false} of {rounds} wrong ({dict(seen)}, {took:.0f} s)")
    return wrong


def main() -> int:
    parser = CommandParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--network", choices=NETWORKS, action="append")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--idle", action="store_true", help="do not keep two cores busy")
    asked = parser.parse_args()
    with busy(0 if asked.idle else BUSY):
        wrong = sum(
            measure(network, asked.kind or list(KINDS), asked.rounds, print)
            for network in asked.network or NETWORKS
        )
    print(f"{wrong} wrong verdicts.")
    return 1 if wrong else 0


def _burn() -> None:
    while True:
        pass


if __name__ == "__main__":
    sys.exit(main())
