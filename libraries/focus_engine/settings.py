"""Client settings and requirements: the only sources of limits and defaults."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from focus_engine.datafile import Record, read_json, read_yaml
from focus_engine.given import file_given
from focus_engine.paths import VARIABLES

CLIENT_SETTINGS = VARIABLES / "client" / "usersettings.new_production_client.json"
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


class Options(ClientRecord):
    """What the production client offers to choose from."""

    nfftSingleChannel: Annotated[list[Positive], Field(min_length=1)]  # noqa: N815 - the file's key


class ClientSettings(ClientRecord):
    """The production client's settings file in its own shape."""

    Constraints: Constraints
    Defaults: Defaults
    Options: Options
    NumLiveScreens: Positive


class Requirement(Record):
    """One requirement that the client settings do not hold."""

    source: str
    status: Annotated[str, Field(pattern="^(specified|assumed|open)$")]
    unit: str = ""

    @model_validator(mode="after")
    def _open_is_what_has_no_value(self) -> Self:
        value = getattr(self, "value", None)
        if (value is None) != (self.status == "open"):
            raise ValueError(f"value {value} with status {self.status}: only an open one has none")
        return self


class IntRequirement(Requirement):
    value: int


class FloatRequirement(Requirement):
    value: float


class TextRequirement(Requirement):
    value: str


class IntsRequirement(Requirement):
    value: list[int]


class OpenBool(Requirement):
    value: bool | None


class OpenFloat(Requirement):
    value: float | None


class Requirements(Record):
    """`variables/requirements.yaml`: each with source and status; None where nobody decided."""

    multichannel_nfft_max: IntRequirement
    frequency_max_fraction_of_prr: FloatRequirement
    former_channel_limit: IntRequirement
    channel_limit_bounds_number: OpenBool
    rejection_statuses: IntsRequirement
    no_recording_status: IntRequirement
    no_recording_text: TextRequirement
    investigations_at_once: IntRequirement
    live_recording_hours_max: IntRequirement
    unrecognised_share_max: OpenFloat
    recording_chunk_seconds: OpenFloat
    unknown_job_status: IntRequirement
    unknown_job_text: TextRequirement
    not_ready_status: IntRequirement
    overload_statuses: IntsRequirement


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
