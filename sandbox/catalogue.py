"""Every fault and knob there is, and the reading of a set of them."""

from collections.abc import Mapping

from sandbox.faults import Fault, FaultError, FaultKind, FaultValue
from sandbox.focus_server import capacity, latency
from sandbox.focus_server.faults import endpoints as endpoint_faults
from sandbox.focus_server.faults import future_api as future_faults
from sandbox.focus_server.faults import load as load_faults
from sandbox.focus_server.faults import openapi as openapi_faults
from sandbox.focus_server.faults import outage as outage_faults
from sandbox.focus_server.faults import responses as response_faults
from sandbox.focus_server.rules import acceptance, refusals, rejections
from sandbox.kubernetes.api import faults as api_faults
from sandbox.kubernetes.workloads import initial_objects, server_faults
from sandbox.network import cluster, toxiproxy
from sandbox.network.rabbitmq import queues
from sandbox.options import nearest
from sandbox.recordings import faults as recordings_faults
from sandbox.streams import faults as stream_faults

_DECLARED: tuple[Fault, ...] = (
    *acceptance.FAULTS,
    *rejections.FAULTS,
    *response_faults.FAULTS,
    *refusals.FAULTS,
    *endpoint_faults.FAULTS,
    *openapi_faults.FAULTS,
    *latency.FAULTS,
    *recordings_faults.FAULTS,
    *server_faults.FAULTS,
    *api_faults.FAULTS,
    *stream_faults.FAULTS,
    *capacity.FAULTS,
    *future_faults.FAULTS,
    *load_faults.FAULTS,
    *outage_faults.FAULTS,
    *queues.FAULTS,
    *response_faults.KNOBS,
    *acceptance.KNOBS,
    *endpoint_faults.KNOBS,
    *recordings_faults.KNOBS,
    *server_faults.KNOBS,
    *api_faults.KNOBS,
    *initial_objects.KNOBS,
    *stream_faults.KNOBS,
    *capacity.KNOBS,
    *future_faults.KNOBS,
    *outage_faults.KNOBS,
    *cluster.KNOBS,
    *toxiproxy.KNOBS,
)

CATALOGUE: Mapping[str, Fault] = {fault.id: fault for fault in _DECLARED}


def listed(kind: FaultKind) -> list[str]:
    """One line per fault of that kind: id, value if it takes one, sentence."""
    return [f"{_usage(fault)}: {fault.sentence}" for fault in _DECLARED if fault.kind is kind]


def checked(given: Mapping[str, object]) -> dict[str, FaultValue]:
    """`given` with checked values. Raises FaultError with a sentence."""
    return {name: _fault(name).read(value) for name, value in given.items()}


def _fault(name: str) -> Fault:
    if name not in CATALOGUE:
        raise FaultError(
            f"There is no fault {name!r}; `python -m sandbox faults` lists them."
            f"{nearest(name, CATALOGUE)}"
        )
    return CATALOGUE[name]


def _usage(fault: Fault) -> str:
    return fault.id if fault.value is None else f"{fault.id}=<{fault.value.unit.value}>"
