"""What load and stress cases send when nothing is said: the client's own settings, all of them."""

from collections.abc import Iterator

from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.settings import ClientSettings, Requirements, multichannel_nfft_options


def default_mix(client: ClientSettings, required: Requirements) -> tuple[Configuration, ...]:
    """Live configurations over the client's channels, frequencies and every NFFT option.

    The default channels with each option that the multichannel view allows, the client's full
    channel range, and one channel with every option of the singlechannel view.
    """
    return (
        *_multichannel(client, required),
        _full_range(client),
        *_singlechannel(client),
    )


def _multichannel(client: ClientSettings, required: Requirements) -> Iterator[Configuration]:
    for nfft in multichannel_nfft_options(client, required):
        yield configuration(client, View.MULTICHANNEL, overrides={"nfftSelection": nfft})


def _full_range(client: ClientSettings) -> Configuration:
    channels = {"min": 1, "max": client.Constraints.SensorsRange}
    return configuration(client, View.MULTICHANNEL, overrides={"channels": channels})


def _singlechannel(client: ClientSettings) -> Iterator[Configuration]:
    for nfft in client.Options.nfftSingleChannel:
        yield configuration(client, View.SINGLECHANNEL, overrides={"nfftSelection": nfft})
