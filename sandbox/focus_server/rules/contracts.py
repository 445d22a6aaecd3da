"""What distinguishes the server versions that can be stood in for."""

from dataclasses import dataclass
from enum import Enum

from sandbox.faults import ActiveFaults
from sandbox.focus_server.configuration import ParsedConfiguration
from sandbox.focus_server.faults import endpoints as knobs
from sandbox.options import Contract
from sandbox.streams.layout import LINE_BY_LINE, Packing


class StatusText(Enum):
    """What `status` of an answer says: nothing was seen, the documents give a text."""

    SEEN = ""
    DOCUMENTED = "Config received"


@dataclass(frozen=True)
class Behaviour:
    """Traits of one contract. What is documented and what was seen differ in many of them."""

    enforces_rules: bool
    """Rules are enforced and types are strict; else only the model is, and leniently."""
    multi_decimation: int = 1
    port_as_text: bool = False
    status: StatusText = StatusText.SEEN
    job_route: bool = False
    hex_job_ids: bool = False
    refusal_status: int = 400
    """Of a value that breaks a rule."""
    no_recording_status: int = 404
    waiting_placeholder: bool = True
    """What GET /live_metadata answers while the fibre is waited for; else 404."""
    integer_views: bool = False
    smallest_nfft: int | None = None
    """Of the multichannel view; None is the client's smallest option."""
    waterfall_duration: int | None = None
    """The one duration that a waterfall may have."""
    packing: Packing = LINE_BY_LINE
    future_unchecked: bool = False
    """A historic range in the future gives a job without a look at the recordings."""
    recordings_indexed: bool = True
    """The collections of recordings have their indexes."""


BEHAVIOURS = {
    Contract.CONFORMING: Behaviour(enforces_rules=True),
    Contract.DOCUMENTED: Behaviour(
        enforces_rules=True,
        status=StatusText.DOCUMENTED,
        job_route=True,
        hex_job_ids=True,
        refusal_status=422,
        no_recording_status=400,
        waiting_placeholder=False,
        integer_views=True,
        smallest_nfft=32,
        waterfall_duration=1,
        packing=Packing(lines=(1, 3, 2), one_time=True, names_stream=True, ends=True),
    ),
    Contract.OBSERVED_2025_10: Behaviour(
        enforces_rules=False,
        multi_decimation=4,
        port_as_text=True,
        future_unchecked=True,
        recordings_indexed=False,
    ),
    Contract.OBSERVED_2025_12: Behaviour(enforces_rules=False, recordings_indexed=False),
}


def observed_server_fails(wanted: ParsedConfiguration, faults: ActiveFaults) -> bool:
    """Whether an observed server answers 500 to the configuration."""
    if wanted.start_time is not None and wanted.end_time is None:
        return True
    if not wanted.is_spectrogram:
        return faults.on(knobs.WATERFALL_FAILS)
    if wanted.nfft is None or wanted.duration is None:
        return True
    return _unknown_number_fails(wanted, wanted.nfft, faults)


def _unknown_number_fails(wanted: ParsedConfiguration, nfft: int, faults: ActiveFaults) -> bool:
    """Decide by the knobs what was never observed; an NFFT below 1 cannot be computed with."""
    if nfft < 1:
        return True
    if wanted.height == 0:
        return not faults.on(knobs.ZERO_HEIGHT_ACCEPTED)
    if wanted.height < 0:
        return faults.on(knobs.NEGATIVE_HEIGHT_FAILS)
    lowest = min(wanted.channel_min, wanted.channel_max, *(wanted.frequency or (0,)))
    return lowest < 0 and faults.on(knobs.NEGATIVE_VALUES_FAIL)
