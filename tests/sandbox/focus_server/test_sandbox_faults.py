"""Every fault of the catalogue changes what it says, and nothing else.

One battery of requests is answered without and with each fault; the answers that differ must be
exactly those that the fault is about. Faults that switch a rule off are in the tests of rules.
"""

import re
import time

import pytest

from sandbox.catalogue import CATALOGUE
from sandbox.client_file import client_limits
from sandbox.focus_server import capacity
from sandbox.focus_server.faults import future_api as future_faults
from sandbox.focus_server.faults import load as load_faults
from sandbox.focus_server.faults import outage as outage_faults
from sandbox.focus_server.faults import responses as response_faults
from sandbox.focus_server.rules import refusals, rejections
from sandbox.kubernetes.api import faults as api_faults
from sandbox.kubernetes.workloads import server_faults
from sandbox.network.rabbitmq import queues
from sandbox.recordings import faults as recordings_faults
from sandbox.streams import faults as stream_faults

LIMIT = client_limits().channels  # of one request
VIEWS = {"multichannel", "singlechannel", "waterfall", "historic", "second"}
JOBS = {"jobs"}
STRESS = {"after-stress"}
LIVE = VIEWS - {"historic"}
SPECTROGRAMS = VIEWS - {"waterfall"}
REFUSED = {"refused-400", "refused-422", "refused-range"}

RESPONSE = {fault.id: VIEWS for fault in response_faults.CHANGES} | {
    "frequencies-shifted": SPECTROGRAMS,
    "frequencies-short": SPECTROGRAMS,
    "frequencies-wrong-step": SPECTROGRAMS,
    "frequencies-of-longer-nfft": set(),  # the windows of all these overlap by more than half
    "nfft-longer-at-half-overlap": set(),
    "frequencies-null": VIEWS,
    "waterfall-has-frequencies": {"waterfall"},
    "metadata-not-of-recording": {"historic"},
    "mapping-not-contiguous": VIEWS - {"singlechannel"},
    "lines-dt-rounded": {"waterfall"},  # the others have no more decimals
    "metadata-empty": {"historic"},
    "live-metadata-of-recording": LIVE,
    "port-reused": VIEWS - {"multichannel"},
    "job-id-reused": VIEWS - {"multichannel"},
}
del RESPONSE["answers-mixed-up"]  # in a test of its own
REJECTION = {
    fault.id: REFUSED for fault in rejections.FAULTS if fault is not rejections.SEVERAL_UNTOLD
} | {
    "rejection-points-elsewhere": REFUSED - {"refused-422"},  # which has no such key
    "rejection-points-at-other-bound": set(),  # none of these points at a bound
    "rejection-limit-wrong": {"refused-400"},
    "rejection-limit-too-low": {"refused-400"},
    # the answers stay as they are: what is left behind shows in the cluster alone
    "job-left-late-after-rejection": set(),
    "config-map-left-after-rejection": set(),
    "volume-claim-left-after-rejection": set(),
    "job-left-after-rejection": JOBS,
}
REFUSAL = {
    fault.id: VIEWS | JOBS for fault in refusals.FAULTS if fault is not refusals.REFUSES_PARAMETERS
} | {
    "refuses-limit": {"limit"} | JOBS,
    "refuses-default-channels": (VIEWS - {"singlechannel"}) | {"no-recording"} | STRESS | JOBS,
    "refuses-full-frequency-range": SPECTROGRAMS | {"limit", "tall", "no-recording"} | JOBS,
    "refuses-multichannel": (
        {"multichannel", "historic", "second", "limit", "tall", "no-recording"} | JOBS
    ),
    "refuses-singlechannel": {"singlechannel"} | JOBS,
    "refuses-waterfall": {"waterfall"} | STRESS | JOBS,
    "refuses-historic": {"historic", "no-recording"} | JOBS,
    "refuses-live": LIVE | {"limit", "tall"} | STRESS | JOBS,
    "refuses-height-5000": {"tall"} | JOBS,
    "refuses-nfft": SPECTROGRAMS | {"tall", "no-recording"} | JOBS,
}
ENDPOINT = {
    "ack-has-body": {"ack"},
    "ack-declares-json": {"ack"},
    "ack-fails": {"ack"},
    "channels-range-short": {"channels"},
    "channels-ignore-parameter": {"channels"},
    "channels-lowest-zero": {"channels"},
    "channels-wrong-type": {"channels"},
    "channels-fail": {"channels"},
    "live-metadata-missing-key": {"live"},
    "live-metadata-prr-as-text": {"live"},
    "live-metadata-fails": {"live"},
    "live-metadata-contradictory": {"live"},
    "live-metadata-channels-fraction": {"live"},
    "live-metadata-prr-negative": {"live"},
    "live-metadata-length-null": {"live"},
    "live-metadata-step-wrong": {"live"},
    "live-metadata-start-wrong": {"live"},
    "metadata-text-wrong": {"metadata"},
    "metadata-unknown-job-200": {"metadata"},
    "endpoints-tell-nothing": {"channels", "live"},
    "timeline-not-html": {"timeline"},
    "recordings-in-milliseconds": {"recordings"},
    "recordings-range-ignored": {"recordings"},
    "recordings-shifted": {"recordings"},
    "recordings-deleted-listed": {"recordings"},
    "recordings-cut-short": {"recordings"},
    "answer-declared-as-text": VIEWS,
    "openapi-missing": {"openapi"},
    "openapi-lists-unknown-endpoint": {"openapi"},
    "openapi-lacks-endpoint": {"openapi"},
    "openapi-answer-misdescribed": {"openapi"},
    "openapi-bound-too-low": {"openapi"},
    "openapi-bound-too-high": {"openapi"},
    "openapi-elsewhere": {"openapi"},
    "openapi-parameter-misdescribed": {"openapi"},
    "openapi-type-unknown": {"openapi"},
    "openapi-lacks-field": {"openapi"},
    "openapi-field-optional": {"openapi"},
    "future-api-listed-only": {"openapi"},
    "no-recording-answers-200": {"no-recording"} | JOBS,
    "no-recording-text-wrong": {"no-recording"},
    "no-recording-tells-address": {"no-recording"},
    "configure-fails": VIEWS | {"after-stress"} | {"limit", "tall", "no-recording"} | JOBS,
    "wedged-after-stress": {"ack", "tall", "after-stress"} | JOBS,
}
# test_sandbox_later_api.py, _at_once.py, _outage.py, _endpoint_faults.py, and test_broker.py
OF_OTHER_FILES = {
    *(fault.id for fault in queues.FAULTS),
    *(fault.id for fault in future_faults.FAULTS if fault is not future_faults.LISTED_ONLY),
    *(fault.id for fault in capacity.FAULTS),
    *(fault.id for fault in outage_faults.FAULTS),
    "channels-vary",
    "live-metadata-varies",
    "docs-missing",
    "answers-mixed-up",
    "configure-put-served",
    "content-type-ignored",
    "head-served",
    "historic-edges-lost",
    "job-id-given-again",
    "historic-old-lost",
    "historic-ongoing-lost",
    "metadata-after-consumer",
    "metadata-by-beginning",
    "metadata-by-numbers",
    "metadata-by-slot",
    "metadata-of-live-jobs-only",
    "metadata-until-one-leaves",
    "metadata-of-first-stream",
    "recordings-ongoing-late",
    "refuses-content-type-parameters",
    "rejection-of-several-untold",
    "metadata-before-consumer",
    "metadata-of-ended-job",
    "recordings-near-listed",
    "recordings-old-cut",
    "recordings-none-of-instant",
    "recordings-only-whole",
    "recordings-refuse-future",
    "recordings-declared-as-text",
    "recordings-none-of-tomorrow",
    "waiting-answers-500",
    "waiting-leaves-job",
    "waiting-without-reason",
    "wedged-after-malformed-body",
    "wedged-later-after-stress",
    "wrong-method-served",
    "wrong-method-without-reason",
}
OF_THEIR_OWN_TESTS = {
    *OF_OTHER_FILES,
    "channel-limit",
    "future-tolerance",
    "waiting-accepted",
    "slow-median",
    "slow-tail",
    "stall-once",
    *(fault.id for fault in recordings_faults.FAULTS),
    *(fault.id for fault in server_faults.FAULTS),
    *(fault.id for fault in api_faults.FAULTS),
    *(fault.id for fault in stream_faults.FAULTS),
    "metadata-of-another-job",
    *(fault.id for fault in load_faults.FAULTS),
}
EXPECTED = RESPONSE | REJECTION | REFUSAL | ENDPOINT
SLOW_S = 1.0  # seconds: longer than an answer takes on a busy machine


def test_every_fault_is_proven():
    faults = {fault.id for fault in CATALOGUE.values() if fault.kind.value == "fault"}
    rules_off = {fault for fault in faults if fault.startswith("accepts-")}
    assert faults == set(EXPECTED) | OF_THEIR_OWN_TESTS | rules_off


def test_ids_are_unique_and_sentences_complete():
    for fault in CATALOGUE.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", fault.id)
        assert len(fault.sentence.split()) > 2


class Battery:
    """The requests, and their answers without what differs from run to run."""

    def __init__(self, sandbox, valid):
        self._sandbox = sandbox
        self._now = int(time.time())
        self._started = set()  # ids of jobs, of which some end meanwhile
        start = sandbox.recorded_start()
        multi = valid["multichannel"]
        self._bodies = {
            "multichannel": multi,
            "singlechannel": valid["singlechannel"],
            "waterfall": valid["waterfall"],
            "historic": {**multi, "start_time": start, "end_time": start + 600},
            "second": {**multi, "channels": {"min": 11, "max": 109}},
            "no-recording": {**multi, "start_time": 1_600_000_000, "end_time": 1_600_000_600},
            "refused-400": {**multi, "channels": {"min": 1, "max": LIMIT + 1}},
            "refused-422": {**multi, "view_type": 7},
            "limit": {**multi, "channels": {"min": 1, "max": LIMIT}, "nfftSelection": 128},
            "tall": {**multi, "channels": {"min": 1, "max": 9}, "displayInfo": {"height": 5000}},
        }

    def answers(self, limit_and_tall):
        """Send everything to a sandbox without jobs; return the answers by name."""
        self._started.clear()
        get = {
            "ack": "/ack",
            "channels": "/channels",
            "live": "/live_metadata",
            "metadata": "/metadata/9-9",
            "timeline": "/get_recordings_timeline",
            "openapi": "/openapi.json",
        }
        ranges = {
            "recordings": (self._now - 86_400, self._now),
            "refused-range": (self._now, 5),
        }
        shown = {
            name: self._configure(body)
            for name, body in self._bodies.items()
            if name not in ("limit", "tall") or limit_and_tall
        }
        if limit_and_tall:
            shown["after-stress"] = self._configure(self._bodies["waterfall"])
        found = {}
        for name, (start, end) in ranges.items():
            found[name] = self._sandbox.focus(
                "POST", "/recordings_in_time_range", json={"start_time": start, "end_time": end}
            )
        found |= {name: self._sandbox.focus("GET", path) for name, path in get.items()}
        shown |= {name: _comparable(answer) for name, answer in found.items()}
        return {**shown, "jobs": len(self._started)}

    def _configure(self, body):
        """Configure; the job's own id and port differ from run to run and are named OWN."""
        status, kind, text = _comparable(self._sandbox.configure(body))
        jobs = self._sandbox.control("GET", "/jobs")
        self._started |= {job["job_id"] for job in jobs}
        for job in jobs[-1:]:
            text = text.replace(f'"{job["job_id"]}"', "OWN").replace(str(job["port"]), "OWN")
        return status, kind, text


def _comparable(answer):
    return answer.status_code, answer.headers.get("content-type"), answer.text


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_changes_exactly_what_it_says(sandbox, valid, fault):
    needs_stress = bool(EXPECTED[fault] & {"limit", "tall", "after-stress"})
    battery = Battery(sandbox, valid)
    usual = battery.answers(needs_stress)
    sandbox.control("POST", "/reset")
    sandbox.control("PUT", "/faults", {fault: 1024 if fault == "refuses-nfft" else True})
    faulty = battery.answers(needs_stress)
    differing = {name for name in usual if usual[name] != faulty[name]}
    assert differing == EXPECTED[fault]


def test_waiting_accepted(sandbox, valid):
    sandbox.control("PUT", "/state", {"state": "waiting"})
    assert sandbox.configure(valid["multichannel"]).status_code == 503
    sandbox.control("PUT", "/faults", {"waiting-accepted": True})
    assert sandbox.configure(valid["multichannel"]).status_code == 200


def test_wedged_until_the_faults_are_switched(sandbox, valid):
    sandbox.control("PUT", "/faults", {"wedged-after-stress": True})
    assert sandbox.focus("GET", "/ack").status_code == 200
    tall = {**valid["multichannel"], "displayInfo": {"height": 5000}}
    assert sandbox.configure(tall).status_code == 200
    assert sandbox.focus("GET", "/ack").status_code == 503
    assert sandbox.configure(valid["multichannel"]).status_code == 500
    sandbox.control("PUT", "/faults", {})
    assert sandbox.focus("GET", "/ack").status_code == 200


def _elapsed(sandbox):
    started = time.monotonic()
    sandbox.focus("GET", "/ack")
    return time.monotonic() - started


def test_slow_median(sandbox):
    sandbox.control("PUT", "/faults", {"slow-median": 0.2})
    assert all(_elapsed(sandbox) >= 0.2 for _ in range(3))


def test_slow_tail(sandbox):
    sandbox.control("PUT", "/faults", {"slow-tail": SLOW_S})
    elapsed = [_elapsed(sandbox) for _ in range(82)]
    assert [position for position, time_s in enumerate(elapsed, 1) if time_s >= SLOW_S] == [41, 82]


def test_stall_once(sandbox, valid):
    sandbox.control("PUT", "/faults", {"stall-once": SLOW_S})
    assert _elapsed(sandbox) < SLOW_S
    started = time.monotonic()
    sandbox.configure(valid["multichannel"])
    assert time.monotonic() - started >= SLOW_S
    assert _elapsed(sandbox) < SLOW_S


@pytest.mark.parametrize("knob", ["recordings-object-form", "multi-decimation"])
def test_a_knob_changes_the_conforming_server(sandbox, valid, knob):
    battery = Battery(sandbox, valid)
    usual = battery.answers(False)
    sandbox.control("POST", "/reset")
    sandbox.control("PUT", "/faults", {knob: True})
    assert battery.answers(False) != usual


def test_a_recording_that_has_just_ended_is_not_found_with_its_knob(sandbox, valid):
    start = sandbox.recorded_start()
    body = {**valid["multichannel"], "start_time": start, "end_time": start + 60}
    assert sandbox.configure(body).status_code == 200
    sandbox.control("PUT", "/faults", {"recordings-indexed-late": 30 * 86_400})
    assert sandbox.configure(body).status_code == 404


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"nonsense": True}, "no fault 'nonsense'"),
        ({"ack-fails": 3}, "takes no value"),
        ({"refuses-nfft": True}, "needs a value"),
        ({"refuses-nfft": 1.5}, "whole number"),
        ({"slow-median": "soon"}, "seconds"),
        ({"slow-median": -1}, "seconds"),
        ({"slow-median": False}, "seconds"),
    ],
)
def test_wrong_faults_are_refused_with_a_sentence(sandbox, faults, words):
    url = sandbox.addresses["control_url"] + "/faults"
    answer = sandbox.session.put(url, json=faults)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert sandbox.control("GET", "/faults") == {"active": {}}
