"""The connection: read-only, bounded in time, and silent about its address."""

import itertools
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from bson.errors import InvalidBSON
from pymongo import monitoring

from focus_engine.environment import Environment
from focus_engine.recordings import database
from focus_engine.recordings.database import RecordingsDatabase, open_database
from focus_engine.recordings.survey import survey
from focus_engine.verdict import PreconditionUnmet, ToolError
from sandbox.mongo import engine, reads
from sandbox.mongo.server import MongoServer

READING = {"hello", "find", "getMore", "aggregate", "count", "listIndexes", "listCollections"}
PASSWORD = "geheim"  # noqa: S105 - what must not appear


class _Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.seen.append((event.command_name, "maxTimeMS" in event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def _with(environment: Environment, uri: str | None, timeout: float = 0.4) -> Environment:
    file = environment.file.model_copy(update={"request_timeout": timeout})
    return replace(environment, mongo_uri=uri, file=file)


def _error(environment: Environment) -> ToolError:
    with pytest.raises(ToolError) as caught, open_database(environment) as database:
        survey(database)
    return caught.value


def test_a_reading_user_suffices_and_every_operation_is_bounded(
    surveyed, environment, monkeypatch
) -> None:
    surveyed()  # the data is there before anybody listens
    commands = _Commands()
    listening = monitoring._LISTENERS._replace(command_listeners=[commands])
    monkeypatch.setattr(monitoring, "_LISTENERS", listening)
    with open_database(environment) as database:
        survey(database)
    assert {"find", "listIndexes"} <= {name for name, _ in commands.seen}
    assert {name for name, _ in commands.seen} <= {*READING, "endSessions"}
    unbounded = {name for name, bounded in commands.seen if not bounded}
    assert unbounded <= {"endSessions", "getMore"}


def test_without_an_address_there_is_nothing_to_judge(environment) -> None:
    with (
        pytest.raises(PreconditionUnmet, match=r"environment 'sandbox'\. Set FOCUS_MONGO_URI\."),
        open_database(_with(environment, None)),
    ):
        pytest.fail("it opened")


@pytest.mark.filterwarnings("ignore:authmechanism must be")
@pytest.mark.parametrize(
    "uri",
    [
        f"mongodb://user:{PASSWORD}@127.0.0.1:9/prisma",
        f"mongodb://user:{PASSWORD}@127.0.0.1:port/prisma",
        f"mongodb://user:{PASSWORD}:@@/prisma",
        f"http://user:{PASSWORD}@127.0.0.1/prisma",
        f"mongodb://user:{PASSWORD}@127.0.0.1/?authMechanism=unknown",
    ],
)
def test_no_error_shows_the_address(uri, environment) -> None:
    error = _error(_with(environment, uri))
    shown = "".join(traceback.format_exception(error))
    assert PASSWORD not in shown.split("The above exception")[-1]
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_silent_server_is_an_error_in_time(environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        began = time.monotonic()
        error = _error(_with(environment, f"mongodb://127.0.0.1:{port}/prisma"))
    assert time.monotonic() - began < 30
    assert str(error) == (
        "ERROR: MongoDB cannot be read: it did not answer within 0.4 s. Is FOCUS_MONGO_URI right, "
        "the server up, and does a firewall let this machine in?"
    )


@pytest.fixture
def replica_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[MongoServer]:
    """A server that sends its clients to localhost, whatever address they have of it."""
    server = MongoServer()
    member = server.address.replace("127.0.0.1", "localhost")

    def hello(*given: Any) -> dict[str, Any]:
        told = {"setName": "rs0", "hosts": [member], "me": member, "primary": member}
        return reads.hello(*given) | told

    for name in ("hello", "isMaster", "ismaster"):
        monkeypatch.setitem(engine._HANDSHAKE, name, hello)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("option", ["", "?replicaSet=rs0"])
def test_a_replica_set_leads_to_no_other_environment(
    environment, replica_set, monkeypatch, option
) -> None:
    uri = f"mongodb://{replica_set.address}/prisma{option}"
    with open_database(_with(environment, uri, 5)) as database:
        survey(database)
    monkeypatch.setattr(
        "focus_engine.environment.production_hosts", lambda _name: {"kefar_saba": ("localhost",)}
    )
    message = str(_error(replace(_with(environment, uri, 5), name="staging")))
    assert "The replica set of FOCUS_MONGO_URI names host 'localhost', which is prod" in message


class _Lying:
    """A database of the driver whose every answer is `answer`, or fails with it."""

    codec_options = None

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getitem__(self, _name: str) -> "_Lying":
        return self

    def _told(self, *_: object, **__: object) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _listed(self, *_: object, **__: object) -> Iterator[Any]:
        yield from self._told()

    command = _told
    list_collection_names = find = list_indexes = _listed


READS = {
    "now": lambda database: database.now(),
    "collections": lambda database: database.collections(),
    "documents": lambda database: list(database.documents("x", "a")),
    "count": lambda database: database.count("x", {}),
    "indexes": lambda database: database.indexes("x"),
}
URI = f"mongodb://user:{PASSWORD}@host"


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize(
    "answer", [KeyError(URI), TypeError(URI), InvalidBSON(URI), [1], 1.5, None], ids=repr
)
def test_an_answer_that_is_none_is_a_sentence(read, answer) -> None:
    with pytest.raises(ToolError, match="not what MongoDB answers") as caught:
        read(RecordingsDatabase(_Lying(answer)))
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "answer",
    [{"ok": 1.0}, {"cursor": {}}, {"cursor": {"firstBatch": {}}}]
    + [{"cursor": {"firstBatch": [said]}} for said in ({}, None, {"n": "7"}, {"n": True})],
    ids=repr,
)
def test_a_count_that_was_not_told_is_no_0(answer) -> None:
    with pytest.raises(ToolError, match="not what MongoDB answers"):
        RecordingsDatabase(_Lying(answer)).count("x", {})


@pytest.mark.parametrize("limit", ["MOST_DOCUMENTS", "LONGEST_READING"])
def test_a_collection_without_end_is_left(monkeypatch, limit) -> None:
    monkeypatch.setattr(database, limit, 0 if limit == "LONGEST_READING" else 10)
    with pytest.raises(ToolError, match="did not end within"):
        list(RecordingsDatabase(_Lying(itertools.repeat({}))).documents("x", "a"))


def _accept(listener: socket.socket) -> None:
    held = []
    try:
        while True:
            held.append(listener.accept())
    except OSError:
        held.clear()
