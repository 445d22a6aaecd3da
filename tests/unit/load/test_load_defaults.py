"""What load sends when nothing is said, and how a case notices that it was not sent."""

import pytest

from focus_engine.load.defaults import default_mix
from focus_engine.load.sent import require_sent
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ProductFailure

CLIENT = client_settings()
START, END = CLIENT.Defaults.StartChannel, CLIENT.Defaults.EndChannel


def sent() -> list[dict]:
    return [dict(one.fields) for one in default_mix(CLIENT, requirements())]


def test_every_option_is_sent_in_its_view() -> None:
    options, most = CLIENT.Options.nfftSingleChannel, requirements().multichannel_nfft_max.value
    of_view: dict[str, set[int]] = {"0": set(), "1": set()}
    for fields in sent():
        of_view[fields["view_type"]].add(fields["nfftSelection"])
    assert of_view["1"] == {*options}
    assert of_view["0"] == {option for option in options if option <= most}


def test_default_and_full_channel_range_are_sent() -> None:
    require_sent(sent(), "0", "channels", f'{{"min": {START}, "max": {END}}}')
    require_sent(sent(), "0", "channels", {"min": 1, "max": CLIENT.Constraints.SensorsRange})


def test_what_was_not_sent_is_named_with_what_was() -> None:
    with pytest.raises(ProductFailure) as failure:
        require_sent(sent(), "1", "channels.min", START + 1)
    assert str(failure.value) == (
        f"The default load should send channels.min {START + 1} in view_type 1, "
        f"but its {len(CLIENT.Options.nfftSingleChannel)} requests sent {START}."
    )


def test_nothing_sent_is_a_failure_too() -> None:
    with pytest.raises(ProductFailure, match="its 0 requests sent nothing"):
        require_sent([], "0", "channels.min", START)
