"""The embedded MongoDB for clients that know nothing of ours: credentials, plans, statistics."""

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from sandbox.spec import SPEC

CREDENTIALS = {"username": SPEC.mongo_user, "password": SPEC.mongo_password}


@pytest.fixture(scope="module")
def recordings(server):
    """A collection of ten documents with an index on `start_time`."""
    with MongoClient(f"mongodb://{server.address}", **CREDENTIALS) as client:
        collection = client["prisma"]["recordings"]
        collection.create_index("start_time")
        collection.insert_many({"start_time": n, "other": n % 2} for n in range(10))
        yield collection


@pytest.mark.parametrize("mechanism", [None, "SCRAM-SHA-1", "SCRAM-SHA-256"])
def test_a_user_with_the_right_password_is_served(server, mechanism):
    chosen = {"authMechanism": mechanism} if mechanism else {}
    with MongoClient(
        f"mongodb://{server.address}/?authSource=admin", **CREDENTIALS, **chosen
    ) as it:
        assert it["any"]["thing"].count_documents({}) == 0


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
@pytest.mark.parametrize(
    "changed", [{"password": "wrong"}, {"username": "nobody"}, {"authSource": "prisma"}]
)
def test_anybody_else_is_refused(server, mechanism, changed):
    given = {**CREDENTIALS, "authMechanism": mechanism, **changed}
    with (
        MongoClient(f"mongodb://{server.address}", **given) as client,
        pytest.raises(OperationFailure) as refused,
    ):
        client["any"].command("ping")
    assert refused.value.code == 18


def test_the_winning_plan_names_its_index(recordings):
    explained = recordings.find({"start_time": 3}).explain()
    scan = explained["queryPlanner"]["winningPlan"]["inputStage"]
    assert (scan["stage"], scan["indexName"]) == ("IXSCAN", "start_time_1")
    assert explained["executionStats"]["totalDocsExamined"] == 1


def test_without_an_index_everything_is_looked_at(recordings):
    explained = recordings.find({"other": 1}).explain()
    assert explained["queryPlanner"]["winningPlan"]["stage"] == "COLLSCAN"
    assert explained["executionStats"]["totalDocsExamined"] == 10
    assert explained["executionStats"]["nReturned"] == 5


@pytest.mark.parametrize(
    ("asked", "stage"),
    [
        ({"pipeline": [{"$match": {"start_time": 3}}], "cursor": {}}, "FETCH"),
        ({"pipeline": [{"$match": {"other": 1}}], "cursor": {}}, "COLLSCAN"),
        ({"pipeline": [{"$match": {"start_time": 3}}], "explain": True}, "FETCH"),
        ({"key": "start_time", "query": {"start_time": {"$gt": 3}}}, "FETCH"),
    ],
)
def test_every_kind_of_read_is_explained(recordings, asked, stage):
    command = {"distinct" if "key" in asked else "aggregate": recordings.name, **asked}
    wanted = command if "explain" in asked else {"explain": command}
    explained = recordings.database.command(wanted)
    assert explained["queryPlanner"]["winningPlan"]["stage"] == stage


def test_what_takes_a_replica_set_is_refused_as_mongodb_refuses_it(recordings):
    with pytest.raises(OperationFailure, match="only supported on replica sets"):
        recordings.watch()
    client = recordings.database.client
    with client.start_session() as session, session.start_transaction():
        with pytest.raises(OperationFailure, match="only allowed on a replica set") as refused:
            recordings.insert_one({}, session=session)
        assert refused.value.code == 20
        session.abort_transaction()


@pytest.mark.parametrize("hint", ["start_time_1", [("start_time", 1)], "_id_"])
def test_a_hint_is_taken(recordings, hint):
    assert len(list(recordings.find({"other": 1}).hint(hint))) == 5
    scan = recordings.find({"other": 1}).hint(hint).explain()["queryPlanner"]["winningPlan"]
    assert scan["inputStage"]["stage"] == "IXSCAN"


@pytest.mark.parametrize("hint", ["end_time_1", [("end_time", 1)], [("start_time", -1)]])
def test_a_hint_of_no_index_is_refused(recordings, hint):
    with pytest.raises(OperationFailure, match="does not correspond to an existing index"):
        list(recordings.find({}).hint(hint))


def test_statistics_count_what_is_there(recordings):
    database = recordings.database
    of_collection = database.command("collStats", recordings.name)
    assert (of_collection["count"], of_collection["nindexes"]) == (10, 2)
    assert set(of_collection["indexSizes"]) == {"_id_", "start_time_1"}
    of_database = database.command("dbStats")
    assert of_database["objects"] >= 10
    assert of_database["dataSize"] == of_collection["size"]
    in_kibibytes = database.command("dbStats", scale=1024)
    assert in_kibibytes["dataSize"] == of_collection["size"] // 1024
    [by_stage] = recordings.aggregate([{"$collStats": {"storageStats": {}, "count": {}}}])
    assert (by_stage["count"], by_stage["storageStats"]["nindexes"]) == (10, 2)
    names = recordings.aggregate([{"$indexStats": {}}, {"$project": {"name": 1}}])
    assert [one["name"] for one in names] == ["_id_", "start_time_1"]
    status = database.client.admin.command("serverStatus")
    assert status["connections"]["current"] >= 1
    assert status["process"] == "mongod"
