"""One process that wants an outage for itself: says when it had it, as JSON."""

import json
import sys
import time

from focus_engine.environment import load_environment
from focus_engine.outage.engine import Engine
from focus_engine.outage.model import Established, OutageRequest
from focus_engine.verdict import PreconditionUnmet


def main(hold_s: float, lock_wait_s: float) -> None:
    """Start an outage, hold it, stop it."""
    engine = Engine(load_environment())
    request = OutageRequest(
        "mongodb", ttl=60, established=Established.ACCEPT, lock_wait=lock_wait_s
    )
    try:
        outage = engine.start(request)
    except PreconditionUnmet as error:
        print(json.dumps({"refused": error.sentence}))
        return
    print(json.dumps({"from": outage.t_enforced}), flush=True)
    time.sleep(hold_s)
    print(json.dumps({"to": engine.stop(outage)}))


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
