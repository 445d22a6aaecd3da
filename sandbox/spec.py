"""Numbers the sandbox enforces and reports. Replaceable data, read by nobody but the sandbox.

What the client's own settings file limits is read from there, by the sandbox's own reader. All
else is written here a second time on purpose: the sandbox must not read the files of the test
library that it judges.
"""

from dataclasses import dataclass

from sandbox.client_file import client_limits

_CLIENT = client_limits()
_BEYOND_THE_CLIENT = 115
"""Channels that the fibre has at least beyond what the client may ask for, so that a request above
the limit is refused by the limit and not by the end of the fibre."""
_SEEN_CHANNELS = 2337
"""As many as a real fibre had; the invented site of PZ is written for it."""


@dataclass(frozen=True)
class Limits:
    """Limits of one POST /configure in the conforming contract; the client's where it has one."""

    channels: int = _CLIENT.channels
    frequency_max_hz: int = _CLIENT.frequency_max_hz
    frequency_span_min_hz: int = _CLIENT.frequency_span_min_hz
    nfft_minimum: int = _CLIENT.nfft_minimum
    nfft_singlechannel: int = _CLIENT.nfft_maximum
    nfft_multichannel: int = 2048
    duration_max_s: int = 86_400
    """Assumed: the longest historic window that is in use, one day."""
    height_max_px: int = 10_000
    """Assumed: twice the tallest canvas that stress cases use."""
    epoch_max_s: int = 100_000_000_000
    """Above this an epoch number is taken to be milliseconds."""
    future_tolerance_s: int = 60
    """Assumed: the clocks of client and server differ by seconds."""
    computable: int = 1 << 53
    """Numbers above this cannot be computed with; every contract answers 500 to them."""
    computable_channels: int = 100_000
    computable_nfft: int = 1 << 20


@dataclass(frozen=True)
class Fibre:
    """What the sensing hardware reports when it is connected."""

    lowest_channel: int = 1
    highest_channel: int = max(_SEEN_CHANNELS, _CLIENT.channels + _BEYOND_THE_CLIENT)
    dx_m: float = 1.0213698148727417
    start_m: int = 0
    length_m: int = 10_000
    samples_per_trace: int = 9791
    description: str = "Panda3_staging"
    software_version: str = "11.17.10513"


@dataclass(frozen=True)
class Frames:
    """The type of one value in `main_data`, as struct formats; specified, trust medium."""

    other_views: str = "<e"
    """float16, little-endian."""
    heatmaps: str = "<f"
    """float32, little-endian."""


@dataclass(frozen=True)
class Spec:
    """Everything the sandbox assumes about the product, in one replaceable object."""

    limits: Limits = Limits()
    fibre: Fibre = Fibre()
    frames: Frames = Frames()
    mongo_user: str = "focus"
    mongo_password: str = "sandbox"  # noqa: S105 - protects invented data on this machine
    default_prr_hz: int = max(2000, 2 * _CLIENT.frequency_max_hz)
    """2000 were seen; as many as the client's own limit needs, so that the limit refuses."""
    first_port: int = 12_300
    """stream_port = first_port + slot."""
    streams: int = 3
    default_job_life_s: float = 50.0
    historic_life_ratio: float = 37 / 50
    """A historic job ends by itself after about 37 s where an idle live one is cleaned at 50 s."""
    documented_live_ratio: float = 45 / 180
    """Documented: a live job that nobody reads ends after 30 + 15 s, a historic one after 180 s."""
    documented_live_least_s: float = 1.5
    """So that a short job life leaves a reader time to connect."""
    historic_idle_ratio: float = 30 / 50
    """It ends about 30 s after a client connected, with the frames delivered at once."""
    historic_frames: int = 8
    """Frames that a historic job plays; seen for a recording chunk of 5 s."""
    live_frames_per_s: float = 27.0
    """Seen in the two long reads of a live stream."""
    namespace: str = "panda"
    database: str = "prisma"
    base_path: str = "/prisma/root/recordings"
    archive_path: str = "/prisma/root/archive"


SPEC = Spec()
