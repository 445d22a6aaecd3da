"""How network plugins enforce a policy: what a flow that it denies looks like."""

from dataclasses import dataclass
from enum import Enum

from sandbox.network.listener import Door


@dataclass(frozen=True)
class FlowTreatment:
    """What a flow meets: new connections at the door, and whether packets of old ones pass."""

    door: Door
    packets_pass: bool


ADMITTED = FlowTreatment(Door.OPEN, packets_pass=True)


class Cni(Enum):
    """Behaviour of the cluster's network plugin."""

    CONNECTIONS = "connections"
    """kube-router, so k3s: what is established survives, what is new is refused."""
    CONNECTIONS_DROP = "connections-drop"
    """Calico, Antrea: what is established survives, what is new gets no answer."""
    PACKETS = "packets"
    """Cilium: no packet passes, of whatever connection."""
    NONE = "none"
    """flannel alone: policies are accepted by the API and never enforced."""

    @property
    def denied(self) -> FlowTreatment:
        """What a flow meets that the policies do not admit."""
        return _DENIED[self]


_DENIED = {
    Cni.CONNECTIONS: FlowTreatment(Door.REFUSING, packets_pass=True),
    Cni.CONNECTIONS_DROP: FlowTreatment(Door.DROPPING, packets_pass=True),
    Cni.PACKETS: FlowTreatment(Door.DROPPING, packets_pass=False),
    Cni.NONE: ADMITTED,
}
