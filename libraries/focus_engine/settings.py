"""Client settings and requirements: the only sources of limits and defaults."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from focus_engine.datafile import Record, read_json, read_yaml
from focus_engine.given import file_given
from focus_engine.paths import VARIABLES

CLIENT_SETTINGS = VARIABLES / "client" / "usersettings.new_production_client.json"
T = TypeVar("T")
Text = Annotated[str, Field(min_length=1)]
REQUIREMENTS = VARIABLES / "requirements.yaml"


def _whole(value: Any) -> Any:
    """1000.0 is the whole number 1000: how a number is written is up to the client."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Positive = Annotated[int, BeforeValidator(_whole), Field(gt=0)]
NotNegative = Annotated[int, BeforeValidator(_whole), Field(ge=0)]


class ClientRecord(BaseModel):
    """A section of the client's own file: the keys that we use are typed, all others are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class Constraints(ClientRecord):
    """What the production client refuses to exceed."""

    SensorsRange: Positive
    FrequencyMax: Positive
    FrequencyMin: NotNegative
    FrequencyMinRange: Positive
    MaxWindows: Positive


class Defaults(ClientRecord):
    """What the production client sends when its user changes nothing."""

    StartChannel: Positive
    EndChannel: Positive
    StartFrequency_hz: NotNegative
    EndFrequency_hz: Positive
    Nfft: Positive
    DisplayTimeAxisDuration: Positive
    NumLinesToDisplay: Positive


class ClientOptions(ClientRecord):
    """What the production client offers to choose from."""

    nfftSingleChannel: Annotated[list[Positive], Field(min_length=1)]  # noqa: N815 - the file's key


class ClientSettings(ClientRecord):
    """The production client's settings file in its own shape."""

    Constraints: Constraints
    Defaults: Defaults
    Options: ClientOptions
    NumLiveScreens: Positive


class Requirement(Record, Generic[T]):
    """One requirement that the client settings do not hold, said by one source."""

    value: T
    source: Text
    status: Literal["specified", "observed", "assumed"]
    unit: str = ""

    @property
    def accepted(self) -> tuple[T, ...]:
        """The values that fulfil it."""
        return (self.value,)

    def source_of(self, _: T) -> str:
        """Who says so."""
        return self.source


class Statement(Record, Generic[T]):
    """What one source says."""

    value: T
    source: Text


class Contradicted(Record, Generic[T]):
    """A requirement of which two sources say different things: any of them fulfils it."""

    said: Annotated[list[Statement[T]], Field(min_length=2)]
    status: Literal["contradicted"]
    unit: str = ""

    @model_validator(mode="after")
    def _they_differ(self) -> Self:
        if len(set(map(repr, self.accepted))) < len(self.said):
            raise ValueError("a contradicted requirement has values that differ")
        return self

    @property
    def accepted(self) -> tuple[T, ...]:
        return tuple(each.value for each in self.said)

    def source_of(self, value: T) -> str:
        """Who says so."""
        return next(each.source for each in self.said if each.value == value)


class Open(Record):
    """A requirement that nobody has decided: what depends on it is UNDETERMINED."""

    value: None
    source: Text
    status: Literal["open"]
    unit: str = ""

    @model_validator(mode="after")
    def _open_is_what_has_no_value(self) -> Self:
        value = getattr(self, "value", None)
        if (value is None) != (self.status == "open"):
            raise ValueError(f"value {value} with status {self.status}: only an open one has none")
        return self


EitherInt = Requirement[int] | Contradicted[int]
EitherText = Requirement[str] | Contradicted[str]
OpenBool = Requirement[bool] | Open
OpenFloat = Requirement[float] | Open


class Requirements(Record):
    """`variables/requirements.yaml`: each with source and status; None where nobody decided."""

    multichannel_nfft_max: Requirement[int]
    multichannel_nfft_min: EitherInt
    frequency_max_fraction_of_prr: Requirement[float]
    former_channel_limit: Requirement[int]
    channel_limit_bounds_number: OpenBool
    accepted_status: EitherInt
    status_text: EitherText
    job_id_form: EitherText
    streams_of_channels: EitherText
    rejection_statuses: Requirement[list[int]]
    no_recording_status: EitherInt
    no_recording_text: Requirement[str]
    no_live_metadata_status: EitherInt
    investigations_at_once: Requirement[int]
    display_durations: Requirement[list[int]]
    live_recording_hours_max: Requirement[int]
    recordings_since_year: Requirement[int]
    unrecognised_share_max: OpenFloat
    recording_chunk_seconds: OpenFloat
    unknown_job_status: Requirement[int]
    unknown_job_text: Requirement[str]
    not_ready_status: Requirement[int]
    broker_exchange: Requirement[str]
    broker_job_queue: Requirement[str]
    overload_statuses: Requirement[list[int]]


def client_settings_path() -> Path:
    """`FOCUS_CLIENT_SETTINGS` where it is set, else the file of the production client."""
    return file_given("FOCUS_CLIENT_SETTINGS", CLIENT_SETTINGS)


def client_settings() -> ClientSettings:
    """The client settings in force.

    Raises ToolError naming file and key, for example
    `ERROR: …/usersettings.json: key 'Constraints.SensorsRange' is missing. Correct the file.`
    """
    return _client_settings(client_settings_path())


@cache
def _client_settings(path: Path) -> ClientSettings:
    return read_json(path, ClientSettings)


def requirements() -> Requirements:
    """The requirements in force: `FOCUS_REQUIREMENTS` where it is set, else the project's file."""
    return _requirements(file_given("FOCUS_REQUIREMENTS", REQUIREMENTS))


@cache
def _requirements(path: Path) -> Requirements:
    return read_yaml(path, Requirements)


def multichannel_nfft_options(client: ClientSettings, required: Requirements) -> list[int]:
    """The client's NFFT options that the multichannel view allows."""
    limit = required.multichannel_nfft_max.value
    return [option for option in client.Options.nfftSingleChannel if option <= limit]
