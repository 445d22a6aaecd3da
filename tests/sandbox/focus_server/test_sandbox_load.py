"""The faults that show when many configurations come."""

import time

import pytest
from waiting import wait_until


@pytest.fixture
def multichannel(valid):
    return valid["multichannel"]


def configured(sandbox, body, times):
    return [sandbox.configure(body) for _ in range(times)]


def statuses(answers):
    return [answer.status_code for answer in answers]


def timed(sandbox, body):
    begin = time.perf_counter()
    assert sandbox.configure(body).status_code == 200
    return time.perf_counter() - begin


def test_every_fourth_configuration_fails_at_once(sandbox, multichannel):
    sandbox.control("PUT", "/faults", {"errors-answer-fast": True})
    assert statuses(configured(sandbox, multichannel, 8)) == [200, 200, 200, 500] * 2
    assert len(sandbox.control("GET", "/jobs")) == 6


def test_every_thirtieth_configuration_is_lost_in_the_proxy(sandbox, multichannel):
    sandbox.control("PUT", "/faults", {"occasional-502": True})
    answers = configured(sandbox, multichannel, 30)
    assert statuses(answers) == [200] * 29 + [502]
    assert "<html>" in answers[-1].text


def test_configurations_get_slower_with_live_jobs(sandbox, multichannel):
    sandbox.control("PUT", "/faults", {"slower-with-live-jobs": 0.2})
    seconds = [timed(sandbox, multichannel) for _ in range(3)]
    assert seconds[1] >= 0.2
    assert seconds[2] >= 0.4


def test_a_server_that_is_worn_stays_slow_when_the_jobs_have_ended(start_sandbox, multichannel):
    sandbox = start_sandbox("--job-life", "3s", "--fault", "worn-after-load=2")
    assert timed(sandbox, multichannel) < 1.0
    configured(sandbox, multichannel, 2)
    wait_until(lambda: sandbox.control("GET", "/jobs") == [], "its jobs have ended")
    assert timed(sandbox, multichannel) > 1.0
    sandbox.control("POST", "/reset")
    assert timed(sandbox, multichannel) < 1.0


def test_every_fifth_job_never_ends(start_sandbox, multichannel):
    sandbox = start_sandbox("--job-life", "0.3s", "--fault", "job-never-ends")
    configured(sandbox, multichannel, 5)
    time.sleep(0.4)
    left = [job["job_id"] for job in sandbox.control("GET", "/jobs")]
    assert [job_id.split("-")[1] for job_id in left] == ["5"]


@pytest.mark.parametrize("stays", [False, True])
def test_a_recorded_waterfall_that_nobody_reads(start_sandbox, valid, stays):
    sandbox = start_sandbox("--job-life", "0.3s")
    sandbox.control("PUT", "/faults", {"job-unread-stays": True} if stays else {})
    start = sandbox.recorded_start()
    recorded = {"start_time": start, "end_time": start + 60}
    for view in ("waterfall", "singlechannel"):
        assert sandbox.configure(valid[view] | recorded).status_code == 200
    assert sandbox.configure(valid["waterfall"]).status_code == 200
    time.sleep(0.4)
    left = [job["job_id"] for job in sandbox.control("GET", "/jobs")]
    assert [job_id.split("-")[1] for job_id in left] == (["1"] if stays else [])


def test_every_fifth_configuration_starts_a_job_that_no_answer_names(sandbox, multichannel):
    sandbox.control("PUT", "/faults", {"job-started-twice": True})
    named = {answer.json()["job_id"] for answer in configured(sandbox, multichannel, 5)}
    live = {job["job_id"] for job in sandbox.control("GET", "/jobs")}
    assert named < live
    assert len(live - named) == 1
