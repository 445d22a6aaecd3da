"""Shape of the requests, as the served OpenAPI describes it."""

# ruff: noqa: N815 - the fields are named as they travel

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel


class ViewType(StrEnum):
    """0 multichannel, 1 singlechannel, 2 waterfall; travels as a string."""

    MULTICHANNEL = "0"
    SINGLECHANNEL = "1"
    WATERFALL = "2"


class DisplayInfo(BaseModel):
    """Canvas of the client, pixels."""

    height: int


class Channels(BaseModel):
    """Range of channels, both ends included."""

    min: int
    max: int


class FrequencyRange(BaseModel):
    """Range of frequencies in Hz."""

    min: int
    max: int


class ConfigureRequest(BaseModel):
    """Body of POST /configure. Both times absent or null: live; both given: historic."""

    displayTimeAxisDuration: int | None = None
    nfftSelection: int | None = None
    displayInfo: DisplayInfo
    channels: Channels
    frequencyRange: FrequencyRange | None = None
    start_time: int | None = None
    end_time: int | None = None
    view_type: ViewType


class DocumentedConfigureRequest(ConfigureRequest):
    """The same where `view_type` may be an integer, as two documents send it."""

    view_type: ViewType | Literal[0, 1, 2, 3]  # type: ignore[assignment]  # wider on purpose


class RecordingsRequest(BaseModel):
    """Body of POST /recordings_in_time_range, epoch seconds."""

    start_time: int
    end_time: int


class ConfigureResponse(BaseModel):
    """Body of a successful POST /configure, keys in the order they are sent."""

    status: str
    frequencies_list: list[float]
    lines_dt: float
    channel_to_stream_index: dict[str, int]
    stream_amount: int
    job_id: str
    frequencies_amount: int
    channel_amount: int
    stream_port: int
    stream_url: str
    view_type: int
    metadata: dict[str, object]


class ChannelRange(BaseModel):
    """Body of GET /channels."""

    lowest_channel: int
    highest_channel: int


class LiveMetadata(BaseModel):
    """Body of GET /live_metadata: exactly these seven keys."""

    dx: float
    prr: float
    fiber_start_meters: int | None
    fiber_length_meters: int | None
    sw_version: str
    number_of_channels: float
    fiber_description: str
