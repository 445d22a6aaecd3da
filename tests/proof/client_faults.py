"""Faults seeded in our own engine: patches that a case about our own behaviour must notice."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from proof.array_faults import ARRAY_FAULTS
from proof.outage_faults import OUTAGE_FAULTS

from focus_engine.contract.configure.configuration import Configuration
from focus_engine.latency.planning import measurement_spec
from focus_engine.load import defaults

Change = Callable[[dict], None]
Fault = Callable[[], AbstractContextManager[None]]


def _load_sends(change: Change) -> Fault:
    """The default load with one field of every configuration changed on its way out."""

    @contextmanager
    def seeded() -> Iterator[None]:
        original = defaults.configuration

        def changed(*args: object, **named: object) -> Configuration:
            made = original(*args, **named)
            fields = dict(made.fields)
            change(fields)
            return Configuration(fields, made.description, made.overridden)

        with patch.object(defaults, "configuration", changed):
            yield

    return seeded


@contextmanager
def _sampler_sends_others() -> Iterator[None]:
    """Whatever a load was asked to send, other parameters go to the sampler."""
    original = measurement_spec.encoded

    def changed(body: object) -> bytes:
        fields = json.loads(original(body))
        fields.update(
            channels={"min": 1, "max": 1}, frequencyRange={"min": 0, "max": 500}, nfftSelection=384
        )
        return json.dumps(fields).encode()

    with patch.object(measurement_spec, "encoded", changed):
        yield


CLIENT_FAULTS: dict[str, Fault] = {
    "load-sends-other-parameters": _sampler_sends_others,
    "load-sends-fewer-channels": _load_sends(
        lambda fields: fields.update(channels={"min": 1, "max": 50})
    ),
    "load-sends-half-the-frequencies": _load_sends(
        lambda fields: fields.update(frequencyRange={"min": 0, "max": 500})
    ),
    "load-sends-one-nfft": _load_sends(lambda fields: fields.update(nfftSelection=512)),
    "load-sends-another-canvas": _load_sends(
        lambda fields: fields.update(displayInfo={"height": 600})
    ),
    "load-sends-another-duration": _load_sends(
        lambda fields: fields.update(displayTimeAxisDuration=300)
    ),
    **ARRAY_FAULTS,
    **OUTAGE_FAULTS,
}
