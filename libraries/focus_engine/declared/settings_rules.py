"""Rules that a client settings file must satisfy before any case may rely on it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from focus_engine.on_use import on_use
from focus_engine.verdict import ProductFailure, ToolError

with on_use(__name__):
    from focus_engine import settings


class SettingsRule(StrEnum):
    """A property of the client settings file."""

    complete = "complete"
    default_channels = "default channels"
    default_frequencies = "default frequencies"
    default_nfft = "default nfft"
    nfft_options = "nfft options"
    windows = "windows"


def require_rule(rule: SettingsRule) -> None:
    """Raise ProductFailure with one sentence when the settings in force break `rule`.

    The file is the product's own, so an incomplete one is a failure of the product and no
    error of ours.
    """
    try:
        found = settings.client_settings()
    except ToolError as error:
        raise ProductFailure(f"The client settings are not usable: {error.sentence}") from error
    finding = RULES[rule](found)
    if finding:
        raise ProductFailure(
            f"The client settings {settings.client_settings_path().name} {finding}"
        )


def _nothing_more(_: settings.ClientSettings) -> str | None:
    return None


def _default_channels(client: settings.ClientSettings) -> str | None:
    first, last = client.Defaults.StartChannel, client.Defaults.EndChannel
    limit = client.Constraints.SensorsRange
    if first <= last and last - first + 1 <= limit:
        return None
    return (
        f"start with channels {first} to {last}, "
        f"but a range of 1 to {limit} ascending channels is expected."
    )


def _default_frequencies(client: settings.ClientSettings) -> str | None:
    low, high = client.Defaults.StartFrequency_hz, client.Defaults.EndFrequency_hz
    limits = client.Constraints
    inside = limits.FrequencyMin <= low and high <= limits.FrequencyMax
    if inside and high - low >= limits.FrequencyMinRange:
        return None
    return (
        f"start with {low} to {high} Hz, but at least {limits.FrequencyMinRange} Hz between "
        f"{limits.FrequencyMin} and {limits.FrequencyMax} Hz is expected."
    )


def _default_nfft(client: settings.ClientSettings) -> str | None:
    nfft, options = client.Defaults.Nfft, client.Options.nfftSingleChannel
    if nfft in options:
        return None
    return f"start with NFFT {nfft}, which is none of the options {options}."


def _nfft_options(client: settings.ClientSettings) -> str | None:
    options = client.Options.nfftSingleChannel
    powers = all(option & (option - 1) == 0 for option in options)
    if not powers or options != sorted(set(options)):
        return f"offer the NFFT options {options}, but ascending powers of two are expected."
    required = settings.requirements()
    if settings.multichannel_nfft_options(client, required):
        return None
    return (
        f"offer the NFFT options {options}, but none of them is allowed in the multichannel view, "
        f"which ends at {required.multichannel_nfft_max.value}."
    )


def _windows(client: settings.ClientSettings) -> str | None:
    screens, windows = client.NumLiveScreens, client.Constraints.MaxWindows
    if screens <= windows:
        return None
    return f"allow {screens} live screens in only {windows} windows."


RULES: dict[SettingsRule, Callable[[settings.ClientSettings], str | None]] = {
    SettingsRule.complete: _nothing_more,
    SettingsRule.default_channels: _default_channels,
    SettingsRule.default_frequencies: _default_frequencies,
    SettingsRule.default_nfft: _default_nfft,
    SettingsRule.nfft_options: _nfft_options,
    SettingsRule.windows: _windows,
}
