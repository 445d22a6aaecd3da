"""Addresses inside the cluster. They lie in nets set apart for documentation (RFC 5737):

nobody's real address is among them, and nothing of the sandbox listens there.
"""

import ipaddress
from functools import cache

from sandbox.kubernetes.objects.store import Store

SERVICES = ipaddress.ip_network("192.0.2.0/24")
PODS = ipaddress.ip_network("198.51.100.0/24")
NODE = "203.0.113.1"
API_SERVER = str(SERVICES[1])
"""Address of the Service `kubernetes`."""

_FIRST = 10


@cache
def service_address(number: int) -> str:
    """The address of that number among the Services."""
    return str(SERVICES[number])


@cache
def pod_address(number: int) -> str:
    """The address of the pod of that number; numbers start at 0 and wrap around."""
    return str(PODS[_FIRST + number % (PODS.num_addresses - 2 * _FIRST)])


def new_cluster_address(store: Store) -> str:
    """A free address for a Service."""
    taken = {item["spec"].get("clusterIP") for item in store.list("services", None)}
    return next(str(one) for one in list(SERVICES.hosts())[_FIRST:] if str(one) not in taken)
