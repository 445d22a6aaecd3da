"""Each lie that is derived says something untrue, and each harmless variation the same."""

import json
import os
import re
from itertools import islice
from pathlib import Path

import pytest
import yaml
from google.protobuf.message import Message
from proof.lies import documents, files, frames, objects
from proof.lies.derive import MEASURED
from proof.lies.lie import Channel, Lie
from proof.lies.survivors import explained
from proof.runs import PROJECT, PZ_FILES, Case, Outcome, all_cases

from focus_corpus.messages import FLOAT16
from focus_corpus.streams import answer
from focus_engine.arrays.checks import job_report
from focus_engine.arrays.contract import RangePolicy
from focus_engine.arrays.frames import promises_of
from focus_engine.arrays.moments import Moments
from focus_engine.kubernetes.connection import ApiRequest
from focus_engine.streams.frame import frame_of
from sandbox.faults import ActiveFaults
from sandbox.streams.frames import FrameSource
from sandbox.streams.layout import Packing, layout_of

FRAMES, FILES = list(frames.frame_lies()), list(files.file_lies())
START = 1_764_946_703  # epoch seconds
PODS = {"items": [{"metadata": {"name": "a"}, "status": {"phase": "Running", "x": 1}}]}


def test_names_are_unique() -> None:
    names = [lie.id for lie in (*FRAMES, *FILES, *documents.document_lies())]
    assert len(names) == len(set(names))


def test_late_answers_are_told_where_a_time_is_agreed() -> None:
    targets = yaml.safe_load((PROJECT / "variables" / "thresholds.yaml").read_text())["targets"]
    answered = {one["endpoint"].replace("{job_id}", "{id}") for one in targets}
    assert set(MEASURED) == {one for one in answered if re.fullmatch(r"[A-Z]+ /\S+", one)}
    assert set(MEASURED.values()) <= {case.table for case in all_cases()}


def test_a_frame_says_something_else() -> None:
    sent = [frames.SAMPLE, type(frames.SAMPLE).FromString(frames.SAMPLE.SerializeToString())]
    sent[1].row_index[0] += 1
    for lie in FRAMES:
        teller = frames.FrameTeller(lie)
        heard = list(teller.heard(iter(sent)))
        assert teller.told, lie.id
        assert (heard[0] == sent[0]) is lie.second_only, lie.id
        assert heard != sent, lie.id


def _honest(stream: int) -> list[Message]:
    packing = Packing(names_stream=True)
    source = FrameSource(layout_of(answer(), START, packing), None, ActiveFaults())
    return [frames.DataStream.FromString(each) for each in islice(source.frames(stream), 25)]


def test_what_judges_frames_notices_each_lie() -> None:
    promises = promises_of(answer())
    moments = Moments((START - 5) * 1000, (START + 60) * 1000, "asked for")
    honest = {stream: _honest(stream) for stream in promises}
    for lie in FRAMES:
        told = {
            stream: [
                frame_of(heard, stream, 0.0, with_buffers=True)
                for heard in frames.FrameTeller(lie).heard(iter(sent))
            ]
            for stream, sent in honest.items()
        }
        report = job_report(
            told, promises, FLOAT16, RangePolicy.LINEAR, moments=moments, whole=True
        )
        if explained(lie.id) is None:
            assert bool(report.defects) is not lie.harmless, lie.id


def test_a_file_says_something_else_or_the_same() -> None:
    for lie in FILES:
        kind, true = files.KINDS[Path(lie.place).suffix], PZ_FILES / lie.place
        with files.telling(lie) as teller:
            file = Path(os.environ["FOCUS_PZ_FILES"]) / lie.place
            assert teller.told, lie.id
            if lie.harmless:
                said = kind.read(file.read_text(encoding="utf-8"))
                assert said == kind.read(true.read_text(encoding="utf-8")), lie.id
            else:
                assert not file.exists() or file.read_bytes() != true.read_bytes(), lie.id


def test_a_path_that_does_not_say_that_it_is_archived_is_in_use() -> None:
    green = {lie.id for lie in documents.document_lies() if lie.harmless}
    assert {
        f"document: the base path in use: $.is_archive: {how}" for how in ("dropped", "null")
    } < green


def test_an_object_is_in_another_state() -> None:
    path, query = "/api/v1/namespaces/panda/pods", [("labelSelector", "app=focus")]
    place = objects.place_of(ApiRequest("GET", path, "pods", "panda", query))
    assert not objects.place_of(ApiRequest("GET", path, "pods", "panda"))
    found = list(objects.object_lies({place: PODS, "GET /ack": None}))
    told_of = {lie.subject for lie in found if not lie.harmless}
    assert told_of == {"$.items", "$.items[0]", "$.items[0].status.phase"}
    for lie in found:
        teller = objects.ObjectTeller(lie)
        told = json.loads(teller.heard(place, json.dumps(PODS).encode()))
        assert (told == PODS) is lie.harmless
        assert json.loads(teller.heard("Kubernetes jobs", b"{}")) == {}


@pytest.mark.parametrize(
    ("channel", "noticed"), [(Channel.FILE, True), (Channel.OBJECT, True), (Channel.ANSWER, False)]
)
def test_what_is_undecided_of_pz_was_noticed(channel: Channel, *, noticed: bool) -> None:
    outcome = Outcome(Case("a", "b"), "SKIP", "UNDETERMINED: differs")
    assert Lie(channel, "a", "b", "c").is_noticed_by(outcome) is noticed
    assert Lie(channel, "a", "b", "c").is_noticed_by(Outcome(Case("a", "b"), "FAIL", "is 1"))
