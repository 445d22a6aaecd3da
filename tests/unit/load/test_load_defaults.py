"""What load sends when nothing is said, and how a case notices that it was not sent."""

import pytest

from focus_engine.load.defaults import default_mix
from focus_engine.load.sent import require_sent
from focus_engine.settings import client_settings, requirements
from focus_engine.verdict import ProductFailure


def sent() -> list[dict]:
    return [dict(one.fields) for one in default_mix(client_settings(), requirements())]


def test_every_option_is_sent_in_its_view() -> None:
    options = client_settings().Options.nfftSingleChannel
    for option in options:
        require_sent(sent(), "1", "nfftSelection", option)
    for option in options[:5]:
        require_sent(sent(), "0", "nfftSelection", option)


def test_the_multichannel_view_gets_nothing_above_its_limit() -> None:
    multichannel = [fields for fields in sent() if fields["view_type"] == "0"]
    assert max(fields["nfftSelection"] for fields in multichannel) == 2048


def test_default_and_full_channel_range_are_sent() -> None:
    require_sent(sent(), "0", "channels", '{"min": 11, "max": 109}')
    widest = client_settings().Constraints.SensorsRange
    require_sent(sent(), "0", "channels", {"min": 1, "max": widest})


def test_what_was_not_sent_is_named_with_what_was() -> None:
    with pytest.raises(ProductFailure) as failure:
        require_sent(sent(), "1", "channels.min", 12)
    assert str(failure.value) == (
        "The default load should send channels.min 12 in view_type 1, but its 10 requests sent 11."
    )


def test_nothing_sent_is_a_failure_too() -> None:
    with pytest.raises(ProductFailure, match="its 0 requests sent nothing"):
        require_sent([], "0", "channels.min", 11)
