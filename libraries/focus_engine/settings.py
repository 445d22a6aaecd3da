"""Client settings and requirements: the only sources of limits and defaults."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from focus_engine.datafile import Count, Jobs, Record, Text, read_json, read_yaml
from focus_engine.given import DAY, file_given
from focus_engine.paths import VARIABLES

CLIENT_SETTINGS = VARIABLES / "client" / "usersettings.new_production_client.json"
T = TypeVar("T")
REQUIREMENTS = VARIABLES / "requirements.yaml"


def _whole(value: Any) -> Any:
    """1000.0 is the whole number 1000: how a number is written is up to the client."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _each_once(values: list[int]) -> list[int]:
    if len(set(values)) < len(values):
        raise ValueError("a value stands twice in it")
    return values


Positive = Annotated[int, BeforeValidator(_whole), Field(gt=0)]
NotNegative = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Status = Annotated[int, Field(ge=100, le=599)]  # of HTTP
Success = Annotated[int, Field(ge=200, le=299)]
Refusal = Annotated[int, Field(ge=400, le=599)]
Refusals = Annotated[list[Refusal], Field(min_length=1), AfterValidator(_each_once)]
OfTheClient = Annotated[int, Field(ge=400, le=499)]  # whose request is wrong
Rejections = Annotated[list[OfTheClient], Field(min_length=1), AfterValidator(_each_once)]
Samples = Annotated[int, BeforeValidator(_whole), Field(ge=2, le=2**20)]
Span = Annotated[int, BeforeValidator(_whole), Field(gt=0, le=7 * DAY)]  # seconds
Share = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(ge=1e-3, le=DAY)]
Hours = Annotated[int, BeforeValidator(_whole), Field(gt=0, le=24 * 366)]
Year = Annotated[int, Field(ge=1970, le=2100)]  # a time of a recorder
Durations = Annotated[list[Span], Field(min_length=1), AfterValidator(_each_once)]
QueueName = Annotated[str, Field(pattern=r"^[^{}\s]*\{job_id\}[^{}\s]*$")]


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


EitherSamples = Requirement[Samples] | Contradicted[Samples]
EitherStatus = Requirement[Status] | Contradicted[Status]
EitherSuccess = Requirement[Success] | Contradicted[Success]
EitherRefusal = Requirement[Refusal] | Contradicted[Refusal]
EitherText = Requirement[str] | Contradicted[str]
JobIdForm = Literal["slot-counter", "15 hex characters"]
StreamsForm = Literal["three at most", "one per channel"]
OpenBool = Requirement[bool] | Open
OpenShare = Requirement[Share] | Open
OpenSeconds = Requirement[Seconds] | Open


class Requirements(Record):
    """`variables/requirements.yaml`: each with source and status; None where nobody decided."""

    multichannel_nfft_max: Requirement[Samples]
    multichannel_nfft_min: EitherSamples
    frequency_max_fraction_of_prr: Requirement[Share]
    former_channel_limit: Requirement[Count]
    channel_limit_bounds_number: OpenBool
    accepted_status: EitherSuccess
    status_text: EitherText
    job_id_form: Requirement[JobIdForm] | Contradicted[JobIdForm]
    streams_of_channels: Requirement[StreamsForm] | Contradicted[StreamsForm]
    rejection_statuses: Requirement[Rejections]
    no_recording_status: EitherRefusal
    no_recording_text: Requirement[Text]
    no_live_metadata_status: EitherStatus
    investigations_at_once: Requirement[Jobs]
    display_durations: Requirement[Durations]
    live_recording_hours_max: Requirement[Hours]
    recordings_since_year: Requirement[Year]
    unrecognised_share_max: OpenShare
    recording_chunk_seconds: OpenSeconds
    unknown_job_status: Requirement[Refusal]
    unknown_job_text: Requirement[Text]
    not_ready_status: Requirement[Refusal]
    broker_exchange: Requirement[Text]
    broker_recorder_queue: Requirement[Text]
    broker_job_queue: Requirement[QueueName]
    overload_statuses: Requirement[Refusals]

    @model_validator(mode="after")
    def _they_fit_together(self) -> Self:
        most, least = self.multichannel_nfft_max.value, max(self.multichannel_nfft_min.accepted)
        if least > most:
            raise ValueError(
                f"multichannel_nfft_min is {least}, above the {most} of multichannel_nfft_max"
            )
        both = sorted({*self.rejection_statuses.value} & {*self.overload_statuses.value})
        if both:
            raise ValueError(
                f"{both[0]} is in rejection_statuses and in overload_statuses: it cannot say both "
                "that a request is wrong and that there is no room for it"
            )
        return self


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


def lower_limits(client: ClientSettings, required: Requirements) -> dict[str, list[float]]:
    """What may be told as the least of a field of POST /configure (1-based, Hz, samples)."""
    bounds = client.Constraints
    return {
        "channels": [1],
        "frequencyRange": [0, bounds.FrequencyMin, bounds.FrequencyMinRange],
        "nfftSelection": [
            1,
            min(client.Options.nfftSingleChannel),
            *required.multichannel_nfft_min.accepted,
        ],
    }


def multichannel_nfft_options(client: ClientSettings, required: Requirements) -> list[int]:
    """The client's NFFT options that the multichannel view allows."""
    limit = required.multichannel_nfft_max.value
    return [option for option in client.Options.nfftSingleChannel if option <= limit]
