"""Of bodies that were sent in turn, each one's part holds its requests, and those alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, arrival_times, constant
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.samples import samples_of
from focus_engine.verdict import ToolError

URL = "http://127.0.0.1:1/configure"


def measured(bodies: list[bytes], count: int, warm: int) -> Measurement:
    """Request number i takes as many seconds as the number of its body."""
    known = sorted({*bodies})
    seconds = [known.index(bodies[arrival % len(bodies)]) for arrival in range(count)]
    samples = samples_of(np.arange(count) / 10, np.asarray(seconds, float))
    samples.rows["warm_up"][:warm] = True
    samples.rows["outcome"][np.asarray(seconds) == 0] = Outcome.STATUS
    samples = replace(samples, examples={Outcome.STATUS.name: ["HTTP 500"]})
    requests = tuple(PreparedRequest("POST", URL, body=body) for body in bodies)
    plan = MeasurementPlan(requests, constant(10, (count - warm) / 10))
    return Measurement("POST /configure", "sandbox", "10/s", samples, plan)


@given(
    st.lists(st.sampled_from([b"0", b"1", b"2"]), min_size=1, max_size=8),
    st.integers(10, 60),
    st.integers(0, 9),
)
def test_a_part_holds_the_requests_of_its_body(bodies: list[bytes], count: int, warm: int) -> None:
    whole = measured(bodies, count, warm)
    parts = {body: whole.of_body(body) for body in {*bodies}}

    assert sum(len(part.samples) for part in parts.values()) == count - warm
    for number, body in enumerate(sorted(parts)):
        part = parts[body]
        assert {*np.round(part.samples.response, 9)} <= {float(number)}
        assert (part.summary()["errors"] > 0) == (number == 0 and len(part.samples) > 0)
        assert part.plan is not None
        assert {request.body for request in part.plan.requests} == {body}
        planned = len(list(arrival_times(part.plan.shape)))  # what measuring on would send
        assert abs(planned - (count - warm) * bodies.count(body) / len(bodies)) <= 1


def test_an_example_of_another_body_is_not_shown() -> None:
    whole = measured([b"0", b"1"], 20, 0)
    assert whole.of_body(b"0").samples.examples == {"STATUS": ["HTTP 500"]}
    assert whole.of_body(b"1").samples.examples == {}


def test_what_was_not_sent_in_turn_has_no_parts() -> None:
    whole = measured([b"0"], 20, 0)
    with pytest.raises(ToolError, match="was not measured with other"):
        whole.of_body(b"other")
    assert whole.plan is not None
    closed = replace(whole, plan=replace(whole.plan, shape=ClosedLoop(1, 1.0)))
    with pytest.raises(ToolError, match="no body can be told"):
        closed.of_body(b"0")
