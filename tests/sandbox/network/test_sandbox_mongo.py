"""The embedded MongoDB as a real pymongo client sees it, and its data."""

import contextlib
import gc
import socket
import struct
import threading
from datetime import UTC, datetime, timedelta

import bson
import pytest
from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from sandbox.mongo.server import MongoServer
from sandbox.recordings.seed import seed_database
from sandbox.spec import SPEC

ANCHOR = datetime(2026, 5, 4, 3, 2, tzinfo=UTC)


@pytest.fixture
def database(server, request):
    with MongoClient(f"mongodb://{server.address}", tz_aware=True) as client:
        name = f"db_{abs(hash(request.node.name))}"
        yield client[name]
        client.drop_database(name)


def test_handshake_and_diagnostics(database):
    assert database.command("ping")["ok"] == 1.0
    assert database.client.server_info()["version"] == "7.0.0"
    assert database.command("hello")["isWritablePrimary"] is True


def test_documents_come_back_as_they_went(database):
    document = {
        "_id": bson.ObjectId(), "when": ANCHOR, "nested": {"list": [1, 2.5, None, "x"]},
        "big": bson.Int64(2**40), "bytes": b"\0\1",
    }  # fmt: skip
    database["c"].insert_one(document)
    assert database["c"].find_one() == document


def test_find_sort_limit_projection_and_batches(database):
    database["c"].insert_many({"n": n, "even": n % 2 == 0} for n in range(1000))
    assert [d["n"] for d in database["c"].find({"even": True}).sort("n", -1).limit(2)] == [998, 996]
    assert len(list(database["c"].find({}, batch_size=7))) == 1000
    assert set(database["c"].find_one({"n": 5}, {"n": 1, "_id": 0})) == {"n"}
    assert database["c"].count_documents({"n": {"$lt": 10}}) == 10
    assert database["c"].estimated_document_count() == 1000
    assert sorted(database["c"].distinct("even")) == [False, True]


def test_updates_deletes_and_bulk(database):
    collection = database["c"]
    collection.insert_many([{"n": 1}, {"n": 2}])
    assert collection.update_many({}, {"$inc": {"n": 10}}).modified_count == 2
    assert collection.replace_one({"n": 11}, {"n": 0}).matched_count == 1
    assert collection.update_one({"n": 99}, {"$set": {"x": 1}}, upsert=True).upserted_id
    result = collection.bulk_write([UpdateOne({"n": 0}, {"$set": {"n": 5}})])
    assert result.modified_count == 1
    assert collection.find_one_and_update({"n": 5}, {"$set": {"n": 6}})["n"] == 5
    assert collection.delete_one({"n": 6}).deleted_count == 1
    assert collection.delete_many({}).deleted_count == 2


def test_aggregate(database):
    database["c"].insert_many({"kind": n % 2, "n": n} for n in range(10))
    pipeline = [
        {"$match": {"n": {"$gte": 2}}},
        {"$group": {"_id": "$kind", "sum": {"$sum": "$n"}}},
        {"$sort": {"_id": 1}},
    ]
    assert list(database["c"].aggregate(pipeline)) == [
        {"_id": 0, "sum": 20}, {"_id": 1, "sum": 24},
    ]  # fmt: skip


def test_indexes_keep_names_and_directions_and_are_enforced(database):
    collection = database["c"]
    keys = [("a", ASCENDING), ("b", DESCENDING)]
    collection.create_indexes([IndexModel(keys, name="mine", unique=True)])
    information = collection.index_information()
    assert information["mine"]["key"] == keys
    assert information["mine"]["unique"] is True
    collection.insert_one({"a": 1, "b": 1})
    with pytest.raises(DuplicateKeyError) as error:
        collection.insert_one({"a": 1, "b": 1})
    assert error.value.code == 11000
    with pytest.raises(BulkWriteError):
        collection.insert_many([{"a": 2, "b": 2}, {"a": 1, "b": 1}])
    collection.drop_index("mine")
    assert list(collection.index_information()) == ["_id_"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"nonsense": 1}, 59),
        ({"replSetGetStatus": 1}, 59),
        ({"find": "c", "hint": "x"}, 2),
        ({"find": "c", "collation": {}}, 40415),
        ({"find": 1}, 73),
        ({"listIndexes": "nowhere"}, 26),
        ({"drop": "nowhere"}, 26),
        ({"getMore": bson.Int64(4), "collection": "c"}, 43),
        ({"aggregate": "c", "pipeline": [{"$changeStream": {}}], "cursor": {}}, 40573),
    ],
)
def test_what_is_unknown_is_refused(database, command, code):
    with pytest.raises(OperationFailure) as error:
        database.command(command)
    assert error.value.code in (code, 115)


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\0" * 64,
        b"\xff" * 64,
        struct.pack("<iiii", 30, 1, 0, 2013) + b"\0" * 14,
        struct.pack("<iiii", 26, 1, 0, 2013) + b"\0\0\0\0\1\xff\xff\xff\x7f\0",
        struct.pack("<iiii", 26, 1, 0, 2013) + b"\0\0\0\0\0\x05\0\0\0\0",
        struct.pack("<iiii", 21, 1, 0, 2013) + b"\0\0\0\0\7",
        struct.pack("<iiii", 20, 1, 0, 2004) + b"\0\0\0\0",
    ],
)
def test_garbage_closes_its_own_connection_only(server, database, garbage):
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(garbage)
        assert connection.recv(100) == b""
    assert database.command("ping")["ok"] == 1.0


def _seeded(server, name, seed):
    uri = f"mongodb://{server.address}"
    seed_database(uri, name, seed, ANCHOR, 2000)
    with MongoClient(uri, tz_aware=True) as client:
        paths = list(client[name]["base_paths"].find({}, {"_id": 0}))
        collections = {
            collection: list(client[name][collection].find({}, {"_id": 0}))
            for collection in sorted(client[name].list_collection_names())
        }
        indexes = client[name][paths[0]["guid"]].index_information()
        client.drop_database(name)
    return paths, collections, indexes


def test_the_data_is_the_same_for_the_same_seed(server):
    first, again, other = (
        _seeded(server, name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again
    assert first != other


def test_the_data_has_what_the_cases_need(server):
    paths, collections, indexes = _seeded(server, "d", 1)
    assert [path["is_archive"] for path in paths] == [False, True]
    assert paths[0]["base_path"] == SPEC.base_path
    recordings = collections[paths[0]["guid"]]
    assert [r["deleted"] for r in recordings if "end_time" not in r] == [True]
    assert sum(recording.get("end_time", 0) is None for recording in recordings) == 1
    assert sum(recording["deleted"] for recording in recordings) == 1
    lengths = [r["end_time"] - r["start_time"] for r in recordings if r.get("end_time")]
    assert sum(length > timedelta(hours=2) for length in lengths) >= 3
    assert timedelta(seconds=40) in lengths
    assert {"start_time_1", "end_time_1", "uuid_1"} < set(indexes)
    assert indexes["uuid_1"]["unique"] is True
    unrecognized = collections[f"{paths[0]['guid']}-unrecognized_recordings"]
    assert {"folder_name", "file_count", "update_time"} == set(unrecognized[0])


def test_a_real_mongodb_takes_the_place_of_the_embedded_one(server, start_sandbox, monkeypatch):
    uri = f"mongodb://{server.address}"
    monkeypatch.setenv("FOCUS_SANDBOX_MONGO_URI", uri)
    sandbox = start_sandbox()
    assert sandbox.addresses["mongo_uri"].startswith(f"{uri}/focus_sandbox_")
    assert sandbox.recorded_start()
    with MongoClient(uri) as client:
        client["precious"]["c"].insert_one({})
        assert len(client.list_database_names()) == 2
        assert sandbox.stop() == 0
        assert client.list_database_names() == ["precious"]
        client.drop_database("precious")


def test_clients_see_what_the_server_reads(sandbox, valid):
    uri = sandbox.addresses["mongo_uri"]
    start = 1_500_000_000
    body = {**valid["multichannel"], "start_time": start + 60, "end_time": start + 120}
    assert sandbox.configure(body).status_code == 404
    with MongoClient(uri) as client:
        database = client.get_default_database()
        guid = database["base_paths"].find_one({"base_path": SPEC.base_path})["guid"]
        database[guid].insert_one({
            "uuid": "added", "start_time": datetime.fromtimestamp(start, UTC),
            "end_time": datetime.fromtimestamp(start + 600, UTC), "deleted": False,
        })  # fmt: skip
        assert sandbox.configure(body).status_code == 200
        database[guid].delete_one({"uuid": "added"})


def knock(address, clients):
    with contextlib.suppress(OSError):
        for _ in range(30):
            clients.append(socket.create_connection(address))


def test_clients_that_connect_while_it_stops_leave_nothing_behind(caplog):
    clients = []
    for _ in range(100):
        running = MongoServer()
        host, port = running.address.split(":")
        running.start()
        knocking = threading.Thread(target=knock, args=((host, int(port)), clients))
        knocking.start()
        running.stop()
        knocking.join()
    for client in clients:
        client.close()
    gc.collect()
    assert "destroyed" not in caplog.text


def test_the_observed_contracts_have_no_index_of_their_own(sandbox):
    def indexes():
        with MongoClient(sandbox.addresses["mongo_uri"]) as client:
            database = client.get_default_database()
            guid = database["base_paths"].find_one({"base_path": SPEC.base_path})["guid"]
            return set(database[guid].index_information())

    for contract in ("observed-2025-10", "observed-2025-12"):
        sandbox.control("PUT", "/contract", {"contract": contract})
        sandbox.control("PUT", "/faults", {"index-uuid-missing": True})
        assert indexes() == {"_id_"}
        sandbox.control("POST", "/reset")
        assert {"start_time_1", "end_time_1", "deleted_1", "uuid_1"} < indexes()
