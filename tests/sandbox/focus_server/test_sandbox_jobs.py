"""Slots, ports, ids and lives of jobs; several sandboxes side by side."""

import time

from sandbox.focus_server.jobs import JobTable


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Witness:
    def __init__(self):
        self.seen = []

    def job_started(self, job):
        self.seen.append(("started", job.id))

    def job_ended(self, job):
        self.seen.append(("ended", job.id))


def test_a_job_takes_the_lowest_free_slot_and_the_counter_goes_on():
    clock = Clock()
    table = JobTable(12_300, live_life_s=50, historic_life_s=37, clock=clock)
    assert [table.start({}, historic=False).id for _ in range(2)] == ["1-1", "2-2"]
    third = table.start({}, historic=True)
    clock.now = 36.9
    assert len(table.live()) == 3
    clock.now = 37
    assert table.find(third.id) is None
    again = table.start({}, historic=False)
    assert (again.id, again.port) == ("3-4", 12_303)
    clock.now = 50
    assert [job.id for job in table.live()] == ["3-4"]
    assert table.start({}, historic=False).id == "1-5"


def test_observers_hear_of_starts_and_ends():
    clock, witness = Clock(), Witness()
    table = JobTable(12_300, 50, 37, clock)
    table.observe(witness)
    table.start({}, historic=False)
    clock.now = 60
    table.expire()
    table.start({}, historic=False)
    table.end_all()
    assert witness.seen == [
        ("started", "1-1"), ("ended", "1-1"), ("started", "1-2"), ("ended", "1-2"),
    ]  # fmt: skip


def test_job_life_is_an_option(start_sandbox, valid):
    sandbox = start_sandbox("--job-life", "300ms")
    first = sandbox.configure(valid["multichannel"]).json()
    time.sleep(0.4)
    second = sandbox.configure(valid["multichannel"]).json()
    assert first["stream_port"] == second["stream_port"]
    assert (first["job_id"], second["job_id"]) == ("1-1", "1-2")


def test_sandboxes_side_by_side_have_streams_of_their_own(start_sandbox, valid):
    answers = [start_sandbox().configure(valid["multichannel"]).json() for _ in range(2)]
    addresses = {(answer["stream_url"], answer["stream_port"]) for answer in answers}
    assert len(addresses) == 2
    assert all(answer["job_id"] == "1-1" for answer in answers)
