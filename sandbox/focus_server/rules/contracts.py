"""What distinguishes the server versions that can be stood in for."""

from dataclasses import dataclass

from sandbox.faults import ActiveFaults
from sandbox.focus_server.configuration import Configuration
from sandbox.focus_server.faults import endpoints as knobs
from sandbox.options import Contract


@dataclass(frozen=True)
class Behaviour:
    """Traits of one contract."""

    enforces_rules: bool
    """Rules are enforced and types are strict; else only the model is, and leniently."""
    multi_decimation: int = 1
    port_as_text: bool = False
    future_unchecked: bool = False
    """A historic range in the future gives a job without a look at the recordings."""


BEHAVIOURS = {
    Contract.CONFORMING: Behaviour(enforces_rules=True),
    Contract.OBSERVED_2025_10: Behaviour(
        enforces_rules=False, multi_decimation=4, port_as_text=True, future_unchecked=True
    ),
    Contract.OBSERVED_2025_12: Behaviour(enforces_rules=False),
}


def observed_server_fails(wanted: Configuration, faults: ActiveFaults) -> bool:
    """Say whether an observed server answers 500 to the configuration."""
    if wanted.start_time is not None and wanted.end_time is None:
        return True
    if not wanted.is_spectrogram:
        return faults.on(knobs.WATERFALL_FAILS)
    if wanted.nfft is None or wanted.duration is None:
        return True
    return _unknown_number_fails(wanted, wanted.nfft, faults)


def _unknown_number_fails(wanted: Configuration, nfft: int, faults: ActiveFaults) -> bool:
    """Decide by the knobs what was never observed; an NFFT below 1 cannot be computed with."""
    if nfft < 1:
        return True
    if wanted.height == 0:
        return not faults.on(knobs.ZERO_HEIGHT_ACCEPTED)
    if wanted.height < 0:
        return faults.on(knobs.NEGATIVE_HEIGHT_FAILS)
    lowest = min(wanted.channel_min, wanted.channel_max, *(wanted.frequency or (0,)))
    return lowest < 0 and faults.on(knobs.NEGATIVE_VALUES_FAIL)
