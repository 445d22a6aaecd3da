"""What the cluster's network does for a pod, as far as exec and ephemeral containers need it."""

from collections.abc import Mapping
from typing import Protocol

Address = tuple[str, int]


class PodNetwork(Protocol):
    """The network between the pods; `sandbox.network` implements it."""

    def routes(self, namespace: str, pod: str) -> Mapping[str, Address]:
        """Where that pod reaches what, by `host:port`.

        Keys are `mongodb:27017`, `mongodb.panda:27017`, `mongodb.panda.svc:27017` and the
        same with the addresses of pods and Services; values are loopback addresses.
        """

    def kill_sockets(
        self, namespace: str, pod: str, destination: str | None, port: int | None
    ) -> int:
        """End that pod's connections as `ss -K dst DESTINATION dport = :PORT` does.

        None matches everything. Returns how many sockets were ended.
        """
