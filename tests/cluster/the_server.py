"""What the Focus Server in the cluster answers, seen from outside, one attempt at a time."""

import time
from dataclasses import dataclass

import requests

PATIENCE_S = 45.0  # a driver's default patience with MongoDB is 30 s
INTERVAL_S = 0.1
ATTEMPT_S = 4.0


@dataclass(frozen=True)
class Answer:
    """The status of one request (0: no answer), and how long it took."""

    status: int
    seconds: float


class TheServer:
    """The Focus Server at one base URL."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def history(self, patience_s: float = PATIENCE_S) -> Answer:
        """Ask for the recordings of a day, which needs MongoDB."""
        now = int(time.time())
        body = {"start_time": now - 86_400, "end_time": now}
        return self._ask("POST", "/recordings_in_time_range", patience_s, json=body)

    def acknowledge(self) -> Answer:
        """Ask for what needs nothing."""
        return self._ask("GET", "/ack", PATIENCE_S)

    def recovered_after(self, limit_s: float = PATIENCE_S) -> float:
        """Seconds until history is answered again; infinite when it is not."""
        began = time.monotonic()
        while time.monotonic() - began < limit_s:
            # Short: a connection to a pod that was just replaced is never answered.
            if self.history(ATTEMPT_S).status == requests.codes.ok:
                return time.monotonic() - began
            time.sleep(INTERVAL_S)
        return float("inf")

    def _ask(self, method: str, path: str, patience_s: float, **arguments: object) -> Answer:
        """On a connection of its own: one that was kept may lead to a pod that is gone."""
        began = time.monotonic()
        try:
            with requests.Session() as session:
                session.trust_env = False
                url = self._base_url + path
                response = session.request(method, url, timeout=patience_s, **arguments)
        except requests.RequestException:
            return Answer(0, time.monotonic() - began)
        return Answer(response.status_code, time.monotonic() - began)
